using System.Diagnostics;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /query/shape</c>: the stored objects whose shape is most like that of some data.</summary>
internal sealed class ShapeQueryEndpoint(ServerContext server)
{
    /// <summary>An answer longer than this is sent in parts of about this size.</summary>
    private const int PartBytes = 256 * 1024;

    /// <summary>So often a query waits for room to read large results; what finds none then is left out.</summary>
    private const int MostTries = 1000;

    /// <summary>What an exact search costs an entry, roughly: its lower bound. Decides only where the search runs.</summary>
    private const long ExactSearchNsPerEntry = 500;

    private static readonly TimeSpan ThrottledPause = TimeSpan.FromMilliseconds(5);

    public async Task QueryAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RequestScratch scratch = server.Rent();
        try
        {
            ShapeQueryRequest request = new();
            Problem? problem = body.Problem ?? ShapeQueryRequest.Read(body.Bytes, server.Settings.MaxJsonDepth, out request);
            if (problem is null && !server.Shapes.IsEnabled)
            {
                problem = new Problem(ProblemType.SwitchedOff, "No shapes are kept: the setting enable_shape_indexing is false.");
            }

            long started = Stopwatch.GetTimestamp();
            ShapeAnalysis? shape = null;
            if (problem is null)
            {
                (shape, problem) = await ShapeAnalyses.OfAsync(server, request.Data, request.Options, "query_data", context.RequestAborted);
            }

            body.Dispose();
            ShapeMatches? matches = null;
            if (problem is null)
            {
                (matches, problem) = await SearchAsync(request, shape!, context.RequestAborted);
            }

            if (problem is not null)
            {
                await Answer.ProblemAsync(context, problem);
                return;
            }

            await SendAsync(context, scratch, shape!, matches!, Elapsed.Nanoseconds(started));
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    private ValueTask<(ShapeMatches? Result, Problem? Problem)> SearchAsync(
        ShapeQueryRequest request, ShapeAnalysis shape, CancellationToken cancellation)
    {
        var query = new ShapeQuery
        {
            Analysis = shape,
            K = request.K,
            Metric = request.Metric,
            Order = request.Order,
            Mode = request.Mode,
            Filter = request.Filter,
            MinSimilarity = request.MinSimilarity,
        };
        long estimate = request.Mode == ShapeMode.Exact ? server.Shapes.Report().Entries * ExactSearchNsPerEntry : 0;
        return server.ShapeWork.RunAsync(estimate, c => server.Shapes.SearchAsync(query, c), cancellation);
    }

    /// <summary>Sends the results with their data, in parts, so that a hundred large objects need not fit into memory at once.</summary>
    private async Task SendAsync(HttpContext context, RequestScratch scratch, ShapeAnalysis shape, ShapeMatches matches, long latencyNs)
    {
        ReadBatch batch = scratch.Batch;
        foreach (ShapeMatch match in matches.Items)
        {
            batch.Add(match.Key);
        }

        JsonOut to = scratch.Out;
        to.Open().OpenMember("results"u8, '[');
        int written = 0;
        for (int at = 0, tries = 0; at < batch.Count;)
        {
            int next = server.Store.ReadMany(batch, at, PartBytes);
            while (at < next && (batch.Status(at) != ReadStatus.Throttled || tries >= MostTries))
            {
                written += Write(to, batch, at, matches.Items[at]) ? 1 : 0;
                at++;
            }

            if (at < next)
            {
                // Others read large objects now; there is room for this one soon.
                tries++;
                await Task.Delay(ThrottledPause, server.Time, context.RequestAborted);
            }

            if (to.Count >= PartBytes && at < batch.Count)
            {
                if (!context.Response.HasStarted)
                {
                    context.Response.Headers.ContentType = "application/json";
                }

                await context.Response.BodyWriter.WriteAsync(to.Written, context.RequestAborted);
                to.Clear();
                to.Continue();
            }
        }

        WriteRest(to, shape, matches, written, latencyNs);
        if (context.Response.HasStarted)
        {
            await context.Response.BodyWriter.WriteAsync(to.Written, context.RequestAborted);
        }
        else
        {
            await Answer.SendAsync(context, to);
        }
    }

    /// <summary>Writes one result; false when the object has changed or gone since it was found: its data is not what was compared.</summary>
    private static bool Write(JsonOut to, ReadBatch batch, int index, ShapeMatch match)
    {
        if (batch.Status(index) != ReadStatus.Found || batch.Header(index).Version != match.Version)
        {
            return false;
        }

        to.Open().PlainMember("key"u8, match.Key).RawMember("data"u8, batch.Data(index)).PlainMember("tier"u8, Names.Utf8(batch.Tier(index)))
            .Member("similarity_score"u8, match.Similarity).Member("distance"u8, match.Distance).Member("version"u8, match.Version).Close();
        return true;
    }

    private void WriteRest(JsonOut to, ShapeAnalysis shape, ShapeMatches matches, int written, long latencyNs)
    {
        to.Close(']').Member("query_latency_ns"u8, latencyNs).Member("num_results"u8, written)
            .PlainMember("mode"u8, matches.Mode == ShapeMode.Exact ? "exact"u8 : "approx"u8)
            .Member("certified_exact"u8, matches.CertifiedExact).Member("exact_evaluations"u8, matches.ExactEvaluations)
            .OpenMember("tda_features"u8);
        ShapeJson.Betti(to, shape, server.Store.Options.PersistenceThreshold);
        ShapeJson.Diagrams(to, "persistence_diagram"u8, shape.Barcode);
        ShapeJson.Signature(to, ShapeAnalyses.SignatureOf(server, shape.Barcode));
        ShapeJson.Describe(to, shape);
        to.Close().Member("index_size"u8, matches.IndexSize).Close();
    }
}
