using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>The properties of one node or relationship: a shape, and its values. Immutable. 56 bytes with one number and one reference.</summary>
/// <remarks>The first number and the first reference stand in the row; only rows with more pay for arrays.</remarks>
internal sealed class PropertyRow
{
    private readonly PropertyShape _shape;
    private readonly long _number;
    private readonly object? _reference;
    private readonly long[]? _numbers;
    private readonly object[]? _references;

    /// <summary>Packs values.</summary>
    /// <param name="shape">Their keys and kinds.</param>
    /// <param name="properties">The values; those that are null are passed over.</param>
    public PropertyRow(PropertyShape shape, MapValue properties)
    {
        _shape = shape;
        _numbers = shape.Numbers > 1 ? new long[shape.Numbers - 1] : null;
        _references = shape.References > 1 ? new object[shape.References - 1] : null;
        int at = 0;
        foreach (Value value in properties.Values)
        {
            if (value.IsNull)
            {
                continue;
            }

            int slot = shape.Slot(at++);
            if (!PropertyShape.IsNumeric(value.Kind))
            {
                object reference = Reference(value);
                if (slot == 0)
                {
                    _reference = reference;
                }
                else
                {
                    _references![slot - 1] = reference;
                }
            }
            else if (slot == 0)
            {
                _number = Bits(value);
            }
            else
            {
                _numbers![slot - 1] = Bits(value);
            }
        }
    }

    /// <summary>One number.</summary>
    public PropertyRow(PropertyShape single, double number)
    {
        _shape = single;
        _number = BitConverter.DoubleToInt64Bits(number);
    }

    /// <summary>Estimated bytes, strings and lists included, nested values roughly.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 56 + (_numbers is null ? 0 : 24 + (8L * _numbers.Length)) + (_references is null ? 0 : 24 + (8L * _references.Length));
            for (int i = 0; i < _shape.References; i++)
            {
                object reference = i == 0 ? _reference! : _references![i - 1];
                bytes += reference is string text ? 22 + (2L * text.Length) : reference is Value[] list ? 24 + (24L * list.Length) : 64;
            }

            return bytes;
        }
    }

    /// <summary>The value of a key; null where it has none.</summary>
    public Value this[int key] => _shape.IndexOf(key) is >= 0 and int index ? At(index) : Value.Null;

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
            long bits = slot == 0 ? _number : _numbers![slot - 1];
            return kind switch
            {
                ValueKind.Boolean => Value.Of(bits != 0),
                ValueKind.Integer => Value.Of(bits),
                _ => Value.Of(BitConverter.Int64BitsToDouble(bits)),
            };
        }

        object reference = slot == 0 ? _reference! : _references![slot - 1];
        return kind switch
        {
            ValueKind.String => Value.Of((string)reference),
            ValueKind.List => Value.Of((Value[])reference),
            ValueKind.Map => Value.Of((MapValue)reference),
            _ => Value.Of((TemporalValue)reference),
        };
    }
}
