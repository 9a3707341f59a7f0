using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;
using XxHash3 = System.IO.Hashing.XxHash3;

namespace AuraMemory.Engine.Catalog;

/// <summary>Finds the copy of an object in the memory tiers by key.</summary>
/// <remarks>
/// <para>A hash table of cache-line buckets outside the managed heap, grown one bucket at a time by linear hashing (Litwin,
/// VLDB 1980): no pause, and memory in proportion to the entries. It knows the objects that have a copy in a memory
/// tier, one copy each, and nothing else.</para>
/// <para>Protocol. Every bucket is a sequence lock (Lameter 2005; Boehm, MSPC 2012). A reader, inside a reader
/// section: (1) reads the table's state and the bucket's version, and starts again while it is odd; (2) finds the slot by tag
/// and compares the key in the record; (3) copies the object; (4) checks that the version is unchanged, else starts again. A
/// miss counts only if version and state are unchanged. Readers write nothing shared. A writer makes the version odd, changes
/// slots or a record in place, and makes it even again. Records are unlinked under the lock and their memory is reused only
/// after all reader sections of that time have ended, so a reader never meets foreign bytes.</para>
/// <para>The bucket lock is also the lock of a key's placement: whoever publishes, moves or drops a copy in any tier
/// does it while holding it. Locks are held for tens of nanoseconds and never two at a time, save by a split, which takes its
/// one bucket while holding only the growth lock.</para>
/// </remarks>
internal sealed unsafe partial class ObjectCatalog : IDisposable
{
    private const int InitialBuckets = 64;
    private const double TargetFill = 0.75;
    private const int MaxChain = 1 << 16;

    private readonly MemoryRegion _main;
    private readonly MemoryRegion _spill;
    private readonly byte** _arenas;
    private readonly long _seed;
    private readonly long _maxBuckets;
    private readonly Lock _growth = new();
    private readonly Lock _spillGate = new();
    private long _state;
    private long _entries;
    private uint _spillUsed = 1;
    private uint _spillFree;

    /// <param name="maxBytes">Most memory the table may take.</param>
    /// <param name="seed">Seed of the hash, secret from callers, so that nobody can make keys collide.</param>
    public ObjectCatalog(long maxBytes, long seed)
    {
        _maxBuckets = Math.Max(InitialBuckets * 2, maxBytes / CatalogBucket.Bytes);
        _main = MemoryRegion.Reserve(_maxBuckets * CatalogBucket.Bytes, new RegionPlacement.Anonymous(HugePages: true));
        _spill = MemoryRegion.Reserve(_maxBuckets * CatalogBucket.Bytes, new RegionPlacement.Anonymous(HugePages: false));
        _arenas = (byte**)NativeMemory.AllocZeroed(TierIds.Count, (nuint)sizeof(byte*));
        _seed = seed;
        _main.Commit(0, InitialBuckets * CatalogBucket.Bytes);
        _state = State(InitialBuckets);
    }

    /// <summary>Objects in the catalog.</summary>
    public long Entries => Volatile.Read(ref _entries);

    /// <summary>Memory in use, bytes.</summary>
    public long MemoryBytes => UsedBytes((uint)Volatile.Read(ref _state), Volatile.Read(ref _spillUsed));

    /// <summary>True when the table has reached its memory limit: entries must leave before new ones come.</summary>
    public bool IsFull => MemoryBytes >= (_maxBuckets - 8) * CatalogBucket.Bytes
        && Entries >= (uint)Volatile.Read(ref _state) * (CatalogBucket.Slots * TargetFill);

    /// <summary>Names the memory in which a tier's records lie. Before the first use of the tier.</summary>
    public void Attach(TierId tier, byte* arena) => _arenas[(int)tier] = arena;

    /// <summary>Hash of a key under this catalog's seed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, _seed);

    /// <summary>The record a slot names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Record(ulong slot) => _arenas[(int)CatalogSlot.Tier(slot)] + CatalogSlot.Offset(slot);

