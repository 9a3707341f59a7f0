namespace AuraMemory.Engine.Access;

/// <summary>The lanes of one store, one a thread, and the waiting for readers that makes reuse of memory safe.</summary>
/// <remarks>
/// <para>Quiescence with asymmetric fences, a form of epoch-based reclamation (Fraser 2004; FASTER's epochs,
/// SIGMOD 2018): a reader announces its section with a plain store. The reclaimer, after it has unlinked records, issues a
/// process-wide barrier and waits for the sections it then sees open. Either the reader's announcement was visible to the
/// reclaimer, which waits, or the reader's loads come after the barrier and find the records unlinked. Without the barrier a
/// reader could load a slot before its announcement becomes visible and go on to read memory that holds another object.</para>
/// <para>Readers pay two stores; the reclaimer pays the barrier (microseconds) once a segment.</para>
/// </remarks>
internal sealed class AccessLanes
{
    [ThreadStatic]
    private static AccessLane? _current;

    private readonly Lock _gate = new();
    private volatile AccessLane[] _lanes = [];
    private uint _seed = 0x9E3779B9;

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
