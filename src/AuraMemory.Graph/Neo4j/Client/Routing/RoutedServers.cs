using AuraMemory.Graph.Neo4j.Client.Connections;
using AuraMemory.Graph.Neo4j.PackStream;

namespace AuraMemory.Graph.Neo4j.Client.Routing;

/// <summary>The servers of a <c>neo4j://</c> address: those named by the routing table, which one of them tells.</summary>
/// <remarks>
/// The table is asked for when there is none, its time is over, or it names nobody for what is needed; one caller asks, the others wait
/// for it. A server that fails is struck from the table; the pools of servers that a new table does not name are closed.
/// Of several servers the one with the fewest connections in use is taken, of equal ones each in its turn.
/// </remarks>
internal sealed class RoutedServers(Neo4jSettings settings, BookmarkSet bookmarks, TimeProvider time) : IBoltServers
{
    private readonly BoltDialer _dialer = new(settings, time);
    private readonly Dictionary<Neo4jEndpoint, BoltPool> _pools = [];
    private readonly Lock _sync = new();
    private Task? _asking;
    private RoutingTable _table = RoutingTable.Empty;
    private long _toldAt = time.GetTimestamp();
    private uint _readerTurn;
    private uint _writerTurn;
    private bool _isClosed;

    public int Open => Pools().Sum(p => p.Open);

    public int InUse => Pools().Sum(p => p.InUse);

    public async Task<BoltConnection> AcquireAsync(bool forWriting, CancellationToken cancellation)
    {
        Neo4jUnavailableException? last = null;
        for (int tables = 0; tables < 2; tables++)
        {
            await EnsureAsync(forWriting, cancellation).ConfigureAwait(false);
            while (Choose(forWriting) is { } pool)
            {
                try
                {
                    return await pool.AcquireAsync(cancellation).ConfigureAwait(false);
                }
                catch (Neo4jUnavailableException e) when (e.Reason != Neo4jUnavailability.PoolExhausted)
                {
                    Strike(pool.Endpoint);
                    last = e;
                }
            }
        }

        throw NoRoute($"No server that {(forWriting ? "writes" : "reads")} can be reached.", last);
    }

    public Task ReleaseAsync(BoltConnection connection) => connection.Pool!.ReleaseAsync(connection);

    public void Report(BoltConnection connection, Exception failure)
    {
        switch (failure)
        {
            case Neo4jUnavailableException { Reason: Neo4jUnavailability.ConnectionLost }:
                connection.Pool!.Forget();
                Strike(connection.Server.Endpoint);
                break;
            case Neo4jException { Code: "Neo.TransientError.General.DatabaseUnavailable" }:
                Strike(connection.Server.Endpoint);
                break;
            case Neo4jException { IsNotWriter: true }:
                lock (_sync)
                {
                    _table = _table.WithoutWriter(connection.Server.Endpoint);
                }

                break;
            case Neo4jException { Code: Neo4jException.AuthorizationExpired }:
                connection.Pool!.Forget();
                break;
            case Neo4jException { IsBookmark: true }:
                bookmarks.Clear();
                break;
        }
    }

    public bool IsTransient(Exception failure) =>
        failure is Neo4jException { IsTransient: true } or Neo4jException { IsNotWriter: true } or Neo4jException { IsBookmark: true }
            or Neo4jUnavailableException { IsTransient: true };

    public async ValueTask DisposeAsync()
    {
        lock (_sync)
        {
            _isClosed = true;
        }

        foreach (BoltPool pool in Pools())
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task EnsureAsync(bool forWriting, CancellationToken cancellation)
    {
        lock (_sync)
        {
            bool holds = _table.For(forWriting).Count > 0 && _table.Routers.Count > 0 && time.GetElapsedTime(_toldAt) < _table.TimeToLive;
            return holds ? Task.CompletedTask : (_asking ??= Task.Run(AskForAllAsync, CancellationToken.None)).WaitAsync(cancellation);
        }
    }

    // Nobody's patience but its own ends it: others may wait for it too.
    private async Task AskForAllAsync()
    {
        try
        {
            await AskAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_sync)
            {
                _asking = null;
            }
        }
    }

