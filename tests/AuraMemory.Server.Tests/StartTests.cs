using System.Net;

namespace AuraMemory.Server.Tests;

public class StartTests
{
    [Fact]
    public async Task The_service_listens_before_the_store_is_open_and_drains_at_the_end()
    {
        await using var server = new LiveServer(openAtOnce: false);
        await server.InitializeAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/health/live")).StatusCode);
        using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using HttpResponseMessage early = await server.PostAsync("/retrieve", "{\"key\":\"a\"}");
        await LiveServer.ProblemAsync(early, 503);
        Assert.NotNull(early.Headers.RetryAfter);
        await server.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/api/v1/tiers")).StatusCode);
        await server.StopAsync();
        Assert.True(server.Store.Flushed);
    }

    [Fact]
    public async Task With_keys_set_only_probes_are_open()
    {
        await using var server = new LiveServer(true, "--api_keys", "first,second");
        await server.InitializeAsync();
        await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/tiers"), 401);
        await LiveServer.ProblemAsync(await server.Client.GetAsync("/metrics"), 401);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "second");
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/api/v1/tiers")).StatusCode);
        server.Client.DefaultRequestHeaders.Authorization = null;
        server.Client.DefaultRequestHeaders.Add("X-API-Key", "firs");
        await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/tiers"), 401);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8001", "http://localhost:8001")]
    [InlineData("http://[::]:8001", "http://localhost:8001")]
    [InlineData("http://127.0.0.1:8001", "http://127.0.0.1:8001")]
    public void The_banner_shows_an_address_to_type(string listening, string shown) =>
        Assert.Equal(shown, StartBanner.Reachable(listening));

    [Theory]
    [InlineData("--prefetch_windw_size", "3", "prefetch_windw_size")]
    [InlineData("--max_bulk_items", "0", "max_bulk_items")]
    [InlineData("--durability", "strong", "durability")]
    [InlineData("--urls", "http://0.0.0.0:8001", "api_keys")]
    [InlineData("--urls", "localhost", "urls")]
    public void A_setting_that_cannot_be_stops_the_start_by_name(string name, string value, string named)
    {
        var refused = Assert.Throws<SettingsException>(() => ServerHost.Build([name, value], (_, _) => throw new InvalidOperationException()));
        Assert.Contains(named, refused.Message);
    }
}
