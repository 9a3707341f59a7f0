using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>What the 64-byte header of a record says; the record continues with key, metadata and data.</summary>
/// <remarks>
/// The header's checksum covers header and key and, through <see cref="ContentHash"/>, metadata and data: the whole record
/// is covered, yet a header can be judged alone. Position and seed are part of it, so neither a record of an earlier lap of
/// the log nor stored data that imitates a record passes.
/// </remarks>
internal struct PoolRecord
{
    public const int HeaderBytes = 64;
    public const int HeaderAndKeyBytes = HeaderBytes + ObjectKey.MaxBytes;

    private const ulong Magic = 0xA0CAUL << 48;
    private const byte ObjectKind = 1;
    private const byte FillerKind = 2;

    public long Position;
    public ObjectHeader Header;
    public ulong ContentHash;
    public int KeyBytes;
    public int MetadataBytes;
    public int DataBytes;
    public uint AccessCount;
    public bool IsFiller;

    /// <summary>Bytes of a record before rounding.</summary>
    public readonly long Bytes => HeaderBytes + (long)KeyBytes + MetadataBytes + DataBytes;

    /// <summary>Bytes of log that the record occupies.</summary>
    public readonly long AllocatedBytes => IsFiller ? DataBytes : PoolWord.Allocated(PoolWord.SizeCode(Bytes));

    /// <summary>First eight bytes after the checksum: cheap to compare while searching for the next intact record.</summary>
    public static ulong Mark(long position) => Magic | (ulong)(position / PoolLayout.UnitBytes);

    /// <summary>Hash of metadata and data.</summary>
    public static ulong HashContent(ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> data, long seed) =>
        XxHash3.HashToUInt64(data, metadata.IsEmpty ? seed : (long)XxHash3.HashToUInt64(metadata, seed));

    /// <summary>Encodes the header into the first 64 bytes of <paramref name="to"/>, which already holds the key behind them.</summary>
    public readonly void Encode(Span<byte> to, long seed)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Mark(Position));
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Header.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], ContentHash);
        BinaryPrimitives.WriteUInt32LittleEndian(to[32..], Header.CreatedSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(to[36..], Header.StoredSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(to[40..], Header.ExpiresAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(to[48..], MetadataBytes);
        BinaryPrimitives.WriteInt32LittleEndian(to[52..], DataBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(to[56..], AccessCount);
        BinaryPrimitives.WriteUInt16LittleEndian(to[60..], (ushort)KeyBytes);
        to[62] = (byte)Header.Flags;
        to[63] = IsFiller ? FillerKind : ObjectKind;
        BinaryPrimitives.WriteUInt64LittleEndian(to, XxHash3.HashToUInt64(to[8..(HeaderBytes + KeyBytes)], seed));
    }

    /// <summary>Decodes a header and its key from a private copy; every length is checked before it is used.</summary>
    /// <param name="from">Header and as many of the key's bytes as there may be.</param>
    /// <param name="limitBytes">Log bytes that the record may occupy.</param>
    /// <param name="seed">The file's seed.</param>
    /// <param name="record">What the header says.</param>
    /// <returns>False when the bytes are not an intact header.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> from, long limitBytes, long seed, out PoolRecord record)
    {
        record = default;
        ulong mark = BinaryPrimitives.ReadUInt64LittleEndian(from[8..]);
        record.KeyBytes = BinaryPrimitives.ReadUInt16LittleEndian(from[60..]);
        record.MetadataBytes = BinaryPrimitives.ReadInt32LittleEndian(from[48..]);
        record.DataBytes = BinaryPrimitives.ReadInt32LittleEndian(from[52..]);
        record.IsFiller = from[63] == FillerKind;
        if ((mark & (0xFFFFUL << 48)) != Magic
            || HeaderBytes + record.KeyBytes > from.Length
            || record.MetadataBytes < 0
            || record.DataBytes < 0
            || BinaryPrimitives.ReadUInt64LittleEndian(from)
                != XxHash3.HashToUInt64(from[8..(HeaderBytes + record.KeyBytes)], seed))
        {
            return false;
        }

        record.Position = (long)(mark & ~(0xFFFFUL << 48)) * PoolLayout.UnitBytes;
        record.ContentHash = BinaryPrimitives.ReadUInt64LittleEndian(from[24..]);
        record.AccessCount = BinaryPrimitives.ReadUInt32LittleEndian(from[56..]);
        record.Header = new ObjectHeader(
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[40..]),
            (ObjectFlags)from[62]);
        return record.IsFiller
            ? record.DataBytes is > 0 && record.DataBytes % PoolLayout.UnitBytes == 0 && record.DataBytes <= limitBytes
            : from[63] == ObjectKind && record.KeyBytes > 0 && record.AllocatedBytes <= limitBytes;
    }
}

/// <summary>The 8-byte directory entry: 16 bits of key hash, 14 bits of size, 34 bits of place; 0 = empty.</summary>
/// <remarks>
/// The size is a 10-bit mantissa and a 4-bit exponent, in units of 64 bytes; records are rounded up to what it can say
/// (by at most 0.2 %), so that usage is the exact sum over the directory and never needs a record to be read.
/// </remarks>
internal static class PoolWord
{
    private const int PlaceBits = 34;
    private const int MantissaBits = 10;
    private const ulong PlaceMask = (1UL << PlaceBits) - 1;
    private const ulong CodeMask = (1UL << 14) - 1;

    /// <summary>Smallest size code that holds <paramref name="bytes"/>.</summary>
    public static int SizeCode(long bytes)
    {
        ulong units = (ulong)(bytes + PoolLayout.UnitBytes - 1) / PoolLayout.UnitBytes;
        int exponent = Math.Max(0, 64 - BitOperations.LeadingZeroCount(units) - MantissaBits);
        ulong mantissa = (units + (1UL << exponent) - 1) >> exponent;
        if (mantissa == 1UL << MantissaBits)
        {
            mantissa >>= 1;
            exponent++;
        }

        return (exponent << MantissaBits) | (int)mantissa;
    }

    /// <summary>Bytes of log that a size code stands for.</summary>
    public static long Allocated(int code) =>
        ((long)(code & ((1 << MantissaBits) - 1)) << (code >> MantissaBits)) * PoolLayout.UnitBytes;

    /// <summary>The part of a key's hash that a word carries.</summary>
    public static ulong Tag(ulong hash) => hash >> 48;

    public static ulong Make(ulong hash, int code, long offset) =>
        (Tag(hash) << 48) | ((ulong)code << PlaceBits) | (ulong)(offset / PoolLayout.UnitBytes);

    public static ulong TagOf(ulong word) => word >> 48;

    public static long OffsetOf(ulong word) => (long)(word & PlaceMask) * PoolLayout.UnitBytes;

    public static int CodeOf(ulong word) => (int)((word >> PlaceBits) & CodeMask);

    public static long BytesOf(ulong word) => Allocated(CodeOf(word));
}
