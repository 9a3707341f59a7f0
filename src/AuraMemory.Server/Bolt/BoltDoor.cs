using System.Net;
using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Server.Http;

namespace AuraMemory.Server.Bolt;

/// <summary>Listens for Bolt clients on loopback, when the setting <c>bolt_port</c> says so.</summary>
internal sealed class BoltDoor(ServerContext server, ILogger logger) : BackgroundService
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, server.Settings.BoltPort);

    /// <summary>The port it listens on; 0 before it does.</summary>
    public int Port { get; private set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        BoltLog.Listening(logger, Port);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var keys = new ApiKeySet(server.Settings.ApiKeys);
        var settings = new BoltDoorSettings
        {
            Authenticate = (scheme, _, credentials) => keys.IsEmpty || (scheme is "basic" or "bearer" && keys.Has(credentials)),
            LongestMessage = server.Settings.MaxBodyBytes,
        };
        var queries = new GraphQueries(server);
        using var places = new SemaphoreSlim(server.Settings.BoltConnections);
        var sessions = new HashSet<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(stoppingToken);
                sessions.RemoveWhere(s => s.IsCompleted);
                if (!places.Wait(0, CancellationToken.None))
                {
                    BoltLog.Full(logger, server.Settings.BoltConnections);
                    client.Dispose();
                    continue;
                }

                client.NoDelay = true;
                sessions.Add(ServeAsync(client, queries, settings, places, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
        finally
        {
            _listener.Stop();
            await Task.WhenAll(sessions);
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    private async Task ServeAsync(TcpClient client, GraphQueries queries, BoltDoorSettings settings, SemaphoreSlim places, CancellationToken cancellation)
    {
        try
        {
            using (client)
            {
                await new BoltSession(client.GetStream(), queries, settings).RunAsync(cancellation);
            }
        }
        catch (Exception e)
        {
            BoltLog.Failed(logger, e);
        }
        finally
        {
            places.Release();
        }
    }
}

/// <summary>What the door tells operators.</summary>
internal static partial class BoltLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Bolt:      bolt://127.0.0.1:{Port} (read-only)")]
    public static partial void Listening(ILogger logger, int port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A Bolt client was turned away: {Most} are connected (setting bolt_connections).")]
    public static partial void Full(ILogger logger, int most);

    [LoggerMessage(Level = LogLevel.Error, Message = "A Bolt session failed.")]
    public static partial void Failed(ILogger logger, Exception exception);
}
