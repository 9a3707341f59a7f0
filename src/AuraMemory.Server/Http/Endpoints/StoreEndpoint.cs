using System.Diagnostics;
using AuraMemory.Engine;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /store</c> and <c>POST /bulk/store</c>.</summary>
internal sealed class StoreEndpoint(ServerContext server)
{
    public async Task StoreAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RequestScratch scratch = server.Rent();
        try
        {
            StoreRequest? request = null;
            Problem? problem = Parameters.TryWait(context.Request, out bool wait) ?? body.Problem ?? Read(body.Bytes, out request);
            if (problem is not null)
            {
                body.Dispose();
                await Answer.ProblemAsync(context, problem);
                return;
            }

            StoreOutcome outcome = await server.Store.StoreAsync(request!.Command, context.RequestAborted);
            problem = OutcomeMap.OfWrite(outcome.Status, outcome.Version);
            if (problem is null)
            {
                TouchGraph(request.Command, outcome);
                ShapeState shape = await server.Shapes.SubmitAsync(request.Command, outcome, wait, context.RequestAborted);
                Write(scratch.Out, request, outcome, shape);
                Answer.TierHeaders(context, outcome.Tier, outcome.LatencyNs);
            }

            body.Dispose();
            await (problem is null ? Answer.SendAsync(context, scratch.Out) : Answer.ProblemAsync(context, problem));
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    public async Task BulkStoreAsync(HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RequestScratch scratch = server.Rent();
        try
        {
            BulkStoreRequest request = new();
            Problem? problem = Parameters.TryWait(context.Request, out bool wait) ?? body.Problem
                ?? BulkStoreRequest.Read(body.Bytes, server.Settings.MaxBulkItems, Limits, server.Keys, out request);
            if (problem is not null)
            {
                body.Dispose();
                await Answer.ProblemAsync(context, problem);
                return;
            }

            var commands = new StoreCommand[request.Items.Count];
            for (int i = 0; i < commands.Length; i++)
            {
                commands[i] = request.Items[i].Command;
            }

            StoreOutcome[] outcomes = await server.Store.StoreManyAsync(commands, request.BatchSize, context.RequestAborted);
            for (int i = 0; i < commands.Length; i++)
            {
                TouchGraph(commands[i], outcomes[i]);
            }

            ShapeState[] shapes = await server.Shapes.SubmitManyAsync(commands, outcomes, wait, context.RequestAborted);
            WriteAll(scratch.Out, request.Items, outcomes, shapes, started);
            body.Dispose();
            await Answer.SendAsync(context, scratch.Out);
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    private StoreLimits Limits
    {
        get
        {
            StoreOptions options = server.Store.Options;
            return new StoreLimits(
                options.MaxObjectBytes, options.MaxMetadataBytes, options.MaxRelationships, server.Settings.MaxJsonDepth);
        }
    }

    private void TouchGraph(StoreCommand command, in StoreOutcome outcome)
    {
        if (command.Relationships.Count > 0 || (outcome.Created && server.Graph.Concerns(command.Key.Span)))
        {
            server.Graph.Touch(command.Key.Span, outcome.Created);
        }
    }

    private Problem? Read(ReadOnlyMemory<byte> body, out StoreRequest? request)
    {
        request = null;
        var reader = new RequestReader(body.Span);
        if (reader.TryOpen())
        {
            request = StoreRequestParser.Read(ref reader, body, Limits, true, server.Keys);
            reader.TryEnd();
        }

        return reader.Fault;
    }

    private static void WriteAll(JsonOut to, List<StoreRequest> items, StoreOutcome[] outcomes, ShapeState[] shapes, long started)
    {
        int stored = 0;
        to.Open().OpenMember("items"u8, '[');
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (OutcomeMap.OfWrite(outcomes[i].Status, outcomes[i].Version) is { } problem)
            {
                to.Open().PlainMember("key"u8, items[i].Command.Key.Span).OpenMember("error"u8);
                Answer.WriteMembers(to, problem);
                to.Close().Close();
            }
            else
            {
                stored++;
                Write(to, items[i], outcomes[i], shapes[i]);
            }
        }

        long microseconds = (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        to.Close(']').Member("stored"u8, stored).Member("failed"u8, outcomes.Length - stored).Member("duration_us"u8, microseconds).Close();
    }

    private static void Write(JsonOut to, StoreRequest request, in StoreOutcome outcome, ShapeState shape)
    {
        to.Open().PlainMember("key"u8, request.Command.Key.Span).PlainMember("tier"u8, Names.Utf8(outcome.Tier))
            .Member("size_bytes"u8, outcome.DataBytes).Member("latency_ns"u8, outcome.LatencyNs);
        ShapeJson.State(to, request.Command.AnalyzeShape ? shape : default);
        to.Member("relationships_stored"u8, outcome.RelationshipsStored);
        if (request.HasMetadata)
        {
            to.Member("metadata_stored"u8, true);
        }

        if (outcome.PlacementReason is not null)
        {
            to.Member("placement_reason"u8, outcome.PlacementReason);
        }

        to.Member("version"u8, outcome.Version).Close();
    }
}
