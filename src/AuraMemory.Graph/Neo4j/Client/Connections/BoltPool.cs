namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>The connections to one server.</summary>
/// <remarks>
/// Of idle connections the last used is taken first, so that those too many grow old; who waits is served in the order of arrival.
/// A connection, or the right to open one, passes from hand to hand under the lock: <c>_open</c> counts connections that are idle, in use
/// or being opened, and never exceeds the limit. Nobody waits while a connection is idle or could be opened.
/// </remarks>
internal sealed class BoltPool(Neo4jEndpoint endpoint, Neo4jSettings settings, BoltDialer dialer, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _sync = new();
    private readonly Stack<BoltConnection> _idle = new();
    private readonly LinkedList<TaskCompletionSource<BoltConnection?>> _waiting = new();
    private int _open;
    private int _generation;
    private bool _isClosed;

    /// <summary>The server.</summary>
    public Neo4jEndpoint Endpoint => endpoint;

    /// <summary>Connections that are open or being opened.</summary>
    public int Open
    {
        get
        {
            lock (_sync)
            {
                return _open;
            }
        }
    }

    /// <summary>Connections that are in use or being opened.</summary>
    public int InUse
    {
        get
        {
            lock (_sync)
            {
                return _open - _idle.Count;
            }
        }
    }

    /// <summary>A connection that works, as far as can be told without asking the server.</summary>
    /// <exception cref="Neo4jException">The server refuses the credentials.</exception>
    /// <exception cref="Neo4jUnavailableException">None can be opened, or none comes free in time.</exception>
    public async Task<BoltConnection> AcquireAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        BoltConnection? connection = await TakeAsync(cancellation).ConfigureAwait(false);
        if (connection is not null)
        {
            if (await IsUsableAsync(connection).ConfigureAwait(false))
            {
                return connection;
            }

            await connection.DisposeAsync().ConfigureAwait(false); // and another is opened in its place
        }

        return await OpenAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives a connection back. What goes on there is ended; when that does not work, the connection is closed.</summary>
    public async Task ReleaseAsync(BoltConnection connection)
    {
        if (!connection.IsClean)
        {
            await connection.ResetAsync(settings.ResetTime).ConfigureAwait(false);
        }

        connection.Rest();
        if (connection.IsBroken || IsOld(connection) || !Pass(connection))
        {
            await CloseAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Connections that were opened before now are not handed out any more: the server has gone, or wants credentials again.</summary>
    public void Forget()
    {
        lock (_sync)
        {
            _generation++;
        }
    }

    /// <summary>Closes what is idle now, and what is in use when it is given back.</summary>
    public async ValueTask DisposeAsync()
    {
        BoltConnection[] idle;
        lock (_sync)
        {
            _isClosed = true;
            idle = [.. _idle];
            _idle.Clear();
            _open -= idle.Length;
            foreach (TaskCompletionSource<BoltConnection?> waiting in _waiting)
            {
                waiting.TrySetException(Closed());
            }

            _waiting.Clear();
        }

        foreach (BoltConnection connection in idle)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Null = the right to open one.
    private async Task<BoltConnection?> TakeAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<BoltConnection?> waiting;
        lock (_sync)
        {
            if (_isClosed)
            {
                throw Closed();
            }

            if (_idle.TryPop(out BoltConnection? idle))
            {
                return idle;
            }

            if (_open < settings.MaxConnections)
            {
                _open++;
                return null;
            }

            waiting = new TaskCompletionSource<BoltConnection?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(waiting);
        }

        using var patience = new CancellationTokenSource(settings.AcquireTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        using CancellationTokenRegistration gaveUp = either.Token.Register(() => GiveUp(waiting));
        try
        {
            return await waiting.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new Neo4jUnavailableException(
                Neo4jUnavailability.PoolExhausted,
                $"All {settings.MaxConnections} connections to {endpoint} are in use, and none came free within {settings.AcquireTimeout.TotalSeconds} s.");
        }
    }

    private Neo4jUnavailableException Closed() => new(Neo4jUnavailability.Unreachable, $"{endpoint} is no longer used.");

    private void GiveUp(TaskCompletionSource<BoltConnection?> waiting)
    {
        lock (_sync)
        {
            if (_waiting.Remove(waiting))
            {
                waiting.SetCanceled();
            }
        }
    }

    private async Task<BoltConnection> OpenAsync(CancellationToken cancellation)
    {
        int generation = Volatile.Read(ref _generation);
        try
        {
            BoltConnection connection = await dialer.OpenAsync(endpoint, cancellation).ConfigureAwait(false);
            (connection.Pool, connection.Generation) = (this, generation);
            return connection;
        }
        catch
        {
            Pass(null);
            throw;
        }
    }

    private async ValueTask<bool> IsUsableAsync(BoltConnection connection)
    {
        if (IsOld(connection) || connection.IsClosedByServer)
        {
            return false;
        }

        return time.GetElapsedTime(connection.UsedAt) < settings.LivenessAfter || await connection.ResetAsync(settings.ResetTime).ConfigureAwait(false);
    }

    private bool IsOld(BoltConnection connection)
    {
        lock (_sync)
        {
            return connection.Generation != _generation || time.GetElapsedTime(connection.OpenedAt) >= settings.ConnectionLifetime;
        }
    }

    private async Task CloseAsync(BoltConnection connection)
    {
        Pass(null);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    // A connection, or the right to open one, goes to who waits longest, else back. False = the connection is not wanted.
    private bool Pass(BoltConnection? connection)
    {
        lock (_sync)
        {
            if (_isClosed && connection is not null)
            {
                return false;
            }

            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                first.Value.SetResult(connection);
            }
            else if (connection is not null)
            {
                _idle.Push(connection);
            }
            else
            {
                _open--;
            }

            return true;
        }
    }
}
