using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>What is acknowledged is there after the service was stopped, or was killed, in the middle of its work.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Clients = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-e2e-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task After_SIGTERM_everything_acknowledged_is_there_volatile_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        var load = new Load("volatile", "process", "fsync");
        await using (var service = new RunningService(_folder, "--volatile_write_back_seconds", "3600"))
        {
            await service.InitializeAsync();
            Task running = load.RunAsync(service);
            await load.ReachedAsync(600);
            service.Process.SendTerminate();
            bool readyAgain = false;
            bool refused = false;
            while (!service.Process.HasExited)
            {
                bool ready = await IsReadyAsync(service);
                readyAgain |= refused && ready;
                refused |= !ready;
            }

            Assert.False(readyAgain, "Readiness came back while the service was going away.");
            Assert.Equal(0, await service.Process.ExitAsync());
            await running;
            Assert.Empty(load.Unexpected);
        }

        await ThereAsync(load);
    }

    [Fact]
    public async Task After_kill_9_everything_acknowledged_with_default_durability_is_there()
    {
        var load = new Load("", "process");
        for (int round = 0; round < 2; round++)
        {
            await using var service = new RunningService(_folder);
            await service.InitializeAsync();
            Task running = load.RunAsync(service);
            await load.ReachedAsync(500 * (round + 1));
            await service.Process.KillAsync();
            await running;
            Assert.Empty(load.Unexpected);
        }

        await ThereAsync(load);
    }

    [Fact]
    public async Task A_time_to_live_and_a_version_outlive_a_restart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string tag;
        await using (var service = new RunningService(_folder))
        {
            await service.InitializeAsync();
            await service.PostOkAsync("/store", "{\"key\":\"brief\",\"data\":1,\"ttl_seconds\":4}");
            await service.PostOkAsync("/store", "{\"key\":\"long\",\"data\":2,\"ttl_seconds\":3600}");
            using HttpResponseMessage put = await PutAsync(service, "tagged", "[1]");
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            tag = put.Headers.ETag!.Tag;
            await service.StopAsync();
        }

        await using var again = new RunningService(_folder);
        await again.InitializeAsync();
        using HttpResponseMessage same = await SendAsync(again, HttpMethod.Get, "If-None-Match", tag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using HttpResponseMessage changed = await SendAsync(again, HttpMethod.Put, "If-Match", tag, "[2]");
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using HttpResponseMessage stale = await SendAsync(again, HttpMethod.Put, "If-Match", tag, "[3]");
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using HttpResponseMessage present = await SendAsync(again, HttpMethod.Put, "If-None-Match", "*", "[4]");
        Assert.Equal(HttpStatusCode.PreconditionFailed, present.StatusCode);
        using HttpResponseMessage kept = await SendAsync(again, HttpMethod.Delete, "If-Match", tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, kept.StatusCode);
        Assert.Equal("[2]", await again.Client.GetStringAsync("/api/v1/objects/tagged"));
        using HttpResponseMessage deleted = await SendAsync(again, HttpMethod.Delete, "If-Match", changed.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        Assert.Equal("2", await again.Client.GetStringAsync("/api/v1/objects/long"));
        long deadline = Environment.TickCount64 + 20_000;
        while ((await again.Client.GetAsync("/api/v1/objects/brief")).StatusCode != HttpStatusCode.NotFound)
        {
            Assert.True(Environment.TickCount64 < deadline, "The object outlived its time by far.");
        }
    }

    [Fact]
    public async Task A_second_service_on_the_folder_ends_and_says_what_to_do()
    {
        await using var service = new RunningService(_folder);
        await service.InitializeAsync();
        await using ChildProcess second = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.ServerProgram, "--urls", "http://127.0.0.1:0", "--data", _folder, .. RunningService.Small]);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("is in use by another process", second.Errors);
        Assert.Contains("Stop the other one, or choose another folder", second.Errors);
        Assert.DoesNotContain("   at ", second.Everything);
        Assert.True(await IsReadyAsync(service));
    }

    private async Task ThereAsync(Load load)
    {
        await using var service = new RunningService(_folder);
        await service.InitializeAsync();
        Assert.NotEmpty(load.Acknowledged);
        foreach ((string key, string data) in load.Acknowledged)
        {
            using HttpResponseMessage read = await service.Client.GetAsync("/api/v1/objects/" + key);
            string found = await read.Content.ReadAsStringAsync();
            Assert.True(read.IsSuccessStatusCode, $"{key}: {(int)read.StatusCode} {found}");
            Assert.Equal(data, found);
        }
    }

    private static async Task<bool> IsReadyAsync(RunningService service)
    {
        try
        {
            using HttpResponseMessage answer = await service.Client.GetAsync("/health/ready");
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task<HttpResponseMessage> PutAsync(RunningService service, string key, string data) =>
        service.Client.PutAsync("/api/v1/objects/" + key, new StringContent(data, Encoding.UTF8, "application/json"));

    private static Task<HttpResponseMessage> SendAsync(RunningService service, HttpMethod method, string header, string value, string? data = null)
    {
        var request = new HttpRequestMessage(method, "/api/v1/objects/tagged");
        request.Headers.TryAddWithoutValidation(header, value);
        request.Content = data is null ? null : new StringContent(data, Encoding.UTF8, "application/json");
        return service.Client.SendAsync(request);
    }

    /// <summary>Clients that store until the service is gone, and remember what was acknowledged.</summary>
    private sealed class Load(params string[] durabilities)
    {
        private readonly SemaphoreSlim _stored = new(0);
        private int _next;

        public ConcurrentDictionary<string, string> Acknowledged { get; } = new();

        public ConcurrentQueue<string> Unexpected { get; } = new();

        public Task RunAsync(RunningService service) =>
            Task.WhenAll(Enumerable.Range(0, Clients).Select(c => Task.Run(() => ClientAsync(service, c))));

        public async Task ReachedAsync(int count)
        {
            while (Acknowledged.Count < count)
            {
                Assert.True(await _stored.WaitAsync(TimeSpan.FromSeconds(60)), "The load stands still.");
            }
        }

        private async Task ClientAsync(RunningService service, int client)
        {
            while (true)
            {
                int i = Interlocked.Increment(ref _next);
                string key = $"load:{client}:{i}";
                string data = TierPairTests.Document(20 + (i % 3000), i);
                string durability = durabilities[i % durabilities.Length];
                string asked = durability.Length == 0 ? "" : $",\"durability\":\"{durability}\"";
                try
                {
                    using HttpResponseMessage answer = await service.PostAsync("/store", $"{{\"key\":\"{key}\",\"data\":{data}{asked}}}");
                    string body = await answer.Content.ReadAsStringAsync();
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        Acknowledged[key] = data;
                        _stored.Release();
                    }
                    else if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    {
                        Unexpected.Enqueue($"{(int)answer.StatusCode} {body}");
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    if (service.Process.HasExited || e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
                    {
                        return;
                    }
                }
            }
        }
    }
}
