using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>A place in a chain of nodes whose values hash alike. Numbers are one above the node's; 0 = none.</summary>
/// <param name="Next">The next in the chain.</param>
/// <param name="Previous">The one before; -1 = the chain begins here; 0 = not in the index.</param>
/// <param name="Hash">Hash of the value.</param>
internal readonly record struct IndexEntry(int Next, int Previous, int Hash);

/// <summary>An index as one snapshot sees it. Immutable.</summary>
/// <param name="heads">First of each chain.</param>
/// <param name="entries">By node.</param>
/// <param name="mask">Chains, less one.</param>
/// <param name="distinct">Different values.</param>
internal sealed class PropertyIndexSnapshot(PagedSnapshot<int> heads, PagedSnapshot<IndexEntry> entries, int mask, int distinct)
{
    /// <summary>Different values.</summary>
    public int Distinct { get; } = distinct;

    /// <summary>Puts nodes whose value hashes to <paramref name="hash"/> into a list; the caller compares the values.</summary>
    public void Collect(int hash, List<int> into)
    {
        for (int at = heads[hash & mask]; at != 0; at = entries[at - 1].Next)
        {
            if (entries[at - 1].Hash == hash)
            {
                into.Add(at - 1);
            }
        }
    }
}

/// <summary>Nodes by the value of one property, for equality: booleans, numbers and strings. 12 bytes a node, and 4 a chain.</summary>
/// <remarks>One writer. Chains are linked both ways, so taking a node out costs the same whether its value is rare or common to all.</remarks>
internal sealed class PropertyIndex
{
    private const double TooLarge = 9223372036854775808.0;
    private const int FirstChains = 1 << PagedTable<int>.Shift;
    private readonly PagedTable<IndexEntry> _entries = new();
    private PagedTable<int> _heads = new();
    private int _mask = FirstChains - 1;
    private int _count;
    private int _distinct;

    /// <summary>An index of nodes with a label.</summary>
    /// <param name="label">The label; -1 = all nodes.</param>
    /// <param name="key">The property.</param>
    public PropertyIndex(int label, int key)
    {
        Label = label;
        Key = key;
    }

    /// <summary>Label of the nodes; -1 = all nodes.</summary>
    public int Label { get; }

    /// <summary>The property.</summary>
    public int Key { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _entries.Bytes + _heads.Bytes;

    /// <summary>Hash of a value that can be sought; equal numbers hash alike, integer or not.</summary>
    /// <returns>False for kinds that the index does not hold.</returns>
    public static bool TryHash(Value value, out int hash)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                hash = value.Boolean ? 0x2545F491 : 0x1B873593;
                return true;
            case ValueKind.Integer:
                hash = Mix((ulong)value.Integer);
                return true;
            case ValueKind.Float:
                double number = value.Float;
                hash = number >= long.MinValue && number < TooLarge && number == Math.Floor(number)
                    ? Mix((ulong)(long)number)
                    : Mix((ulong)BitConverter.DoubleToInt64Bits(number));
                return true;
            case ValueKind.String:
                hash = value.Text.GetHashCode(StringComparison.Ordinal);
                return true;
            default:
                hash = 0;
                return false;
        }
    }

    /// <summary>Equality of two values of kinds that the index holds, by the language's rules.</summary>
    public static bool AreEqual(Value a, Value b)
    {
        if (a.Kind == b.Kind)
        {
            return a.Kind switch
            {
                ValueKind.Boolean => a.Boolean == b.Boolean,
                ValueKind.Integer => a.Integer == b.Integer,
                ValueKind.Float => a.Float == b.Float,
                ValueKind.String => a.Text == b.Text,
                _ => false,
            };
        }

        if (!a.IsNumber || !b.IsNumber)
        {
            return false;
        }

        double number = a.Kind == ValueKind.Float ? a.Float : b.Float;
        long integer = a.Kind == ValueKind.Integer ? a.Integer : b.Integer;
        return number >= long.MinValue && number < TooLarge && (long)number == integer && number == Math.Floor(number);
    }

    /// <summary>Takes a node in under its value; other kinds than those held are passed over.</summary>
    public void Add(int node, Value value)
    {
        if (!TryHash(value, out int hash))
        {
            return;
        }

        if (++_count > _mask)
        {
            Grow();
        }

        _distinct += Occurs(hash) ? 0 : 1;
        Link(node, hash);
    }

    /// <summary>Takes a node out that was taken in under this value.</summary>
    public void Remove(int node, Value value)
    {
        if (!TryHash(value, out int hash))
        {
            return;
        }

        IndexEntry entry = _entries[node];
        if (entry.Previous < 0)
        {
            _heads.Write(hash & _mask) = entry.Next;
        }
        else
        {
            ref IndexEntry before = ref _entries.Write(entry.Previous - 1);
            before = before with { Next = entry.Next };
        }

        if (entry.Next != 0)
        {
            ref IndexEntry after = ref _entries.Write(entry.Next - 1);
            after = after with { Previous = entry.Previous };
        }

        _entries.Write(node) = default;
        _count--;
        _distinct -= Occurs(hash) ? 0 : 1;
    }

    /// <summary>The index as it is now.</summary>
    public PropertyIndexSnapshot Snapshot() => new(_heads.Snapshot(), _entries.Snapshot(), _mask, _distinct);

    private static int Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCDUL;
        bits = (bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return (int)(bits ^ (bits >> 33));
    }

    private bool Occurs(int hash)
    {
        for (int at = _heads[hash & _mask]; at != 0; at = _entries[at - 1].Next)
        {
            if (_entries[at - 1].Hash == hash)
            {
                return true;
            }
        }

        return false;
    }

    private void Link(int node, int hash)
    {
        ref int head = ref _heads.Write(hash & _mask);
        int next = head;
        head = node + 1;
        if (next != 0)
        {
            ref IndexEntry after = ref _entries.Write(next - 1);
            after = after with { Previous = node + 1 };
        }

        _entries.Write(node) = new IndexEntry(next, -1, hash);
    }

    private void Grow()
    {
        PagedTable<int> old = _heads;
        int oldMask = _mask;
        _heads = new PagedTable<int>();
        _mask = (4 * (_mask + 1)) - 1;
        for (int chain = 0; chain <= oldMask; chain++)
        {
            for (int at = old[chain]; at != 0;)
            {
                IndexEntry entry = _entries[at - 1];
                Link(at - 1, entry.Hash);
                at = entry.Next;
            }
        }
    }
}
