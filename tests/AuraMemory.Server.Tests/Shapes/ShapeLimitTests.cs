using System.Text.Json;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapeLimitTests
{
    [Fact]
    public async Task An_analysis_that_takes_too_long_is_422_and_frees_its_place()
    {
        await using var server = new LiveServer(true, "--shape_request_seconds", "0.1", "--shape_request_threads", "1");
        await server.InitializeAsync();
        server.Context.Mathematics = new SlowMathematics();
        for (int i = 0; i < 3; i++)
        {
            JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync("/shape/analyze", "{\"data\":[1,2,1]}"), 422);
            Assert.Contains("shape_request_seconds", problem.GetProperty("detail").GetString());
            Assert.Equal("data", problem.GetProperty("member").GetString());
        }

        server.Context.Mathematics = TopologyMathematics.Instance;
        await server.PostOkAsync("/shape/analyze", "{\"data\":[1,2,1]}");
    }

    [Fact]
    public async Task Beyond_the_threads_it_is_503_at_once_and_others_are_served_meanwhile()
    {
        await using var server = new LiveServer(
            true, "--shape_request_seconds", "60", "--shape_request_threads", "1", "--body_wait_seconds", "0");
        await server.InitializeAsync();
        var slow = new SlowMathematics();
        server.Context.Mathematics = slow;
        Task<HttpResponseMessage> first = server.PostAsync("/shape/analyze", "{\"data\":[1,2,1]}");
        await slow.Started;
        using HttpResponseMessage second = await server.PostAsync("/shape/analyze", "{\"data\":[1,2,1]}");
        Assert.NotNull(second.Headers.RetryAfter);
        JsonElement problem = await LiveServer.ProblemAsync(second, 503);
        Assert.EndsWith("shapes-busy", problem.GetProperty("type").GetString());
        await server.PostOkAsync("/store", "{\"data\":1,\"enable_shape_analysis\":false}");
        Assert.Contains("\nmemory_shape_requests_running 1\n", await server.Client.GetStringAsync("/metrics"));
        slow.Release();
        Assert.Equal(422, (int)(await first).StatusCode);
    }

    [Fact]
    public async Task A_service_that_keeps_no_shapes_says_so()
    {
        await using var server = new LiveServer();
        await server.InitializeAsync();
        server.Context.Shapes = DisabledShapes.Instance;
        JsonElement stored = await server.PostOkAsync("/store", "{\"key\":\"a\",\"data\":[1,2,1]}");
        Assert.Equal("disabled", stored.GetProperty("shape_status").GetString());
        JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync("/query/shape", "{\"query_data\":[1,2,1]}"), 409);
        Assert.Contains("enable_shape_indexing", problem.GetProperty("detail").GetString());
        await server.PostOkAsync("/shape/analyze", "{\"data\":[1,2,1]}");
        JsonElement features = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/features")).RootElement;
        Assert.DoesNotContain("shape_search", features.GetProperty("enabled").EnumerateArray().Select(e => e.GetString()));
        JsonElement run = await server.PostOkAsync("/benchmark", "{\"benchmark_type\":\"shape_index\",\"iterations\":100}");
        Assert.Contains("enable_shape_indexing", run.GetProperty("configuration").GetProperty("left_out")[0].GetString());
    }

    /// <summary>Computes until it is released or told to end, and finds no shape.</summary>
    private sealed class SlowMathematics : IShapeMathematics
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public Task Started => _started.Task;

        public void Release() => _go.Set();

        public ShapeOutcome Analyze(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation)
        {
            _started.TrySetResult();
            _go.Wait(cancellation);
            return new ShapeOutcome(null, "There is none.");
        }

        public long EstimateCost(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits) => long.MaxValue;

        public void Signature(Barcode barcode, Span<float> into) => into.Clear();
    }
}
