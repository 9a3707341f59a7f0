using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuraMemory.RealNeo4j;

/// <summary>How a server is started.</summary>
/// <param name="HasPassword">Whether clients need a password.</param>
/// <param name="Certificates">Folder with <c>private.key</c> and <c>public.crt</c>, for TLS besides plain connections; null = no TLS.</param>
public sealed record Neo4jServerOptions(bool HasPassword = true, string? Certificates = null);

/// <summary>
/// A real Neo4j: the one of <c>AURA_TEST_NEO4J_URI</c> (with <c>AURA_TEST_NEO4J_USER</c> and <c>AURA_TEST_NEO4J_PASSWORD</c>), else a process started from the folder
/// <c>AURA_NEO4J</c>, else from <c>shared/neo4j</c> beside any folder above the tests. Takes 5 to 9 s to start.
/// </summary>
/// <remarks>A shell stands between: when its input ends, as it does when the tests die, it kills the server and removes its data.</remarks>
public sealed class Neo4jTestServer : IAsyncDisposable
{
    private const string Guard = """
        folder=$1; shift
        "$@" </dev/null &
        server=$!
        exec >/dev/null 2>&1
        trap '' INT TERM
        if read -r order && [ "$order" = keep ]; then kill -KILL $server; wait; exit; fi
        kill -KILL $server; wait; rm -rf "$folder"
        """;

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(10);
    private readonly Neo4jServerOptions _options;
    private readonly string _data = "";
    private Process? _guard;

    private Neo4jTestServer(string uri, string? user, string? password)
    {
        _options = new Neo4jServerOptions();
        (Uri, User, Password) = (uri, user, password);
    }

    private Neo4jTestServer(Neo4jServerOptions options)
    {
        _options = options;
        _data = Directory.CreateTempSubdirectory("aura-neo4j-").FullName;
        Port = FreePort();
        Uri = "bolt://127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture);
        (User, Password) = options.HasPassword ? ("neo4j", "secret-password") : (null, null);
    }

    /// <summary>Its address: <c>bolt://HOST:PORT</c>.</summary>
    public string Uri { get; }

    /// <summary>Its port; 0 when it is not ours.</summary>
    public int Port { get; }

    /// <summary>Its user; null = none is needed.</summary>
    public string? User { get; }

    /// <summary>The user's password.</summary>
    public string? Password { get; }

    /// <summary>Whether it can be killed and started again.</summary>
    public bool IsOurs => Port != 0;

    /// <summary>Starts a server of our own, also where another was named. Skips the test when it cannot.</summary>
    public static async Task<Neo4jTestServer> StartAsync(Neo4jServerOptions? options = null)
    {
        Command();
        var server = new Neo4jTestServer(options ?? new Neo4jServerOptions());
        await server.StartProcessAsync();
        return server;
    }

    /// <summary>The server that was named, else one of our own. Skips the test when there is neither.</summary>
    public static async Task<Neo4jTestServer> FindAsync() =>
        Environment.GetEnvironmentVariable("AURA_TEST_NEO4J_URI") is { Length: > 0 } uri
            ? new Neo4jTestServer(
                uri, Environment.GetEnvironmentVariable("AURA_TEST_NEO4J_USER"), Environment.GetEnvironmentVariable("AURA_TEST_NEO4J_PASSWORD"))
            : await StartAsync();

    /// <summary>Ends it as a crash does: <c>SIGKILL</c>. Its data stay.</summary>
    public async Task KillAsync()
    {
        if (_guard is { } guard)
        {
            await guard.StandardInput.WriteLineAsync("keep");
            await guard.StandardInput.FlushAsync();
            await guard.WaitForExitAsync();
            guard.Dispose();
            _guard = null;
        }
    }

    /// <summary>Starts it again, on the same port and the same data.</summary>
    public Task RestartAsync() => StartProcessAsync();

    /// <summary>Kills it and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_guard is { } guard)
        {
            guard.StandardInput.Close();
            await guard.WaitForExitAsync();
            guard.Dispose();
            _guard = null;
        }

        if (IsOurs && Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private async Task StartProcessAsync()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-c", Guard, "guard", _data, Command(), "--data", _data, "--port", Port.ToString(CultureInfo.InvariantCulture),
            .. _options.HasPassword ? ["--password", Password!] : (string[])["--no-auth"],
            .. _options.Certificates is { } folder ? (string[])["--certificates", folder] : [],
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _guard = Process.Start(start)!;
        var said = new StringBuilder();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        DataReceivedEventHandler hear = (_, line) =>
        {
            if (line.Data is null || line.Data.StartsWith("READY", StringComparison.Ordinal))
            {
                ready.TrySetResult(); // or it has ended, and said why
                return;
            }

            lock (said)
            {
                said.AppendLine(line.Data);
            }
        };
        _guard.OutputDataReceived += hear;
        _guard.ErrorDataReceived += hear;
        _guard.BeginOutputReadLine();
        _guard.BeginErrorReadLine();
        bool isInTime = await Task.WhenAny(ready.Task, Task.Delay(StartTime)) == ready.Task;
        if (!isInTime || !await AnswersAsync())
        {
            await DisposeAsync();
            Assert.Fail($"Neo4j did not start{(isInTime ? "" : $" within {StartTime.TotalMinutes} minutes")}. It said: {said}");
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Command()
    {
        string? command = Candidates().Select(f => Path.Combine(f, "start")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(command is null, "There is no Neo4j to test with: AURA_TEST_NEO4J_URI names none, and there is no folder to start one from.");
        Assert.SkipUnless(HasJava, "There is a Neo4j to test with, but no Java from version 17 on to start it.");
        return command!;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("AURA_NEO4J") is { Length: > 0 } named)
        {
            yield return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "neo4j");
        }
    }

    private static bool HasJava
    {
        get
        {
            try
            {
                using Process java = Process.Start(
                    new ProcessStartInfo(Environment.GetEnvironmentVariable("JAVA") ?? "java", "-version") { RedirectStandardError = true })!;
                string said = java.StandardError.ReadToEnd();
                java.WaitForExit();
                string version = said.Split('"').ElementAtOrDefault(1) ?? "";
                return int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out int major) && major >= 17;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
