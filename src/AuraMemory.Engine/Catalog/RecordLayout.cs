using System.Runtime.CompilerServices;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Catalog;

/// <summary>Layout of an object's record in a memory tier.</summary>
/// <remarks>
/// <code>
/// offset  size  field
///      0     8  state word: version (upper 48 bits), state bits (lower 16)
///      8     4  payload bytes: metadata and data together
///     12     2  key bytes (10 bits), has-expiry, has-metadata, reuse count (upper 2 bits)
///     14     2  access count, see <see cref="AccessCount"/>
///     16     4  Unix time of the last access, seconds
///     20     8  expiry, Unix milliseconds            (only with has-expiry)
///      …     4  metadata bytes                       (only with has-metadata)
///      …        key, metadata, data
/// </code>
/// Records are 8-byte aligned; 20 bytes of header keep a 16-byte key with 100 bytes of data at 136 bytes. Bytes 12 to 19 are
/// written by readers without a lock: they are hints, every racing writer of bytes 12-13 stores the same key length, and a
/// lost count costs nothing. Everything else changes only under the bucket lock of the catalog. Policy state is the 2 bits of
/// reuse count and 6 bytes of access history: less than 8 bytes an object.
/// </remarks>
internal static unsafe class RecordLayout
{
    public const int FixedBytes = 20;
    public const int Alignment = 8;

    /// <summary>The record is no longer referenced by the catalog.</summary>
    public const ulong Dead = 1;

    /// <summary>The version is not in the home yet (volatile store).</summary>
    public const ulong Dirty = 2;

    /// <summary>Fetched ahead and not read since.</summary>
    public const ulong Prefetched = 4;

    /// <summary>The persistent pool was given a copy of this version.</summary>
    public const ulong Pooled = 8;

    private const int FlagsShift = 8;
    private const ushort KeyMask = 0x03FF;
    private const ushort HasExpiry = 0x0400;
    private const ushort HasMetadata = 0x0800;
    private const int ReuseShift = 14;
    private const ushort ReuseMask = 0xC000;
    private const int ExactCounts = 4096;
    private const int CountStep = 64;

    public static int TotalBytes(int keyBytes, bool expires, int metadataBytes, int dataBytes)
    {
        long total = FixedBytes + (long)keyBytes + metadataBytes + dataBytes
            + (expires ? 8 : 0) + (metadataBytes > 0 ? 4 : 0);
        return checked((int)((total + Alignment - 1) & ~(Alignment - 1)));
    }

    public static int TotalBytes(byte* record)
    {
        int total = PrefixBytes(record) + KeyBytes(record) + PayloadBytes(record);
        return (total + Alignment - 1) & ~(Alignment - 1);
    }

    /// <summary>Writes a whole record. The memory must be private to the caller or locked.</summary>
    public static void Write(byte* record, in ObjectImage image, ulong stateBits, uint nowSeconds, uint accessCount)
    {
        bool expires = image.Header.ExpiresAtMs != 0;
        bool metadata = image.Metadata.Length > 0;
        *(uint*)(record + 8) = (uint)(image.Metadata.Length + image.Data.Length);
        *(ushort*)(record + 12) = (ushort)(image.Key.Length | (expires ? HasExpiry : 0) | (metadata ? HasMetadata : 0));
        *(ushort*)(record + 14) = EncodeCount(accessCount);
        *(uint*)(record + 16) = nowSeconds;
        byte* at = record + FixedBytes;
        if (expires)
        {
            Unsafe.WriteUnaligned(at, image.Header.ExpiresAtMs);
            at += 8;
        }

        if (metadata)
        {
            Unsafe.WriteUnaligned(at, image.Metadata.Length);
            at += 4;
        }

        image.Key.CopyTo(new Span<byte>(at, image.Key.Length));
        at += image.Key.Length;
        image.Metadata.CopyTo(new Span<byte>(at, image.Metadata.Length));
        at += image.Metadata.Length;
        image.Data.CopyTo(new Span<byte>(at, image.Data.Length));
        SetState(record, image.Header.Version, image.Header.Flags, stateBits);
    }

    /// <summary>True when <paramref name="image"/> can overwrite the record where it lies. Under the bucket lock.</summary>
    public static bool CanOverwrite(byte* record, in ObjectImage image) =>
        TotalBytes(record) == TotalBytes(
            image.Key.Length, image.Header.ExpiresAtMs != 0, image.Metadata.Length, image.Data.Length)
        && Expires(record) == (image.Header.ExpiresAtMs != 0)
        && (MetadataBytes(record) > 0) == (image.Metadata.Length > 0);

