using System.Diagnostics;

namespace AuraMemory.Graph.Values;

/// <summary>One value of a query: 24 bytes, no allocation for null, booleans, numbers, nodes and relationships.</summary>
/// <remarks>
/// <para>Immutable. Lists and maps are handed over, not copied: whoever makes a value of an array does not write to it again.</para>
/// <para>There is no <c>==</c>: a query language has three kinds of sameness (equality with unknowns, equivalence for grouping,
/// order for sorting), and each has a name of its own in <c>ValueEquality</c> and <c>ValueOrder</c>.</para>
/// <para>Nodes and relationships are numbers of one <see cref="Storage.GraphView"/>; labels and properties are read there.</para>
/// </remarks>
public readonly struct Value
{
    private readonly object? _reference;
    private readonly long _bits;

    private Value(ValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    /// <summary>No value.</summary>
    public static Value Null => default;

    /// <summary>True.</summary>
    public static Value True => new(ValueKind.Boolean, 1, null);

    /// <summary>False.</summary>
    public static Value False => new(ValueKind.Boolean, 0, null);

    /// <summary>What it is.</summary>
    public ValueKind Kind { get; }

    /// <summary>Whether it is null.</summary>
    public bool IsNull => Kind == ValueKind.Null;

    /// <summary>Whether it is true; false for false, null and everything else.</summary>
    public bool IsTrue => Kind == ValueKind.Boolean && _bits != 0;

    /// <summary>Whether it is an integer or a float.</summary>
    public bool IsNumber => Kind is ValueKind.Integer or ValueKind.Float;

    /// <summary>Whether it is one of the six temporal kinds.</summary>
    public bool IsTemporal => Kind >= ValueKind.Date;

    /// <summary>Of a <see cref="ValueKind.Boolean"/>.</summary>
    public bool Boolean => Bits(ValueKind.Boolean) != 0;

    /// <summary>Of a <see cref="ValueKind.Integer"/>.</summary>
    public long Integer => Bits(ValueKind.Integer);

    /// <summary>Of a <see cref="ValueKind.Float"/>.</summary>
    public double Float => BitConverter.Int64BitsToDouble(Bits(ValueKind.Float));

    /// <summary>An integer or a float as a double.</summary>
    public double Number => Kind == ValueKind.Integer ? _bits : Float;

    /// <summary>Of a <see cref="ValueKind.String"/>.</summary>
    public string Text => (string)Reference(ValueKind.String);

    /// <summary>Elements of a <see cref="ValueKind.List"/>; not to be written to.</summary>
    public Value[] List => (Value[])Reference(ValueKind.List);

    /// <summary>Of a <see cref="ValueKind.Map"/>.</summary>
    public MapValue Map => (MapValue)Reference(ValueKind.Map);

    /// <summary>Number of a <see cref="ValueKind.Node"/> in its graph view.</summary>
    public int Node => (int)Bits(ValueKind.Node);

    /// <summary>Number of a <see cref="ValueKind.Relationship"/> in its graph view.</summary>
    public int Relationship => (int)Bits(ValueKind.Relationship);

    /// <summary>Of a <see cref="ValueKind.Path"/>.</summary>
    public PathValue Path => (PathValue)Reference(ValueKind.Path);

    /// <summary>Of any temporal kind.</summary>
    public TemporalValue Temporal
    {
        get
        {
            Debug.Assert(IsTemporal, "Not a temporal value.");
            return (TemporalValue)_reference!;
        }
    }

    /// <summary>A boolean.</summary>
    public static Value Of(bool value) => new(ValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>A boolean, or null where it is not known.</summary>
    public static Value Of(bool? value) => value is { } known ? Of(known) : Null;

    /// <summary>An integer.</summary>
    public static Value Of(long value) => new(ValueKind.Integer, value, null);

    /// <summary>A float.</summary>
    public static Value Of(double value) => new(ValueKind.Float, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>Text; null gives the null value.</summary>
    public static Value Of(string? value) => value is null ? Null : new(ValueKind.String, 0, value);

    /// <summary>A list; the array is the value's from now on. Linear in its elements.</summary>
    /// <exception cref="Query.CypherException">It is nested too deep, or too large (<see cref="NestedSize"/>).</exception>
    public static Value Of(Value[] elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new(ValueKind.List, NestedSize.Of(elements), elements);
    }

    /// <summary>A map. Linear in its entries.</summary>
    /// <exception cref="Query.CypherException">It is nested too deep, or too large (<see cref="NestedSize"/>).</exception>
    public static Value Of(MapValue map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(ValueKind.Map, NestedSize.Of(map.Values), map);
    }

    /// <summary>A path.</summary>
    public static Value Of(PathValue path) => new(ValueKind.Path, 0, path);

    /// <summary>A temporal value.</summary>
    public static Value Of(TemporalValue temporal) => new(temporal.Kind, 0, temporal);

    /// <summary>A node of a graph view.</summary>
    public static Value OfNode(int number) => new(ValueKind.Node, number, null);

    /// <summary>A relationship of a graph view.</summary>
    public static Value OfRelationship(int number) => new(ValueKind.Relationship, number, null);

    /// <summary>For a debugger and for messages; not the language's <c>toString</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Boolean => _bits != 0 ? "true" : "false",
        ValueKind.Integer => _bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.Float => Float.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        ValueKind.Node => $"node {_bits}",
        ValueKind.Relationship => $"relationship {_bits}",
        ValueKind.List => $"[{string.Join(", ", List)}]",
        _ => _reference!.ToString()!,
    };

    /// <summary>Depth and size of a list or a map, as <see cref="NestedSize"/> packs them; 0 for others.</summary>
    internal long Nesting => Kind is ValueKind.List or ValueKind.Map ? _bits : 0;

    private long Bits(ValueKind kind)
    {
        Debug.Assert(Kind == kind, $"A {Kind} is not a {kind}.");
        return _bits;
    }

    private object Reference(ValueKind kind)
    {
        Debug.Assert(Kind == kind, $"A {Kind} is not a {kind}.");
        return _reference!;
    }
}
