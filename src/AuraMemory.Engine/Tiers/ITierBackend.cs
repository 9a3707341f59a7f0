using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers;

/// <summary>What serves a tier, and how honest its label is.</summary>
/// <param name="Name">Kind: <c>arena</c>, <c>cxl-numa</c>, <c>far-numa</c>, <c>devdax</c>, <c>shared-memory</c>, <c>fsdax</c>, <c>file</c>, <c>rocksdb</c>.</param>
/// <param name="Hardware">True only when the medium really is what the tier is named after; false = emulated.</param>
/// <param name="Persistent">True when copies survive the process.</param>
/// <param name="AlignmentBytes">Alignment of a stored record, bytes.</param>
/// <param name="Details">One sentence for operators: path, node, page size.</param>
public sealed record BackendDescription(string Name, bool Hardware, bool Persistent, int AlignmentBytes, string Details);

/// <summary>How full a tier is.</summary>
/// <param name="CapacityBytes">Hard budget, bytes.</param>
/// <param name="UsedBytes">Bytes of that budget which live copies occupy, headers included.</param>
/// <param name="Entries">Copies in the tier.</param>
public readonly record struct TierUsage(long CapacityBytes, long UsedBytes, long Entries);

/// <summary>How far <see cref="ITierBackend.Place"/> may go to make room.</summary>
public enum PlaceMode : byte
{
    /// <summary>Displace only what admission finds less valuable.</summary>
    Admit,

    /// <summary>Bypass admission and evict others; the budget still holds.</summary>
    Force,
}

/// <summary>
/// The one contract of every medium: hold copies of objects by key, within a byte budget. Placement never names a medium.
/// </summary>
/// <remarks>
/// Versions order everything: a copy is replaced only by a newer one, and a read returns one whole version or none.
/// All members are safe to call from several threads. Failures of the medium are values (<c>DeviceFailed</c>), not exceptions.
/// </remarks>
public interface ITierBackend : IDisposable
{
    /// <summary>The tier this backend serves.</summary>
    TierId Tier { get; }

    /// <summary>Which medium, and whether it is the real thing.</summary>
    BackendDescription Description { get; }

    /// <summary>Present usage. O(1).</summary>
    TierUsage Usage { get; }

    /// <summary>Largest object (key, metadata and data together) that can be placed, bytes.</summary>
    long LargestObjectBytes { get; }

    /// <summary>Places a copy. A copy of an older version is replaced; a newer one wins (<see cref="PlaceStatus.Stale"/>).</summary>
    PlaceStatus Place(in ObjectImage image, PlaceMode mode);

    /// <summary>Reads a copy into <paramref name="into"/>; the checksum, where the medium has one, is verified.</summary>
    ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into);

    /// <summary>Drops the copy of <paramref name="key"/> if its version is at most <paramref name="version"/>.</summary>
    /// <returns>True when a copy was dropped.</returns>
    bool Drop(ReadOnlySpan<byte> key, long version);
}
