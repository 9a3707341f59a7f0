using System.Net;
using System.Net.Sockets;
using System.Text;
using AuraMemory.Server.Http;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Requests;

namespace AuraMemory.Server.Tests;

public class LoadTests
{
    [Fact]
    public async Task Bodies_beyond_the_budget_wait_in_order_and_give_up_in_time()
    {
        var time = new ManualTime();
        var gate = new BodyGate(100, TimeSpan.FromSeconds(5), time);
        long first = await gate.EnterAsync(80, default);
        ValueTask<long> second = gate.EnterAsync(50, default);
        ValueTask<long> third = gate.EnterAsync(10, default);
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        gate.Leave(first);
        Assert.Equal(50, await second);
        Assert.Equal(10, await third);
        ValueTask<long> late = gate.EnterAsync(90, default);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(-1, await late);
        gate.Leave(50);
        gate.Leave(10);
        Assert.Equal(0, gate.Held);
        Assert.Equal(100, await gate.EnterAsync(1_000, default));
    }

    [Fact]
    public void Reading_and_answering_a_retrieve_allocates_nothing()
    {
        byte[] body = Encoding.UTF8.GetBytes("{\"key\":\"sensor:123\",\"include_metadata\":true,\"prefetch_related\":false}");
        var to = new JsonOut();
        Assert.Equal(0, Allocated());
        long Allocated()
        {
            Run();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                Run();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Run()
        {
            Assert.Null(RetrieveRequest.Read(body, out RetrieveRequest request));
            to.Clear();
            to.Open().PlainMember("key"u8, request.Key).RawMember("data"u8, "[1,2]"u8).Member("latency_ns"u8, 12L)
                .OpenMember("prefetched_keys"u8, '[').Close(']').Member("ratio"u8, 0.5).Close();
        }
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_gives_its_budget_back()
    {
        await using var server = new LiveServer(true, "--max_body_bytes_in_flight", "1MiB", "--body_wait_seconds", "10");
        await server.InitializeAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("POST /api/v1/store HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n{\"data\":"));
            while (!(await server.Client.GetStringAsync("/metrics")).Contains("aura_request_body_bytes_in_flight 1048576"))
            {
                await Task.Yield();
            }
        }

        await server.PostOkAsync("/store", "{\"data\":1}");
    }

    [Fact]
    public async Task Random_requests_never_end_in_a_500()
    {
        await using var server = new LiveServer();
        await server.InitializeAsync();
        var random = new Random(7);
        string[] paths = ["/store", "/retrieve", "/bulk/store", "/bulk/retrieve", "/prefetch", "/tier/migrate"];
        string seed = "{\"key\":\"a\",\"keys\":[\"a\"],\"items\":[{\"data\":{\"x\":[1,\"\\u00e9\"]},\"metadata\":{}}],\"data\":null,\"target_tier\":\"dram\",\"relationships\":[\"b\",{\"key\":\"c\"}]}";
        for (int i = 0; i < 2_000; i++)
        {
            byte[] body = Encoding.UTF8.GetBytes(seed);
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                body[random.Next(body.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[],:\"\\0 "[random.Next(10)];
            }

            using HttpResponseMessage response = await server.Client.PostAsync(
                "/api/v1" + paths[i % paths.Length], new ByteArrayContent(body, 0, random.Next(body.Length + 1)));
            Assert.True((int)response.StatusCode < 500, Encoding.UTF8.GetString(body));
        }
    }

    /// <summary>A clock whose timers fire when the test says so.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(() => callback(state)) { Due = dueTime };
            lock (_timers)
            {
                _timers.Add(timer);
            }

            return timer;
        }

        public void Advance(TimeSpan by)
        {
            ManualTimer[] due;
            lock (_timers)
            {
                due = [.. _timers.Where(t => t.Due <= by)];
            }

            foreach (ManualTimer timer in due)
            {
                timer.Fire();
            }
        }
    }

    private sealed class ManualTimer(Action fire) : ITimer
    {
        private bool _ended;

        public TimeSpan Due { get; set; }

        public void Fire()
        {
            if (!_ended)
            {
                _ended = true;
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            _ended = dueTime == Timeout.InfiniteTimeSpan;
            return true;
        }

        public void Dispose() => _ended = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
