using System.Diagnostics;
using System.Numerics;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Access;

/// <summary>What one thread has done in one store: its reader section, its counters and its stream of accesses.</summary>
/// <remarks>
/// <para>Only the owning thread writes, with plain stores; others read now and then. So counting needs no lock and no
/// interlocked instruction, and sums are exact once the owner is idle.</para>
/// <para>The stream is a lossy single-producer, single-consumer ring: when the consumer is late, accesses are dropped, which
/// samples the busiest phases instead of slowing them down.</para>
/// </remarks>
internal sealed class AccessLane
{
    /// <summary>Rows of the counters: the eight tiers and "nowhere".</summary>
    public const int Rows = TierIds.Count + 1;

    /// <summary>Row of operations that no tier served.</summary>
    public const int Nowhere = TierIds.Count;

    private const int RingSize = 4096;
    private const int TimingInterval = 32;

    private readonly ulong[] _ring = new ulong[RingSize];
    private readonly long[] _hits = new long[Rows * StoreOperations.Count];
    private readonly long[] _misses = new long[Rows * StoreOperations.Count];
    private readonly long[] _bytes = new long[Rows * StoreOperations.Count];
    private readonly long[]?[] _histograms = new long[Rows * StoreOperations.Count][];
    private readonly long[] _timedNs = new long[Rows * StoreOperations.Count];
    private long _section;
    private long _uses;
    private long _dirtyStores;
    private long _head;
    private long _tail;
    private int _untilTimed = 1;

    public AccessLane(AccessLanes owner, Thread thread, uint seed)
    {
        Owner = owner;
        Thread = thread;
        Random = seed | 1;
    }

    /// <summary>State of the lane's xorshift generator, for probabilistic counts.</summary>
    public uint Random;

    public AccessLanes Owner { get; }

    public Thread Thread { get; set; }

    /// <summary>Bytes and nanoseconds of timed, served reads, for the effective bandwidth.</summary>
    public long TimedReadBytes { get; private set; }

    /// <summary>Nanoseconds of timed, served reads.</summary>
    public long TimedReadNs { get; private set; }

    /// <summary>Number of timed, served reads.</summary>
    public long TimedReads { get; private set; }

    /// <summary>
    /// Begins a reader section: memory unlinked from the catalog is not reused until <see cref="Exit"/>. Sections do not nest
    /// and contain no wait.
    /// </summary>
    public void Enter()
    {
        Debug.Assert((_section & 1) == 0, "Reader sections do not nest.");
        Volatile.Write(ref _section, _section + 1);
    }

    /// <summary>Ends the section.</summary>
    public void Exit() => Volatile.Write(ref _section, _section + 1);

    /// <summary>Waits until the section that is open now, if any, has ended. Only after a process-wide barrier.</summary>
    public void AwaitSection()
    {
        long seen = Volatile.Read(ref _section);
        if ((seen & 1) == 0)
        {
            return;
        }

        var spin = new SpinWait();
        while (Volatile.Read(ref _section) == seen)
        {
            spin.SpinOnce();
        }
    }

    /// <summary>Calls of the store under way on this thread; see <see cref="AccessLanes.Begin"/>.</summary>
    public long Uses => Volatile.Read(ref _uses);

    /// <summary>Ends what <see cref="AccessLanes.Begin"/> began, on the same thread.</summary>
    public void End() => Volatile.Write(ref _uses, _uses - 1);

    internal void Begin() => Volatile.Write(ref _uses, _uses + 1);

    /// <summary>Volatile stores of the lane, see <see cref="NoteDirty"/>.</summary>
    public long DirtyStores => Volatile.Read(ref _dirtyStores);

    /// <summary>
    /// Counts a volatile store, after its record is marked: whoever sees the count sees the mark, so a write-back that starts
    /// from the count misses nothing it stands for.
    /// </summary>
    public void NoteDirty() => Volatile.Write(ref _dirtyStores, _dirtyStores + 1);

    /// <summary>True for one operation in 32: timing costs more than a hit in memory.</summary>
    public bool ShouldTime()
    {
        if (--_untilTimed > 0)
        {
            return false;
        }

        _untilTimed = TimingInterval;
        return true;
    }

    /// <summary>Adds an access to the stream, or drops it when the ring is full.</summary>
    public void Post(ulong hash)
    {
        long head = _head;
        if (head - Volatile.Read(ref _tail) < RingSize)
        {
            _ring[head & (RingSize - 1)] = hash;
            Volatile.Write(ref _head, head + 1);
        }
    }

    /// <summary>Takes the oldest accesses out of the stream. One consumer at a time.</summary>
    public int Drain(Span<ulong> into)
    {
        long tail = _tail;
        int n = (int)Math.Min(into.Length, Volatile.Read(ref _head) - tail);
        for (int i = 0; i < n; i++)
        {
            into[i] = _ring[(tail + i) & (RingSize - 1)];
        }

        Volatile.Write(ref _tail, tail + n);
        return n;
    }

    public void CountHit(int row, StoreOperation operation, long bytes)
    {
        int i = Index(row, operation);
        _hits[i]++;
        _bytes[i] += bytes;
    }

    public void CountMiss(int row, StoreOperation operation) => _misses[Index(row, operation)]++;

    public void CountTime(int row, StoreOperation operation, long ns, long bytes)
    {
        int i = Index(row, operation);
        long[] histogram = _histograms[i] ??= new long[LatencyHistogram.BoundsNs.Count + 1];
        histogram[Bucket(ns)]++;
        _timedNs[i] += ns;
        if (operation == StoreOperation.Retrieve && row != Nowhere)
        {
            TimedReads++;
            TimedReadNs += ns;
            TimedReadBytes += bytes;
        }
    }

    public void AddTo(Span<long> hits, Span<long> misses, Span<long> bytes, Span<long> timedNs, long[][] histograms)
    {
        for (int i = 0; i < _hits.Length; i++)
        {
            hits[i] += _hits[i];
            misses[i] += _misses[i];
            bytes[i] += _bytes[i];
            timedNs[i] += _timedNs[i];
            if (_histograms[i] is { } from)
            {
                for (int b = 0; b < from.Length; b++)
                {
                    histograms[i][b] += from[b];
                }
            }
        }
    }

    public static int Index(int row, StoreOperation operation) => (row * StoreOperations.Count) + (int)operation;

    private static int Bucket(long ns)
    {
        // Bounds are 1-2.5-5 steps: the decade by bit length is near, so at most a few steps are searched.
        int i = Math.Max(0, ((BitOperations.Log2((ulong)Math.Max(ns, 1)) - 7) * 9 / 10) - 1);
        IReadOnlyList<long> bounds = LatencyHistogram.BoundsNs;
        while (i < bounds.Count && ns > bounds[i])
        {
            i++;
        }

        return i;
    }
}
