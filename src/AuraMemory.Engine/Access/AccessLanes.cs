namespace AuraMemory.Engine.Access;

/// <summary>The lanes of one store, one a thread, and the waiting for readers that makes reuse of memory safe.</summary>
/// <remarks>
/// <para>Quiescence with asymmetric fences, a form of epoch-based reclamation (Fraser 2004; FASTER's epochs,
/// SIGMOD 2018): a reader announces its section with a plain store. The reclaimer, after it has unlinked records, issues a
/// process-wide barrier and waits for the sections it then sees open. Either the reader's announcement was visible to the
/// reclaimer, which waits, or the reader's loads come after the barrier and find the records unlinked. Without the barrier a
/// reader could load a slot before its announcement becomes visible and go on to read memory that holds another object.</para>
/// <para>Readers pay two stores; the reclaimer pays the barrier (microseconds) once a segment.</para>
/// <para>Closing works the same way. A call of the store (1) announces itself in its lane by a plain store, or in the one
/// shared counter when it may end on another thread, and (2) reads the flag. The closer (1) sets the flag, (2) issues the
/// barrier, (3) waits for the calls it then sees. Either the closer sees the call and waits for it, or the call sees the flag
/// and is refused: nobody is in memory that is given back.</para>
/// </remarks>
internal sealed class AccessLanes
{
    [ThreadStatic]
    private static AccessLane? _current;

    private readonly Lock _gate = new();
    private volatile AccessLane[] _lanes = [];
    private uint _seed = 0x9E3779B9;
    private int _awaited;
    private bool _closed;

    /// <summary>The calling thread's lane.</summary>
    public AccessLane Current
    {
        get
        {
            AccessLane? lane = _current;
            return lane is not null && ReferenceEquals(lane.Owner, this) ? lane : Attach();
        }
    }

    /// <summary>All lanes, those of ended threads included: their counts stay.</summary>
    public ReadOnlySpan<AccessLane> All => _lanes;

    /// <summary>Returns when every reader section that might have seen memory unlinked before the call has ended.</summary>
    public void AwaitReaders()
    {
        Interlocked.MemoryBarrierProcessWide();
        foreach (AccessLane lane in _lanes)
        {
            lane.AwaitSection();
        }
    }

    /// <summary>Announces a call that ends on this thread; <see cref="AccessLane.End"/> ends it. Calls may nest.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public AccessLane Begin()
    {
        AccessLane lane = Current;
        lane.Begin();
        if (Volatile.Read(ref _closed))
        {
            lane.End();
            throw Closed();
        }

        return lane;
    }

    /// <summary>Announces a call that may end on another thread; <see cref="EndAwaited"/> ends it.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void BeginAwaited()
    {
        Interlocked.Increment(ref _awaited);
        if (Volatile.Read(ref _closed))
        {
            EndAwaited();
            throw Closed();
        }
    }

    /// <summary>Ends what <see cref="BeginAwaited"/> began.</summary>
    public void EndAwaited() => Interlocked.Decrement(ref _awaited);

    /// <summary>Refuses new calls and returns when those under way have ended.</summary>
    public void Close()
    {
        Volatile.Write(ref _closed, true);
        Interlocked.MemoryBarrierProcessWide();
        var spin = new SpinWait();
        foreach (AccessLane lane in _lanes)
        {
            while (lane.Uses != 0)
            {
                spin.SpinOnce();
            }
        }

        while (Volatile.Read(ref _awaited) != 0)
        {
            spin.SpinOnce();
        }
    }

    private static ObjectDisposedException Closed() => new(nameof(MemoryStore), "The store is closed.");

    private AccessLane Attach()
    {
        Thread thread = Thread.CurrentThread;
        lock (_gate)
        {
            AccessLane? mine = null;
            foreach (AccessLane lane in _lanes)
            {
                if (lane.Thread == thread || (mine is null && !lane.Thread.IsAlive))
                {
                    mine = lane;
                }

                if (lane.Thread == thread)
                {
                    break;
                }
            }

            if (mine is null)
            {
                _seed = (_seed * 747796405) + 2891336453;
                mine = new AccessLane(this, thread, _seed);
                _lanes = [.. _lanes, mine];
            }

            mine.Thread = thread;
            _current = mine;
            return mine;
        }
    }
}
