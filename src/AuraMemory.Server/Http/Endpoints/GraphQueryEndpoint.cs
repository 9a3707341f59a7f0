using System.Diagnostics;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /query/graph</c>: a query of the graph of objects, or the neighbourhood of one.</summary>
internal sealed class GraphQueryEndpoint(ServerContext server)
{
    private const int PartBytes = 256 * 1024;
    private const int RetrySeconds = 1;

    public async Task QueryAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        GraphQueryRequest request = new();
        Problem? problem = body.Problem ?? GraphQueryRequest.Read(body.Bytes.Span, server.Settings.MaxJsonDepth, out request);
        body.Dispose();
        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            using GraphAnswer? answer = request.Walk is { } walk
                ? await server.Graph.WalkAsync(walk, context.RequestAborted)
                : await server.Graph.QueryAsync(request.Query!, request.Parameters, context.RequestAborted);
            if (answer is null)
            {
                problem = new Problem(ProblemType.NotFound, "No object is stored under start_key.", "start_key");
            }
            else
            {
                await SendAsync(context, request, answer, started);
                return;
            }
        }
        catch (CypherException e)
        {
            problem = Explain(e);
        }
        catch (GraphUnavailableException e)
        {
            problem = new Problem(ProblemType.GraphUnavailable, e.Message, RetryAfterSeconds: RetrySeconds);
        }

        await Answer.ProblemAsync(context, problem);
    }

    private static Problem Explain(CypherException e)
    {
        ProblemType type = e.Type switch
        {
            "ReadOnly" => ProblemType.ReadOnlyQuery,
            "LimitExceeded" => ProblemType.QueryLimit,
            _ => ProblemType.InvalidQuery,
        };
        string place = e.Position == TextPosition.None ? "" : $" ({e.Position})";
        return new Problem(type, $"{e.Message}{place} [{e.Type}: {e.Detail}]", "cypher_query");
    }

    /// <summary>Sends the rows, in parts when they are many.</summary>
    private static async Task SendAsync(HttpContext context, GraphQueryRequest request, GraphAnswer answer, long started)
    {
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var to = new JsonOut();
        to.Open().OpenMember("results"u8, '[');
        foreach (Value[] row in answer.Rows)
        {
            to.Open();
            for (int i = 0; i < row.Length; i++)
            {
                to.NameOf(answer.Columns[i]);
                GraphJson.Write(to, row[i], answer.View);
            }

            to.Close();
            if (to.Count >= PartBytes)
            {
                context.Response.Headers.ContentType = "application/json";
                await context.Response.BodyWriter.WriteAsync(to.Written, context.RequestAborted);
                to.Clear();
                to.Continue();
            }
        }

        to.Close(']').Member("query"u8, request.Query ?? request.Walk!.Start).Member("execution_time_ms"u8, milliseconds).Member("backend"u8, answer.Backend);
        Count(to, "nodes_visited"u8, answer.NodesVisited);
        Count(to, "relationships_traversed"u8, answer.RelationshipsTraversed);
        if (answer.Note is not null)
        {
            to.Member("note"u8, answer.Note);
        }

        if (answer.Plan is not null)
        {
            to.Member("plan"u8, answer.Plan);
        }

        to.Close();
        if (context.Response.HasStarted)
        {
            await context.Response.BodyWriter.WriteAsync(to.Written, context.RequestAborted);
        }
        else
        {
            await Answer.SendAsync(context, to);
        }
    }

    private static void Count(JsonOut to, ReadOnlySpan<byte> name, long? count)
    {
        if (count is { } known)
        {
            to.Member(name, known);
        }
        else
        {
            to.Name(name).Null();
        }
    }
}
