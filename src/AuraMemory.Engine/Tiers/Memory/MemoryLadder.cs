using System.Runtime.CompilerServices;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>The five memory tiers: one catalog over five arenas. An object has at most one copy among them.</summary>
/// <remarks>
/// This part reads; the parts beside it publish (<c>MemoryWrites</c>) and make room (<c>MemoryReclaim</c>). The protocol
/// between them is that of <see cref="ObjectCatalog"/>.
/// </remarks>
internal sealed unsafe partial class MemoryLadder : IDisposable
{
    /// <summary>Values from this size on are leased to readers instead of copied for them, bytes.</summary>
    public const int LeaseThresholdBytes = ObjectBuffer.LargeCopyBytes;

    private const int OptimisticAttempts = 32;

    private readonly Arena[] _arenas;
    private readonly StoreClock _clock;
    private readonly LeaseTable _leases;
    private uint _nowSeconds;

    /// <param name="catalog">The catalog, which the ladder owns from now on.</param>
    /// <param name="arenas">The arenas of <c>l1_cache</c> to <c>dram</c>, in that order; owned from now on.</param>
    /// <param name="lanes">Reader sections and counters.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="leases">Leases on large values.</param>
    public MemoryLadder(ObjectCatalog catalog, Arena[] arenas, AccessLanes lanes, StoreClock clock, LeaseTable leases)
    {
        Catalog = catalog;
        Lanes = lanes;
        _arenas = arenas;
        _clock = clock;
        _leases = leases;
        _nowSeconds = clock.NowSeconds;
        foreach (Arena arena in arenas)
        {
            catalog.Attach(arena.Tier, arena.Base);
        }
    }

    public ObjectCatalog Catalog { get; }

    public AccessLanes Lanes { get; }

    public LeaseTable Leases => _leases;

    public ReadOnlySpan<Arena> Arenas => _arenas;

    public Arena Arena(TierId tier) => _arenas[(int)tier];

    /// <summary>Coarse time, renewed by <see cref="Tick"/>: hits do not read the clock.</summary>
    public uint NowSeconds => _nowSeconds;

    /// <summary>Renews the coarse time.</summary>
    public void Tick() => _nowSeconds = _clock.NowSeconds;

    /// <summary>Reads an object from memory. Allocates nothing when the buffer is large enough.</summary>
    /// <returns><see cref="ReadStatus.NotFound"/> means: not in memory.</returns>
    public ReadStatus TryRead(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, AccessLane lane)
    {
        bool large;
        lane.Enter();
        try
        {
            ReadStatus status = ReadInSection(hash, key, into, lane, out large);
            if (!large)
            {
                return status;
            }
        }
        finally
        {
            lane.Exit();
        }

        return ReadByLease(hash, key, into, lane);
    }