    // Those that the last table names, then the address of the settings, which may be a name for all of them.
    private async Task AskAsync()
    {
        Neo4jEndpoint[] routers;
        lock (_sync)
        {
            routers = [.. _table.Routers.Append(settings.Address.Endpoint).Distinct()];
        }

        Exception? last = null;
        foreach (Neo4jEndpoint router in routers)
        {
            try
            {
                RoutingTable told = await AskAsync(PoolOf(router)).ConfigureAwait(false);
                if (told.Routers.Count > 0 && told.Readers.Count > 0)
                {
                    await TakeAsync(told).ConfigureAwait(false);
                    return;
                }
            }
            catch (Exception e) when (e is PackStreamException or Neo4jUnavailableException or Neo4jException { IsTransient: true })
            {
                Strike(router);
                last = e;
            }
            catch (Neo4jException e) when (e.IsBookmark)
            {
                bookmarks.Clear();
                throw;
            }
        }

        throw NoRoute($"No server told which servers there are; asked {string.Join(", ", routers)}.", last);
    }

    private async Task<RoutingTable> AskAsync(BoltPool pool)
    {
        BoltConnection connection = await pool.AcquireAsync(CancellationToken.None).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(settings.ConnectTimeout, time);
        try
        {
            return await RoutingQuestion.AskAsync(connection, settings, bookmarks.Current, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new Neo4jUnavailableException(
                Neo4jUnavailability.Unreachable, $"{pool.Endpoint} did not tell its servers within {settings.ConnectTimeout.TotalSeconds} s.", e);
        }
        finally
        {
            await pool.ReleaseAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(RoutingTable table)
    {
        var gone = new List<BoltPool>();
        lock (_sync)
        {
            (_table, _toldAt) = (table, time.GetTimestamp());
            foreach (Neo4jEndpoint endpoint in _pools.Keys.Except(table.All.Append(settings.Address.Endpoint)).ToArray())
            {
                _pools.Remove(endpoint, out BoltPool? pool);
                gone.Add(pool!);
            }
        }

        foreach (BoltPool pool in gone)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    // What does not pass by itself, such as a certificate, stays what it is.
    private static Neo4jUnavailableException NoRoute(string message, Exception? last)
    {
        Neo4jUnavailability reason = last is Neo4jUnavailableException { IsTransient: false } lasting ? lasting.Reason : Neo4jUnavailability.NoRoute;
        return new Neo4jUnavailableException(reason, $"{message} {last?.Message}".TrimEnd(), last);
    }

    private BoltPool? Choose(bool forWriting)
    {
        lock (_sync)
        {
            IReadOnlyList<Neo4jEndpoint> servers = _table.For(forWriting);
            uint turn = forWriting ? _writerTurn++ : _readerTurn++;
            BoltPool? best = null;
            for (int i = 0; i < servers.Count; i++)
            {
                BoltPool pool = PoolOf(servers[(int)((turn + i) % servers.Count)]);
                best = best is null || pool.InUse < best.InUse ? pool : best;
            }

            return best;
        }
    }

    private void Strike(Neo4jEndpoint endpoint)
    {
        lock (_sync)
        {
            _table = _table.Without(endpoint);
        }
    }

    private BoltPool PoolOf(Neo4jEndpoint endpoint)
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Neo4jDriver));
            if (!_pools.TryGetValue(endpoint, out BoltPool? pool))
            {
                _pools[endpoint] = pool = new BoltPool(endpoint, settings, _dialer, time);
            }

            return pool;
        }
    }

    private BoltPool[] Pools()
    {
        lock (_sync)
        {
            return [.. _pools.Values];
        }
    }
}
