using System.Net;
using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>A server that does with its connections what a script says: the first script with the first, and so on; the last with all further ones.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ScriptedConnection, Task>[] _scripts;
    private readonly Task _accepting;
    private readonly List<Task> _running = [];
    private readonly List<ScriptedConnection> _connections = [];
    private int _accepted;

    public ScriptedServer(params Func<ScriptedConnection, Task>[] scripts)
    {
        _scripts = scripts;
        _listener.Start();
        Endpoint = new Neo4jEndpoint("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    public Neo4jEndpoint Endpoint { get; }

    /// <summary>Connections that were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public Neo4jSettings Settings(string scheme = "bolt") => new() { Address = Neo4jAddress.Parse($"{scheme}://{Endpoint}") };

    /// <summary>Nothing listens any more; connections stay.</summary>
    public void StopListening() => _listener.Stop();

    /// <summary>Waits until all scripts have ended, then throws what one threw, unless the client had only gone.</summary>
    public async Task EndAsync()
    {
        Task[] running;
        lock (_running)
        {
            running = [.. _running];
        }

        foreach (Task script in running)
        {
            try
            {
                await script.WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
            {
                // The client went, or the test ended.
            }
        }
    }

    /// <summary>Ends all connections, then waits as <see cref="EndAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_running)
        {
            _connections.ForEach(c => c.Kill());
        }

        await EndAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            int number = Interlocked.Increment(ref _accepted);
            var connection = new ScriptedConnection(client, number);
            lock (_running)
            {
                _connections.Add(connection);
                _running.Add(Task.Run(() => _scripts[Math.Min(number, _scripts.Length) - 1](connection)));
            }
        }
    }
}

/// <summary>The server's end of a connection.</summary>
internal sealed class ScriptedConnection(TcpClient socket, int number)
{
    private readonly BoltChannel _channel = new(socket.GetStream(), 16 << 20);

    /// <summary>Number of the connection, from 1.</summary>
    public int Number => number;

    public NetworkStream Stream { get; } = socket.GetStream();

    /// <summary>Greeting, HELLO and LOGON are taken.</summary>
    public async Task WelcomeAsync(int major = 5, int minor = 4, params (string Name, object? Value)[] hints)
    {
        await GreetAsync(major, minor);
        Assert.Equal(BoltTag.Hello, (await ReadAsync()).Tag);
        bool hasLogon = _channel.Version.HasLogon;
        await ReplyAsync(BoltTag.Success, Map(("server", $"Neo4j/{major}.{minor}.0"), ("connection_id", "c"), ("hints", Map(hints))));
        if (hasLogon)
        {
            Assert.Equal(BoltTag.Logon, (await ReadAsync()).Tag);
            await ReplyAsync(BoltTag.Success, Map());
        }
    }

    public async Task GreetAsync(int major = 5, int minor = 4)
    {
        byte[] greeting = new byte[20];
        if (!await _channel.ReadRawAsync(greeting, CancellationToken.None))
        {
            throw new IOException("The client has gone.");
        }

        _channel.Version = new BoltVersion(major, minor);
        await Stream.WriteAsync(new byte[] { 0, 0, (byte)minor, (byte)major });
    }

    /// <summary>The next request.</summary>
    /// <exception cref="IOException">The client says farewell, or has gone.</exception>
    public async Task<BoltStructure> ReadAsync() =>
        await _channel.ReadAsync(CancellationToken.None) is { Tag: not BoltTag.Goodbye } message ? message : throw new IOException("The client has gone.");

    /// <summary>The next request, which must be of this kind.</summary>
    public async Task<BoltStructure> ExpectAsync(byte tag)
    {
        BoltStructure message = await ReadAsync();
        Assert.Equal(tag, message.Tag);
        return message;
    }

    public async Task ReplyAsync(byte tag, params object?[] fields)
    {
        _channel.Put(tag, fields);
        await _channel.FlushAsync(CancellationToken.None);
    }

    public Task SucceedAsync(params (string Name, object? Value)[] meta) => ReplyAsync(BoltTag.Success, Map(meta));

    public Task FailAsync(string code) => ReplyAsync(BoltTag.Failure, Map(("code", code), ("message", "It fails.")));

    public Task RowAsync(params object?[] values) => ReplyAsync(BoltTag.Record, [values]);

    /// <summary>BEGIN, RUN and PULL are taken and answered with the number of the connection as one row.</summary>
    /// <returns>The extras of BEGIN.</returns>
    public async Task<Dictionary<string, object?>> AnswerAsync(string column = "x")
    {
        var begin = (Dictionary<string, object?>)(await ExpectAsync(BoltTag.Begin)).Fields[0]!;
        await ExpectAsync(BoltTag.Run);
        await ExpectAsync(BoltTag.Pull);
        await SucceedAsync();
        await SucceedAsync(("fields", new object?[] { column }), ("qid", 0L));
        await RowAsync((long)Number);
        await SucceedAsync(("type", "r"));
        return begin;
    }

    /// <summary>Takes and answers transactions of one query until the client goes.</summary>
    public async Task ServeAsync()
    {
        while (true)
        {
            await AnswerAsync();
            await ExpectAsync(BoltTag.Commit);
            await SucceedAsync(("bookmark", "b:" + Number));
        }
    }

    /// <summary>Takes everything and answers nothing, until the client goes.</summary>
    public async Task StaySilentAsync()
    {
        byte[] taken = new byte[4096];
        while (await Stream.ReadAsync(taken) > 0)
        {
        }
    }

    /// <summary>Ends the connection without a farewell.</summary>
    public void Kill()
    {
        try
        {
            socket.Client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
        {
            // It has ended already.
        }

        socket.Dispose();
    }

    public static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);
}
