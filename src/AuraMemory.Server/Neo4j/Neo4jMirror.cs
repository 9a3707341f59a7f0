using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Query;

namespace AuraMemory.Server.Neo4j;

/// <summary>Keeps a Neo4j up with the store: every object a node <c>:MemoryNode</c>, every relationship between objects an edge.</summary>
/// <remarks>
/// <para>It follows the change sequence a page at a time and asks for the next page when the Neo4j has committed the last: what waits is in the durable
/// sequence, not in memory. While the Neo4j is away the page is tried again; where the sequence was trimmed meanwhile, everything is brought there anew.</para>
/// <para>A page is one transaction: for each key that it names, the node becomes what the store says now, and with it the edges that go out from it, if they
/// were changed or the node is new; edges towards a new node are added too. The transaction also writes a note: which store this is, and up to which
/// change it has come. When a connection begins, the note decides (<see cref="MirrorSession"/>): a Neo4j that is behind its own note's store (restored, emptied) or
/// ahead of it (the store was restored) is made anew, one that holds another store's objects is refused.</para>
/// <para>One thing happens at a time (<c>_turn</c>): a page, a rebuild, a page of a round, a refresh of moved objects.</para>
/// </remarks>
internal sealed class Neo4jMirror : IChangeFollower, IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    // A Neo4j locks a user out for whom it was given wrong credentials a few times in a row.
    private static readonly TimeSpan CredentialsRest = TimeSpan.FromSeconds(30);
    private readonly Func<FollowerState> _position;
    private readonly MirrorSession _session;
    private readonly MirrorSettings _settings;
    private readonly TimeProvider _time;
    private readonly MirrorRounds _rounds;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private long _applied;
    private long _refused;
    private string? _firstRefusal;
    private volatile string? _failure;
    private long _usedAt;
    private Neo4jException? _unauthorized;
    private long _unauthorizedAt;

    /// <param name="writer">Writes to the Neo4j.</param>
    /// <param name="position">How far the change feed of this follower has come.</param>
    /// <param name="settings">How it is kept up.</param>
    /// <param name="time">Clock.</param>
    public Neo4jMirror(MirrorWriter writer, Func<FollowerState> position, MirrorSettings settings, TimeProvider time)
    {
        (_position, _settings, _time) = (position, settings, time);
        _session = new MirrorSession(writer, settings);
        _rounds = new MirrorRounds(writer, settings, time);
        _work = Task.Run(WorkAsync);
    }

    /// <summary>Whether the Neo4j can be asked.</summary>
    public bool IsReady => _session.IsReady && _failure is null;

    /// <summary>Brings the tier of an object that was moved to the mirror soon: before the next query.</summary>
    public void Moved(ReadOnlySpan<byte> key) => _rounds.Moved(ObjectKey.ToText(key));

    /// <summary>Waits until the Neo4j has what was acknowledged before the call.</summary>
    /// <param name="patience">Longest wait.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False when it still lacks some of it, or cannot be asked.</returns>
    public async Task<bool> CaughtUpAsync(TimeSpan patience, CancellationToken cancellation)
    {
        FollowerState now = _position();
        long wanted = now.Position + now.Behind;
        long began = _time.GetTimestamp();

        // Without a failure it is about to connect for the first time.
        while (_failure is null)
        {
            if (_session.IsReady && _position().Position >= wanted && !_rounds.HasMoved)
            {
                return true;
            }

            if (_time.GetElapsedTime(began) >= patience)
            {
                return false;
            }

            await Task.Delay(Glance, _time, cancellation).ConfigureAwait(false);
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation)
    {
        MirrorPage page = MirrorPage.Of(changes);
        await InTurnAsync(
            async () =>
            {
                await ConnectAsync(cancellation).ConfigureAwait(false);
                await ApplyAsync(page, changes[^1].Number, cancellation).ConfigureAwait(false);
                Interlocked.Add(ref _applied, changes.Count);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RebuildAsync(CancellationToken cancellation) =>
        await InTurnAsync(
            async () =>
            {
                if (!await ConnectAsync(cancellation).ConfigureAwait(false))
                {
                    await BuildAsync(cancellation).ConfigureAwait(false);
                }
            },
            cancellation).ConfigureAwait(false);

    /// <summary>How it stands.</summary>
    public MirrorReport Report() => new(
        _session.IsReady, _session.Server?.Agent, _failure, _position().Behind, Interlocked.Read(ref _applied), Interlocked.Read(ref _refused), Volatile.Read(ref _firstRefusal),
        _session.IsRebuilding, _session.Rebuilt, _rounds.LastSeconds);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
        _turn.Dispose();
    }

    /// <summary>Makes sure that the Neo4j is this store's and has what it should; true when it was built anew for that.</summary>
    private async Task<bool> ConnectAsync(CancellationToken cancellation)
    {
        if (_session.IsReady || !await _session.BeginAsync(_position(), cancellation).ConfigureAwait(false))
        {
            return false;
        }

        await BuildAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    private Task BuildAsync(CancellationToken cancellation)
    {
        FollowerState now = _position();
        return _session.RebuildAsync(now.Position + now.Behind, cancellation);
    }

    private async Task ApplyAsync(MirrorPage page, long number, CancellationToken cancellation)
    {
        try
        {
            await _session.Writer.ApplyAsync(page, number, cancellation).ConfigureAwait(false);
        }
        catch (Neo4jException e) when (!e.IsTransient && page.Count > 1)
        {
            // Something in the page is refused for good: the rest must not wait for it.
            foreach (MirrorPage single in page.Singles())
            {
                await ApplyAsync(single, number, cancellation).ConfigureAwait(false);
            }
        }
        catch (Neo4jException e) when (!e.IsTransient && IsAboutContent(e.Code))
        {
            Interlocked.Increment(ref _refused);
            Interlocked.CompareExchange(ref _firstRefusal, $"{page.FirstKey}: {e.Message}", null);
            await _session.Writer.ApplyAsync(MirrorPage.Empty, number, cancellation).ConfigureAwait(false);
        }
    }

    // Credentials, a missing database or a full disk concern every change, not this one.
    private static bool IsAboutContent(string code) =>
        code.StartsWith("Neo.ClientError.Statement.", StringComparison.Ordinal) || code.StartsWith("Neo.ClientError.Schema.", StringComparison.Ordinal);

    private async Task InTurnAsync(Func<Task> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_unauthorized is { } refused)
            {
                if (_time.GetElapsedTime(_unauthorizedAt) < CredentialsRest)
                {
                    throw new Neo4jException(refused.Code, refused.Message);
                }

                _unauthorized = null;
            }

            await work().ConfigureAwait(false);
            _failure = null;
            Interlocked.Exchange(ref _usedAt, _time.GetTimestamp());
        }
        catch (Exception e) when (e is Neo4jException or Neo4jUnavailableException or MirrorRefusedException)
        {
            if (_unauthorized is null && e is Neo4jException { Code: var code } && code.StartsWith("Neo.ClientError.Security.", StringComparison.Ordinal))
            {
                (_unauthorized, _unauthorizedAt) = ((Neo4jException)e, _time.GetTimestamp());
            }

            _session.End();
            _failure = e.Message;
            throw;
        }
        catch (CypherException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    await StepAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _failure ??= e.Message;
                    await Task.Delay(_settings.Heartbeat, _time, _stop.Token).ConfigureAwait(false);
                }

                await Task.Delay(_rounds.HasMoved && IsReady ? Glance : TimeSpan.FromMilliseconds(50), _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task StepAsync()
    {
        bool isIdle = _time.GetElapsedTime(Interlocked.Read(ref _usedAt)) >= _settings.Heartbeat;
        if (!_session.IsReady || _failure is not null || isIdle)
        {
            await InTurnAsync(() => ConnectedAsync(_stop.Token), _stop.Token).ConfigureAwait(false);
        }

        if (_rounds.HasMoved)
        {
            await InTurnAsync(() => _rounds.RefreshMovedAsync(_stop.Token), _stop.Token).ConfigureAwait(false);
        }

        // A page at a time, so that changes get their turn in between.
        if (_rounds.IsDue)
        {
            await InTurnAsync(() => _rounds.PageAsync(_stop.Token), _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task ConnectedAsync(CancellationToken cancellation)
    {
        if (_session.IsReady)
        {
            await _session.Writer.VerifyAsync(cancellation).ConfigureAwait(false);
        }

        await ConnectAsync(cancellation).ConfigureAwait(false);
    }
}
