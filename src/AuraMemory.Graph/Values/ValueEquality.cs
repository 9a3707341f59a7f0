namespace AuraMemory.Graph.Values;

/// <summary>Two kinds of sameness: equality, where an unknown makes the answer unknown, and equivalence, by which rows are grouped and told apart.</summary>
public static class ValueEquality
{
    /// <summary>What <c>a = b</c> gives: null where a null decides. NaN is equal to nothing; values of different kinds are not equal, except 1 and 1.0.</summary>
    public static bool? AreEqual(Value a, Value b)
    {
        if (a.IsNull || b.IsNull)
        {
            return null;
        }

        if (a.IsNumber && b.IsNumber)
        {
            return !NumberOrder.IsNaN(a) && NumberOrder.Compare(a, b) == 0;
        }

        if (a.Kind != b.Kind)
        {
            return false;
        }

        return a.Kind switch
        {
            ValueKind.List => Lists(a.List, b.List),
            ValueKind.Map => Maps(a.Map, b.Map),
            _ => Scalars(a, b),
        };
    }

    /// <summary>Whether two values are one when rows are grouped: null is null; NaN is like nothing, itself neither, as in Neo4j.</summary>
    public static bool AreEquivalent(Value a, Value b)
    {
        if (a.IsNumber && b.IsNumber)
        {
            return !NumberOrder.IsNaN(a) && NumberOrder.Compare(a, b) == 0;
        }

        if (a.Kind != b.Kind)
        {
            return false;
        }

        switch (a.Kind)
        {
            case ValueKind.Null:
                return true;
            case ValueKind.List:
                return a.List.AsSpan().SequenceEqual(b.List, ValueEquivalence.Instance);
            case ValueKind.Map:
                if (a.Map.Count != b.Map.Count)
                {
                    return false;
                }

                for (int i = 0; i < a.Map.Count; i++)
                {
                    if (!b.Map.TryGet(a.Map.Keys[i], out Value other) || !AreEquivalent(a.Map.Values[i], other))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return Scalars(a, b);
        }
    }

    /// <summary>A hash that equivalent values share.</summary>
    public static int Hash(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                return 0;
            case ValueKind.Boolean:
                return value.Boolean ? 1231 : 1237;
            case ValueKind.Integer or ValueKind.Float:
                return NumberOrder.Hash(value);
            case ValueKind.String:
                return value.Text.GetHashCode(StringComparison.Ordinal);
            case ValueKind.Node:
                return HashCode.Combine(ValueKind.Node, value.Node);
            case ValueKind.Relationship:
                return HashCode.Combine(ValueKind.Relationship, value.Relationship);
            case ValueKind.List:
                var list = default(HashCode);
                foreach (Value element in value.List)
                {
                    list.Add(Hash(element));
                }

                return list.ToHashCode();
            case ValueKind.Map:
                int map = value.Map.Count;
                for (int i = 0; i < value.Map.Count; i++)
                {
                    map ^= HashCode.Combine(value.Map.Keys[i].GetHashCode(StringComparison.Ordinal), Hash(value.Map.Values[i]));
                }

                return map;
            case ValueKind.Path:
                var path = default(HashCode);
                path.Add(value.Path.Nodes[0]);
                foreach (int relationship in value.Path.Relationships)
                {
                    path.Add(relationship);
                }

                return path.ToHashCode();
            default:
                return value.Temporal.GetHashCode();
        }
    }

    // Of one kind, neither null nor number nor container.
    private static bool Scalars(Value a, Value b) => a.Kind switch
    {
        ValueKind.Boolean => a.Boolean == b.Boolean,
        ValueKind.String => string.Equals(a.Text, b.Text, StringComparison.Ordinal),
        ValueKind.Node => a.Node == b.Node,
        ValueKind.Relationship => a.Relationship == b.Relationship,
        ValueKind.Path => a.Path.Nodes.SequenceEqual(b.Path.Nodes) && a.Path.Relationships.SequenceEqual(b.Path.Relationships),
        _ => a.Temporal.Equals(b.Temporal),
    };

    private static bool? Lists(Value[] a, Value[] b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        bool? all = true;
        for (int i = 0; i < a.Length; i++)
        {
            bool? one = AreEqual(a[i], b[i]);
            if (one == false)
            {
                return false;
            }

            all = one is null ? null : all;
        }

        return all;
    }

    private static bool? Maps(MapValue a, MapValue b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        bool? all = true;
        for (int i = 0; i < a.Count; i++)
        {
            if (!b.TryGet(a.Keys[i], out _))
            {
                return false;
            }
        }

        for (int i = 0; i < a.Count; i++)
        {
            bool? one = AreEqual(a.Values[i], b[a.Keys[i]]);
            if (one == false)
            {
                return false;
            }

            all = one is null ? null : all;
        }

        return all;
    }
}

/// <summary><see cref="ValueEquality.AreEquivalent"/> for hash tables.</summary>
public sealed class ValueEquivalence : IEqualityComparer<Value>
{
    /// <summary>The only one.</summary>
    public static ValueEquivalence Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(Value x, Value y) => ValueEquality.AreEquivalent(x, y);

    /// <inheritdoc/>
    public int GetHashCode(Value obj) => ValueEquality.Hash(obj);
}
