using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Placement;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>A volatile object that must be written back before its memory can be given away.</summary>
internal readonly record struct DirtyObject(ulong Hash, byte[] Key, long Version);

/// <summary>Making room: emptying segments.</summary>
/// <remarks>
/// Steps, by one reclaimer a tier: (1) claim the oldest segment of the queue whose turn it is; (2) write back what is not
/// in the home yet; (3) for every live record decide (<see cref="EvictionRule"/>) and, under its bucket lock, relink it to a
/// copy elsewhere or remove it; (4) wait for the readers of that time; (5) free the segment. A write that overtakes a record
/// is seen under the lock: the slot is another one then.
/// </remarks>
internal sealed unsafe partial class MemoryLadder
{
    private readonly Lock[] _reclaimGates = [new(), new(), new(), new(), new()];
    private readonly TierId?[] _slower = new TierId?[TierIds.MemoryCount];
    private readonly GhostQueue[] _ghosts = new GhostQueue[TierIds.MemoryCount];
    private readonly long[] _demotions = new long[TierIds.MemoryCount];
    private bool[] _fasterThanDram = [true, true, true, true, false];
    private double _demotionThresholdSeconds = 100;
    private Func<List<DirtyObject>, bool> _writeBack = static _ => false;
    private PersistentPool? _pool;
    private long _prefetchUseful;
    private long _prefetchWasted;

    /// <summary>Objects moved to a slower tier or dropped from memory under pressure.</summary>
    public long Demotions => Sum(_demotions);

    /// <summary>Prefetched objects that were read from memory afterwards.</summary>
    public long PrefetchUseful => Interlocked.Read(ref _prefetchUseful);

    /// <summary>Prefetched objects that left memory before they were read.</summary>
    public long PrefetchWasted => Interlocked.Read(ref _prefetchWasted);

    /// <summary>Volatile stores since the start that have to be written back some time; an upper bound of the dirty objects.</summary>
    public long DirtyStores
    {
        get
        {
            long sum = 0;
            foreach (AccessLane lane in Lanes.All)
            {
                sum += lane.DirtyStores;
            }

            return sum;
        }
    }

    /// <summary>Connects the ladder to what lies below it. Before the first use.</summary>
    public void Connect(
        PersistentPool? pool, Func<List<DirtyObject>, bool> writeBack, double demotionThresholdSeconds)
    {
        _pool = pool;
        _writeBack = writeBack;
        _demotionThresholdSeconds = demotionThresholdSeconds;
        foreach (Arena arena in _arenas)
        {
            // A ghost for every object of typical size the tier can hold, at most 1/128 of its memory.
            _ghosts[(int)arena.Tier] = new GhostQueue(arena.CapacityBytes / 512);
        }
    }

    /// <summary>
    /// Told of every object that leaves memory after it was read there, with the time of its last read; never under a bucket
    /// lock. One that was filled and not read since is left out: the read that filled it was noted where it was served.
    /// </summary>
    public UseNote? LastUse { get; set; }

    /// <summary>Says how the memory tiers rank by measured latency.</summary>
    /// <param name="ranked">The five memory tiers, fastest first.</param>
    public void Rank(ReadOnlySpan<TierId> ranked)
    {
        var faster = new bool[TierIds.MemoryCount];
        int dram = ranked.IndexOf(TierId.Dram);
        for (int i = 0; i < ranked.Length; i++)
        {
            faster[(int)ranked[i]] = i < dram;
            _slower[(int)ranked[i]] = i < dram ? TierId.Dram : i + 1 < ranked.Length ? ranked[i + 1] : null;
        }

        _fasterThanDram = faster;
    }

    /// <summary>True when placement ranks the tier above DRAM.</summary>
    public bool IsFasterThanDram(TierId tier) => _fasterThanDram[(int)tier];

