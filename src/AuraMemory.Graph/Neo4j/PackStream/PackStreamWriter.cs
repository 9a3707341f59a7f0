using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Neo4j.PackStream;

/// <summary>Writes values as PackStream version 1, the form of Bolt: big-endian, each in the shortest form.</summary>
/// <param name="to">Receives the bytes.</param>
/// <param name="isUtc">Whether instants are written in UTC (Bolt 5, and 4.3 and 4.4 where both sides agreed), else by their local clock.</param>
/// <param name="hasElementIds">Whether nodes and relationships carry their identities (Bolt 5).</param>
public sealed class PackStreamWriter(IBufferWriter<byte> to, bool isUtc = true, bool hasElementIds = true)
{
    /// <summary>Writes a value.</summary>
    /// <exception cref="PackStreamException">It is of a type that cannot travel.</exception>
    public void Write(object? value)
    {
        switch (value)
        {
            case null:
                Byte(0xC0);
                break;
            case bool truth:
                Byte(truth ? (byte)0xC3 : (byte)0xC2);
                break;
            case long integer:
                Integer(integer);
                break;
            case int integer:
                Integer(integer);
                break;
            case double number:
                Byte(0xC1);
                BinaryPrimitives.WriteDoubleBigEndian(to.GetSpan(8), number);
                to.Advance(8);
                break;
            case string text:
                Text(text);
                break;
            case byte[] bytes:
                Head(bytes.Length, null, 0xCC);
                to.Write(bytes);
                break;
            case IReadOnlyDictionary<string, object?> map:
                Head(map.Count, 0xA0, 0xD8);
                foreach ((string key, object? entry) in map)
                {
                    Text(key);
                    Write(entry);
                }

                break;
            case IReadOnlyCollection<object?> list:
                Head(list.Count, 0x90, 0xD4);
                foreach (object? element in list)
                {
                    Write(element);
                }

                break;
            case BoltStructure structure:
                Structure(structure.Tag, [.. structure.Fields]);
                break;
            case TemporalValue temporal:
                Temporal(temporal);
                break;
            default:
                Entity(value);
                break;
        }
    }

    private void Entity(object value)
    {
        switch (value)
        {
            case BoltNode node:
                Structure(0x4E, [node.Id, Texts(node.Labels), node.Properties, .. Ids(node.ElementId)]);
                break;
            case BoltRelationship r:
                Structure(0x52, [r.Id, r.Start, r.End, r.Type, r.Properties, .. Ids(r.ElementId, r.StartElementId, r.EndElementId)]);
                break;
            case BoltPathRelationship r:
                Structure(0x72, [r.Id, r.Type, r.Properties, .. Ids(r.ElementId)]);
                break;
            case BoltPath path:
                Structure(0x50, [path.Nodes.ToArray<object?>(), path.Relationships.ToArray<object?>(), path.Steps.Select(s => (object?)s).ToArray()]);
                break;
            case BoltPoint { Z: { } z } point:
                Structure(0x59, [point.Srid, point.X, point.Y, z]);
                break;
            case BoltPoint point:
                Structure(0x58, [point.Srid, point.X, point.Y]);
                break;
            default:
                throw new PackStreamException($"A {value.GetType().Name} cannot travel.");
        }
    }

    private void Temporal(TemporalValue value)
    {
        switch (value)
        {
            case DateValue date:
                Structure(0x44, [date.EpochDay]);
                break;
            case LocalTimeValue time:
                Structure(0x74, [time.NanoOfDay]);
                break;
            case TimeValue time:
                Structure(0x54, [time.NanoOfDay, (long)time.OffsetSeconds]);
                break;
            case LocalDateTimeValue local:
                Structure(0x64, [local.LocalSecond, (long)local.NanoOfSecond]);
                break;
            case DateTimeValue instant:
                long seconds = isUtc ? instant.EpochSecond : instant.Local.LocalSecond;
                byte tag = (isUtc, instant.ZoneId) switch { (true, null) => 0x49, (true, _) => 0x69, (false, null) => 0x46, _ => 0x66 };
                Structure(tag, [seconds, (long)instant.NanoOfSecond, instant.ZoneId is { } zone ? zone : (long)instant.OffsetSeconds]);
                break;
            case DurationValue duration:
                Structure(0x45, [duration.Months, duration.Days, duration.Seconds, (long)duration.Nanos]);
                break;
        }
    }

    private void Structure(byte tag, object?[] fields)
    {
        Byte((byte)(0xB0 | fields.Length));
        Byte(tag);
        foreach (object? field in fields)
        {
            Write(field);
        }
    }

    private object?[] Ids(params string[] ids) => hasElementIds ? ids : [];

    private static object?[] Texts(IReadOnlyList<string> texts) => [.. texts];

    private void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Head(length, 0x80, 0xD0);
        Encoding.UTF8.GetBytes(text, to.GetSpan(length));
        to.Advance(length);
    }

    private void Integer(long value)
    {
        switch (value)
        {
            case >= -16 and <= 127:
                Byte((byte)value);
                break;
            case >= sbyte.MinValue and <= sbyte.MaxValue:
                Byte(0xC8);
                Byte((byte)value);
                break;
            case >= short.MinValue and <= short.MaxValue:
                Byte(0xC9);
                BinaryPrimitives.WriteInt16BigEndian(to.GetSpan(2), (short)value);
                to.Advance(2);
                break;
            case >= int.MinValue and <= int.MaxValue:
                Byte(0xCA);
                BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), (int)value);
                to.Advance(4);
                break;
            default:
                Byte(0xCB);
                BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), value);
                to.Advance(8);
                break;
        }
    }

    // Sizes up to 15 share a byte with the marker, where there is such a form; larger ones follow a marker for 8, 16 or 32 bits.
    private void Head(int size, byte? tiny, byte eight)
    {
        switch (size)
        {
            case <= 15 when tiny is { } marker:
                Byte((byte)(marker | size));
                break;
            case <= byte.MaxValue:
                Byte(eight);
                Byte((byte)size);
                break;
            case <= ushort.MaxValue:
                Byte((byte)(eight + 1));
                BinaryPrimitives.WriteUInt16BigEndian(to.GetSpan(2), (ushort)size);
                to.Advance(2);
                break;
            default:
                Byte((byte)(eight + 2));
                BinaryPrimitives.WriteUInt32BigEndian(to.GetSpan(4), (uint)size);
                to.Advance(4);
                break;
        }
    }

    private void Byte(byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }
}
