using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>Where everything is in <c>pool.dat</c>; follows from capacity and expected object size alone.</summary>
/// <remarks>
/// <code>
/// page 0     identity: magic, format, store, seed, geometry, checksum; written once
/// page 1, 2  two state slots, written in turn: sequence, synced number, clean flag, checksum
/// page 3     tail and head of the log, one self-checking word each, in one cache line
/// page 4 ... directory: sets of 32 words of 8 bytes (four cache lines)
/// then       the log: a ring of records, aligned to 64 bytes
/// </code>
/// </remarks>
internal readonly record struct PoolLayout(
    long CapacityBytes, int ExpectedObjectBytes, long Sets, long DataOffset, long DataBytes, int SegmentBytes)
{
    public const int PageBytes = 4096;
    public const int UnitBytes = 64;
    public const int SetBytes = 256;
    public const int SlotsPerSet = SetBytes / 8;
    public const long StateOffset = PageBytes;
    public const long LogWordsOffset = 3 * PageBytes;
    public const long DirectoryOffset = 4 * PageBytes;

    private const ulong Magic = 0x4C4F4F5041525541;
    private const uint Format = 1;
    private const int IdentityBytes = 80;
    private const int MaxSegmentBytes = 1 << 20;
    private const long MaxRecordBytes = 64L << 20;

    /// <summary>Length of the file, bytes; never above the capacity.</summary>
    public long FileBytes => DataOffset + DataBytes;

    /// <summary>Log space that is always kept free of records, so that the tail can be moved to the head.</summary>
    public long ReserveBytes => 2L * SegmentBytes;

    /// <summary>Largest record, header included, bytes: an eighth of the log, at most 64 MiB.</summary>
    public long LargestRecordBytes
    {
        get
        {
            // Rounded down to a power-of-two multiple with a 10-bit mantissa, so that it is a size a directory word can say.
            long bytes = Math.Min(MaxRecordBytes, DataBytes / 8);
            long step = Math.Max(UnitBytes, (long)BitOperations.RoundUpToPowerOf2((ulong)bytes + 1) / 1024);
            return bytes / step * step;
        }
    }

    /// <summary>Step in which blocks of the file are allocated, bytes.</summary>
    public long AllocationStepBytes => 8L * SegmentBytes;

    public static PoolLayout For(long capacityBytes, int expectedObjectBytes)
    {
        long sets = Math.Max(1, capacityBytes / expectedObjectBytes / SlotsPerSet);

        long dataOffset = RoundUp(DirectoryOffset + (sets * SetBytes), PageBytes);
        long room = capacityBytes - dataOffset;
        int segment = (int)Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)(room / 128)), PageBytes, MaxSegmentBytes);
        return new PoolLayout(capacityBytes, expectedObjectBytes, sets, dataOffset, room / segment * segment, segment);
    }

    /// <summary>Writes the identity page.</summary>
    public void WriteIdentity(Span<byte> page, Guid storeId, long seed, long createdSeconds)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(page[8..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(page[12..], ExpectedObjectBytes);
        storeId.TryWriteBytes(page[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], seed);
        BinaryPrimitives.WriteInt64LittleEndian(page[40..], CapacityBytes);
        BinaryPrimitives.WriteInt64LittleEndian(page[48..], Sets);
        BinaryPrimitives.WriteInt64LittleEndian(page[56..], DataBytes);
        BinaryPrimitives.WriteInt64LittleEndian(page[64..], createdSeconds);
        BinaryPrimitives.WriteUInt64LittleEndian(page[72..], XxHash3.HashToUInt64(page[..72], (long)Magic));
        page[IdentityBytes..].Clear();
    }

    /// <summary>Reads the identity page; a reason means that the file cannot be used and is begun anew.</summary>
    public string? WhyUnusable(ReadOnlySpan<byte> page, long fileBytes, Guid storeId, out long seed, out long createdSeconds)
    {
        seed = BinaryPrimitives.ReadInt64LittleEndian(page[32..]);
        createdSeconds = BinaryPrimitives.ReadInt64LittleEndian(page[64..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(page) != Magic)
        {
            return "its header was torn or is not a pool's";
        }

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(page[8..]);
        if (format != Format)
        {
            return $"it has format {format}, this program writes {Format}";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(page[72..]) != XxHash3.HashToUInt64(page[..72], (long)Magic))
        {
            return "its header failed the checksum";
        }

        if (new Guid(page.Slice(16, 16)) != storeId)
        {
            return "it belongs to another data directory";
        }

        long capacity = BinaryPrimitives.ReadInt64LittleEndian(page[40..]);
        if (capacity != CapacityBytes)
        {
            return $"its capacity was {capacity} bytes and is now {CapacityBytes}";
        }

        return BinaryPrimitives.ReadInt32LittleEndian(page[12..]) != ExpectedObjectBytes
            || BinaryPrimitives.ReadInt64LittleEndian(page[48..]) != Sets
            || BinaryPrimitives.ReadInt64LittleEndian(page[56..]) != DataBytes
            || fileBytes != FileBytes
            ? "its geometry is another one"
            : null;
    }

    private static long RoundUp(long value, long step) => (value + step - 1) / step * step;
}
