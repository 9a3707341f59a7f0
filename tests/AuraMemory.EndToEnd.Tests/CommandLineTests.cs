using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The command line in a process of its own against the service in another.</summary>
public sealed class CommandLineTests(RunningService service) : IClassFixture<RunningService>, IDisposable
{
    private const int Lines = 30_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-e2e-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_object_is_put_got_listed_and_removed()
    {
        Assert.Equal((0, ""), await QuietAsync("put", "cli:one", "--data", "{\"n\": [1, 2]}"));
        (int code, string output) = await QuietAsync("get", "cli:one");
        Assert.Equal((0, "{\"n\": [1, 2]}"), (code, output.Trim()));
        (code, output) = await QuietAsync("ls", "cli:");
        Assert.Equal(0, code);
        Assert.Contains("cli:one", output);
        Assert.Equal(0, (await QuietAsync("rm", "cli:one")).Code);
        Assert.Equal(3, (await QuietAsync("get", "cli:one")).Code);
        Assert.Equal(3, (await QuietAsync("rm", "cli:one")).Code);
    }

    [Theory]
    [InlineData(0, "pmem_warm", "tiers")]
    [InlineData(0, "\"measured\"", "tiers", "--json")]
    [InlineData(0, "it ratio", "stats")]
    [InlineData(0, "\"tier_distribution\"", "stats", "--json")]
    [InlineData(0, "throughput_mixed_50_50", "bench", "throughput", "--iterations", "100")]
    [InlineData(0, "ready", "doctor")]
    [InlineData(1, "key must be", "get", "bad key")]
    [InlineData(2, "", "fetch", "x")]
    [InlineData(2, "", "get")]
    [InlineData(2, "--url", "get", "x", "--url", "nowhere")]
    [InlineData(4, "", "get", "x", "--url", "http://127.0.0.1:9")]
    [InlineData(4, "", "doctor", "--url", "http://127.0.0.1:9")]
    public async Task Commands_end_with_the_documented_code(int code, string part, params string[] arguments)
    {
        await using ChildProcess run = await CliAsync(arguments);
        Assert.True(await run.ExitAsync() == code, $"{await run.ExitAsync()}: {run.Everything}");
        Assert.Contains(part, run.Everything);
        Assert.DoesNotContain("   at AuraMemory", run.Everything);
    }

    [Fact]
    public async Task An_import_killed_in_the_middle_goes_on_and_an_export_gives_the_same_back()
    {
        string file = Path.Combine(_folder, "many.ndjson");
        var written = new Dictionary<string, string>();
        await using (var lines = new StreamWriter(file))
        {
            for (int i = 0; i < Lines; i++)
            {
                string data = i % 3 == 0 ? $"{{ \"i\" : {i}, \"t\": \"ä\\u00e4\" }}" : $"[{i},1.50,null]";
                written[$"many:{i}"] = data;
                await lines.WriteLineAsync($"{{\"key\":\"many:{i}\",\"data\":{data}}}");
            }
        }

        string[] import = ["import", file, "--batch", "100", "--concurrency", "1", "--url", service.Url];
        string checkpoint = file + ".aura-import";
        await using (ChildProcess first = ChildProcess.Start(ChildProcess.Dotnet, [RunningService.CliProgram, .. import]))
        {
            while (!File.Exists(checkpoint))
            {
                Assert.False(first.HasExited, first.Everything);
                await Task.Yield();
            }

            await first.KillAsync();
        }

        // What the second run stores is exactly what the checkpoint leaves over: what was sent beyond it is stored again over
        // itself, what is before it is not sent.
        long acknowledged = JsonDocument.Parse(await File.ReadAllBytesAsync(checkpoint)).RootElement.GetProperty("lines").GetInt64();
        Assert.InRange(acknowledged, 1, Lines - 1);
        while (await service.MetricAsync("aura_request_body_bytes_in_flight") > 0)
        {
            await Task.Yield();
        }

        double before = await service.MetricAsync("memory_change_number");
        await using ChildProcess second = await CliAsync("import", file, "--resume");
        Assert.True(await second.ExitAsync() == 0, second.Everything);
        Assert.Contains("30 000 stored, 0 rejected", second.Output);
        Assert.Equal(Lines - acknowledged, await service.MetricAsync("memory_change_number") - before);

        string exported = Path.Combine(_folder, "out.ndjson");
        await using ChildProcess export = await CliAsync("export", exported, "--prefix", "many:");
        Assert.True(await export.ExitAsync() == 0, export.Everything);
        Assert.False(File.Exists(exported + ".part"));
        var found = new Dictionary<string, string>();
        await foreach (string line in File.ReadLinesAsync(exported))
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            found.Add(parsed.RootElement.GetProperty("key").GetString()!, parsed.RootElement.GetProperty("data").GetRawText());
        }

