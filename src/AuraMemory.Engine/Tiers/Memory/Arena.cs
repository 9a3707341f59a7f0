using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Which of an arena's two FIFO queues a record belongs to.</summary>
internal enum ArenaQueue : byte
{
    /// <summary>New records, on trial.</summary>
    Probation,

    /// <summary>Records that were used again.</summary>
    Main,
}

/// <summary>State of a segment.</summary>
internal enum SegmentState : byte
{
    Free,
    Open,
    Sealed,
    RunTail,
    Claimed,
    Borrowed,
}

/// <summary>
/// The one memory allocator of the tiers: a region cut into segments that are filled front to back and emptied whole.
/// </summary>
/// <remarks>
/// <para>Log-structured memory (Rumble et al., FAST 2014; Segcache, NSDI 2021): no free lists, no size classes, no
/// fragmentation within a segment, and the queues of S3-FIFO (SOSP 2023) come for nothing, for they are lists of
/// segments. A record larger than half a segment gets a run of whole segments of its own.</para>
/// <para>Life of a segment: Free, Open (records are appended under the arena's lock), Sealed (in its queue), Claimed (being
/// emptied by one reclaimer), Free. A segment is claimed only when no record of it is being written (Pending) and no reader
/// holds a lease (Pins). A record's bytes are counted live from <see cref="Publish"/> to <see cref="MarkDead"/>.</para>
/// <para>The region is as large as the tier's budget, so the budget cannot be exceeded.</para>
/// </remarks>
internal sealed unsafe class Arena : IDisposable
{
    private readonly MemoryRegion _region;
    private readonly Segment[] _segments;
    private readonly Queue<int>[] _queues;
    private readonly int[] _open = [-1, -1];
    private readonly Lock _gate = new();
    private readonly int _reserve;
    private int _free;
    private int _cursor;
    private long _liveBytes;
    private long _entries;
    private int _probation;

    public Arena(TierId tier, MemoryRegion region, long capacityBytes)
    {
        Tier = tier;
        _region = region;
        SegmentBytes = SegmentSize(capacityBytes);
        int count = (int)Math.Min(int.MaxValue / 2, capacityBytes / SegmentBytes);
        CapacityBytes = (long)count * SegmentBytes;
        _segments = new Segment[count];
        _queues = [new Queue<int>(count), new Queue<int>(count)];
        _free = count;
        _reserve = count >= 16 ? 2 : count >= 4 ? 1 : 0;
    }

    private struct Segment
    {
        public SegmentState State;
        public ArenaQueue Queue;
        public int Run;
        public int Pending;
        public int Pins;
        public int Used;
        public long Live;
    }

    public TierId Tier { get; }

    public MemoryRegion Region => _region;

    public byte* Base => _region.Base;

    public int SegmentBytes { get; }

    public int SegmentCount => _segments.Length;

    /// <summary>The budget, rounded down to whole segments.</summary>
    public long CapacityBytes { get; }

    public long LiveBytes => Volatile.Read(ref _liveBytes);

    public long Entries => Volatile.Read(ref _entries);

    public int FreeSegments => Volatile.Read(ref _free);

    /// <summary>Share of the segments in use that hold new records, 0 to 1.</summary>
    public double ProbationShare
    {
        get
        {
            int used = _segments.Length - Volatile.Read(ref _free);
            return used == 0 ? 0 : (double)Volatile.Read(ref _probation) / used;
        }
    }

    /// <summary>Largest record that can be held, bytes.</summary>
    public long LargestRecordBytes => CapacityBytes;