    /// <summary>Overwrites a record in place, keeping its access history. Under the bucket lock.</summary>
    public static void Overwrite(byte* record, in ObjectImage image, ulong stateBits)
    {
        *(uint*)(record + 8) = (uint)(image.Metadata.Length + image.Data.Length);
        byte* at = record + FixedBytes;
        if (image.Header.ExpiresAtMs != 0)
        {
            Unsafe.WriteUnaligned(at, image.Header.ExpiresAtMs);
            at += 8;
        }

        if (image.Metadata.Length > 0)
        {
            Unsafe.WriteUnaligned(at, image.Metadata.Length);
            at += 4;
        }

        at += image.Key.Length;
        image.Metadata.CopyTo(new Span<byte>(at, image.Metadata.Length));
        image.Data.CopyTo(new Span<byte>(at + image.Metadata.Length, image.Data.Length));
        SetState(record, image.Header.Version, image.Header.Flags, stateBits);
    }

    /// <summary>True when metadata and data of these lengths, without an expiry, can overwrite the record where it lies. Under the bucket lock.</summary>
    public static bool Fits(byte* record, int metadataBytes, int dataBytes)
    {
        ushort w = *(ushort*)(record + 12);
        if ((w & HasExpiry) != 0 || ((w & HasMetadata) != 0) != (metadataBytes > 0))
        {
            return false;
        }

        int payload = PayloadBytes(record);
        return payload == metadataBytes + dataBytes
            || TotalBytes(record) == TotalBytes(w & KeyMask, false, metadataBytes, dataBytes);
    }

    /// <summary>Overwrites a record that <see cref="Fits"/>, keeping its access history. Under the bucket lock.</summary>
    public static void Overwrite(
        byte* record, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> data, long version, ObjectFlags flags, ulong stateBits)
    {
        *(uint*)(record + 8) = (uint)(metadata.Length + data.Length);
        byte* at = record + FixedBytes;
        if (metadata.Length > 0)
        {
            Unsafe.WriteUnaligned(at, metadata.Length);
            at += 4;
        }

        at += KeyBytes(record);
        metadata.CopyTo(new Span<byte>(at, metadata.Length));
        data.CopyTo(new Span<byte>(at + metadata.Length, data.Length));
        SetState(record, version, flags, stateBits);
    }

    /// <summary>Takes over another record's access history.</summary>
    public static void CopyHistory(byte* from, byte* to)
    {
        *(ushort*)(to + 14) = *(ushort*)(from + 14);
        *(uint*)(to + 16) = *(uint*)(from + 16);
        SetReuse(to, Reuse(from));
    }

    /// <summary>Marks freshly allocated memory as a dead record of the given size, so that a walk of the segment can pass it.</summary>
    public static void WriteDead(byte* record, int totalBytes)
    {
        *(uint*)(record + 8) = (uint)(totalBytes - FixedBytes);
        *(ulong*)(record + 12) = 0;
        *(ulong*)record = Dead;
    }

    public static void SetState(byte* record, long version, ObjectFlags flags, ulong stateBits) =>
        Volatile.Write(ref *(ulong*)record, ((ulong)version << 16) | ((ulong)flags << FlagsShift) | stateBits);

    public static ulong StateBits(byte* record) => Volatile.Read(ref *(ulong*)record) & 0xFF;

    public static bool Is(byte* record, ulong bit) => (Volatile.Read(ref *(ulong*)record) & bit) != 0;

    /// <summary>Only under the bucket lock.</summary>
    public static void AddState(byte* record, ulong bit) => Volatile.Write(ref *(ulong*)record, *(ulong*)record | bit);

    /// <summary>Only under the bucket lock.</summary>
    public static void RemoveState(byte* record, ulong bit) => Volatile.Write(ref *(ulong*)record, *(ulong*)record & ~bit);

    public static long Version(byte* record) => (long)(Volatile.Read(ref *(ulong*)record) >> 16);

    public static ObjectFlags Flags(byte* record) => (ObjectFlags)(byte)(Volatile.Read(ref *(ulong*)record) >> FlagsShift);

    public static int PayloadBytes(byte* record) => *(int*)(record + 8);

