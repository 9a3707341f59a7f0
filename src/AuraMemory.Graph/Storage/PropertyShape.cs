using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>The keys and kinds of the properties that one or more entities have: what rows share, so that a row holds values only. Immutable.</summary>
internal sealed class PropertyShape
{
    private readonly int[] _keys;
    private readonly ValueKind[] _kinds;
    private readonly short[] _slots;

    /// <summary>A shape.</summary>
    /// <param name="keys">Keys in the order of writing.</param>
    /// <param name="kinds">Kind of each.</param>
    /// <param name="names">Names of the keys.</param>
    public PropertyShape(int[] keys, ValueKind[] kinds, string[] names)
    {
        _keys = keys;
        _kinds = kinds;
        Names = names;
        _slots = new short[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            _slots[i] = (short)(IsNumeric(kinds[i]) ? Numbers++ : References++);
        }
    }

    /// <summary>Keys in the order of writing.</summary>
    public ReadOnlySpan<int> Keys => _keys;

    /// <summary>Kind of each.</summary>
    public ReadOnlySpan<ValueKind> Kinds => _kinds;

    /// <summary>Name of each; shared by the maps made from rows, never written.</summary>
    public string[] Names { get; }

    /// <summary>Values kept as 64 bits.</summary>
    public int Numbers { get; }

    /// <summary>Values kept as references.</summary>
    public int References { get; }

    /// <summary>Whether a kind is kept as 64 bits.</summary>
    public static bool IsNumeric(ValueKind kind) => kind is ValueKind.Boolean or ValueKind.Integer or ValueKind.Float;

    /// <summary>Place of a key; -1 when the shape has none.</summary>
    public int IndexOf(int key) => _keys.AsSpan().IndexOf(key);

    /// <summary>Place of a value among those kept in its way.</summary>
    public int Slot(int index) => _slots[index];

    /// <summary>Whether it is just these keys and kinds.</summary>
    public bool Is(ReadOnlySpan<int> keys, ReadOnlySpan<ValueKind> kinds) => _keys.AsSpan().SequenceEqual(keys) && _kinds.AsSpan().SequenceEqual(kinds);
}

/// <summary>Shapes met so far. One writer; readers hold shapes through rows.</summary>
internal sealed class PropertyShapes
{
    private readonly Dictionary<int, List<PropertyShape>> _byHash = [];
    private readonly TokenTable _keys;

    /// <summary>No shapes yet.</summary>
    /// <param name="keys">Names of keys; grows as shapes are met.</param>
    public PropertyShapes(TokenTable keys) => _keys = keys;

    /// <summary>Packs the properties of an entity. Entries that are null are left out: a property that is null is no property.</summary>
    /// <returns>Null when nothing is left.</returns>
    public PropertyRow? Pack(MapValue properties)
    {
        int count = 0;
        foreach (Value value in properties.Values)
        {
            count += value.IsNull ? 0 : 1;
        }

        if (count == 0)
        {
            return null;
        }

        var keys = new int[count];
        var kinds = new ValueKind[count];
        int hash = count;
        for (int i = 0, at = 0; i < properties.Count; i++)
        {
            Value value = properties.Values[i];
            if (!value.IsNull)
            {
                keys[at] = _keys.Intern(properties.Keys[i]);
                kinds[at] = value.Kind;
                hash = HashCode.Combine(hash, keys[at], (int)value.Kind);
                at++;
            }
        }

        return PropertyRow.Of(Shape(hash, keys, kinds), properties);
    }

    /// <summary>The shape of one key of one kind.</summary>
    public PropertyShape Single(int key, ValueKind kind) => Shape(HashCode.Combine(1, key, (int)kind), [key], [kind]);

    private PropertyShape Shape(int hash, int[] keys, ValueKind[] kinds)
    {
        if (!_byHash.TryGetValue(hash, out List<PropertyShape>? same))
        {
            _byHash[hash] = same = [];
        }

        foreach (PropertyShape known in same)
        {
            if (known.Is(keys, kinds))
            {
                return known;
            }
        }

        var shape = new PropertyShape(keys, kinds, Array.ConvertAll(keys, _keys.Name));
        same.Add(shape);
        return shape;
    }
}