    /// <summary>Copies an object out of memory without counting an access: for movers.</summary>
    public bool TryCopy(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, out ulong stateBits, out TierId tier)
    {
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            while (true)
            {
                if (!Catalog.TryFind(hash, key, out CatalogProbe probe))
                {
                    stateBits = 0;
                    tier = default;
                    return false;
                }

                if (CopyOut(probe.Record, into) && probe.IsValid)
                {
                    into.AccessCount = RecordLayout.AccessCount(probe.Record);
                    into.LastAccessSeconds = RecordLayout.LastAccess(probe.Record);
                    stateBits = RecordLayout.StateBits(probe.Record);
                    tier = probe.Tier;
                    return true;
                }
            }
        }
        finally
        {
            lane.Exit();
        }
    }

    /// <summary>What memory knows of a key, without its bytes and without counting an access.</summary>
    public bool TryDescribe(ulong hash, ReadOnlySpan<byte> key, out MemoryEntry entry)
    {
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            while (true)
            {
                if (!Catalog.TryFind(hash, key, out CatalogProbe probe))
                {
                    entry = default;
                    return false;
                }

                byte* record = probe.Record;
                entry = new MemoryEntry(
                    probe.Tier,
                    RecordLayout.Header(record),
                    RecordLayout.PayloadBytes(record) - RecordLayout.MetadataBytes(record),
                    RecordLayout.StateBits(record),
                    RecordLayout.AccessCount(record),
                    RecordLayout.LastAccess(record));
                if (probe.IsValid)
                {
                    return true;
                }
            }
        }
        finally
        {
            lane.Exit();
        }
    }

    public void Dispose()
    {
        foreach (Arena arena in _arenas)
        {
            arena.Dispose();
        }

        Catalog.Dispose();
    }

    /// <summary>Reads a key into a batch; the lane's section is open.</summary>
    internal bool TryReadInto(
        ReadBatch batch, ref ReadBatch.Slot slot, in CatalogCandidate candidate, ulong hash, ReadOnlySpan<byte> key, AccessLane lane)
    {
        for (int attempt = 0; attempt < OptimisticAttempts; attempt++)
        {
            CatalogProbe probe;
            if ((attempt != 0 || !Catalog.TryResolve(candidate, key, out probe)) && !Catalog.TryFind(hash, key, out probe))
            {
                return false;
            }

            byte* record = probe.Record;
            int payload = RecordLayout.PayloadBytes(record);
            int metadata = RecordLayout.MetadataBytes(record);
            if (payload > LeaseThresholdBytes)
            {
                return false;
            }

            if ((uint)metadata > (uint)payload)
            {
                continue;
            }

            ObjectHeader header = RecordLayout.Header(record);
            Span<byte> to = batch.Room(payload, out int at);
            Unsafe.CopyBlockUnaligned(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(to), ref *RecordLayout.Payload(record), (uint)payload);
            if (!probe.IsValid)
            {
                continue;
            }

            if (header.ExpiresAtMs != 0 && header.IsExpired(_clock.NowMs))
            {
                return false;
            }

            ConsumePrefetched(record);
            RecordLayout.Touch(record, _nowSeconds, ref lane.Random);
            batch.Advance(payload);
            slot.At = at;
            slot.MetadataBytes = metadata;
            slot.DataBytes = payload - metadata;
            slot.Header = header;
            slot.Tier = probe.Tier;
            slot.AccessCount = RecordLayout.AccessCount(record);
            slot.Status = ReadStatus.Found;
            return true;
        }

        return false;
    }

    private ReadStatus ReadInSection(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, AccessLane lane, out bool large)
    {
        large = false;
        for (int attempt = 0; attempt < OptimisticAttempts; attempt++)
        {
            if (!Catalog.TryFind(hash, key, out CatalogProbe probe))
            {
                return ReadStatus.NotFound;
            }

            byte* record = probe.Record;
            if (RecordLayout.PayloadBytes(record) > LeaseThresholdBytes)
            {
                large = true;
                return ReadStatus.NotFound;
            }

            if (!CopyOut(record, into) || !probe.IsValid)
            {
                continue;
            }

            return Finish(record, probe.Tier, into, lane);
        }

        // A writer keeps changing the bucket: read under its lock, which is held for nanoseconds.
        using CatalogGuard guard = Catalog.Lock(hash);
        ulong slot = guard.Find(hash, key, out byte* locked);
        return slot != 0 && CopyOut(locked, into) ? Finish(locked, CatalogSlot.Tier(slot), into, lane) : ReadStatus.NotFound;
    }

    private static bool CopyOut(byte* record, ObjectBuffer into)
    {
        int payload = RecordLayout.PayloadBytes(record);
        int metadata = RecordLayout.MetadataBytes(record);
        if ((uint)metadata > (uint)payload)
        {
            return false; // met an overwrite half way; the version will differ
        }

        Span<byte> to = into.Prepare(RecordLayout.Header(record), metadata, payload - metadata);
        new ReadOnlySpan<byte>(RecordLayout.Payload(record), payload).CopyTo(to);
        return true;
    }

    private ReadStatus Finish(byte* record, TierId tier, ObjectBuffer into, AccessLane lane)
    {
        if (into.Header.ExpiresAtMs != 0 && into.Header.IsExpired(_clock.NowMs))
        {
            into.Release();
            return ReadStatus.NotFound;
        }

        into.Tier = tier;
        into.LastAccessSeconds = RecordLayout.LastAccess(record);
        ConsumePrefetched(record);
        RecordLayout.Touch(record, _nowSeconds, ref lane.Random);
        into.AccessCount = RecordLayout.AccessCount(record);
        return ReadStatus.Found;
    }

    private ReadStatus ReadByLease(ulong hash, ReadOnlySpan<byte> key, ObjectBuffer into, AccessLane lane)
    {
        using CatalogGuard guard = Catalog.Lock(hash);
        ulong slot = guard.Find(hash, key, out byte* record);
        if (slot == 0)
        {
            return ReadStatus.NotFound;
        }

        int metadata = RecordLayout.MetadataBytes(record);
        TierId tier = CatalogSlot.Tier(slot);
        ArenaLease? lease = _leases.TryLease(
            _arenas[(int)tier], record, RecordLayout.Payload(record) + metadata, RecordLayout.PayloadBytes(record) - metadata);
        if (lease is null)
        {
            return ReadStatus.Throttled;
        }

        into.SetLease(RecordLayout.Header(record), new ReadOnlySpan<byte>(RecordLayout.Payload(record), metadata), lease);
        return Finish(record, tier, into, lane);
    }

    private void ConsumePrefetched(byte* record)
    {
        // The bit is part of the locked state word; a reader only notes that it was seen, the mover clears it.
        if (RecordLayout.Is(record, RecordLayout.Prefetched) && RecordLayout.Reuse(record) == 0)
        {
            Interlocked.Increment(ref _prefetchUseful);
        }
    }
}

/// <summary>What memory knows of an object.</summary>
internal readonly record struct MemoryEntry(
    TierId Tier, ObjectHeader Header, int DataBytes, ulong StateBits, long AccessCount, uint LastAccessSeconds)
{
    public bool IsDirty => (StateBits & RecordLayout.Dirty) != 0;
}
