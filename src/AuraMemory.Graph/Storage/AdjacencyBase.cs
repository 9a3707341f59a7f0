using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Storage;

/// <summary>All relationships one way in compressed rows: 8 bytes a relationship, 4 bytes a node, 8 bytes for each type at each node. Immutable.</summary>
/// <remarks>A row is split in segments, one a type, ascending; within one, relationships ascend by the other end, then by their own number.</remarks>
internal sealed class AdjacencyBase
{
    private readonly int[] _rows;
    private readonly int[] _segmentTypes;
    private readonly int[] _segmentStarts;
    private readonly int[] _others;
    private readonly int[] _relationships;

    private AdjacencyBase(int[] rows, int[] segmentTypes, int[] segmentStarts, int[] others, int[] relationships)
    {
        _rows = rows;
        _segmentTypes = segmentTypes;
        _segmentStarts = segmentStarts;
        _others = others;
        _relationships = relationships;
    }

    /// <summary>No rows.</summary>
    public static AdjacencyBase Empty { get; } = new([0], [], [0], [], []);

    /// <summary>Rows: node numbers from 0.</summary>
    public int Nodes => _rows.Length - 1;

    /// <summary>Relationships in all rows.</summary>
    public int Count => _others.Length;

    /// <summary>Bytes held.</summary>
    public long Bytes => 4L * (_rows.Length + _segmentTypes.Length + _segmentStarts.Length + _others.Length + _relationships.Length);

    /// <summary>Sorts relationships into rows by counting: O(nodes + relationships) a key.</summary>
    /// <param name="nodes">Rows.</param>
    /// <param name="types">One above the highest type.</param>
    /// <param name="relationships">Numbers of the relationships, ascending; not changed.</param>
    /// <param name="near">Row of each.</param>
    /// <param name="far">Other end of each.</param>
    /// <param name="type">Type of each.</param>
    public static AdjacencyBase Build(int nodes, int types, int[] relationships, int[] near, int[] far, int[] type)
    {
        int count = relationships.Length;
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        var spare = new int[count];
        CountingSort(order, spare, far, nodes);
        (order, spare) = (spare, order);
        if (types > 1)
        {
            CountingSort(order, spare, type, types);
            (order, spare) = (spare, order);
        }

        CountingSort(order, spare, near, nodes);
        (order, spare) = (spare, order);

        var rows = new int[nodes + 1];
        var segmentTypes = new List<int>();
        var segmentStarts = new List<int>();
        int lastNear = -1, lastType = -1;
        int[] others = spare;
        int[] numbers = GC.AllocateUninitializedArray<int>(count);
        for (int i = 0; i < count; i++)
        {
            int at = order[i];
            if (near[at] != lastNear || type[at] != lastType)
            {
                lastNear = near[at];
                lastType = type[at];
                rows[lastNear + 1]++;
                segmentTypes.Add(lastType);
                segmentStarts.Add(i);
            }

            others[i] = far[at];
            numbers[i] = relationships[at];
        }

        for (int node = 0; node < nodes; node++)
        {
            rows[node + 1] += rows[node];
        }

        segmentStarts.Add(count);
        return new AdjacencyBase(rows, [.. segmentTypes], [.. segmentStarts], others, numbers);
    }

    /// <summary>A row, or its segment of a type; empty beyond the last row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Adjacency Row(int node, int type)
    {
        if ((uint)node >= (uint)(_rows.Length - 1))
        {
            return default;
        }

        Range(node, type, out int start, out int length);
        return new Adjacency(
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_others), start), length),
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_relationships), start), length));
    }

    /// <summary>Length of a row, or of its segment of a type.</summary>
    public int Degree(int node, int type)
    {
        if ((uint)node >= (uint)(_rows.Length - 1))
        {
            return 0;
        }

        Range(node, type, out _, out int length);
        return length;
    }

    /// <summary>Appends the types of a row, one for each relationship.</summary>
    public void CopyTypes(int node, Span<int> into)
    {
        if ((uint)node >= (uint)(_rows.Length - 1))
        {
            return;
        }

        int first = _segmentStarts[_rows[node]];
        for (int s = _rows[node]; s < _rows[node + 1]; s++)
        {
            into[(_segmentStarts[s] - first)..(_segmentStarts[s + 1] - first)].Fill(_segmentTypes[s]);
        }
    }

    private static void CountingSort(int[] order, int[] into, int[] keys, int range)
    {
        var next = new int[range + 1];
        foreach (int key in keys)
        {
            next[key + 1]++;
        }

        for (int i = 0; i < range; i++)
        {
            next[i + 1] += next[i];
        }

        foreach (int at in order)
        {
            into[next[keys[at]]++] = at;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Range(int node, int type, out int start, out int length)
    {
        int first = _rows[node];
        int last = _rows[node + 1];
        if (type >= 0)
        {
            int[] types = _segmentTypes;
            while (first < last && types[first] < type)
            {
                first++;
            }

            last = first < last && types[first] == type ? first + 1 : first;
        }

        start = _segmentStarts[first];
        length = _segmentStarts[last] - start;
    }
}