    /// <summary>Finds a key; inside a reader section. Expected O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong hash, ReadOnlySpan<byte> key, out CatalogProbe probe)
    {
        var spin = new SpinWait();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            CatalogBucket* bucket = Bucket(hash, state);
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0)
            {
                ulong slot = Scan(bucket, hash, key, out byte* record);
                if (slot != 0)
                {
                    probe = new CatalogProbe(bucket, version, record, CatalogSlot.Tier(slot));
                    return true;
                }

                Volatile.ReadBarrier();
                if (Volatile.Read(ref bucket->Version) == version && Volatile.Read(ref _state) == state)
                {
                    probe = default;
                    return false;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Finds the object whose key has this hash; inside a reader section. Hashes the keys of the slots whose tags match.</summary>
    public bool TryFindByHash(ulong hash, out CatalogProbe probe)
    {
        var spin = new SpinWait();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            CatalogBucket* bucket = Bucket(hash, state);
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0)
            {
                ulong slot = ScanHash(bucket, hash, out byte* record);
                if (slot != 0)
                {
                    probe = new CatalogProbe(bucket, version, record, CatalogSlot.Tier(slot));
                    return true;
                }

                Volatile.ReadBarrier();
                if (Volatile.Read(ref bucket->Version) == version && Volatile.Read(ref _state) == state)
                {
                    probe = default;
                    return false;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>The present moment of a key's bucket, see <see cref="CatalogToken"/>.</summary>
    public CatalogToken Token(ulong hash)
    {
        var spin = new SpinWait();
        while (true)
        {
            CatalogBucket* bucket = Bucket(hash, Volatile.Read(ref _state));
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0)
            {
                return new CatalogToken(bucket, version);
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Asks for the cache line of a key's bucket ahead of time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBucket(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Bucket(hash, Volatile.Read(ref _state)));
        }
    }

    /// <summary>Finds the slot that a key's tag points at and asks for its record ahead of time.</summary>
    /// <remarks>
    /// It does steps (1) and (2) of the protocol for the tag; <see cref="TryResolve"/> compares the key, and the version that
    /// is kept here is the one that step (4) checks, so the time between the two only makes a retry likelier.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Approach(ulong hash, out CatalogCandidate candidate)
    {
        CatalogBucket* bucket = Bucket(hash, Volatile.Read(ref _state));
        candidate.Bucket = bucket;
        candidate.Version = Volatile.Read(ref bucket->Version);
        candidate.Slot = 0;
        uint fits = Fits(bucket, hash >> 48);
        if (fits != 0)
        {
            ulong slot = Volatile.Read(ref bucket->Slot[BitOperations.TrailingZeroCount(fits)]);
            if (slot >> 48 == hash >> 48 && slot != 0 && (candidate.Version & 1) == 0)
            {
                candidate.Slot = slot;
                PrefetchLines(Record(slot));
                return;
            }
        }

        uint next = Volatile.Read(ref bucket->Next);
        if (next != 0 && Sse.IsSupported)
        {
            Sse.Prefetch0(Spill(next));
        }
    }

    /// <summary>True when the candidate is the key's record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryResolve(in CatalogCandidate candidate, ReadOnlySpan<byte> key, out CatalogProbe probe)
    {
        if (candidate.Slot != 0)
        {
            byte* record = Record(candidate.Slot);
            if (RecordLayout.KeyEquals(record, key))
            {
                probe = new CatalogProbe(candidate.Bucket, candidate.Version, record, CatalogSlot.Tier(candidate.Slot));
                return true;
            }
        }

        probe = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLines(byte* record)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(record);
            Sse.Prefetch0(record + 64);
            Sse.Prefetch0(record + 128);
        }
    }

    /// <summary>Locks a key's bucket; dispose to unlock. Spins: holders never wait for anything but memory.</summary>
    public CatalogGuard Lock(ulong hash)
    {
        var spin = new SpinWait();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            CatalogBucket* bucket = Bucket(hash, state);
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0
                && Interlocked.CompareExchange(ref bucket->Version, version + 1, version) == version)
            {
                if (Volatile.Read(ref _state) == state || Bucket(hash, Volatile.Read(ref _state)) == bucket)
                {
                    return new CatalogGuard(this, bucket, version);
                }

                Volatile.Write(ref bucket->Version, version + 2);
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    public void Dispose()
    {
        _main.Dispose();
        _spill.Dispose();
        NativeMemory.Free(_arenas);
    }

    /// <summary>Looks a key up in a chain. Tolerates concurrent change: the caller validates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Scan(CatalogBucket* bucket, ulong hash, ReadOnlySpan<byte> key, out byte* record)
    {
        for (uint fits = Fits(bucket, hash >> 48); fits != 0; fits &= fits - 1)
        {
            ulong slot = Volatile.Read(ref bucket->Slot[BitOperations.TrailingZeroCount(fits)]);
            if (slot >> 48 == hash >> 48 && slot != 0)
            {
                record = Record(slot);
                if (RecordLayout.KeyEquals(record, key))
                {
                    return slot;
                }
            }
        }

        uint next = Volatile.Read(ref bucket->Next);
        if (next != 0)
        {
            return ScanChain(next, hash, key, out record);
        }

        record = null;
        return 0;
    }

    /// <summary>Slots of a main bucket whose tag is <paramref name="tag"/>, as bits; a hint, since the slots are read again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fits(CatalogBucket* bucket, ulong tag)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            // The first word is version and chain: its bit is shifted out.
            Vector256<ulong> wanted = Vector256.Create(tag);
            uint low = Vector256.Equals(Vector256.Load((ulong*)bucket) >>> 48, wanted).ExtractMostSignificantBits();
            uint high = Vector256.Equals(Vector256.Load((ulong*)bucket + 4) >>> 48, wanted).ExtractMostSignificantBits();
            return (low | (high << 4)) >> 1;
        }

        uint fits = 0;
        for (int i = 0; i < CatalogBucket.Slots; i++)
        {
            fits |= bucket->Slot[i] >> 48 == tag ? 1u << i : 0;
        }

        return fits;
    }

    private ulong ScanChain(uint next, ulong hash, ReadOnlySpan<byte> key, out byte* record)
    {
        for (int chain = 0; next != 0 && chain < MaxChain; chain++)
        {
            CatalogBucket* bucket = Spill(next);
            for (int i = 0; i < CatalogBucket.SpillSlots; i++)
            {
                ulong slot = Volatile.Read(ref bucket->Slot[i]);
                if (slot >> 48 == hash >> 48 && slot != 0)
                {
                    record = Record(slot);
                    if (RecordLayout.KeyEquals(record, key))
                    {
                        return slot;
                    }
                }
            }

            next = Volatile.Read(ref bucket->Next);
        }

        record = null;
        return 0;
    }

    private ulong ScanHash(CatalogBucket* bucket, ulong hash, out byte* record)
    {
        int size = CatalogBucket.Slots;
        for (int chain = 0; chain < MaxChain; chain++)
        {
            for (int i = 0; i < size; i++)
            {
                ulong slot = Volatile.Read(ref bucket->Slot[i]);
                if (slot >> 48 == hash >> 48 && slot != 0)
                {
                    record = Record(slot);
                    if (Hash(RecordLayout.Key(record)) == hash)
                    {
                        return slot;
                    }
                }
            }

            uint next = Volatile.Read(ref bucket->Next);
            if (next == 0)
            {
                break;
            }

            bucket = Spill(next);
            size = CatalogBucket.SpillSlots;
        }

        record = null;
        return 0;
    }

    internal CatalogBucket* Spill(uint number) => (CatalogBucket*)(_spill.Base + (number * (long)CatalogBucket.SpillBytes));

    private static long UsedBytes(uint buckets, uint spills) =>
        (buckets * (long)CatalogBucket.Bytes) + (spills * (long)CatalogBucket.SpillBytes);

    internal void CountEntries(long delta) => Interlocked.Add(ref _entries, delta);

    private static long State(uint count)
    {
        // Buckets 0 to count-1 exist. The mask covers twice the largest power of two in count; Bucket() folds what is not there yet.
        uint mask = (uint)((ulong.CreateChecked(BitOperations.RoundUpToPowerOf2(count + 1u))) - 1);
        return ((long)mask << 32) | count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CatalogBucket* Bucket(ulong hash, long state)
    {
        uint mask = (uint)(state >> 32);
        uint index = (uint)hash & mask;
        if (index >= (uint)state)
        {
            index &= mask >> 1;
        }

        return (CatalogBucket*)_main.Base + index;
    }
}
