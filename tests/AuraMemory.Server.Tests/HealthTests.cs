using System.Net;
using System.Text.Json;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http;
using AuraMemory.Server.Tests.Graph;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AuraMemory.Server.Tests;

/// <summary>Each check of the health endpoint, over the real store with what it watches broken.</summary>
public sealed class HealthTests : IAsyncDisposable
{
    private const string Follower = "staged";

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-health-").FullName;
    private readonly Faults _faults = new();
    private readonly BrokenClock _clock = new();
    private MemoryStore? _store;
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_sound_store_is_healthy_in_every_check_and_no_check_is_without_a_test()
    {
        await StartAsync();
        JsonElement health = await HealthAsync();
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.All(health.GetProperty("checks").EnumerateObject(), c => Assert.Equal("healthy", c.Value.GetProperty("status").GetString()));
        Assert.Equal(["calibration", "graph", "home", "memory", "mover", "pmem_warm", "shapes"], Names(health));
    }

    [Fact]
    public async Task A_home_that_cannot_be_written_is_degraded_until_it_can()
    {
        await StartAsync();
        _faults.Failing = true;
        Assert.Equal(WriteStatus.DeviceFailed, (await _store!.StoreAsync(StoreCommand.FromText("a", "1"))).Status);
        await DegradedAsync("home", "A write failed");
        _faults.Failing = false;
        Assert.True(_store.Mover.Recover());
        Assert.Equal("healthy", (await HealthAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_pool_that_cannot_be_opened_is_degraded_and_its_tier_out_of_service()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "pmem", "pool.dat"));
        await StartAsync();
        await DegradedAsync("pmem_warm", "pool.dat");
    }

    [Fact]
    public async Task Shapes_that_were_lost_are_degraded()
    {
        await StartAsync();
        _app!.Services.GetRequiredService<ServerContext>().Shapes = new ModelShapes { Trouble = "The table was damaged." };
        await DegradedAsync("shapes", "The table was damaged.");
    }

    [Fact]
    public async Task A_graph_without_room_is_degraded()
    {
        await StartAsync();
        _app!.Services.GetRequiredService<ServerContext>().Graph = new ModelGraph { IsFull = true };
        await DegradedAsync("graph", "graph_memory_bytes");
    }

    [Fact]
    public async Task A_mover_that_stopped_by_itself_is_degraded()
    {
        await StartAsync();
        _clock.FailsInMover = true;
        await UntilAsync(() => _store!.Mover.Failure is not null);
        await DegradedAsync("mover", "staged clock");
    }

    [Fact]
    public async Task Memory_beyond_the_limit_is_degraded_until_it_is_given_back()
    {
        await StartAsync();
        await HoardAsync();
        GC.Collect();
        Assert.Equal("healthy", (await HealthAsync()).GetProperty("status").GetString());

        async Task HoardAsync()
        {
            byte[] hoard = GC.AllocateUninitializedArray<byte>(640 << 20);
            await DegradedAsync("memory", "bytes are used");
            GC.KeepAlive(hoard);
        }
    }

    [Fact]
    public async Task A_follower_that_fails_is_degraded_until_it_gets_on()
    {
        await StartAsync();
        var follower = new StagedFollower { Failing = true };
        _store!.Follow(Follower, follower);
        await _store.StoreAsync(StoreCommand.FromText("a", "1"));
        await UntilAsync(() => follower.Failures > 0);
        await UntilAsync(() => _store.Report().Components.Any(c => !c.Healthy));
        await DegradedAsync("follower_" + Follower, "staged follower");
        follower.Failing = false;
        await UntilAsync(() => _store.Report().Components.All(c => c.Healthy));
        Assert.Equal("healthy", (await HealthAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_home_that_was_cut_at_damage_is_degraded_and_says_what_was_given_up()
    {
        await StartAsync();
        for (int i = 0; i < 200; i++)
        {
            await _store!.StoreAsync(StoreCommand.FromText($"k{i}", $"\"{new string('v', 500)}\""));
        }

        // A stop in good order empties the log; a copy taken before it has the log a crash would leave.
        string copy = Path.Combine(_folder, "copy");
        Copy(Path.Combine(_folder, "nvme"), Path.Combine(copy, "nvme"));
        Copy(Path.Combine(_folder, "archive"), Path.Combine(copy, "archive"));
        await StopAsync();
        string log = Directory.GetFiles(Path.Combine(copy, "nvme"), "*.log").MaxBy(f => new FileInfo(f).Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(log);
        bytes[bytes.Length / 2] ^= 0x55;
        await File.WriteAllBytesAsync(log, bytes);
        await StartAsync(copy);
        await DegradedAsync("home_recovery", "lost");
    }

    private async Task StartAsync(string? folder = null)
    {
        var options = new StoreOptions
        {
            DataFolder = folder ?? _folder,
            MemoryLimitBytes = 512 << 20,
            CalibrateAtStart = false,
            StagePoints = _faults,
            TimeProvider = _clock,
            AllowPointInTimeRecovery = folder is not null,
        };
        _app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--data", "unused"], async (_, stop) => _store = await MemoryStore.OpenAsync(options, stop));
        await _app.StartAsync();
        await UntilAsync(async () => (await GetAsync("/health/ready")).Status == HttpStatusCode.OK);
    }

    private async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    private async Task DegradedAsync(string check, string detail)
    {
        JsonElement health = await HealthAsync();
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        JsonElement found = health.GetProperty("checks").GetProperty(check);
        Assert.Equal("degraded", found.GetProperty("status").GetString());
        Assert.Contains(detail, found.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.All(
            health.GetProperty("checks").EnumerateObject().Where(c => c.Name != check),
            c => Assert.Equal("healthy", c.Value.GetProperty("status").GetString()));
        Assert.Contains($"memory_component_healthy{{component=\"{check}\"}} 0", (await GetAsync("/metrics")).Body);
    }

    private async Task<JsonElement> HealthAsync()
    {
        (HttpStatusCode status, string body) = await GetAsync("/api/v1/health");
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonDocument.Parse(body).RootElement;
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        using HttpResponseMessage answer = await client.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string[] Names(JsonElement health) =>
        [.. health.GetProperty("checks").EnumerateObject().Select(c => c.Name).Order(StringComparer.Ordinal)];

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < deadline, "What was waited for did not happen.");
            await Task.Yield();
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from).Where(f => Path.GetFileName(f) != "LOCK"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private sealed class Faults : IStagePoints
    {
        public volatile bool Failing;

        public void Reached(StagePoint point)
        {
            if (Failing && point == StagePoint.BeforeCommit)
            {
                throw new IOException("staged device");
            }
        }
    }

    private sealed class BrokenClock : TimeProvider
    {
        public volatile bool FailsInMover;

        public override long GetTimestamp() => FailsInMover && Thread.CurrentThread.Name == "aura-mover"
            ? throw new InvalidOperationException("staged clock")
            : base.GetTimestamp();
    }

    private sealed class StagedFollower : IChangeFollower
    {
        public volatile bool Failing;
        public volatile int Failures;

        public ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation) => Step();

        public ValueTask RebuildAsync(CancellationToken cancellation) => Step();

        private ValueTask Step()
        {
            if (Failing)
            {
                Failures++;
                throw new IOException("staged follower");
            }

            return ValueTask.CompletedTask;
        }
    }
}
