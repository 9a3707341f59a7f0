using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution;

/// <summary>Rows that differ, numbered in the order they were met: for grouping and <c>DISTINCT</c>. A single node or relationship is looked up by its number.</summary>
/// <param name="context">Charged with what is kept.</param>
/// <param name="width">Values a row.</param>
internal sealed class RowTable(QueryContext context, int width)
{
    private const int EntryBytes = 48;
    private readonly Dictionary<Value[], int> _rows = new(new RowEquality());
    private readonly Dictionary<int, int> _nodes = [];
    private readonly List<Value[]> _keys = [];
    private readonly Value[] _probe = new Value[width];
    private long _charged;

    /// <summary>Rows.</summary>
    public int Count => _keys.Count;

    /// <summary>A row.</summary>
    public Value[] this[int number] => _keys[number];

    /// <summary>Number of the row that certain slots hold.</summary>
    public int Find(Value[] slots, int[] columns, out bool added)
    {
        if (columns.Length == 1 && slots[columns[0]] is { Kind: ValueKind.Node } only)
        {
            ref int place = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_nodes, only.Node, out bool known);
            added = !known;
            if (added)
            {
                place = _keys.Count;
                Keep([only]);
            }

            return place;
        }

        for (int i = 0; i < columns.Length; i++)
        {
            _probe[i] = slots[columns[i]];
        }

        if (_rows.TryGetValue(_probe, out int number))
        {
            added = false;
            return number;
        }

        added = true;
        Value[] row = [.. _probe];
        _rows.Add(row, _keys.Count);
        Keep(row);
        return _keys.Count - 1;
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        _rows.Clear();
        _nodes.Clear();
        _keys.Clear();
        context.Charge(-_charged);
        _charged = 0;
    }

    private void Keep(Value[] row)
    {
        _keys.Add(row);
        long bytes = EntryBytes + ValueSize.Of(row);
        _charged += bytes;
        context.Charge(bytes);
    }

    private sealed class RowEquality : IEqualityComparer<Value[]>
    {
        public bool Equals(Value[]? x, Value[]? y)
        {
            for (int i = 0; i < x!.Length; i++)
            {
                if (!ValueEquality.AreEquivalent(x[i], y![i]))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(Value[] row)
        {
            var hash = default(HashCode);
            foreach (Value value in row)
            {
                hash.Add(ValueEquality.Hash(value));
            }

            return hash.ToHashCode();
        }
    }
}
