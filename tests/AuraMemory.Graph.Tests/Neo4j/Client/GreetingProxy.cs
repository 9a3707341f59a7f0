using System.Net;
using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>Stands between a client and a server: lets the client offer only one version, and counts what comes back.</summary>
internal sealed class GreetingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Neo4jEndpoint _server;
    private readonly byte[]? _version;
    private readonly Task _running;
    private long _toClient;

    /// <param name="server">Address of the server.</param>
    /// <param name="version">Major and minor number; null = what the client offers.</param>
    public GreetingProxy(string server, (int Major, int Minor)? version = null)
    {
        _server = Neo4jAddress.Parse(server).Endpoint;
        _version = version is { } v ? [0x60, 0x60, 0xB0, 0x17, 0, 0, (byte)v.Minor, (byte)v.Major, .. new byte[12]] : null;
        _listener.Start();
        _running = AcceptAsync();
    }

    public string Uri => $"bolt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Bytes that the server sent.</summary>
    public long ToClient => Interlocked.Read(ref _toClient);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient from = client;
        using var to = new TcpClient { NoDelay = true };
        from.NoDelay = true;
        await to.ConnectAsync(_server.Host, _server.Port, _end.Token);
        byte[] greeting = new byte[20];
        await from.GetStream().ReadExactlyAsync(greeting, _end.Token);
        await to.GetStream().WriteAsync(_version ?? greeting, _end.Token);
        await Task.WhenAny(PassAsync(from, to, isToClient: false), PassAsync(to, from, isToClient: true));
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool isToClient)
    {
        byte[] buffer = new byte[8192];
        while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            Interlocked.Add(ref _toClient, isToClient ? read : 0);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
