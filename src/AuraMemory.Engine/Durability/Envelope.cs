using System.Buffers.Binary;
using System.IO.Hashing;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <summary>The stored form of one object: a head of 20 to 32 bytes, then metadata, then data.</summary>
/// <remarks>
/// Layout, little-endian: format (1 byte, 1) · flags (1) · checksum (4) · version (6) · created, seconds (4) · stored,
/// seconds (4) · [expiry, milliseconds (8)] · [metadata length (4)] · metadata · data. The flag bits say which optional
/// fields are there, and whether this is a grave: the mark of a deletion that hides an archived copy. The checksum is the
/// low half of XXH3-64 over everything after it, seeded with the hash of the key, the format and the flags: bytes that were
/// swapped between keys, cut or flipped anywhere between two calls of this class do not parse. A parse of arbitrary bytes
/// ends with false, never with an exception. Cost: O(length), about 50 ns a KiB.
/// </remarks>
internal readonly ref struct Envelope
{
    /// <summary>Format this release writes.</summary>
    public const byte Format = 1;

    /// <summary>Longest head, bytes.</summary>
    public const int MaxHeadBytes = FixedBytes + 8 + 4;

    private const int FixedBytes = 20;
    private const int ChecksumAt = 2;
    private const int VersionAt = 6;
    private const byte ObjectFlagBits = (byte)(ObjectFlags.HasRelationships | ObjectFlags.ShapeRequested | ObjectFlags.ShapeOptionsGiven);
    private const byte MetadataBit = 0x20;
    private const byte ExpiryBit = 0x40;
    private const byte GraveBit = 0x80;

    private Envelope(ObjectHeader header, bool isGrave, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> data)
    {
        Header = header;
        IsGrave = isGrave;
        Metadata = metadata;
        Data = data;
    }

    /// <summary>Version, times and flags.</summary>
    public ObjectHeader Header { get; }

    /// <summary>True for the mark of a deletion.</summary>
    public bool IsGrave { get; }

    /// <summary>Metadata; empty when there is none.</summary>
    public ReadOnlySpan<byte> Metadata { get; }

    /// <summary>Data.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    public static int Size(in ObjectImage image) =>
        checked(HeadBytes(image.Header.ExpiresAtMs != 0, image.Metadata.Length != 0) + image.Metadata.Length + image.Data.Length);

    /// <summary>Bytes of a grave.</summary>
    public const int GraveSize = FixedBytes;

    /// <summary>Writes an object; <paramref name="to"/> has exactly <see cref="Size"/> bytes.</summary>
    public static void Write(in ObjectImage image, Span<byte> to)
    {
        ObjectHeader header = image.Header;
        byte flags = (byte)((byte)header.Flags & ObjectFlagBits);
        int at = FixedBytes;
        if (header.ExpiresAtMs != 0)
        {
            flags |= ExpiryBit;
            BinaryPrimitives.WriteInt64LittleEndian(to[at..], header.ExpiresAtMs);
            at += 8;
        }

        if (image.Metadata.Length != 0)
        {
            flags |= MetadataBit;
            BinaryPrimitives.WriteInt32LittleEndian(to[at..], image.Metadata.Length);
            at += 4;
            image.Metadata.CopyTo(to[at..]);
            at += image.Metadata.Length;
        }

        image.Data.CopyTo(to[at..]);
        Finish(image.Key, flags, header, to);
    }

    /// <summary>Writes a grave of <see cref="GraveSize"/> bytes.</summary>
    public static void WriteGrave(ReadOnlySpan<byte> key, long version, Span<byte> to) =>
        Finish(key, GraveBit, new ObjectHeader(version, 0, 0, 0, ObjectFlags.None), to);

    /// <summary>Parses and verifies; false for anything <see cref="Write"/> did not write for this key.</summary>
    public static bool TryParse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> from, out Envelope envelope)
    {
        envelope = default;
        if (from.Length < FixedBytes
            || from[0] != Format
            || (from[1] & ~(ObjectFlagBits | MetadataBit | ExpiryBit | GraveBit)) != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(from[ChecksumAt..]) != Checksum(key, from))
        {
            return false;
        }

        byte flags = from[1];
        int at = FixedBytes;
        long expiresAtMs = 0;
        if ((flags & ExpiryBit) != 0)
        {
            if (from.Length - at < 8)
            {
                return false;
            }

            expiresAtMs = BinaryPrimitives.ReadInt64LittleEndian(from[at..]);
            at += 8;
        }

        int metadataBytes = 0;
        if ((flags & MetadataBit) != 0)
        {
            if (from.Length - at < 4)
            {
                return false;
            }

            metadataBytes = BinaryPrimitives.ReadInt32LittleEndian(from[at..]);
            at += 4;
            if (metadataBytes < 0 || metadataBytes > from.Length - at)
            {
                return false;
            }
        }

        long version = BinaryPrimitives.ReadUInt32LittleEndian(from[VersionAt..])
            | ((long)BinaryPrimitives.ReadUInt16LittleEndian(from[(VersionAt + 4)..]) << 32);
        var header = new ObjectHeader(
            version,
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[16..]),
            expiresAtMs,
            (ObjectFlags)(flags & ObjectFlagBits));
        envelope = new Envelope(header, (flags & GraveBit) != 0, from.Slice(at, metadataBytes), from[(at + metadataBytes)..]);
        return true;
    }

    private static int HeadBytes(bool expires, bool hasMetadata) => FixedBytes + (expires ? 8 : 0) + (hasMetadata ? 4 : 0);

    private static void Finish(ReadOnlySpan<byte> key, byte flags, in ObjectHeader header, Span<byte> to)
    {
        to[0] = Format;
        to[1] = flags;
        BinaryPrimitives.WriteUInt32LittleEndian(to[VersionAt..], (uint)header.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(to[(VersionAt + 4)..], (ushort)(header.Version >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], header.CreatedSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], header.StoredSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(to[ChecksumAt..], Checksum(key, to));
    }

    private static uint Checksum(ReadOnlySpan<byte> key, ReadOnlySpan<byte> all)
    {
        ulong seed = XxHash3.HashToUInt64(key, (all[1] << 8) | all[0]);
        return (uint)XxHash3.HashToUInt64(all[VersionAt..], (long)seed);
    }
}
