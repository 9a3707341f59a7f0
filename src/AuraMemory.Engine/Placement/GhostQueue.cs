using System.Numerics;

namespace AuraMemory.Engine.Placement;

/// <summary>Remembers which keys were evicted on trial a short while ago, by fingerprint.</summary>
/// <remarks>
/// S3-FIFO's ghost queue without the queue: a table of 32-bit words, each a 20-bit fingerprint and the 12-bit era of its
/// eviction. An entry counts while fewer evictions have passed than the table has room for, so the memory is fixed at four
/// bytes a slot. A false positive (about 4 slots in 2^20) admits one object too early, nothing more. Racing writers may lose an entry.
/// </remarks>
internal sealed class GhostQueue
{
    private const int Ways = 4;
    private const int ErasPerTable = 8;
    private const uint EraMask = 0xFFF;

    private readonly uint[] _slots;
    private readonly uint _mask;
    private long _evictions;

    /// <param name="capacity">Keys to remember, rounded up to a power of two; at least 64.</param>
    public GhostQueue(long capacity)
    {
        uint size = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity, 64, 1 << 28));
        _slots = new uint[size];
        _mask = (size / Ways) - 1;
    }

    /// <summary>Bytes held.</summary>
    public long MemoryBytes => (long)_slots.Length * sizeof(uint);

    /// <summary>Notes that a key left. O(1).</summary>
    public void Add(ulong hash)
    {
        uint era = Era(Interlocked.Increment(ref _evictions));
        Span<uint> set = Set(hash);
        int oldest = 0;
        uint oldestAge = 0;
        for (int i = 0; i < Ways; i++)
        {
            uint age = set[i] == 0 ? uint.MaxValue : (era - set[i]) & EraMask;
            if (age > oldestAge)
            {
                oldest = i;
                oldestAge = age;
            }
        }

        set[oldest] = Fingerprint(hash) | era;
    }

    /// <summary>True when the key left a short while ago; it is forgotten then. O(1).</summary>
    public bool Take(ulong hash)
    {
        long evictions = Volatile.Read(ref _evictions);
        if (evictions == 0)
        {
            return false; // a tier that has never been full does not touch the table's pages
        }

        uint era = Era(evictions);
        Span<uint> set = Set(hash);
        uint fingerprint = Fingerprint(hash);
        for (int i = 0; i < Ways; i++)
        {
            if (set[i] != 0 && (set[i] & ~EraMask) == fingerprint)
            {
                bool recent = ((era - set[i]) & EraMask) <= ErasPerTable;
                set[i] = 0;
                return recent;
            }
        }

        return false;
    }

    private static uint Fingerprint(ulong hash) => ((uint)(hash >> 32) & ~EraMask) | (1u << 12);

    private uint Era(long evictions) => (uint)(evictions / Math.Max(1, _slots.Length / ErasPerTable)) & EraMask;

    private Span<uint> Set(ulong hash) => _slots.AsSpan((int)((uint)hash & _mask) * Ways, Ways);
}
