using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /prefetch</c> and <c>POST /tier/migrate</c>.</summary>
internal sealed class TierEndpoint(ServerContext server)
{
    public async Task PrefetchAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        try
        {
            PrefetchRequest request = new();
            Problem? problem = body.Problem ?? PrefetchRequest.Read(body.Bytes, out request);
            if (problem is not null)
            {
                body.Dispose();
                await Answer.ProblemAsync(context, problem);
                return;
            }

            PrefetchOutcome outcome = await server.Store.PrefetchAsync(
                request.Keys, request.Target, request.Recursive, request.MaxDepth, context.RequestAborted);
            var to = new JsonOut();
            to.Open().OpenMember("prefetched_keys"u8, '[');
            foreach (string key in outcome.Prefetched)
            {
                to.Value(key);
            }

            to.Close(']').PlainMember("target_tier"u8, Names.Utf8(request.Target)).Member("total_size_bytes"u8, outcome.TotalBytes)
                .Member("duration_us"u8, outcome.DurationNs / 1000).Member("related_keys_found"u8, outcome.RelatedFound)
                .Member("success_rate"u8, outcome.Requested == 0 ? 0.0 : (double)outcome.Prefetched.Count / outcome.Requested).Close();
            body.Dispose();
            await Answer.SendAsync(context, to);
        }
        finally
        {
            body.Dispose();
        }
    }

    public async Task MigrateAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        MigrateRequest request = new();
        Problem? problem = body.Problem ?? MigrateRequest.Read(body.Bytes, out request);
        body.Dispose();
        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        MigrationOutcome outcome = await server.Store.MigrateAsync(
            request.Key, request.Target, request.Force, request.Reason, context.RequestAborted);
        problem = outcome.Status switch
        {
            MigrationStatus.NotFound => OutcomeMap.OfRead(ReadStatus.NotFound),
            MigrationStatus.DeviceFailed => OutcomeMap.OfRead(ReadStatus.DeviceFailed),
            _ => null,
        };
        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        server.Graph.Moved(request.Key.Span);
        var to = new JsonOut();
        to.Open().PlainMember("key"u8, request.Key.Span).PlainMember("from_tier"u8, Names.Utf8(outcome.From))
            .PlainMember("to_tier"u8, Names.Utf8(outcome.To)).Member("status"u8, StatusName(outcome.Status))
            .Member("duration_us"u8, outcome.DurationNs / 1000.0).Member("size_bytes"u8, outcome.DataBytes);
        if ((outcome.Reason ?? request.Reason) is { } reason)
        {
            to.Member("reason"u8, reason);
        }

        to.Close();
        await Answer.SendAsync(context, to);
    }

    private static string StatusName(MigrationStatus status) => status switch
    {
        MigrationStatus.Migrated => "migrated",
        MigrationStatus.AlreadyThere => "already_there",
        _ => "refused",
    };
}