    /// <summary>Segment size for a budget: small enough to empty quickly, large enough to pack.</summary>
    public static int SegmentSize(long capacityBytes)
    {
        long parts = capacityBytes < 256 << 10 ? 8 : capacityBytes < 64 << 20 ? 64 : 512;
        long size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(capacityBytes / parts) / 2 + 1);
        return (int)Math.Clamp(size, 4 << 10, 1 << 20);
    }

    /// <summary>Takes memory for a record; it reads as a dead record until it is written and published.</summary>
    /// <param name="totalBytes">Whole record, a multiple of 8.</param>
    /// <param name="queue">Where it belongs.</param>
    /// <param name="useReserve">True for the reclaimer, which needs room to move what survives.</param>
    /// <returns>Null when no segment is free.</returns>
    public byte* TryAllocate(int totalBytes, ArenaQueue queue, bool useReserve)
    {
        lock (_gate)
        {
            int keep = useReserve ? 0 : _reserve;
            return totalBytes > SegmentBytes / 2 ? AllocateRun(totalBytes, queue, keep) : Append(totalBytes, queue, keep);
        }
    }

    /// <summary>The record is written and referenced by the catalog.</summary>
    public void Publish(byte* record, int totalBytes)
    {
        ref Segment segment = ref Of(record);
        Interlocked.Add(ref segment.Live, totalBytes);
        Interlocked.Add(ref _liveBytes, totalBytes);
        Interlocked.Increment(ref _entries);
        Interlocked.Decrement(ref segment.Pending);
    }

    /// <summary>The allocation is not going to be published.</summary>
    public void Abandon(byte* record, int totalBytes)
    {
        RecordLayout.WriteDead(record, totalBytes);
        Interlocked.Decrement(ref Of(record).Pending);
    }

    /// <summary>The record was unlinked from the catalog (the caller holds its bucket lock or held it for the unlinking).</summary>
    public void MarkDead(byte* record)
    {
        int total = RecordLayout.TotalBytes(record);
        RecordLayout.AddState(record, RecordLayout.Dead);
        Interlocked.Add(ref Of(record).Live, -total);
        Interlocked.Add(ref _liveBytes, -total);
        Interlocked.Decrement(ref _entries);
    }

    /// <summary>Keeps a record's segment from being emptied; under the bucket lock of a live record.</summary>
    public void Pin(byte* record) => Interlocked.Increment(ref Of(record).Pins);

    public void Unpin(byte* record) => Interlocked.Decrement(ref Of(record).Pins);

    /// <summary>True while a reader holds a lease in the segment.</summary>
    public bool IsPinned(int number) => Volatile.Read(ref _segments[number].Pins) != 0;

    /// <summary>Claims the oldest segment of a queue that nobody writes to or holds a lease on.</summary>
    /// <returns>Segment number, or -1.</returns>
    public int TryClaim(ArenaQueue queue)
    {
        lock (_gate)
        {
            Queue<int> waiting = _queues[(int)queue];
            for (int tries = waiting.Count; tries > 0; tries--)
            {
                int number = waiting.Dequeue();
                ref Segment segment = ref _segments[number];
                if (segment.Pending == 0 && segment.Pins == 0)
                {
                    segment.State = SegmentState.Claimed;
                    return number;
                }

                waiting.Enqueue(number);
            }

            return -1;
        }
    }

    /// <summary>Seals the open segments, so that they can be claimed: for tiers of a few segments, and for audits.</summary>
    public void SealOpen()
    {
        lock (_gate)
        {
            Seal(ArenaQueue.Probation);
            Seal(ArenaQueue.Main);
        }
    }

    /// <summary>Returns an emptied segment (or run) to the free ones; all its records are unlinked and unreadable.</summary>
    public void Release(int number)
    {
        lock (_gate)
        {
            ref Segment segment = ref _segments[number];
            if (segment.Queue == ArenaQueue.Probation)
            {
                _probation -= segment.Run;
            }

            int run = segment.Run;
            for (int i = number; i < number + run; i++)
            {
                _segments[i] = default;
            }

            _free += run;
        }
    }

    /// <summary>Puts a claimed segment back, at the young end of its queue: something in it could not be moved.</summary>
    public void Unclaim(int number)
    {
        lock (_gate)
        {
            ref Segment segment = ref _segments[number];
            segment.State = SegmentState.Sealed;
            _queues[(int)segment.Queue].Enqueue(number);
        }
    }

    /// <summary>First record of a segment and the end of what was written to it.</summary>
    public (nint First, nint End) Bounds(int number)
    {
        byte* first = Base + ((long)number * SegmentBytes);
        return ((nint)first, (nint)(first + Volatile.Read(ref _segments[number].Used)));
    }

    /// <summary>
    /// Like <see cref="Bounds"/>, if no record below the end is still being written; inside a reader section, after the
    /// segment was seen open or sealed in it.
    /// </summary>
    public bool TryBounds(int number, out nint first, out nint end)
    {
        // Used before Pending: a record that is being written was counted pending before the end moved past it.
        (first, end) = Bounds(number);
        return Volatile.Read(ref _segments[number].Pending) == 0;
    }

    /// <summary>State of a segment, for audits and walks.</summary>
    public SegmentState StateOf(int number) => _segments[number].State;

    /// <summary>The queue a record is in.</summary>
    public ArenaQueue QueueOf(byte* record) => Of(record).Queue;

    /// <summary>Takes free segments that lie side by side, at most <paramref name="bytes"/>, for a measurement.</summary>
    /// <returns>Number of the first and how many; none when too few are free.</returns>
    public (int First, int Count) Borrow(long bytes)
    {
        lock (_gate)
        {
            int most = (int)Math.Min(_free - _reserve, bytes / SegmentBytes);
            int bestAt = -1;
            int best = 0;
            int run = 0;
            for (int i = 0; i < _segments.Length && best < most; i++)
            {
                run = _segments[i].State == SegmentState.Free ? run + 1 : 0;
                if (run > best)
                {
                    best = run;
                    bestAt = i - run + 1;
                }
            }

            best = Math.Min(best, most);
            if (best <= 0)
            {
                return (-1, 0);
            }

            for (int i = bestAt; i < bestAt + best; i++)
            {
                _segments[i].State = SegmentState.Borrowed;
            }

            _free -= best;
            _region.Commit((long)bestAt * SegmentBytes, (long)best * SegmentBytes);
            return (bestAt, best);
        }
    }

    /// <summary>Gives borrowed segments back, and their pages to the system.</summary>
    public void Return(int first, int count)
    {
        _region.Release((long)first * SegmentBytes, (long)count * SegmentBytes);
        lock (_gate)
        {
            for (int i = first; i < first + count; i++)
            {
                _segments[i] = default;
            }

            _free += count;
        }
    }

    public void Dispose() => _region.Dispose();

    private ref Segment Of(byte* record)
    {
        int number = (int)((record - Base) / SegmentBytes);
        return ref _segments[number];
    }

    private byte* Append(int totalBytes, ArenaQueue queue, int keep)
    {
        int number = _open[(int)queue];
        if (number < 0 || _segments[number].Used + totalBytes > SegmentBytes)
        {
            int next = TakeFree(keep);
            if (next < 0)
            {
                return null;
            }

            Seal(queue);
            Start(next, 1, queue, SegmentState.Open);
            _open[(int)queue] = next;
            number = next;
        }

        return Take(number, totalBytes);
    }

    private byte* AllocateRun(int totalBytes, ArenaQueue queue, int keep)
    {
        int run = (totalBytes + SegmentBytes - 1) / SegmentBytes;
        if (_free - run < keep && !(run + keep > _segments.Length && _free >= run))
        {
            return null;
        }

        int first = FindFree(run);
        if (first < 0)
        {
            return null;
        }

        _free -= run;
        Start(first, run, queue, SegmentState.Sealed);
        byte* record = Take(first, totalBytes);
        _queues[(int)queue].Enqueue(first);
        return record;
    }

    private byte* Take(int number, int totalBytes)
    {
        ref Segment segment = ref _segments[number];
        byte* record = Base + ((long)number * SegmentBytes) + segment.Used;
        RecordLayout.WriteDead(record, totalBytes);
        Interlocked.Increment(ref segment.Pending);
        Volatile.Write(ref segment.Used, segment.Used + totalBytes);
        return record;
    }

    private void Start(int first, int run, ArenaQueue queue, SegmentState state)
    {
        _region.Commit((long)first * SegmentBytes, (long)run * SegmentBytes);
        _segments[first] = new Segment { State = state, Queue = queue, Run = run };
        for (int i = first + 1; i < first + run; i++)
        {
            _segments[i].State = SegmentState.RunTail;
        }

        if (queue == ArenaQueue.Probation)
        {
            _probation += run;
        }
    }

    private void Seal(ArenaQueue queue)
    {
        int number = _open[(int)queue];
        if (number >= 0)
        {
            _segments[number].State = SegmentState.Sealed;
            _queues[(int)queue].Enqueue(number);
            _open[(int)queue] = -1;
        }
    }

    private int TakeFree(int keep)
    {
        if (_free <= keep)
        {
            return -1;
        }

        int first = FindFree(1);
        if (first >= 0)
        {
            _free--;
        }

        return first;
    }

    private int FindFree(int run)
    {
        int seen = 0;
        for (int i = 0, at = _cursor; i < _segments.Length + run; i++, at++)
        {
            if (at >= _segments.Length)
            {
                at = 0;
                seen = 0;
            }

            seen = _segments[at].State == SegmentState.Free ? seen + 1 : 0;
            if (seen == run)
            {
                _cursor = at + 1 == _segments.Length ? 0 : at + 1;
                return at - run + 1;
            }
        }

        return -1;
    }
}
