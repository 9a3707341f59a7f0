using System.Buffers.Binary;
using System.Text;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>What the table keeps of one object: whose version it is, and its shape, or why an expensive analysis found none.</summary>
/// <param name="Version">Version of the object.</param>
/// <param name="Stamp">Number of the write in the order of the table; decides what a saved index has already.</param>
/// <param name="StoredSeconds">Unix time in seconds at which the version was stored.</param>
/// <param name="Analysis">The shape; null = none, for <paramref name="Reason"/>.</param>
/// <param name="Reason">Why there is none.</param>
/// <param name="IsIndexed">False when the index had no room for the shape.</param>
/// <remarks>
/// Binary form, little-endian: format (1 byte, 2) · version (8) · stamp (8) · stored seconds (4) · what follows (1: 1 = shape,
/// 2 = reason, 3 = shape that is not in the index) · the partition (<see cref="PartitionKey.Bytes"/>) · then path, the delay of an embedding (4; 0 = none), scale, points, used points, error bound, dropped
/// half-persistence, notes, and a dimension at a time the numbers of finite and essential bars and the bars, two doubles each, in
/// canonical order; or the reason. Texts are UTF-8 with their length in front. Checksums are the table's.
/// </remarks>
internal sealed record ShapeRecord(long Version, long Stamp, uint StoredSeconds, ShapeAnalysis? Analysis, string? Reason, bool IsIndexed)
{
    /// <summary>Format this release writes.</summary>
    public const byte Format = 2;

    private const int KeyAt = 22;
    private const int HeadBytes = KeyAt + PartitionKey.Bytes;
    private const byte IsShape = 1;
    private const byte IsReason = 2;
    private const byte IsShapeOutside = 3;

    /// <summary>Writes the record.</summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream();
        using var to = new BinaryWriter(memory, Encoding.UTF8);
        to.Write(Format);
        to.Write(Version);
        to.Write(Stamp);
        to.Write(StoredSeconds);
        to.Write(Analysis is null ? IsReason : IsIndexed ? IsShape : IsShapeOutside);
        PartitionKey key = Analysis is null ? default : PartitionKey.Of(Analysis);
        Span<byte> keyBytes = stackalloc byte[PartitionKey.Bytes];
        key.Write(keyBytes);
        to.Write(keyBytes);
        if (Analysis is null)
        {
            to.Write(Reason ?? "");
        }
        else
        {
            WriteAnalysis(to, Analysis);
        }

        to.Flush();
        return memory.ToArray();
    }

    /// <summary>Reads only what the directory needs.</summary>
    /// <returns>False when the bytes are not a record of a known format.</returns>
    public static bool TryReadHead(ReadOnlySpan<byte> from, out ShapeHead head)
    {
        head = default;
        if (from.Length < HeadBytes || from[0] != Format || from[21] is not (IsShape or IsReason or IsShapeOutside)
            || !PartitionKey.TryRead(from[KeyAt..], out PartitionKey partition))
        {
            return false;
        }

        head = new ShapeHead(
            BinaryPrimitives.ReadInt64LittleEndian(from[1..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[9..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[17..]),
            from[21] != IsReason,
            from[21] != IsShapeOutside,
            partition);
        return true;
    }

    /// <summary>Reads a record; null when the bytes are not one.</summary>
    public static ShapeRecord? Read(byte[] from)
    {
        if (!TryReadHead(from, out ShapeHead head))
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(from, HeadBytes, from.Length - HeadBytes, writable: false), Encoding.UTF8);
            return head.HasShape
                ? new ShapeRecord(head.Version, head.Stamp, head.StoredSeconds, ReadAnalysis(reader, head.Partition, from.Length), null, head.IsIndexed)
                : new ShapeRecord(head.Version, head.Stamp, head.StoredSeconds, null, reader.ReadString(), true);
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static void WriteAnalysis(BinaryWriter to, ShapeAnalysis analysis)
    {
        to.Write(analysis.Path);
        to.Write(analysis.Embedding?.Delay ?? 0);
        to.Write(analysis.Scale);
        to.Write(analysis.Points);
        to.Write(analysis.UsedPoints);
        to.Write(analysis.ErrorBound);
        to.Write(analysis.DroppedHalfPersistence);
        to.Write7BitEncodedInt(analysis.Notes.Count);
        foreach (string note in analysis.Notes)
        {
            to.Write(note);
        }

        to.Write((byte)analysis.Barcode.Dimensions);
        for (int dimension = 0; dimension < analysis.Barcode.Dimensions; dimension++)
        {
            Diagram diagram = analysis.Barcode[dimension];
            to.Write7BitEncodedInt(diagram.Finite.Length);
            to.Write7BitEncodedInt(diagram.Essential.Length);
            foreach (Bar bar in diagram.Finite)
            {
                to.Write(bar.Birth);
                to.Write(bar.Death);
            }

            foreach (Bar bar in diagram.Essential)
            {
                to.Write(bar.Birth);
            }
        }
    }

    private static ShapeAnalysis ReadAnalysis(BinaryReader from, PartitionKey key, int recordBytes)
    {
        string path = from.ReadString();
        int delay = from.ReadInt32();
        double scale = from.ReadDouble();
        int points = from.ReadInt32();
        int used = from.ReadInt32();
        double error = from.ReadDouble();
        double dropped = from.ReadDouble();
        var notes = new string[Count(from, recordBytes)];
        for (int i = 0; i < notes.Length; i++)
        {
            notes[i] = from.ReadString();
        }

        var diagrams = new Diagram[from.ReadByte()];
        for (int dimension = 0; dimension < diagrams.Length; dimension++)
        {
            int finite = Count(from, recordBytes);
            var bars = new Bar[finite + Count(from, recordBytes)];
            for (int i = 0; i < bars.Length; i++)
            {
                bars[i] = new Bar(from.ReadDouble(), i < finite ? from.ReadDouble() : double.PositiveInfinity);
            }

            diagrams[dimension] = new Diagram(bars);
        }

        return new ShapeAnalysis
        {
            Kind = key.Kind,
            Filtration = key.Filtration,
            Cells = key.Cells,
            Embedding = key.Coordinates > 0 ? new SeriesEmbedding(key.Coordinates, delay, key.Delay > 0) : null,
            Path = path,
            Scale = scale,
            Points = points,
            UsedPoints = used,
            ErrorBound = error,
            DroppedHalfPersistence = dropped,
            Notes = notes,
            Barcode = new Barcode(diagrams),
        };
    }

    /// <summary>A count that the rest of the record can hold: an array is never made for more.</summary>
    private static int Count(BinaryReader from, int recordBytes)
    {
        int count = from.Read7BitEncodedInt();
        return count >= 0 && count <= recordBytes ? count : throw new FormatException();
    }
}

/// <summary>Head of a record.</summary>
/// <param name="Version">Version of the object.</param>
/// <param name="Stamp">Number of the write.</param>
/// <param name="StoredSeconds">When the version was stored.</param>
/// <param name="HasShape">False when the record tells why there is no shape.</param>
/// <param name="IsIndexed">False when the index had no room for it.</param>
/// <param name="Partition">Where the shape belongs.</param>
internal readonly record struct ShapeHead(
    long Version, long Stamp, uint StoredSeconds, bool HasShape, bool IsIndexed, PartitionKey Partition);
