using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Search;

/// <summary>A binary heap of slots by distance, smallest first or largest first; ties by slot, so that a walk is deterministic.</summary>
/// <remarks>A member is one number: the bits of the distance (not negative, so they sort as it does) above the slot.</remarks>
internal struct SlotHeap(bool largestFirst)
{
    private readonly ulong _flip = largestFirst ? ulong.MaxValue : 0;
    private ulong[] _items = new ulong[128];

    /// <summary>Members.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public readonly long Bytes => _items.Length * (long)sizeof(ulong);

    /// <summary>Distance of the first member; there must be one.</summary>
    public readonly float TopDistance => DistanceOf(_items[0] ^ _flip);

    /// <summary>First member; there must be one.</summary>
    public readonly ulong Top => _items[0] ^ _flip;

    /// <summary>Packs a member.</summary>
    public static ulong Pack(float distance, int slot) =>
        ((ulong)BitConverter.SingleToUInt32Bits(distance > 0 ? distance : 0) << 32) | (uint)slot;

    /// <summary>Distance of a packed member.</summary>
    public static float DistanceOf(ulong member) => BitConverter.UInt32BitsToSingle((uint)(member >> 32));

    /// <summary>Slot of a packed member.</summary>
    public static int SlotOf(ulong member) => (int)(uint)member;

    /// <summary>Forgets all members.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a member. O(log n).</summary>
    public void Push(ulong member)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        ulong item = member ^ _flip;
        int at = Count++;
        while (at > 0)
        {
            int parent = (at - 1) >> 1;
            if (_items[parent] <= item)
            {
                break;
            }

            _items[at] = _items[parent];
            at = parent;
        }

        _items[at] = item;
    }

    /// <summary>Takes the first member out. O(log n).</summary>
    public ulong Pop()
    {
        ulong top = _items[0] ^ _flip;
        ulong item = _items[--Count];
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1] < _items[child])
            {
                child++;
            }

            if (_items[child] >= item)
            {
                break;
            }

            _items[at] = _items[child];
            at = child;
        }

        _items[at] = item;
        return top;
    }
}

/// <summary>Slots that a walk has met: a table that stays small enough for the cache, forgotten by a step of its round.</summary>
internal struct VisitedSlots()
{
    private ulong[] _table = new ulong[8192];
    private uint _round;

    /// <summary>Slots met.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public readonly long Bytes => _table.Length * (long)sizeof(ulong);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Count = 0;
        if (++_round == 0)
        {
            Array.Clear(_table);
            _round = 1;
        }
    }

    /// <summary>True when the slot had not been met.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(int slot)
    {
        int mask = _table.Length - 1;
        ulong wanted = ((ulong)_round << 32) | (uint)slot;
        int at = (int)(((uint)slot * 2654435769u) >> 7) & mask;
        while (_table[at] >> 32 == _round)
        {
            if (_table[at] == wanted)
            {
                return false;
            }

            at = (at + 1) & mask;
        }

        _table[at] = wanted;
        if (++Count * 2 > _table.Length)
        {
            Grow();
        }

        return true;
    }

    private void Grow()
    {
        ulong[] old = _table;
        _table = new ulong[old.Length * 2];
        Count = 0;
        foreach (ulong item in old)
        {
            if (item >> 32 == _round)
            {
                Add((int)(uint)item);
            }
        }
    }
}

/// <summary>What one walk through a graph needs; used by one thread at a time, and again by later walks.</summary>
internal sealed unsafe class SearchScratch
{
    public SlotHeap Candidates = new(largestFirst: false);
    public SlotHeap Nearest = new(largestFirst: true);
    public VisitedSlots Visited = new();

    private readonly float[] _learned = GC.AllocateArray<float>((Barcode.HighestDimension + 1) * DiagramKernel.LearnedFloats, pinned: true);
    private readonly ulong[] _above = new ulong[(ProximityGraph.HighestLevel + 1) * ProximityGraph.WidestRow];
    private readonly ulong[] _aboveTaken = new ulong[(ProximityGraph.HighestLevel + 1) * ProximityGraph.WidestRow];
    private ulong[] _starts = new ulong[64];
    private int _startCount;
    private int _aboveCount;
    private ulong[] _displaced = new ulong[1024];
    private int _displacedCount;

