using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>One memory tier of a <see cref="MemoryLadder"/> as a backend.</summary>
/// <remarks>
/// An object has at most one copy in the five memory tiers, so placing a version here takes it out of the tier it was in, and
/// a read finds it only in the tier that holds it now. Making room may move others to a slower memory tier. What this view
/// does differently from other media: an expired object is not found; values above
/// <see cref="MemoryLadder.LeaseThresholdBytes"/> are read by lease; the header's created and stored times are not kept; a
/// version that is not in the home yet (volatile store) is not dropped; and when a newer version finds no room, the older copy
/// it was to replace is gone all the same, because a stale copy is worse than none.
/// </remarks>
internal sealed class MemoryTierBackend : ITierBackend
{
    /// <summary>Most that a record adds to key, metadata and data: header, expiry, metadata length and rounding.</summary>
    private const int OverheadBytes = RecordLayout.FixedBytes + 8 + 4 + RecordLayout.Alignment;

    /// <summary>Times a placement that another writer overtook is judged anew.</summary>
    private const int Attempts = 8;

    private readonly MemoryLadder _ladder;
    private readonly Arena _arena;

    /// <summary>A view of one tier; the ladder stays its owner's.</summary>
    public MemoryTierBackend(MemoryLadder ladder, TierId tier)
    {
        _ladder = ladder;
        _arena = ladder.Arena(tier);
    }

    /// <inheritdoc/>
    public TierId Tier => _arena.Tier;

    /// <inheritdoc/>
    public BackendDescription Description
    {
        get
        {
            MemoryRegion region = _arena.Region;
            bool genuine = Tier != TierId.CxlHot || region.Kind is "cxl-numa" or "far-numa" or "devdax";
            return new BackendDescription(
                region.Kind, region.Hardware && genuine, Persistent: false, RecordLayout.Alignment, region.Details);
        }
    }

    /// <inheritdoc/>
    public TierUsage Usage => new(_arena.CapacityBytes, _arena.LiveBytes, _arena.Entries);

    /// <inheritdoc/>
    public long LargestObjectBytes => Math.Max(0, _arena.LargestRecordBytes - OverheadBytes);

    /// <inheritdoc/>
    public PlaceStatus Place(in ObjectImage image, PlaceMode mode)
    {
        if ((long)image.Key.Length + image.Metadata.Length + image.Data.Length > LargestObjectBytes)
        {
            return PlaceStatus.TooLarge;
        }

        ulong hash = _ladder.Catalog.Hash(image.Key);
        bool force = mode == PlaceMode.Force;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            bool present = _ladder.TryDescribe(hash, image.Key, out MemoryEntry entry);
            long held = present ? entry.Header.Version : 0;
            if (held > image.Header.Version)
            {
                return PlaceStatus.Stale;
            }

            if (present && held == image.Header.Version && entry.Tier == Tier)
            {
                return PlaceStatus.AlreadyThere;
            }

            PlaceStatus placed = held == image.Header.Version
                ? _ladder.Move(hash, image, Tier, force)
                : _ladder.PutNewer(hash, image, Tier, force, mayWriteBack: true);
            if (placed != PlaceStatus.Stale)
            {
                return placed;
            }
        }

        return PlaceStatus.Stale;
    }

    /// <inheritdoc/>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ulong hash = _ladder.Catalog.Hash(key);
        if (!_ladder.TryDescribe(hash, key, out MemoryEntry entry) || entry.Tier != Tier)
        {
            return ReadStatus.NotFound;
        }

        ReadStatus status = _ladder.TryRead(hash, key, into, _ladder.Lanes.Current);
        if (status == ReadStatus.Found && into.Tier != Tier)
        {
            into.Release();
            return ReadStatus.NotFound;
        }

        return status;
    }

    /// <inheritdoc/>
    public bool Drop(ReadOnlySpan<byte> key, long version) =>
        _ladder.Drop(_ladder.Catalog.Hash(key), key, version, Tier, keepDirty: true, fromPool: false);

    /// <summary>Does nothing: the ladder owns the memory.</summary>
    public void Dispose()
    {
    }
}
