using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Engine.Durability;

/// <summary>One path of the home as a tier backend.</summary>
/// <remarks>
/// An object has one home, so placing it on one path takes it off the other, and a read finds it only on the path that is its
/// home. Placing and dropping bypass the change sequence and are durable against the end of the process; a copy placed in
/// the archive is synced. Admission is not this view's business: both modes do the same, within the budget.
/// </remarks>
internal sealed class HomeTierView : ITierBackend
{
    /// <summary>Largest object a home takes, bytes.</summary>
    internal const long MaxObjectBytes = 256L << 20;

    private readonly Home _home;

    internal HomeTierView(Home home, TierId tier)
    {
        _home = home;
        Tier = tier;
    }

    /// <inheritdoc/>
    public TierId Tier { get; }

    /// <inheritdoc/>
    public BackendDescription Description => new(
        "rocksdb", Hardware: false, Persistent: true, AlignmentBytes: 1, $"RocksDB at {Path}; the medium behind the path is not verified.");

    /// <inheritdoc/>
    public TierUsage Usage
    {
        get
        {
            HomeCounters counters = _home.Counters;
            return Tier == TierId.HddArchive
                ? new TierUsage(_home.Options.ArchiveCapacityBytes, counters.ArchiveBytes, counters.ArchiveEntries)
                : new TierUsage(_home.Options.SsdCapacityBytes, counters.SsdBytes, counters.SsdEntries);
        }
    }

    /// <inheritdoc/>
    public long LargestObjectBytes => Math.Clamp(Capacity - Envelope.MaxHeadBytes, 0, MaxObjectBytes);

    private long Capacity => Tier == TierId.HddArchive ? _home.Options.ArchiveCapacityBytes : _home.Options.SsdCapacityBytes;

    private string Path => Tier == TierId.HddArchive ? _home.Options.ArchivePath : _home.Options.SsdPath;

    /// <inheritdoc/>
    public PlaceStatus Place(in ObjectImage image, PlaceMode mode) =>
        (long)image.Key.Length + image.Metadata.Length + image.Data.Length > LargestObjectBytes
            ? PlaceStatus.TooLarge
            : _home.Place(image, Tier);

    /// <inheritdoc/>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into) => _home.ReadTier(Tier, key, into);

    /// <inheritdoc/>
    public bool Drop(ReadOnlySpan<byte> key, long version) => _home.Drop(key, version, Tier);

    /// <summary>Does nothing: the home owns the databases and is disposed itself.</summary>
    public void Dispose()
    {
    }
}
