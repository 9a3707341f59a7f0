using System.Buffers.Binary;
using System.Globalization;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>Which shapes are compared with one another: those of one kind and filtration, for grids of one kind of cells, for embedded series of one rule.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Filtration">Filtration.</param>
/// <param name="Cells">Cells of a grid.</param>
/// <param name="Coordinates">Coordinates of a delay embedding, 2 to 16; 0 for other kinds.</param>
/// <param name="Delay">The delay that callers gave; 0 where each series tells its own, and for other kinds.</param>
internal readonly record struct PartitionKey(ShapeKind Kind, Filtration Filtration, GridCells Cells, byte Coordinates = 0, int Delay = 0)
{
    /// <summary>Length of the binary form: kind, filtration, cells and coordinates (1 byte each), delay (4, little-endian).</summary>
    public const int Bytes = 8;

    /// <summary>The partition a shape belongs to.</summary>
    public static PartitionKey Of(ShapeAnalysis analysis) => new(
        analysis.Kind, analysis.Filtration, analysis.Cells, (byte)(analysis.Embedding?.Dimension ?? 0),
        analysis.Embedding is { IsDelayGiven: true } embedding ? embedding.Delay : 0);

    /// <summary>Reads the binary form; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out PartitionKey key)
    {
        key = default;
        if (from.Length < Bytes || from[0] > (byte)ShapeKind.Graph || from[1] > (byte)Filtration.Hop || from[2] > (byte)GridCells.Vertices)
        {
            return false;
        }

        key = new PartitionKey((ShapeKind)from[0], (Filtration)from[1], (GridCells)from[2], from[3], BinaryPrimitives.ReadInt32LittleEndian(from[4..]));
        return key.IsPossible;
    }

    /// <summary>Reads a name as <see cref="ToString"/> makes it; false when it is none.</summary>
    public static bool TryParse(string name, out PartitionKey key)
    {
        key = default;
        string[] parts = name.Split('-');
        if (parts.Length is not (3 or 4 or 5)
            || !ShapeOptionsText.TryKind(parts[0], out ShapeKind kind) || !ShapeOptionsText.TryFiltration(parts[1], out Filtration filtration)
            || !ShapeOptionsText.TryCells(parts[2], out GridCells cells))
        {
            return false;
        }

        byte coordinates = 0;
        int delay = 0;
        if ((parts.Length > 3 && !byte.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out coordinates))
            || (parts.Length > 4 && !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out delay)))
        {
            return false;
        }

        key = new PartitionKey(kind, filtration, cells, coordinates, delay);
        return key.IsPossible && key.ToString() == name;
    }

    /// <summary>Writes the binary form.</summary>
    public void Write(Span<byte> to)
    {
        to[0] = (byte)Kind;
        to[1] = (byte)Filtration;
        to[2] = (byte)Cells;
        to[3] = Coordinates;
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Delay);
    }

    /// <summary>Its name on disk, for example <c>points-rips-top</c>; of an embedding <c>delay-rips-top-3</c>, with a given delay of 5 <c>delay-rips-top-3-5</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ShapeOptionsText.NameOf(Kind)}-{ShapeOptionsText.NameOf(Filtration)}-{ShapeOptionsText.NameOf(Cells)}{(Coordinates > 0 ? $"-{Coordinates}" : "")}{(Delay > 0 ? $"-{Delay}" : "")}");

    private bool IsPossible => Kind == ShapeKind.Delay
        ? Coordinates is >= 2 and <= ShapeOptions.MostEmbeddingDimensions && Delay >= 0
        : Coordinates == 0 && Delay == 0;
}
