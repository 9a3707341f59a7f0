using AuraMemory.Graph.Neo4j.Client.Connections;
using AuraMemory.Graph.Neo4j.Client.Routing;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>A client of a Neo4j by Bolt: pools connections, runs transactions, and tries them again where that can help. Thread-safe.</summary>
/// <remarks>
/// Work that is given to it must be idempotent: it runs again when a server fails, also when the connection is lost after the commit was sent and
/// before its answer came, so that the first run may have been committed. What the work itself throws is never tried again. Each transaction sees
/// those that this driver had committed before, on whichever server. Messages and rules: neo4j.com/docs/bolt.
/// </remarks>
public sealed class Neo4jDriver : IAsyncDisposable
{
    // The server ends what takes too long and says so; it has this much longer before its client does.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly Neo4jSettings _settings;
    private readonly TimeProvider _time;
    private readonly IBoltServers _servers;
    private readonly BookmarkSet _bookmarks = new();
    private readonly Lock _sync = new();
    private readonly Random _random;
    private volatile bool _isDisposed;

    /// <summary>A client. Connects when it is first used.</summary>
    /// <param name="settings">Where the Neo4j is.</param>
    /// <param name="time">Drives all waiting.</param>
    /// <param name="seed">Spreads the waits between tries.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Neo4jDriver(Neo4jSettings settings, TimeProvider time, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxConnections, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.FetchSize, 1, nameof(settings));
        (_settings, _time, _random) = (settings, time, new Random(seed));
        _servers = settings.Address.IsRouted
            ? new RoutedServers(settings, _bookmarks, time)
            : new OneServer(new BoltPool(settings.Address.Endpoint, settings, new BoltDialer(settings, time), time));
    }

    /// <summary>Connections that are open or being opened, to all servers.</summary>
    public int OpenConnections => _servers.Open;

    /// <summary>Connections that are in use or being opened, to all servers.</summary>
    public int ConnectionsInUse => _servers.InUse;

    /// <summary>Runs a transaction that only reads; servers refuse writes in it.</summary>
    /// <param name="work">What it does. It may run several times, each time on another transaction.</param>
    /// <param name="timeout">Time for each try, at the server and here; null = as long as the server allows.</param>
    /// <param name="cancellation">Ends it, at the server too.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="Neo4jException">A server refused it for good, or for all the time that it was tried again.</exception>
    /// <exception cref="Neo4jUnavailableException">No server could be used for all that time.</exception>
    public Task<T> ReadAsync<T>(Func<Neo4jTransaction, CancellationToken, Task<T>> work, TimeSpan? timeout, CancellationToken cancellation) =>
        RunAsync(work, forWriting: false, timeout, cancellation);

    /// <summary>Runs a transaction that may write.</summary>
    /// <inheritdoc cref="ReadAsync{T}" path="/param|/returns|/exception"/>
    public Task<T> WriteAsync<T>(Func<Neo4jTransaction, CancellationToken, Task<T>> work, TimeSpan? timeout, CancellationToken cancellation) =>
        RunAsync(work, forWriting: true, timeout, cancellation);

    /// <summary>Connects, where there is no connection yet, and tells to what.</summary>
    /// <exception cref="Neo4jException">The server refuses the credentials.</exception>
    /// <exception cref="Neo4jUnavailableException">It cannot be used.</exception>
    public async Task<Neo4jServer> VerifyAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        BoltConnection connection = await _servers.AcquireAsync(forWriting: false, cancellation).ConfigureAwait(false);
        await connection.ResetAsync(_settings.ResetTime).ConfigureAwait(false);
        bool isAlive = !connection.IsBroken;
        await _servers.ReleaseAsync(connection).ConfigureAwait(false);
        return isAlive
            ? connection.Server
            : throw new Neo4jUnavailableException(Neo4jUnavailability.ConnectionLost, $"{connection.Server.Endpoint} does not answer.");
    }

    /// <summary>Closes the connections; those in use when they are given back.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _servers.DisposeAsync();
    }

    private async Task<T> RunAsync<T>(
        Func<Neo4jTransaction, CancellationToken, Task<T>> work, bool forWriting, TimeSpan? timeout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(work);
        var schedule = new RetrySchedule(_settings.RetryTime, _time, Chance);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            TimeSpan delay;
            try
            {
                return await TryAsync(work, forWriting, timeout, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (_servers.IsTransient(e) && !cancellation.IsCancellationRequested)
            {
                if (schedule.Next() is not { } next)
                {
                    throw;
                }

                delay = next;
            }

            await Task.Delay(delay, _time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<T> TryAsync<T>(
        Func<Neo4jTransaction, CancellationToken, Task<T>> work, bool forWriting, TimeSpan? timeout, CancellationToken cancellation)
    {
        BoltConnection connection = await _servers.AcquireAsync(forWriting, cancellation).ConfigureAwait(false);
        using CancellationTokenSource? patience = timeout is { } time ? new CancellationTokenSource(time + Grace, _time) : null;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience?.Token ?? default);
        IReadOnlyCollection<string> bookmarks = _settings.Address.IsRouted ? _bookmarks.Current : [];
        var transaction = new Neo4jTransaction(connection, Begin(forWriting, timeout, bookmarks), _settings.FetchSize, end.Token);
        try
        {
            T result = await work(transaction, end.Token).ConfigureAwait(false);
            if (await transaction.CommitAsync().ConfigureAwait(false) is { } bookmark && _settings.Address.IsRouted)
            {
                _bookmarks.Replace(bookmarks, bookmark);
            }

            return result;
        }
        catch (OperationCanceledException) when (patience is { IsCancellationRequested: true } && !cancellation.IsCancellationRequested)
        {
            throw new Neo4jException(Neo4jException.TimedOut, $"The transaction took longer than the {timeout!.Value.TotalSeconds} s it had.");
        }
        catch (Exception e) when (e is Neo4jException or Neo4jUnavailableException)
        {
            _servers.Report(connection, e);
            throw;
        }
        finally
        {
            transaction.Close();
            await _servers.ReleaseAsync(connection).ConfigureAwait(false);
        }
    }

    private Dictionary<string, object?> Begin(bool forWriting, TimeSpan? timeout, IReadOnlyCollection<string> bookmarks)
    {
        var extra = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (bookmarks.Count > 0)
        {
            extra["bookmarks"] = bookmarks.ToArray<object?>();
        }

        if (timeout is { } time)
        {
            extra["tx_timeout"] = Math.Max(1, (long)time.TotalMilliseconds);
        }

        if (!forWriting)
        {
            extra["mode"] = "r";
        }

        if (_settings.Database is not null)
        {
            extra["db"] = _settings.Database;
        }

        return extra;
    }

    private double Chance()
    {
        lock (_sync)
        {
            return _random.NextDouble();
        }
    }
}
