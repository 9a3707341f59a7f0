namespace AuraMemory.Graph.Storage;

/// <summary>The relationships of one node, one way, as they are after changes: takes the place of the node's row in the <see cref="AdjacencyBase"/>.</summary>
/// <remarks>Written in place by the writer only while no snapshot was taken since it was made; otherwise it is copied first. Same order as the base.</remarks>
internal sealed class ChangedRow
{
    private int[] _others;
    private int[] _relationships;
    private int[] _types;

    private ChangedRow(int[] others, int[] relationships, int[] types, int count, long epoch)
    {
        _others = others;
        _relationships = relationships;
        _types = types;
        Count = count;
        Epoch = epoch;
    }

    /// <summary>Relationships.</summary>
    public int Count { get; private set; }

    /// <summary>The epoch in which it was made.</summary>
    public long Epoch { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => 72 + (3 * 24) + (12L * _others.Length);

    /// <summary>A row that says what the base says, with room for one more.</summary>
    public static ChangedRow From(AdjacencyBase adjacency, int node, long epoch)
    {
        Adjacency row = adjacency.Row(node, -1);
        int capacity = Capacity(row.Count);
        var others = new int[capacity];
        var relationships = new int[capacity];
        var types = new int[capacity];
        row.Others.CopyTo(others);
        row.Relationships.CopyTo(relationships);
        adjacency.CopyTypes(node, types);
        return new ChangedRow(others, relationships, types, row.Count, epoch);
    }

    /// <summary>A copy that may be written to.</summary>
    public ChangedRow Copy(long epoch)
    {
        int capacity = Capacity(Count);
        var others = new int[capacity];
        var relationships = new int[capacity];
        var types = new int[capacity];
        Array.Copy(_others, others, Count);
        Array.Copy(_relationships, relationships, Count);
        Array.Copy(_types, types, Count);
        return new ChangedRow(others, relationships, types, Count, epoch);
    }

    /// <summary>The row, or its part of a type.</summary>
    public Adjacency Row(int type)
    {
        Range(type, out int start, out int length);
        return new Adjacency(_others.AsSpan(start, length), _relationships.AsSpan(start, length));
    }

    /// <summary>Length of the row, or of its part of a type.</summary>
    public int Degree(int type)
    {
        Range(type, out _, out int length);
        return length;
    }

    /// <summary>Puts a relationship in its place. O(row) at most, a block move.</summary>
    public void Insert(int type, int other, int relationship)
    {
        int at = Find(type, other, relationship);
        if (Count == _others.Length)
        {
            int capacity = Capacity(Count);
            Array.Resize(ref _others, capacity);
            Array.Resize(ref _relationships, capacity);
            Array.Resize(ref _types, capacity);
        }

        Insert(_others, at, other);
        Insert(_relationships, at, relationship);
        Insert(_types, at, type);
        Count++;
    }

    /// <summary>Takes a relationship out.</summary>
    /// <returns>False when the row has none such.</returns>
    public bool Remove(int type, int other, int relationship)
    {
        int at = Find(type, other, relationship);
        if (at == Count || _relationships[at] != relationship)
        {
            return false;
        }

        Count--;
        Array.Copy(_others, at + 1, _others, at, Count - at);
        Array.Copy(_relationships, at + 1, _relationships, at, Count - at);
        Array.Copy(_types, at + 1, _types, at, Count - at);
        return true;
    }

    private static int Capacity(int count) => count + 2 + (count >> 2);

    private void Insert(int[] array, int at, int value)
    {
        Array.Copy(array, at, array, at + 1, Count - at);
        array[at] = value;
    }

    private int Find(int type, int other, int relationship)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int order = _types[middle].CompareTo(type);
            order = order != 0 ? order : _others[middle].CompareTo(other);
            order = order != 0 ? order : _relationships[middle].CompareTo(relationship);
            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Range(int type, out int start, out int length)
    {
        start = 0;
        length = Count;
        if (type >= 0)
        {
            start = Find(type, -1, -1);
            length = Find(type + 1, -1, -1) - start;
        }
    }
}
