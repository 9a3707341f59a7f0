using System.Buffers.Binary;
using System.Text;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Neo4j.PackStream;

/// <summary>Reads values from PackStream version 1.</summary>
/// <remarks>Sizes are believed only as far as there are bytes: a hostile one allocates nothing. Nesting is bounded.</remarks>
/// <param name="bytes">A whole message.</param>
public ref struct PackStreamReader(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 128;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _depth;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _at == _bytes.Length;

    /// <summary>Reads a message: one value, and nothing behind it.</summary>
    /// <exception cref="PackStreamException">It is none.</exception>
    public static object? ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new PackStreamReader(bytes);
        object? value = reader.Read();
        return reader.IsAtEnd ? value : throw new PackStreamException($"{bytes.Length - reader._at} bytes follow a value.");
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="PackStreamException">There is none.</exception>
    public object? Read()
    {
        byte marker = Byte();
        return marker switch
        {
            <= 0x7F or >= 0xF0 => (long)(sbyte)marker,
            <= 0x8F => Text(marker & 0x0F),
            <= 0x9F => List(marker & 0x0F),
            <= 0xAF => Map(marker & 0x0F),
            <= 0xBF => Structure(marker & 0x0F),
            0xC0 => null,
            0xC1 => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xC2 => false,
            0xC3 => true,
            0xC8 => (long)(sbyte)Byte(),
            0xC9 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xCA => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xCB => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            0xCC or 0xCD or 0xCE => Take(Size(marker - 0xCC)).ToArray(),
            0xD0 or 0xD1 or 0xD2 => Text(Size(marker - 0xD0)),
            0xD4 or 0xD5 or 0xD6 => List(Size(marker - 0xD4)),
            0xD8 or 0xD9 or 0xDA => Map(Size(marker - 0xD8)),
            _ => throw new PackStreamException($"0x{marker:X2} begins no value."),
        };
    }

    private int Size(int width)
    {
        uint size = width switch
        {
            0 => Byte(),
            1 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            _ => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        };
        return size <= int.MaxValue ? (int)size : throw new PackStreamException($"A size of {size} is too large.");
    }

    private string Text(int length)
    {
        try
        {
            return Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new PackStreamException("A string is not UTF-8.");
        }
    }

    private List<object?> List(int count)
    {
        Enter(count);
        var list = new List<object?>(count);
        for (int i = 0; i < count; i++)
        {
            list.Add(Read());
        }

        _depth--;
        return list;
    }

    private Dictionary<string, object?> Map(int count)
    {
        Enter(2L * count);
        var map = new Dictionary<string, object?>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = Read() as string ?? throw new PackStreamException("A name in a map is no string.");
            map[key] = Read();
        }

        _depth--;
        return map;
    }

    private object? Structure(int count)
    {
        byte tag = Byte();
        Enter(count);
        var fields = new object?[count];
        for (int i = 0; i < count; i++)
        {
            fields[i] = Read();
        }

        _depth--;
        try
        {
            return Known(tag, fields) ?? new BoltStructure(tag, fields);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or InvalidCastException or NullReferenceException)
        {
            throw new PackStreamException($"A structure 0x{tag:X2} has fields that it cannot have: {e.Message}");
        }
    }

    private static object? Known(byte tag, object?[] f) => (tag, f) switch
    {
        (0x4E, [long id, List<object?> labels, Dictionary<string, object?> properties, ..]) when f.Length is 3 or 4 =>
            new BoltNode(id, [.. labels.Select(l => (string)l!)], properties, Id(f, 3, id)),
        (0x52, [long id, long start, long end, string type, Dictionary<string, object?> properties, ..]) when f.Length is 5 or 8 =>
            new BoltRelationship(id, start, end, type, properties, Id(f, 5, id), Id(f, 6, start), Id(f, 7, end)),
        (0x72, [long id, string type, Dictionary<string, object?> properties, ..]) when f.Length is 3 or 4 =>
            new BoltPathRelationship(id, type, properties, Id(f, 3, id)),
        (0x50, [List<object?> nodes, List<object?> relationships, List<object?> steps]) =>
            new BoltPath([.. nodes.Select(n => (BoltNode)n!)], [.. relationships.Select(r => (BoltPathRelationship)r!)], [.. steps.Select(s => (long)s!)]),
        (0x58, [long srid, double x, double y]) => new BoltPoint(srid, x, y, null),
        (0x59, [long srid, double x, double y, double z]) => new BoltPoint(srid, x, y, z),
        (0x44, [long days]) => new DateValue(days),
        (0x74, [long nanos]) => new LocalTimeValue(nanos),
        (0x54, [long nanos, long offset]) => new TimeValue(nanos, checked((int)offset)),
        (0x64, [long seconds, long nanos]) => LocalDateTimeValue.FromSeconds(seconds, nanos),
        (0x49, [long seconds, long nanos, long offset]) => DateTimeValue.FromInstant(seconds, nanos, TemporalZone.OfOffset(checked((int)offset))),
        (0x69, [long seconds, long nanos, string zone]) => DateTimeValue.FromInstant(seconds, nanos, Zone(zone)),
        (0x46, [long seconds, long nanos, long offset]) =>
            DateTimeValue.FromInstant(checked(seconds - offset), nanos, TemporalZone.OfOffset(checked((int)offset))),
        (0x66, [long seconds, long nanos, string zone]) => DateTimeValue.FromLocal(LocalDateTimeValue.FromSeconds(seconds, nanos), Zone(zone)),
        (0x45, [long months, long days, long seconds, long nanos]) => new DurationValue(months, days, seconds, nanos),
        _ => null,
    };

    private static string Id(object?[] fields, int at, long number) =>
        fields.Length > at ? (string)fields[at]! : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static TemporalZone Zone(string name) =>
        TemporalZone.TryFind(name, out TemporalZone? zone) ? zone : throw new PackStreamException($"There is no time zone '{name}'.");

    // Every value takes a byte at least, so there are never more of them than bytes left.
    private void Enter(long values)
    {
        if (values > _bytes.Length - _at)
        {
            throw new PackStreamException($"{values} values do not fit into {_bytes.Length - _at} bytes.");
        }

        if (++_depth > Deepest)
        {
            throw new PackStreamException($"Values are nested more than {Deepest} levels deep.");
        }
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw new PackStreamException($"{count} bytes are expected and {_bytes.Length - _at} left.");
        }

        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}
