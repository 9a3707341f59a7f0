using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>The properties of one node or relationship: a shape, and its values. Immutable. 32 bytes with one number, 56 with one number and one reference.</summary>
/// <remarks>The first number and the first reference stand in the row; only rows with more pay for arrays, and only rows with more than a number for the larger object.</remarks>
internal class PropertyRow
{
    private readonly PropertyShape _shape;
    private readonly long _number;

    /// <summary>One number.</summary>
    /// <param name="single">A shape of one number.</param>
    /// <param name="bits">The number's 64 bits.</param>
    protected PropertyRow(PropertyShape single, long bits)
    {
        _shape = single;
        _number = bits;
    }

    /// <summary>Estimated bytes, strings and lists included, nested values roughly.</summary>
    public virtual long Bytes => 32;

    /// <summary>The value of a key; null where it has none.</summary>
    public Value this[int key] => _shape.IndexOf(key) is >= 0 and int index ? At(index) : Value.Null;

    /// <summary>One float.</summary>
    public static PropertyRow Of(PropertyShape single, double number) => new(single, BitConverter.DoubleToInt64Bits(number));

    /// <summary>Packs values.</summary>
    /// <param name="shape">Their keys and kinds.</param>
    /// <param name="properties">The values; those that are null are passed over.</param>
    /// <exception cref="ArgumentException">One is a node, a relationship or a path.</exception>
    public static PropertyRow Of(PropertyShape shape, MapValue properties)
    {
        long[] numbers = shape.Numbers == 0 ? [0] : new long[shape.Numbers];
        object[] references = shape.References == 0 ? [] : new object[shape.References];
        int at = 0;
        foreach (Value value in properties.Values)
        {
            if (value.IsNull)
            {
                continue;
            }

            int slot = shape.Slot(at++);
            if (PropertyShape.IsNumeric(value.Kind))
            {
                numbers[slot] = Bits(value);
            }
            else
            {
                references[slot] = Reference(value);
            }
        }

        return numbers.Length == 1 && references.Length == 0
            ? new PropertyRow(shape, numbers[0])
            : new LargePropertyRow(shape, numbers, references);
    }

    /// <summary>All as a map.</summary>
    public MapValue ToMap()
    {
        var values = new Value[_shape.Keys.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = At(i);
        }

        return new MapValue(_shape.Names, values);
    }

    /// <summary>A number beyond the first; slot 1 and above.</summary>
    protected virtual long NumberAt(int slot) => throw new InvalidOperationException("The shape does not fit the row.");

    /// <summary>A reference.</summary>
    protected virtual object ReferenceAt(int slot) => throw new InvalidOperationException("The shape does not fit the row.");

    private static long Bits(Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.Boolean ? 1 : 0,
        ValueKind.Integer => value.Integer,
        _ => BitConverter.DoubleToInt64Bits(value.Float),
    };

    private static object Reference(Value value) => value.Kind switch
    {
        ValueKind.String => value.Text,
        ValueKind.List => value.List,
        ValueKind.Map => value.Map,
        _ when value.IsTemporal => value.Temporal,
        _ => throw new ArgumentException($"A {value.Kind} is no property value.", nameof(value)),
    };

    private Value At(int index)
    {
        int slot = _shape.Slot(index);
        ValueKind kind = _shape.Kinds[index];
        if (PropertyShape.IsNumeric(kind))
        {
            long bits = slot == 0 ? _number : NumberAt(slot);
            return kind switch
            {
                ValueKind.Boolean => Value.Of(bits != 0),
                ValueKind.Integer => Value.Of(bits),
                _ => Value.Of(BitConverter.Int64BitsToDouble(bits)),
            };
        }

        object reference = ReferenceAt(slot);
        return kind switch
        {
            ValueKind.String => Value.Of((string)reference),
            ValueKind.List => Value.Of((Value[])reference),
            ValueKind.Map => Value.Of((MapValue)reference),
            _ => Value.Of((TemporalValue)reference),
        };
    }
}

/// <summary>A row with references, or more than one number.</summary>
internal sealed class LargePropertyRow : PropertyRow
{
    private readonly object? _reference;
    private readonly long[]? _numbers;
    private readonly object[]? _references;

    /// <summary>A row of these values.</summary>
    public LargePropertyRow(PropertyShape shape, long[] numbers, object[] references)
        : base(shape, numbers[0])
    {
        _numbers = numbers.Length > 1 ? numbers[1..] : null;
        _reference = references.Length > 0 ? references[0] : null;
        _references = references.Length > 1 ? references[1..] : null;
    }

    /// <inheritdoc/>
    public override long Bytes
    {
        get
        {
            long bytes = 56 + (_numbers is null ? 0 : 24 + (8L * _numbers.Length)) + (_references is null ? 0 : 24 + (8L * _references.Length));
            bytes += Estimate(_reference);
            foreach (object reference in _references ?? [])
            {
                bytes += Estimate(reference);
            }

            return bytes;
        }
    }

    /// <inheritdoc/>
    protected override long NumberAt(int slot) => _numbers![slot - 1];

    /// <inheritdoc/>
    protected override object ReferenceAt(int slot) => slot == 0 ? _reference! : _references![slot - 1];

    private static long Estimate(object? reference) => reference switch
    {
        null => 0,
        string text => 22 + (2L * text.Length),
        Value[] list => 24 + (24L * list.Length),
        _ => 64,
    };
}
