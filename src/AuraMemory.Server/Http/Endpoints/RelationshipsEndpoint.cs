using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST</c> and <c>DELETE /relationships</c>: relationships by themselves, between objects that are stored already or will be.</summary>
internal sealed class RelationshipsEndpoint(ServerContext server)
{
    public Task AssertAsync(HttpContext context) => RunAsync(context, asserted: true);

    public Task RemoveAsync(HttpContext context) => RunAsync(context, asserted: false);

    private async Task RunAsync(HttpContext context, bool asserted)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RelationshipsRequest request = new();
        Problem? problem = body.Problem ?? RelationshipsRequest.Read(body.Bytes.Span, out request);
        body.Dispose();
        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        var outcomes = new Problem?[request.Items.Count];
        int changed = 0;
        foreach ((byte[] source, List<int> indexes) in BySource(request))
        {
            var relationships = indexes.ConvertAll(i => request.Items[i].Relationship);
            RelateOutcome outcome = asserted
                ? await server.Store.RelateAsync(source, relationships, request.Durability, context.RequestAborted)
                : await server.Store.UnrelateAsync(source, relationships, request.Durability, context.RequestAborted);
            changed += outcome.Count;
            server.Graph.Touch(source, mayHaveEnded: false);
            Problem? failed = OutcomeMap.OfWrite(outcome.Status, 0);
            failed = outcome.Status == WriteStatus.NotFound ? failed! with { Detail = "No object is stored under the source's key; a relationship belongs to its source.", Member = "source" } : failed;
            indexes.ForEach(i => outcomes[i] = failed);
        }

        if (!request.IsMany && outcomes[0] is { } only)
        {
            await Answer.ProblemAsync(context, only);
            return;
        }

        if (!request.IsMany && !asserted && changed == 0)
        {
            await Answer.ProblemAsync(context, new Problem(ProblemType.NotFound, "The source has no such relationship.", "target"));
            return;
        }

        await Answer.SendAsync(context, Write(request, outcomes, asserted, changed));
    }

    /// <summary>What goes out from one source is changed at once, and in one change of the sequence.</summary>
    private static IEnumerable<(byte[] Source, List<int> Indexes)> BySource(RelationshipsRequest request)
    {
        var bySource = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var order = new List<(byte[], List<int>)>();
        for (int i = 0; i < request.Items.Count; i++)
        {
            string source = ObjectKey.ToText(request.Items[i].Source);
            if (!bySource.TryGetValue(source, out List<int>? indexes))
            {
                bySource[source] = indexes = [];
                order.Add((request.Items[i].Source, indexes));
            }

            indexes.Add(i);
        }

        return order;
    }

    private static JsonOut Write(RelationshipsRequest request, Problem?[] outcomes, bool asserted, int changed)
    {
        var to = new JsonOut();
        to.Open();
        if (request.IsMany)
        {
            to.OpenMember("items"u8, '[');
            for (int i = 0; i < outcomes.Length; i++)
            {
                (byte[] source, Relationship relationship) = request.Items[i];
                to.Open().PlainMember("source"u8, source).Member("type"u8, relationship.Type).Member("target"u8, relationship.Target);
                if (outcomes[i] is { } problem)
                {
                    to.OpenMember("error"u8);
                    Answer.WriteMembers(to, problem);
                    to.Close();
                }

                to.Close();
            }

            to.Close(']');
        }

        return to.Member(asserted ? "asserted"u8 : "removed"u8, changed).Member("failed"u8, outcomes.Count(o => o is not null)).Close();
    }
}
