using System.Net;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>Settings, from the sources a user has, as the started service obeys them.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-e2e-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("prefetch_windw_size", "--prefetch_windw_size", "3")]
    [InlineData("max_bulk_items", "--max_bulk_items", "0")]
    [InlineData("memory_limit_bytes", "--memory_limit_bytes", "lots")]
    [InlineData("tiers:dram:capacity_bytes", "--tiers:dram:capacity_bytes", "1")]
    [InlineData("api_keys", "--urls", "http://0.0.0.0:0")]
    [InlineData("api_keys", "--urls", "http://[::]:0")]
    [InlineData("data", "--data")]
    public async Task A_setting_that_cannot_be_stops_the_start_by_name(string named, params string[] arguments)
    {
        await using ChildProcess server = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.ServerProgram, .. (arguments[0] == "--data" ? [] : (string[])["--data", _folder]), .. arguments]);
        Assert.True(await server.ExitAsync() == 1, server.Everything);
        Assert.Contains(named, server.Errors);
        Assert.DoesNotContain("   at ", server.Everything);
    }

    [Fact]
    public async Task The_environment_is_read_the_command_line_wins_and_what_has_no_effect_only_warns()
    {
        string data = Path.Combine(_folder, "here");
        await using ChildProcess server = ChildProcess.Start(
            ChildProcess.Dotnet,
            [RunningService.ServerProgram, "--urls", "http://127.0.0.1:0", "--memory_limit_bytes", "400MiB", "--max_bulk_items", "7"],
            new Dictionary<string, string>
            {
                ["AURA_MEMORY_DATA_FOLDER"] = data,
                ["AURA_MEMORY_MAX_BULK_ITEMS"] = "9",
                ["AURA_MEMORY_MAX_JSON_DEPTH"] = "5",
                ["REDIS_URL"] = "redis://127.0.0.1:1",
            });
        string url = RunningService.AddressIn(await server.LineAsync("Listening:"));
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        using JsonDocument features = JsonDocument.Parse(await client.GetStringAsync("/api/v1/features"));
        JsonElement settings = features.RootElement.GetProperty("settings");
        Assert.Equal("7", settings.GetProperty("max_bulk_items").GetString());
        Assert.Equal("5", settings.GetProperty("max_json_depth").GetString());
        Assert.Contains(features.RootElement.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("REDIS_URL", StringComparison.Ordinal));
        Assert.Contains("REDIS_URL", server.Everything);
        Assert.True(Directory.Exists(data));
    }

    [Fact]
    public async Task With_keys_the_service_may_listen_to_others_and_asks_them_for_one()
    {
        await using var service = new RunningService(_folder, "--urls", "http://0.0.0.0:0", "--api_keys", "one,two");
        await service.InitializeAsync();
        HttpClient client = service.Client;
        foreach (string path in (string[])["/api/v1/tiers", "/metrics", "/api/v1/objects/x"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        client.DefaultRequestHeaders.Add("X-API-Key", "two");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/tiers")).StatusCode);
        await using ChildProcess denied = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.CliProgram, "tiers", "--url", service.Url, "--api-key", "three"]);
        Assert.Equal(1, await denied.ExitAsync());
        await using ChildProcess granted = await ChildProcess.RunAsync(
            ChildProcess.Dotnet, [RunningService.CliProgram, "tiers", "--url", service.Url], new Dictionary<string, string> { ["AURA_MEMORY_API_KEY"] = "one" });
        Assert.True(await granted.ExitAsync() == 0, granted.Everything);
    }
}
