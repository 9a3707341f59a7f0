using AuraMemory.Engine.Objects;
using AuraMemory.Server.Benchmark;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /benchmark</c>: one run at a time.</summary>
internal sealed class BenchmarkEndpoint(ServerContext server)
{
    private const int BusyRetrySeconds = 10;

    private int _running;

    public async Task RunAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        BenchmarkRequest request = new();
        Problem? problem = body.Problem ?? BenchmarkRequest.Read(body.Bytes, out request);
        body.Dispose();
        if (problem is null && Interlocked.Exchange(ref _running, 1) != 0)
        {
            problem = new Problem(ProblemType.Throttled, "A benchmark is running; two would measure each other.", RetryAfterSeconds: BusyRetrySeconds);
        }

        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        BenchmarkResult result;
        try
        {
            var shapes = new ShapeBenchmark(server.Store, server.Shapes, server.Mathematics, request, server.Time);
            var run = new BenchmarkRun(server.Store, shapes, request, TimeSpan.FromSeconds(server.Settings.BenchmarkSeconds), server.Time);
            result = await run.RunAsync(context.RequestAborted);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }

        await Answer.SendAsync(context, Write(request, result));
    }

    private JsonOut Write(BenchmarkRequest request, BenchmarkResult result)
    {
        var to = new JsonOut();
        to.Open().Member("benchmark_type"u8, request.Type).Member("iterations"u8, request.Iterations).OpenMember("results"u8, '[');
        foreach (BenchmarkRow row in result.Rows)
        {
            to.Open().Member("metric"u8, row.Metric).Member("value"u8, row.Value).Member("unit"u8, row.Unit).OpenMember("percentiles"u8);
            if (row.Percentiles is { } p)
            {
                to.Member("p50"u8, p.P50).Member("p99"u8, p.P99).Member("p99.9"u8, p.P999);
            }

            to.Close().Close();
        }

        to.Close(']').Member("total_duration_ms"u8, result.Duration.TotalMilliseconds)
            .Member("timestamp"u8, IsoTime.Of(server.Time.GetUtcNow()))
            .OpenMember("configuration"u8).Member("data_size_bytes"u8, request.DataBytes)
            .Member("concurrent_operations"u8, request.Concurrency).OpenMember("tiers_tested"u8, '[');
        foreach (TierId tier in request.Tiers)
        {
            to.PlainValue(Names.Utf8(tier));
        }

        to.Close(']').OpenMember("left_out"u8, '[');
        foreach (string note in result.LeftOut)
        {
            to.Value(note);
        }

        return to.Close(']').Close().Close();
    }
}
