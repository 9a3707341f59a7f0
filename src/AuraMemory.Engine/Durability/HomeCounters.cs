using System.Buffers.Binary;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <summary>Exact totals of the home. Written with every batch, so that they are as durable as what they count.</summary>
/// <remarks>An object counts for the one path that is its home; an archived copy that is hidden or awaits removal does not count.</remarks>
internal struct HomeCounters : IEquatable<HomeCounters>
{
    /// <summary>Bytes of the stored form.</summary>
    public const int Bytes = 40;

    /// <summary>Objects whose home is the SSD path.</summary>
    public long SsdEntries;

    /// <summary>Their bytes: keys and stored values.</summary>
    public long SsdBytes;

    /// <summary>Objects whose home is the archive path.</summary>
    public long ArchiveEntries;

    /// <summary>Their bytes.</summary>
    public long ArchiveBytes;

    /// <summary>Entries in the change sequence.</summary>
    public long Changes;

    /// <summary>Adds an object (sign 1) or takes one away (sign -1).</summary>
    public void Add(TierId tier, int sign, long bytes)
    {
        if (tier == TierId.HddArchive)
        {
            ArchiveEntries += sign;
            ArchiveBytes += sign * bytes;
        }
        else
        {
            SsdEntries += sign;
            SsdBytes += sign * bytes;
        }
    }

    /// <summary>The sum of two.</summary>
    public static HomeCounters operator +(HomeCounters left, HomeCounters right) => new()
    {
        SsdEntries = left.SsdEntries + right.SsdEntries,
        SsdBytes = left.SsdBytes + right.SsdBytes,
        ArchiveEntries = left.ArchiveEntries + right.ArchiveEntries,
        ArchiveBytes = left.ArchiveBytes + right.ArchiveBytes,
        Changes = left.Changes + right.Changes,
    };

    /// <summary>Writes the stored form.</summary>
    public readonly void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, SsdEntries);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], SsdBytes);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], ArchiveEntries);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], ArchiveBytes);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Changes);
    }

    /// <summary>Reads the stored form; false when it is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out HomeCounters counters)
    {
        counters = default;
        if (from.Length != Bytes)
        {
            return false;
        }

        counters.SsdEntries = BinaryPrimitives.ReadInt64LittleEndian(from);
        counters.SsdBytes = BinaryPrimitives.ReadInt64LittleEndian(from[8..]);
        counters.ArchiveEntries = BinaryPrimitives.ReadInt64LittleEndian(from[16..]);
        counters.ArchiveBytes = BinaryPrimitives.ReadInt64LittleEndian(from[24..]);
        counters.Changes = BinaryPrimitives.ReadInt64LittleEndian(from[32..]);
        return true;
    }

    /// <inheritdoc/>
    public readonly bool Equals(HomeCounters other) =>
        SsdEntries == other.SsdEntries && SsdBytes == other.SsdBytes
        && ArchiveEntries == other.ArchiveEntries && ArchiveBytes == other.ArchiveBytes && Changes == other.Changes;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is HomeCounters other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(SsdEntries, SsdBytes, ArchiveEntries, ArchiveBytes, Changes);

    /// <inheritdoc/>
    public override readonly string ToString() =>
        $"ssd {SsdEntries} / {SsdBytes} B, archive {ArchiveEntries} / {ArchiveBytes} B, changes {Changes}";
}
