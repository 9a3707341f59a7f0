using System.Net.Sockets;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>A connection to a server, ready for queries; for one user at a time.</summary>
/// <remarks>
/// Requests are put, flushed and answered in order. A read that is no longer waited for goes on, because a message read by half could
/// not be taken up again: whoever reads next gets what it brings. So a <c>RESET</c> can be sent while an answer is awaited, and everything
/// up to its own answer is thrown away. After a failure the server ignores everything until a <c>RESET</c>.
/// </remarks>
internal sealed class BoltConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly BoltChannel _channel;
    private readonly TimeProvider _time;
    private Task<BoltStructure?>? _reading;
    private int _owed;
    private int _unsent;

    public BoltConnection(Socket socket, Stream stream, BoltChannel channel, Neo4jServer server, TimeProvider time)
    {
        (_socket, _stream, _channel, Server, _time) = (socket, stream, channel, server, time);
        OpenedAt = UsedAt = time.GetTimestamp();
    }

    /// <summary>The server at the other end.</summary>
    public Neo4jServer Server { get; }

    /// <summary>When it was opened, as a timestamp of the clock.</summary>
    public long OpenedAt { get; }

    /// <summary>The pool that it belongs to.</summary>
    public BoltPool? Pool { get; set; }

    /// <summary>How often its pool had been told to forget its connections, when it was opened.</summary>
    public int Generation { get; set; }

    /// <summary>When it was last given back, as a timestamp of the clock.</summary>
    public long UsedAt { get; private set; }

    /// <summary>Whether it can no longer be used.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether nothing is awaited and the server is in no transaction and no failure.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>Whether the other side has closed it, as far as this side has heard.</summary>
    public bool IsClosedByServer
    {
        get
        {
            try
            {
                return _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Puts a request behind those that wait to be sent.</summary>
    /// <exception cref="PackStreamException">A field cannot travel; nothing was put.</exception>
    public void Put(byte tag, params object?[] fields)
    {
        _channel.Put(tag, fields);
        _owed++;
        _unsent++;
        IsClean = false;
    }

    /// <summary>Sends what waits. When this is given up halfway, the connection is broken.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await _channel.FlushAsync(cancellation).ConfigureAwait(false);
            _unsent = 0;
        }
        catch (Exception e)
        {
            IsBroken = true;
            if (Lost(e) is { } lost)
            {
                throw lost;
            }

            throw;
        }
    }

    /// <summary>The next row or answer.</summary>
    /// <exception cref="Neo4jException">It is a failure.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    public async ValueTask<BoltStructure> ReceiveAsync(CancellationToken cancellation)
    {
        BoltStructure message = await ReadAsync(cancellation).ConfigureAwait(false);
        switch (message)
        {
            case { Tag: BoltTag.Record, Fields: [List<object?>] } or { Tag: BoltTag.Success, Fields: [Dictionary<string, object?>] }:
                return message;
            case { Tag: BoltTag.Failure, Fields: [Dictionary<string, object?> meta] }:
                throw new Neo4jException(meta.GetValueOrDefault("code") as string ?? "", meta.GetValueOrDefault("message") as string ?? "");
            default:
                throw Broken($"a message 0x{message.Tag:X2} came where none can come");
        }
    }

    /// <summary>The next answer, which has no rows before it.</summary>
    /// <exception cref="Neo4jException">It is a failure.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    public async ValueTask<Dictionary<string, object?>> SuccessAsync(CancellationToken cancellation)
    {
        BoltStructure message = await ReceiveAsync(cancellation).ConfigureAwait(false);
        return message.Tag == BoltTag.Success ? (Dictionary<string, object?>)message.Fields[0]! : throw Broken("a row came where none can come");
    }

    /// <summary>A transaction has ended as it should: nothing is open on the server.</summary>
    public void Settle() => IsClean = _owed == 0;

    /// <summary>Ends whatever goes on at the server and throws its answers away.</summary>
    /// <returns>False when it did not work within the time; the connection is broken then.</returns>
    public async Task<bool> ResetAsync(TimeSpan limit)
    {
        if (IsBroken)
        {
            return false;
        }

        using var patience = new CancellationTokenSource(limit, _time);
        try
        {
            // A COMMIT that was given up before it was sent must not go out now.
            _channel.Clear();
            _owed -= _unsent;
            _unsent = 0;
            Put(BoltTag.Reset);
            await FlushAsync(patience.Token).ConfigureAwait(false);
            BoltStructure last;
            do
            {
                last = await ReadAsync(patience.Token).ConfigureAwait(false);
            }
            while (_owed > 0);

            IsClean = last.Tag == BoltTag.Success;
        }
        catch (Exception e) when (e is OperationCanceledException or Neo4jUnavailableException)
        {
            // Whoever had the connection has an exception of its own already, or looks at what is returned.
        }

        IsBroken |= !IsClean;
        return IsClean;
    }

    /// <summary>It is given back.</summary>
    public void Rest() => UsedAt = _time.GetTimestamp();

    /// <summary>Says farewell as far as that takes no time, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsBroken && IsClean)
        {
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), _time);
                _channel.Put(BoltTag.Goodbye);
                await _channel.FlushAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // It is closed anyway.
            }
        }

        IsBroken = true;
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // TLS says farewell too, to a server that may be gone.
        }

        _socket.Dispose();
        await (_reading ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<BoltStructure> ReadAsync(CancellationToken cancellation)
    {
        BoltStructure? message;
        try
        {
            if (_reading is null)
            {
                ValueTask<BoltStructure?> reading = _channel.ReadAsync(CancellationToken.None);
                _reading = reading.IsCompletedSuccessfully ? null : reading.AsTask();
                message = _reading is null ? reading.Result : await _reading.WaitAsync(cancellation).ConfigureAwait(false);
            }
            else
            {
                message = await _reading.WaitAsync(cancellation).ConfigureAwait(false);
            }

            _reading = null;
        }
        catch (Exception e) when (Lost(e) is { } lost)
        {
            IsBroken = true;
            throw lost;
        }

        if (message is null)
        {
            IsBroken = true;
            throw new Neo4jUnavailableException(Neo4jUnavailability.ConnectionLost, $"{Server.Endpoint} closed the connection.");
        }

        if (message.Tag != BoltTag.Record && --_owed < 0)
        {
            throw Broken("an answer came that nothing had asked for");
        }

        return message;
    }

    private Neo4jUnavailableException Broken(string what)
    {
        IsBroken = true;
        return new Neo4jUnavailableException(Neo4jUnavailability.Protocol, $"{Server.Endpoint} breaks the rules of Bolt: {what}.");
    }

    private Neo4jUnavailableException? Lost(Exception e) => e switch
    {
        PackStreamException => new Neo4jUnavailableException(Neo4jUnavailability.Protocol, $"{Server.Endpoint} sent what cannot be read. {e.Message}", e),
        IOException or SocketException or ObjectDisposedException =>
            new Neo4jUnavailableException(Neo4jUnavailability.ConnectionLost, $"The connection to {Server.Endpoint} is lost. {e.Message}", e),
        _ => null,
    };
}
