using System.Net;
using System.Text;
using System.Text.Json;
using AuraMemory.Engine;
using AuraMemory.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AuraMemory.Server.Tests;

/// <summary>The whole service on a free loopback port, over a model store.</summary>
public sealed class LiveServer : IAsyncLifetime
{
    private readonly string[] _arguments;
    private readonly TaskCompletionSource<IObjectStore> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _openAtOnce;
    private WebApplication? _app;

    public LiveServer()
        : this(true)
    {
    }

    internal LiveServer(bool openAtOnce, params string[] arguments) => (_openAtOnce, _arguments) = (openAtOnce, arguments);

    internal ModelStore Store { get; } = new(new StoreOptions { DataFolder = "unused", MaxObjectBytes = 1 << 20 });

    internal ModelShapes Shapes { get; } = new();

    internal ServerContext Context => _app!.Services.GetRequiredService<ServerContext>();

    public HttpClient Client { get; private set; } = new();

    public Uri Address { get; private set; } = new("http://localhost");

    public async ValueTask InitializeAsync()
    {
        _app = ServerHost.Build(
            ["--urls", "http://127.0.0.1:0", "--data", "unused", "--max_body_bytes", "4MiB", .. _arguments], (_, _) => new(_open.Task));
        Context.Shapes = Shapes;
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (_openAtOnce)
        {
            await OpenAsync();
        }
    }

    public async Task OpenAsync()
    {
        _open.TrySetResult(Store);
        while ((await Client.GetAsync("/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            await Task.Yield();
        }
    }

    public async Task StopAsync() => await _app!.StopAsync();

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync("/api/v1" + path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> PostOkAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:aura-memory:problem:", problem.GetProperty("type").GetString());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("detail").GetString()));
        Assert.Equal(response.Headers.GetValues("X-Request-ID").Single(), problem.GetProperty("correlation_id").GetString());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
    }
}