    public static int KeyBytes(byte* record) => *(ushort*)(record + 12) & KeyMask;

    public static bool Expires(byte* record) => (*(ushort*)(record + 12) & HasExpiry) != 0;

    public static int PrefixBytes(byte* record)
    {
        ushort w = *(ushort*)(record + 12);
        return FixedBytes + ((w & HasExpiry) != 0 ? 8 : 0) + ((w & HasMetadata) != 0 ? 4 : 0);
    }

    public static long ExpiresAtMs(byte* record) =>
        Expires(record) ? Unsafe.ReadUnaligned<long>(record + FixedBytes) : 0;

    public static int MetadataBytes(byte* record)
    {
        ushort w = *(ushort*)(record + 12);
        if ((w & HasMetadata) == 0)
        {
            return 0;
        }

        return Unsafe.ReadUnaligned<int>(record + FixedBytes + ((w & HasExpiry) != 0 ? 8 : 0));
    }

    public static ReadOnlySpan<byte> Key(byte* record) => new(record + PrefixBytes(record), KeyBytes(record));

    public static byte* Payload(byte* record) => record + PrefixBytes(record) + KeyBytes(record);

    /// <summary>True when the record's key is <paramref name="key"/>. Safe on memory that is being reused: reads at most the key's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool KeyEquals(byte* record, ReadOnlySpan<byte> key)
    {
        ushort w = *(ushort*)(record + 12);
        if ((w & KeyMask) != key.Length)
        {
            return false;
        }

        byte* at = record + FixedBytes + ((w & HasExpiry) != 0 ? 8 : 0) + ((w & HasMetadata) != 0 ? 4 : 0);
        return new ReadOnlySpan<byte>(at, key.Length).SequenceEqual(key);
    }

    public static ObjectHeader Header(byte* record) =>
        new(Version(record), 0, 0, ExpiresAtMs(record), Flags(record));

    /// <summary>The record as an image that borrows its memory.</summary>
    public static ObjectImage Image(byte* record)
    {
        int metadata = MetadataBytes(record);
        byte* payload = Payload(record);
        return new ObjectImage(
            Key(record),
            Header(record),
            new ReadOnlySpan<byte>(payload, metadata),
            new ReadOnlySpan<byte>(payload + metadata, PayloadBytes(record) - metadata));
    }

    /// <summary>Counts of reuse since the record entered its queue, 0 to 3 (S3-FIFO's frequency).</summary>
    public static int Reuse(byte* record) => *(ushort*)(record + 12) >> ReuseShift;

    public static void SetReuse(byte* record, int reuse)
    {
        ushort w = *(ushort*)(record + 12);
        *(ushort*)(record + 12) = (ushort)((w & ~ReuseMask) | (reuse << ReuseShift));
    }

    public static uint LastAccess(byte* record) => *(uint*)(record + 16);

    /// <summary>
    /// Accesses counted: exact below 4096, beyond it in steps of 64 counted with probability 1/64 (Morris, CACM 1978), so that
    /// a hot record's line is seldom written. Saturates near 3.9 million.
    /// </summary>
    public static long AccessCount(byte* record)
    {
        int c = *(ushort*)(record + 14);
        return c < ExactCounts ? c : ExactCounts + ((long)(c - ExactCounts) * CountStep);
    }

    /// <summary>Notes a read. Must run inside a reader section (see <see cref="Access.AccessLanes"/>): the memory cannot be reused then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Touch(byte* record, uint nowSeconds, ref uint random)
    {
        ushort c = *(ushort*)(record + 14);
        if (c < ExactCounts)
        {
            *(ushort*)(record + 14) = (ushort)(c + 1);
        }
        else
        {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            if ((random & (CountStep - 1)) == 0 && c != ushort.MaxValue)
            {
                *(ushort*)(record + 14) = (ushort)(c + 1);
            }
        }

        if (*(uint*)(record + 16) != nowSeconds)
        {
            *(uint*)(record + 16) = nowSeconds;
        }

        ushort w = *(ushort*)(record + 12);
        if (w < ReuseMask)
        {
            *(ushort*)(record + 12) = (ushort)(w + (1 << ReuseShift));
        }
    }

    private static ushort EncodeCount(uint count) => count < ExactCounts
        ? (ushort)count
        : (ushort)Math.Min(ushort.MaxValue, ExactCounts + ((count - ExactCounts) / CountStep));
}
