using System.Net;
using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The built server in a process of its own, on a free port, over a folder of its own.</summary>
public class RunningService : IAsyncLifetime
{
    private readonly string[] _arguments;
    private readonly string? _given;
    private readonly string _folder;
    private ChildProcess? _process;

    public RunningService()
        : this(null)
    {
    }

    /// <param name="folder">Data folder; null = a new one, deleted at the end.</param>
    /// <param name="arguments">Settings beside the usual ones.</param>
    internal RunningService(string? folder, params string[] arguments)
    {
        _given = folder;
        _folder = folder ?? Directory.CreateTempSubdirectory("aura-e2e-").FullName;
        _arguments = arguments;
    }

    public static string ServerProgram { get; } = Path.Combine(AppContext.BaseDirectory, "AuraMemory.Server.dll");

    public static string CliProgram { get; } = Path.Combine(AppContext.BaseDirectory, "aura-memory.dll");

    /// <summary>Settings that keep a test small: what the machine would grant is more than a test needs.</summary>
    public static string[] Small { get; } = ["--memory_limit_bytes", "512MiB", "--calibrate_at_start", "false"];

    public HttpClient Client { get; private set; } = new();

    public string Url { get; private set; } = "";

    public string Folder => _folder;

    internal ChildProcess Process => _process!;

    public virtual async ValueTask InitializeAsync()
    {
        _process = ChildProcess.Start(
            ChildProcess.Dotnet, [ServerProgram, "--urls", "http://127.0.0.1:0", "--data", _folder, .. Small, .. _arguments]);
        Url = AddressIn(await _process.LineAsync("Listening:"));
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
        using HttpResponseMessage ready = await Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    /// <summary>The address in the line the service prints when it is ready; on loopback where it listens everywhere.</summary>
    public static string AddressIn(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal);

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync("/api/v1" + path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> PostOkAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path} {json[..Math.Min(json.Length, 200)]}: {(int)response.StatusCode} {body}");
        return Parse(body);
    }

    public async Task<JsonElement> GetOkAsync(string path) => Parse(await Client.GetStringAsync(path));

    /// <summary>Value of one series of the metrics page.</summary>
    public async Task<double> MetricAsync(string series)
    {
        string page = await Client.GetStringAsync("/metrics");
        string line = page.Split('\n').Single(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>SIGTERM, and the orderly end it asks for.</summary>
    public async Task StopAsync()
    {
        Process.SendTerminate();
        int code = await Process.ExitAsync();
        Assert.True(code == 0, $"Ended with {code}: {Process.Everything}");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (_given is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