    /// <summary>Empties one segment of a tier.</summary>
    /// <param name="tier">Which tier.</param>
    /// <param name="force">True = nothing stays, open segments included.</param>
    /// <param name="mayWriteBack">False inside a commit: then a busy reclaimer is not waited for either.</param>
    /// <returns>True when something was freed, by this call or by another thread meanwhile.</returns>
    public bool Reclaim(TierId tier, bool force, bool mayWriteBack)
    {
        Lock gate = _reclaimGates[(int)tier];
        if (!gate.TryEnter())
        {
            if (!mayWriteBack)
            {
                return false;
            }

            // Somebody is at it: wait for the result instead of emptying a second segment.
            lock (gate)
            {
                return true;
            }
        }

        try
        {
            Arena arena = _arenas[(int)tier];
            int segment = Claim(arena, force);
            if (segment < 0)
            {
                return _leases.RevokeOverdue() > 0;
            }

            return Empty(arena, segment, force, mayWriteBack);
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Collects the volatile objects of memory, at most <paramref name="limit"/>.</summary>
    public void CollectDirty(List<DirtyObject> into, int limit)
    {
        AccessLane lane = Lanes.Current;
        foreach (Arena arena in _arenas)
        {
            for (int segment = 0; segment < arena.SegmentCount && into.Count < limit; segment++)
            {
                // A record that is still being written hides its segment: its writer waits for nothing, so it is waited for.
                var spin = new SpinWait();
                while (!TryCollectDirty(arena, segment, lane, into))
                {
                    spin.SpinOnce();
                }
            }
        }
    }

    private bool TryCollectDirty(Arena arena, int segment, AccessLane lane, List<DirtyObject> into)
    {
        lane.Enter();
        try
        {
            return arena.StateOf(segment) is not (SegmentState.Open or SegmentState.Sealed)
                || CollectDirty(arena, segment, into);
        }
        finally
        {
            lane.Exit();
        }
    }

    private static long Sum(long[] values)
    {
        long sum = 0;
        foreach (ref long value in values.AsSpan())
        {
            sum += Interlocked.Read(ref value);
        }

        return sum;
    }

    private ArenaQueue InitialQueue(TierId tier, ulong hash) =>
        _fasterThanDram[(int)tier] || _ghosts[(int)tier].Take(hash) ? ArenaQueue.Main : ArenaQueue.Probation;

    private static int Claim(Arena arena, bool force)
    {
        ArenaQueue first = arena.ProbationShare > EvictionRule.ProbationShare ? ArenaQueue.Probation : ArenaQueue.Main;
        ArenaQueue second = first == ArenaQueue.Probation ? ArenaQueue.Main : ArenaQueue.Probation;
        int segment = arena.TryClaim(first);
        if (segment < 0)
        {
            segment = arena.TryClaim(second);
        }

        if (segment < 0 && (force || arena.FreeSegments == 0))
        {
            arena.SealOpen();
            segment = arena.TryClaim(first);
            return segment >= 0 ? segment : arena.TryClaim(second);
        }

        return segment;
    }

    private bool Empty(Arena arena, int segment, bool force, bool mayWriteBack)
    {
        List<DirtyObject> dirty = [];
        CollectDirty(arena, segment, dirty);
        if (dirty.Count > 0 && (!mayWriteBack || !_writeBack(dirty)))
        {
            arena.Unclaim(segment);
            return false;
        }

        (nint first, nint end) = arena.Bounds(segment);
        bool empty = true;
        for (nint at = first; at < end; at += RecordLayout.TotalBytes((byte*)at))
        {
            byte* record = (byte*)at;
            if (!RecordLayout.Is(record, RecordLayout.Dead))
            {
                empty &= Evict(arena, record, force);
            }
        }

        if (!empty)
        {
            arena.Unclaim(segment);
            return false;
        }

        Lanes.AwaitReaders();
        if (arena.IsPinned(segment))
        {
            // A lease was taken between the claim and the unlinking. No new one can come: the records are unreachable.
            arena.Unclaim(segment);
            return false;
        }

        arena.Release(segment);
        return true;
    }

    /// <summary>Unlinks one record. False when it must stay because it is dirty again.</summary>
    private bool Evict(Arena arena, byte* record, bool force)
    {
        ReadOnlySpan<byte> key = RecordLayout.Key(record);
        ulong hash = Catalog.Hash(key);
        ulong slot = CatalogSlot.Make(hash, arena.Tier, record - arena.Base);
        ArenaQueue queue = arena.QueueOf(record);
        var facts = new EvictionFacts(
            queue,
            RecordLayout.Reuse(record),
            Math.Max(0, (long)_nowSeconds - RecordLayout.LastAccess(record)),
            RecordLayout.AccessCount(record),
            _fasterThanDram[(int)arena.Tier]);
        EvictionAction action = EvictionRule.Decide(facts, _demotionThresholdSeconds);
        if (force && action == EvictionAction.Keep)
        {
            action = EvictionAction.Demote;
        }

        if (action == EvictionAction.Keep)
        {
            int reuse = queue == ArenaQueue.Main ? facts.Reuse - 1 : 0;
            if (Relink(arena, record, hash, slot, arena, reuse, useReserve: true))
            {
                return true;
            }

            action = EvictionAction.Demote;
        }

        if (action == EvictionAction.Demote)
        {
            for (TierId? slower = _slower[(int)arena.Tier]; slower is { } tier; slower = _slower[(int)tier])
            {
                if (Relink(arena, record, hash, slot, _arenas[(int)tier], 0, useReserve: false))
                {
                    Interlocked.Increment(ref _demotions[(int)arena.Tier]);
                    return true;
                }
            }

            DemoteToPool(record, hash, slot);
        }

        if (!Remove(arena, record, hash, slot, queue))
        {
            return false;
        }

        // The segment is claimed: what is dead stays where it is until it is released.
        if (queue == ArenaQueue.Main || facts.Reuse > 0)
        {
            LastUse?.Invoke(key, RecordLayout.LastAccess(record));
        }

        return true;
    }

    private bool Relink(Arena from, byte* record, ulong hash, ulong slot, Arena to, int reuse, bool useReserve)
    {
        int total = RecordLayout.TotalBytes(record);
        byte* copy = total > to.LargestRecordBytes ? null : to.TryAllocate(total, ArenaQueue.Main, useReserve);
        if (copy is null)
        {
            return false;
        }

        CatalogToken token = Catalog.Token(hash);
        Buffer.MemoryCopy(record, copy, total, total);
        using CatalogGuard guard = Catalog.Lock(hash);
        if (!guard.Holds(slot))
        {
            to.Abandon(copy, total);
            return true; // overtaken by a write: the record is dead
        }

        if (!guard.Matches(token) && total <= OverwriteLimitBytes)
        {
            Buffer.MemoryCopy(record, copy, total, total); // it may have been overwritten while it was copied
        }

        RecordLayout.SetReuse(copy, reuse);
        to.Publish(copy, total);
        guard.Replace(slot, CatalogSlot.Make(hash, to.Tier, copy - to.Base));
        from.MarkDead(record);
        return true;
    }

    private void DemoteToPool(byte* record, ulong hash, ulong slot)
    {
        // The token first: a volatile overwrite after it is seen by the token, one before it by the state.
        CatalogToken token = Catalog.Token(hash);
        if (_pool is not { } pool || RecordLayout.Is(record, RecordLayout.Dirty))
        {
            return;
        }

        ObjectImage image = RecordLayout.Image(record);
        uint count = (uint)RecordLayout.AccessCount(record);
        if (!pool.TryWrite(image, PlaceMode.Admit, count, out PoolTicket ticket, out _))
        {
            return;
        }

        using CatalogGuard guard = Catalog.Lock(hash);
        if (guard.Matches(token) && guard.Holds(slot))
        {
            pool.Publish(ticket);
        }
        else
        {
            pool.Abandon(ticket);
        }
    }

    private bool Remove(Arena arena, byte* record, ulong hash, ulong slot, ArenaQueue queue)
    {
        using CatalogGuard guard = Catalog.Lock(hash);
        if (!guard.Holds(slot))
        {
            return true;
        }

        if (RecordLayout.Is(record, RecordLayout.Dirty))
        {
            return false;
        }

        if (RecordLayout.Is(record, RecordLayout.Prefetched) && RecordLayout.Reuse(record) == 0)
        {
            Interlocked.Increment(ref _prefetchWasted);
        }

        guard.Remove(slot);
        arena.MarkDead(record);
        Interlocked.Increment(ref _demotions[(int)arena.Tier]);
        if (queue == ArenaQueue.Probation)
        {
            _ghosts[(int)arena.Tier].Add(hash);
        }

        return true;
    }

    private bool CollectDirty(Arena arena, int segment, List<DirtyObject> into)
    {
        if (!arena.TryBounds(segment, out nint first, out nint end))
        {
            return false;
        }

        for (nint at = first; at < end; at += RecordLayout.TotalBytes((byte*)at))
        {
            byte* record = (byte*)at;
            if ((RecordLayout.StateBits(record) & (RecordLayout.Dirty | RecordLayout.Dead)) == RecordLayout.Dirty)
            {
                byte[] key = RecordLayout.Key(record).ToArray();
                into.Add(new DirtyObject(Catalog.Hash(key), key, RecordLayout.Version(record)));
            }
        }

        return true;
    }
}
