using System.Buffers.Binary;

namespace AuraMemory.Engine.Objects;

/// <summary>What stands in front of an object's data in every copy: its metadata, and before that its shape options, if any.</summary>
/// <remarks>
/// Without <see cref="ObjectFlags.ShapeOptionsGiven"/> the section is the metadata text itself, so objects without shape options are kept
/// as they always were. With it: length of the options (2 bytes, little-endian), the options, the metadata. Tiers carry the section
/// unopened; only <see cref="ObjectBuffer"/> and <see cref="ReadBatch"/> take it apart, for whoever reads the object.
/// </remarks>
public static class MetadataSection
{
    private const int LengthBytes = sizeof(ushort);

    /// <summary>Makes the section.</summary>
    /// <param name="shapeOptions">Options text, at most 65 535 bytes; empty = none.</param>
    /// <param name="metadata">Metadata text; empty = none.</param>
    /// <exception cref="OverflowException">The options are longer.</exception>
    internal static ReadOnlyMemory<byte> Compose(ReadOnlySpan<byte> shapeOptions, ReadOnlyMemory<byte> metadata)
    {
        if (shapeOptions.IsEmpty)
        {
            return metadata;
        }

        var section = new byte[LengthBytes + shapeOptions.Length + metadata.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(section, checked((ushort)shapeOptions.Length));
        shapeOptions.CopyTo(section.AsSpan(LengthBytes));
        metadata.Span.CopyTo(section.AsSpan(LengthBytes + shapeOptions.Length));
        return section;
    }

    /// <summary>The metadata text of a section; empty when there is none.</summary>
    public static ReadOnlySpan<byte> MetadataOf(ReadOnlySpan<byte> section, ObjectFlags flags) =>
        (flags & ObjectFlags.ShapeOptionsGiven) == 0 ? section : section[End(section)..];

    /// <summary>The shape options of a section; empty when there are none.</summary>
    public static ReadOnlySpan<byte> ShapeOptionsOf(ReadOnlySpan<byte> section, ObjectFlags flags) =>
        (flags & ObjectFlags.ShapeOptionsGiven) == 0 ? [] : section[LengthBytes..End(section)];

    private static int End(ReadOnlySpan<byte> section) => LengthBytes + BinaryPrimitives.ReadUInt16LittleEndian(section);
}
