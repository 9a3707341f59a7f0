using System.Globalization;
using System.Threading.Channels;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Door;

/// <summary>One client of a Bolt door that only reads: versions 5.4 to 5.0 and 4.4 to 4.2.</summary>
/// <remarks>
/// Messages are read ahead, so that a <c>RESET</c> ends the query that runs; what was sent before it is ignored. Rows are written as
/// they are asked for. States and replies: Bolt protocol server states, neo4j.com/docs/bolt.
/// </remarks>
public sealed class BoltSession
{
    private const int ReadAhead = 64;
    private static long _connections;
    private readonly Stream _stream;
    private readonly BoltDoorSettings _settings;
    private readonly BoltChannel _channel;
    private readonly BoltResults _results;
    private readonly string _id = "bolt-" + Interlocked.Increment(ref _connections).ToString(CultureInfo.InvariantCulture);
    private readonly Lock _sync = new();
    private CancellationTokenSource? _running;
    private int _resets;
    private State _state = State.Negotiation;

    /// <summary>A session over a stream that was just accepted.</summary>
    public BoltSession(Stream stream, IBoltQueries queries, BoltDoorSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _stream = stream;
        _settings = settings;
        _channel = new BoltChannel(stream, settings.LongestMessage);
        _results = new BoltResults(queries, _channel, settings);
    }

    private enum State
    {
        Negotiation,
        Authentication,
        Ready,
        Streaming,
        TransactionReady,
        TransactionStreaming,
        Failed,
    }