        Assert.Equal(written.Count, found.Count);
        Assert.All(written, w => Assert.Equal(w.Value, found[w.Key]));
    }

    [Fact]
    public async Task A_time_to_live_can_be_read_and_goes_through_an_export_and_an_import()
    {
        await service.PostOkAsync("/store", "{\"key\":\"ttl:long\",\"data\":1,\"ttl_seconds\":3600}");
        await service.PostOkAsync("/store", "{\"key\":\"ttl:none\",\"data\":2}");
        string at = (await service.PostOkAsync("/retrieve", "{\"key\":\"ttl:long\",\"include_metadata\":true}")).GetProperty("expires_at").GetString()!;
        DateTimeOffset expires = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddSeconds(3500), DateTimeOffset.UtcNow.AddSeconds(3600));
        Assert.Equal([at, at], [await ExpiryAsync(HttpMethod.Get, "ttl:long"), await ExpiryAsync(HttpMethod.Head, "ttl:long")]);
        Assert.Null(await ExpiryAsync(HttpMethod.Get, "ttl:none"));
        Assert.False((await service.PostOkAsync("/retrieve", "{\"key\":\"ttl:none\",\"include_metadata\":true}")).TryGetProperty("expires_at", out _));

        string file = Path.Combine(_folder, "ttl.ndjson");
        await using ChildProcess export = await CliAsync("export", file, "--prefix", "ttl:");
        Assert.True(await export.ExitAsync() == 0, export.Everything);
        Assert.Equal([$"{{\"key\":\"ttl:long\",\"data\":1,\"expires_at\":\"{at}\"}}", "{\"key\":\"ttl:none\",\"data\":2}"], await File.ReadAllLinesAsync(file));
        await File.AppendAllTextAsync(file, "{\"key\":\"ttl:past\",\"expires_at\":\"2001-01-01T00:00:00Z\",\"data\":3}\n");
        foreach (string key in (string[])["ttl:long", "ttl:none"])
        {
            Assert.Equal(0, (await QuietAsync("rm", key)).Code);
        }

        await using ChildProcess import = await CliAsync("import", file);
        Assert.True(await import.ExitAsync() == 0, import.Everything);
        Assert.Contains("2 stored, 0 rejected", import.Output);
        Assert.Contains("1 had expired", import.Errors);
        DateTimeOffset restored = DateTimeOffset.Parse((await ExpiryAsync(HttpMethod.Get, "ttl:long"))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(restored, expires.AddSeconds(-1), expires.AddSeconds(5));
        Assert.Null(await ExpiryAsync(HttpMethod.Get, "ttl:none"));
        Assert.Equal(3, (await QuietAsync("get", "ttl:past")).Code);

        async Task<string?> ExpiryAsync(HttpMethod method, string key)
        {
            using HttpResponseMessage answer = await service.Client.SendAsync(new HttpRequestMessage(method, "/api/v1/objects/" + key));
            Assert.True(answer.IsSuccessStatusCode, key);
            return answer.Headers.TryGetValues("X-Expires-At", out IEnumerable<string>? values) ? values.Single() : null;
        }
    }

    [Fact]
    public async Task An_import_that_is_interrupted_says_how_to_go_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT.");
        string file = Path.Combine(_folder, "stopped.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 20 * Lines).Select(i => $"{{\"key\":\"stopped:{i}\",\"data\":{i}}}"));
        await using ChildProcess import = ChildProcess.Start(
            ChildProcess.Dotnet, [RunningService.CliProgram, "import", file, "--batch", "50", "--concurrency", "1", "--url", service.Url]);
        while ((await service.Client.GetAsync("/api/v1/objects/stopped:500")).StatusCode != System.Net.HttpStatusCode.OK)
        {
            Assert.False(import.HasExited, import.Everything);
        }

        import.SendInterrupt();
        Assert.Equal(130, await import.ExitAsync());
        Assert.Contains("--resume", import.Errors);
        Assert.True(File.Exists(file + ".aura-import"));
    }

    [Fact]
    public async Task Serve_runs_the_service_until_it_is_told_to_stop()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using ChildProcess serve = ChildProcess.Start(
            ChildProcess.Dotnet,
            [RunningService.CliProgram, "serve", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder, "data"), .. RunningService.Small]);
        string url = RunningService.AddressIn(await serve.LineAsync("Listening:"));
        await using ChildProcess put = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.CliProgram, "put", "a", "--data", "1", "--quiet"], new Dictionary<string, string> { ["AURA_MEMORY_URL"] = url });
        Assert.True(await put.ExitAsync() == 0, put.Everything);
        serve.SendTerminate();
        Assert.Equal(0, await serve.ExitAsync());
    }

    private Task<ChildProcess> CliAsync(params string[] arguments) => ChildProcess.RunAsync(
        ChildProcess.Dotnet, [RunningService.CliProgram, .. arguments], new Dictionary<string, string> { ["AURA_MEMORY_URL"] = service.Url }, _folder);

    private async Task<(int Code, string Output)> QuietAsync(params string[] arguments)
    {
        await using ChildProcess run = await CliAsync([.. arguments, "--quiet"]);
        return (await run.ExitAsync(), run.Output);
    }
}
