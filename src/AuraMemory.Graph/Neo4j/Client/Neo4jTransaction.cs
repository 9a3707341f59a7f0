using System.Runtime.ExceptionServices;
using AuraMemory.Graph.Neo4j.Client.Connections;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>Queries that succeed or fail together. For one caller at a time; usable only within the work it was given to.</summary>
/// <remarks>
/// The transaction begins with its first query, in the same round trip. Several results may be open at a time: rows of one that are on
/// their way when another is asked for are kept, at most <see cref="Neo4jSettings.FetchSize"/> of them.
/// </remarks>
public sealed class Neo4jTransaction
{
    private readonly BoltConnection _connection;
    private readonly Dictionary<string, object?> _begin;
    private readonly long _fetchSize;
    private readonly CancellationToken _end;
    private readonly List<Neo4jCursor> _open = [];
    private Neo4jCursor? _arriving;
    private Exception? _failure;
    private bool _hasBegun;
    private bool _isOver;

    internal Neo4jTransaction(BoltConnection connection, Dictionary<string, object?> begin, int fetchSize, CancellationToken end) =>
        (_connection, _begin, _fetchSize, _end) = (connection, begin, fetchSize, end);

    /// <summary>Ends it from outside.</summary>
    internal CancellationToken Ending => _end;

    /// <summary>The server it runs on.</summary>
    public Neo4jServer Server => _connection.Server;

    /// <summary>Runs a query. Its first rows are on their way when this returns.</summary>
    /// <param name="query">Its text.</param>
    /// <param name="parameters">Its parameters: null, bool, int, long, double, string, byte[], lists, maps, temporal values, points.</param>
    /// <param name="cancellation">Ends the transaction.</param>
    /// <exception cref="Neo4jException">The server refuses it; the transaction has failed.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    /// <exception cref="ArgumentException">A parameter is of a type that cannot travel; the transaction has failed.</exception>
    public Task<Neo4jCursor> RunAsync(string query, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(parameters);
        return GuardAsync(
            async token =>
            {
                await KeepArrivingAsync(token).ConfigureAwait(false);
                bool begins = !_hasBegun;
                Put(query, parameters);
                await _connection.FlushAsync(token).ConfigureAwait(false);
                if (begins)
                {
                    await _connection.SuccessAsync(token).ConfigureAwait(false);
                }

                Dictionary<string, object?> meta = await _connection.SuccessAsync(token).ConfigureAwait(false);
                _arriving = new Neo4jCursor(this, meta);
                _open.Add(_arriving);
                return _arriving;
            },
            cancellation);
    }

    /// <summary>Rows of a result are asked for, or refused; those of another that are on their way are kept first.</summary>
    internal async Task AskAsync(Neo4jCursor cursor, bool wanted, CancellationToken cancellation)
    {
        await KeepArrivingAsync(cancellation).ConfigureAwait(false);
        var extra = new Dictionary<string, object?> { ["n"] = wanted ? _fetchSize : -1L };
        if (cursor.QueryId is { } id)
        {
            extra["qid"] = id;
        }

        _connection.Put(wanted ? BoltTag.Pull : BoltTag.Discard, extra);
        await _connection.FlushAsync(cancellation).ConfigureAwait(false);
        _arriving = cursor;
    }

    /// <summary>A row of the result that arrives, or that nothing more arrives of it for now.</summary>
    internal async ValueTask<BoltStructure> ReceiveAsync(CancellationToken cancellation)
    {
        BoltStructure message = await _connection.ReceiveAsync(cancellation).ConfigureAwait(false);
        if (message.Tag == BoltTag.Success)
        {
            _arriving = null;
        }

        return message;
    }

    /// <summary>A result has ended.</summary>
    internal void Close(Neo4jCursor cursor) => _open.Remove(cursor);

    /// <summary>What ends a step that its caller may end too, with what it can be ended by; null = the transaction's own end is all there is.</summary>
    internal CancellationTokenSource? Link(CancellationToken cancellation) =>
        cancellation.CanBeCanceled && cancellation != _end ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end) : null;

    /// <summary>Something has failed: the transaction cannot be committed any more.</summary>
    internal void Fail(Exception failure) => _failure = failure;

    /// <summary>Does something on the connection, and remembers when it fails.</summary>
    internal async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> doing, CancellationToken cancellation)
    {
        Check();
        using CancellationTokenSource? either = Link(cancellation);
        try
        {
            return await doing(either?.Token ?? _end).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    /// <summary>Ends it well.</summary>
    /// <returns>The mark by which another server knows that it has seen this; null when there was no query.</returns>
    internal async Task<string?> CommitAsync()
    {
        string? bookmark = _hasBegun ? await GuardAsync(CommitAsync, default).ConfigureAwait(false) : null;
        _isOver = true;
        return bookmark;
    }

    /// <summary>No more of it.</summary>
    internal void Close() => _isOver = true;

    /// <summary>Refuses to go on where it has failed or is over.</summary>
    internal void Check()
    {
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        if (_isOver)
        {
            throw new InvalidOperationException("The transaction is over: its results are read within the work it was given to.");
        }
    }

    private async Task<string?> CommitAsync(CancellationToken cancellation)
    {
        while (_open.Count > 0)
        {
            await _open[^1].DiscardAsync(cancellation).ConfigureAwait(false);
        }

        _connection.Put(BoltTag.Commit);
        await _connection.FlushAsync(cancellation).ConfigureAwait(false);
        Dictionary<string, object?> meta = await _connection.SuccessAsync(cancellation).ConfigureAwait(false);
        _connection.Settle();
        return meta.GetValueOrDefault("bookmark") as string;
    }

    private void Put(string query, IReadOnlyDictionary<string, object?> parameters)
    {
        try
        {
            if (!_hasBegun)
            {
                _connection.Put(BoltTag.Begin, _begin);
                _hasBegun = true;
            }

            _connection.Put(BoltTag.Run, query, parameters, new Dictionary<string, object?>());
        }
        catch (PackStreamException e)
        {
            throw new ArgumentException($"A parameter cannot travel by Bolt. {e.Message}", nameof(parameters), e);
        }

        _connection.Put(BoltTag.Pull, new Dictionary<string, object?> { ["n"] = _fetchSize });
    }

    private async Task KeepArrivingAsync(CancellationToken cancellation)
    {
        if (_arriving is { } arriving)
        {
            await arriving.KeepAsync(cancellation).ConfigureAwait(false);
        }
    }
}