    /// <summary>Serves the client until it goes, misbehaves, or the door closes.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var greeting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        greeting.CancelAfter(_settings.GreetingTime);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task? pump = null;
        try
        {
            if (!await GreetAsync(greeting.Token).ConfigureAwait(false))
            {
                return;
            }

            var messages = Channel.CreateBounded<BoltStructure>(ReadAhead);
            pump = PumpAsync(messages.Writer, end.Token);
            bool goesOn = true;
            while (goesOn && await messages.Reader.WaitToReadAsync(_state < State.Ready ? greeting.Token : cancellation).ConfigureAwait(false))
            {
                while (goesOn && messages.Reader.TryRead(out BoltStructure? message))
                {
                    goesOn = await TakeAsync(message, cancellation).ConfigureAwait(false);
                }

                await _channel.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or EndOfStreamException or PackStreamException)
        {
            // The client went away, sent what is no Bolt, took too long to say who it is, or the door closes.
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            CancelRunning();
            await _stream.DisposeAsync().ConfigureAwait(false);
            await (pump ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _results.Clear();
        }
    }

    private async Task<bool> GreetAsync(CancellationToken cancellation)
    {
        byte[] greeting = new byte[BoltHandshake.Length];
        if (!await _channel.ReadRawAsync(greeting, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        if (BoltHandshake.IsHttp(greeting))
        {
            await _channel.WriteRawAsync(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis port speaks Bolt. The REST API has another.\n"u8.ToArray(), cancellation).ConfigureAwait(false);
            return false;
        }

        BoltVersion? version = BoltHandshake.IsBolt(greeting) ? BoltHandshake.Choose(greeting) : null;
        await _channel.WriteRawAsync(new byte[] { 0, 0, (byte)(version?.Minor ?? 0), (byte)(version?.Major ?? 0) }, cancellation).ConfigureAwait(false);
        _channel.Version = version ?? default;
        return version is not null;
    }

    private async Task PumpAsync(ChannelWriter<BoltStructure> to, CancellationToken cancellation)
    {
        try
        {
            while (await _channel.ReadAsync(cancellation).ConfigureAwait(false) is { } message)
            {
                if (message.Tag == BoltTag.Reset)
                {
                    Interlocked.Increment(ref _resets);
                    CancelRunning();
                }

                await to.WriteAsync(message, cancellation).ConfigureAwait(false);
            }

            to.Complete();
            CancelRunning();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or EndOfStreamException or PackStreamException or ObjectDisposedException)
        {
            to.Complete(e as PackStreamException);
            CancelRunning();
        }
    }

    private void CancelRunning()
    {
        lock (_sync)
        {
            _running?.Cancel();
        }
    }

    // False = the connection ends.
    private async Task<bool> TakeAsync(BoltStructure message, CancellationToken cancellation)
    {
        switch (message.Tag)
        {
            case BoltTag.Goodbye:
                return false;
            case BoltTag.Reset:
                Interlocked.Decrement(ref _resets);
                _results.Clear();
                _state = _state < State.Ready ? _state : State.Ready;
                _channel.Put(BoltTag.Success, Map());
                return true;
        }

        if (Volatile.Read(ref _resets) > 0 || _state == State.Failed)
        {
            _channel.Put(BoltTag.Ignored);
            return true;
        }

        try
        {
            return _state switch
            {
                State.Negotiation => Hello(message),
                State.Authentication => Logon(message),
                _ => await ServeAsync(message, cancellation).ConfigureAwait(false),
            };
        }
        catch (BoltFailureException e)
        {
            Fail(e.Code, e.Message);
            return _state >= State.Ready;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Fail("Neo.ClientError.Transaction.Terminated", "The query was ended by a RESET.");
            return true;
        }
    }

    private bool Hello(BoltStructure message)
    {
        if (message is not { Tag: BoltTag.Hello, Fields: [Dictionary<string, object?> extra] })
        {
            throw Invalid("A connection begins with HELLO.");
        }

        var reply = Map(("server", _settings.Server), ("connection_id", _id), ("hints", Map()));
        if (_channel.Version is { Major: 4, Minor: >= 3 } && extra.GetValueOrDefault("patch_bolt") is List<object?> patches && patches.Contains("utc"))
        {
            reply["patch_bolt"] = new List<object?> { "utc" };
            _channel.IsUtcPatched = true;
        }

        if (_channel.Version.HasLogon)
        {
            _state = State.Authentication;
        }
        else
        {
            Authenticate(extra);
        }

        _channel.Put(BoltTag.Success, reply);
        return true;
    }

    private bool Logon(BoltStructure message)
    {
        if (message is not { Tag: BoltTag.Logon, Fields: [Dictionary<string, object?> credentials] })
        {
            throw Invalid("Credentials are expected (LOGON).");
        }

        Authenticate(credentials);
        _channel.Put(BoltTag.Success, Map());
        return true;
    }

    private void Authenticate(Dictionary<string, object?> credentials)
    {
        string scheme = credentials.GetValueOrDefault("scheme") as string ?? "none";
        if (!_settings.Authenticate(scheme, credentials.GetValueOrDefault("principal") as string, credentials.GetValueOrDefault("credentials") as string))
        {
            throw new BoltFailureException("Neo.ClientError.Security.Unauthorized", "The credentials are not right. Send an API key of the service as the password, or as a bearer token.");
        }

        _state = State.Ready;
    }

    private async Task<bool> ServeAsync(BoltStructure message, CancellationToken cancellation)
    {
        bool inTransaction = _state is State.TransactionReady or State.TransactionStreaming;
        switch (message)
        {
            case { Tag: BoltTag.Run, Fields: [string query, Dictionary<string, object?> parameters, Dictionary<string, object?> extra] } when _state != State.Streaming:
                await QueryAsync(query, parameters, extra, inTransaction, cancellation).ConfigureAwait(false);
                break;
            case { Tag: BoltTag.Pull or BoltTag.Discard, Fields: [Dictionary<string, object?> extra] } when _state is State.Streaming or State.TransactionStreaming:
                await _results.GiveAsync(extra, message.Tag == BoltTag.Pull, inTransaction, cancellation).ConfigureAwait(false);
                _state = _results.Open > 0 ? _state : inTransaction ? State.TransactionReady : State.Ready;
                break;
            case { Tag: BoltTag.Begin, Fields: [Dictionary<string, object?> extra] } when _state == State.Ready:
                _results.CheckDatabase(extra);
                _results.TransactionTimeout = BoltResults.Timeout(extra);
                _state = State.TransactionReady;
                _channel.Put(BoltTag.Success, Map());
                break;
            case { Tag: BoltTag.Commit or BoltTag.Rollback } when inTransaction:
                _results.Clear();
                _state = State.Ready;
                _channel.Put(BoltTag.Success, message.Tag == BoltTag.Commit ? Map(("bookmark", _results.Bookmark())) : Map());
                break;
            case { Tag: BoltTag.Route, Fields: [Dictionary<string, object?> context, ..] } when _state == State.Ready:
                _channel.Put(BoltTag.Success, Map(("rt", RoutingTable(context))));
                break;
            case { Tag: BoltTag.Telemetry } when _state == State.Ready:
                _channel.Put(BoltTag.Success, Map());
                break;
            case { Tag: BoltTag.Logoff } when _state == State.Ready && _channel.Version.HasLogon:
                _state = State.Authentication;
                _channel.Put(BoltTag.Success, Map());
                break;
            default:
                throw Invalid($"Message 0x{message.Tag:X2} cannot come now.");
        }

        return true;
    }

    private async Task QueryAsync(string query, Dictionary<string, object?> parameters, Dictionary<string, object?> extra, bool inTransaction, CancellationToken cancellation)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_sync)
        {
            _running = running;
        }

        try
        {
            await _results.RunAsync(query, parameters, extra, inTransaction, running.Token).ConfigureAwait(false);
            _state = inTransaction ? State.TransactionStreaming : State.Streaming;
        }
        finally
        {
            lock (_sync)
            {
                _running = null;
            }
        }
    }

    private Dictionary<string, object?> RoutingTable(Dictionary<string, object?> context)
    {
        const long Seconds = 300;
        string address = _settings.Address ?? context.GetValueOrDefault("address") as string ?? "localhost:7687";
        object? One(string role) => Map(("addresses", new List<object?> { address }), ("role", role));
        return Map(("ttl", Seconds), ("db", _settings.Database), ("servers", new List<object?> { One("ROUTE"), One("READ"), One("WRITE") }));
    }

    private void Fail(string code, string message)
    {
        _results.Clear();
        _channel.Put(BoltTag.Failure, Map(("code", code), ("message", message)));
        _state = _state < State.Ready ? _state : State.Failed;
    }

    private static BoltFailureException Invalid(string message) => new("Neo.ClientError.Request.Invalid", message);

    private static Dictionary<string, object?> Map(params ReadOnlySpan<(string Name, object? Value)> entries)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string name, object? value) in entries)
        {
            map[name] = value;
        }

        return map;
    }
}