    /// <summary>Neighbours read from one row.</summary>
    public int[] Row { get; } = new int[ProximityGraph.WidestRow];

    /// <summary>Packed members, nearest first, of <see cref="ProximityGraph.Drain"/>.</summary>
    public ulong[] Sorted { get; set; } = new ulong[1024];

    /// <summary>Members of <see cref="Sorted"/>.</summary>
    public int SortedCount { get; set; }

    /// <summary>Packed members a walk begins with.</summary>
    public Span<ulong> Starts => _starts.AsSpan(0, _startCount);

    /// <summary>Packed members that were among the nearest of the last walk for a while only, in no order.</summary>
    public ReadOnlySpan<ulong> Displaced => _displaced.AsSpan(0, _displacedCount);

    /// <summary>What was learned of the bars of the query (<see cref="DiagramKernel.Rank"/>).</summary>
    public float* Learned => (float*)Unsafe.AsPointer(ref _learned[0]);

    /// <summary>Members chosen as neighbours.</summary>
    public ulong[] Chosen { get; } = new ulong[ProximityGraph.WidestRow];

    /// <summary>Candidates of a row that overflows.</summary>
    public ulong[] Overflow { get; } = new ulong[2 * ProximityGraph.WidestRow];

    /// <summary>Rank computations since the counter was last set.</summary>
    public int Evaluations { get; set; }

    /// <summary>A query in the order the vector kernel reads.</summary>
    public float[] Query { get; set; } = [];

    /// <summary>Bytes it holds.</summary>
    public long Bytes => Candidates.Bytes + Nearest.Bytes + Visited.Bytes
        + ((Sorted.Length + _displaced.Length + _starts.Length + _above.Length + _aboveTaken.Length + Chosen.Length + Overflow.Length) * (long)sizeof(ulong)) + ((Row.Length + Query.Length + _learned.Length) * (long)sizeof(int));

    /// <summary>Bytes of it that were counted.</summary>
    public long Counted { get; set; }

    /// <summary>Another query begins.</summary>
    public void ForgetLearned() => Array.Clear(_learned);

    /// <summary>A walk begins.</summary>
    public void ForgetDisplaced() => _displacedCount = 0;

    /// <summary>Notes a member that others have driven out of the nearest.</summary>
    public void NoteDisplaced(ulong member)
    {
        if (_displacedCount == _displaced.Length)
        {
            Array.Resize(ref _displaced, _displacedCount * 2);
        }

        _displaced[_displacedCount++] = member;
    }

    /// <summary>A descent begins: nothing was met above.</summary>
    public void ForgetAbove() => _aboveCount = 0;

    /// <summary>Notes the first members of <see cref="Sorted"/> as met on a level above those to come.</summary>
    public void NoteAbove(int most)
    {
        int count = Math.Min(Math.Min(most, SortedCount), _above.Length - _aboveCount);
        Sorted.AsSpan(0, count).CopyTo(_above.AsSpan(_aboveCount));
        _aboveCount += count;
    }

    /// <summary>A copy, to be written to, of what was noted.</summary>
    public Span<ulong> TakeAbove()
    {
        _above.AsSpan(0, _aboveCount).CopyTo(_aboveTaken);
        return _aboveTaken.AsSpan(0, _aboveCount);
    }

    /// <summary>The next walk begins with one member.</summary>
    public void StartFrom(ulong member)
    {
        _starts[0] = member;
        _startCount = 1;
    }

    /// <summary>The next walk begins with the first members of <see cref="Sorted"/>; without any, where the last one began.</summary>
    public void StartFromSorted(int most)
    {
        if (SortedCount == 0)
        {
            return;
        }

        _startCount = Math.Min(most, SortedCount);
        if (_starts.Length < _startCount)
        {
            _starts = new ulong[_startCount];
        }

        Sorted.AsSpan(0, _startCount).CopyTo(_starts);
    }
}
