namespace AuraMemory.Graph.Values;

/// <summary>Order of values: total for sorting (orderability), partial for <c>&lt;</c> (comparability).</summary>
/// <remarks>Sorting puts kinds in the order of openCypher 9: maps, nodes, relationships, lists, paths, temporal kinds, text, booleans, numbers with
/// NaN as the greatest, null. Text is ordered by code points.</remarks>
public static class ValueOrder
{
    /// <summary>Total order for <c>ORDER BY</c>, <c>min</c> and <c>max</c>; 0 exactly for equivalent values.</summary>
    public static int Compare(Value a, Value b)
    {
        int ranks = Rank(a.Kind).CompareTo(Rank(b.Kind));
        if (ranks != 0)
        {
            return ranks;
        }

        return a.Kind switch
        {
            ValueKind.Null => 0,
            ValueKind.Boolean => a.Boolean.CompareTo(b.Boolean),
            ValueKind.Integer or ValueKind.Float => NumberOrder.Compare(a, b),
            ValueKind.String => CompareText(a.Text, b.Text),
            ValueKind.Node => a.Node.CompareTo(b.Node),
            ValueKind.Relationship => a.Relationship.CompareTo(b.Relationship),
            ValueKind.List => Lists(a.List, b.List),
            ValueKind.Map => Maps(a.Map, b.Map),
            ValueKind.Path => Paths(a.Path, b.Path),
            _ => a.Temporal.CompareTo(b.Temporal),
        };
    }

    /// <summary>What <c>a &lt; b</c> gives: null where a null decides or the kinds cannot be compared.</summary>
    public static bool? Less(Value a, Value b) => Comparable(a, b, orEqual: false);

    /// <summary>What <c>a &lt;= b</c> gives.</summary>
    public static bool? LessOrEqual(Value a, Value b) => Comparable(a, b, orEqual: true);

    /// <summary>Order of text by code points.</summary>
    internal static int CompareText(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        return CodePointRank(a[common]).CompareTo(CodePointRank(b[common]));
    }

    // Surrogates stand for code points above all other characters, though their own numbers are below U+E000.
    private static int CodePointRank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;

    private static int Rank(ValueKind kind) => kind switch
    {
        ValueKind.Map => 0,
        ValueKind.Node => 1,
        ValueKind.Relationship => 2,
        ValueKind.List => 3,
        ValueKind.Path => 4,
        ValueKind.DateTime => 5,
        ValueKind.LocalDateTime => 6,
        ValueKind.Date => 7,
        ValueKind.Time => 8,
        ValueKind.LocalTime => 9,
        ValueKind.Duration => 10,
        ValueKind.String => 11,
        ValueKind.Boolean => 12,
        ValueKind.Integer or ValueKind.Float => 13,
        _ => 14,
    };

    private static bool? Comparable(Value a, Value b, bool orEqual)
    {
        if (a.IsNumber && b.IsNumber)
        {
            if (NumberOrder.IsNaN(a) || NumberOrder.IsNaN(b))
            {
                return false;
            }

            int order = NumberOrder.Compare(a, b);
            return order < 0 || (orEqual && order == 0);
        }

        if (a.Kind != b.Kind)
        {
            return null;
        }

        switch (a.Kind)
        {
            case ValueKind.Boolean or ValueKind.String:
                int order = Compare(a, b);
                return order < 0 || (orEqual && order == 0);
            case ValueKind.List:
                return ComparableLists(a.List, b.List, orEqual);
            case ValueKind.Duration:
                // Days and months differ in length, so that one duration is not known to be longer than another.
                return orEqual && a.Temporal.Equals(b.Temporal) ? true : null;
            case >= ValueKind.Date:
                int moments = a.Temporal.CompareTo(b.Temporal);
                return moments < 0 || (orEqual && moments == 0);
            case ValueKind.Null:
                return null;
            case ValueKind.Map:
                return ComparableMaps(a.Map, b.Map, orEqual);
            default:
                // Nodes, relationships and paths, in the order in which they are sorted.
                return ValueEquality.AreEqual(a, b) is { } equal ? (equal ? orEqual : Compare(a, b) < 0) : null;
        }
    }

    private static bool? ComparableLists(Value[] a, Value[] b, bool orEqual)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            bool? equal = ValueEquality.AreEqual(a[i], b[i]);
            if (equal != true)
            {
                return equal is null ? null : Less(a[i], b[i]);
            }
        }

        return a.Length < b.Length || (orEqual && a.Length == b.Length);
    }

    // By their number of keys, by the keys, and by the first values that differ.
    private static bool? ComparableMaps(MapValue a, MapValue b, bool orEqual)
    {
        int order = Keys(a, b, out string[] keys);
        if (order != 0)
        {
            return order < 0;
        }

        foreach (string key in keys)
        {
            if (ValueEquality.AreEqual(a[key], b[key]) is not true and var equal)
            {
                return equal is null || NumberOrder.IsNaN(a[key]) || NumberOrder.IsNaN(b[key]) ? null : Less(a[key], b[key]);
            }
        }

        return orEqual;
    }

    private static int Lists(Value[] a, Value[] b)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            int order = Compare(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int Maps(MapValue a, MapValue b)
    {
        int order = Keys(a, b, out string[] keys);
        for (int i = 0; i < keys.Length && order == 0; i++)
        {
            order = Compare(a[keys[i]], b[keys[i]]);
        }

        return order;
    }

    // Of maps with the same keys these, in order.
    private static int Keys(MapValue a, MapValue b, out string[] keys)
    {
        keys = [];
        int order = a.Count.CompareTo(b.Count);
        if (order != 0)
        {
            return order;
        }

        keys = a.Keys.ToArray();
        string[] others = b.Keys.ToArray();
        Array.Sort(keys, CompareText);
        Array.Sort(others, CompareText);
        for (int i = 0; i < keys.Length && order == 0; i++)
        {
            order = CompareText(keys[i], others[i]);
        }

        return order;
    }

    private static int Paths(PathValue a, PathValue b)
    {
        int order = a.Nodes[0].CompareTo(b.Nodes[0]);
        for (int i = 0; i < Math.Min(a.Length, b.Length) && order == 0; i++)
        {
            order = a.Relationships[i].CompareTo(b.Relationships[i]);
            order = order != 0 ? order : a.Nodes[i + 1].CompareTo(b.Nodes[i + 1]);
        }

        return order != 0 ? order : a.Length.CompareTo(b.Length);
    }
}
