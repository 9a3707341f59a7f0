using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>Budget and place of one tier.</summary>
/// <param name="CapacityBytes">Hard budget, bytes; null = chosen from the machine. More than the machine grants is clamped with a warning.</param>
/// <param name="Path">Folder or file of the tier, for the tiers that have one; null = inside the data folder.</param>
public sealed record TierSetting(long? CapacityBytes = null, string? Path = null);

/// <summary>
/// Settings of the store. The name of a setting outside the process is the snake_case form of the member; unit, range and
/// default stand with each, and <see cref="Limits"/> holds the numbers that <see cref="Validate"/> enforces.
/// </summary>
public sealed partial record StoreOptions
{
    /// <summary>Folder for everything the store keeps; created when missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Default durability of an acknowledged store: <c>volatile</c>, <c>process</c> (default) or <c>fsync</c>.</summary>
    public DurabilityLevel Durability { get; init; } = DurabilityLevel.Process;

    /// <summary>All memory of the store together, bytes: tiers, catalog, caches, buffers, managed heap. 192 MiB and more.</summary>
    /// <remarks>Null (default) = half of the machine's memory or of the control group's limit, whichever is less, leaving 512 MiB free.</remarks>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Budget and path by tier; tiers that are not named get defaults from the machine.</summary>
    public IReadOnlyDictionary<TierId, TierSetting> Tiers { get; init; } = new Dictionary<TierId, TierSetting>();

    /// <summary>Size of the memory pool behind <c>cxl_hot</c>, GB of 10^9 bytes, 0.001 to 1 000 000; null (default) = detected.</summary>
    public double? CxlPoolSizeGb { get; init; }

    /// <summary>DAX device behind <c>cxl_hot</c>, for example <c>/dev/dax0.0</c>; null (default) = detected.</summary>
    public string? CxlDevice { get; init; }

    /// <summary>NUMA node behind <c>cxl_hot</c>, 0 to 1023; null (default) = detected.</summary>
    public int? CxlNode { get; init; }

    /// <summary>Largest data of one object, bytes, 1 KiB to 1 GiB; default 16 MiB.</summary>
    public int MaxObjectBytes { get; init; } = 16 << 20;

    /// <summary>Largest metadata of one object, bytes, 0 to 1 MiB; default 64 KiB.</summary>
    public int MaxMetadataBytes { get; init; } = 64 << 10;

    /// <summary>Most outgoing relationships of one object, 0 to 100 000; default 1000.</summary>
    public int MaxRelationships { get; init; } = 1000;

    /// <summary>Accesses (decayed) an object needs to enter a tier faster than DRAM, 1 to 1 000 000; default 10.</summary>
    public int TierPromotionThreshold { get; init; } = 10;

    /// <summary>Seconds without access after which an object goes first when a tier is under pressure, 1 to 31 536 000; default 100.</summary>
    public double TierDemotionThreshold { get; init; } = 100;

    /// <summary>Compress what lies on disk; default true.</summary>
    public bool EnableColdTierCompression { get; init; } = true;

    /// <summary>Days unread after which an object's home moves to <c>hdd_archive</c>, 0 to 36 500; default 30.</summary>
    public double ArchiveAfterDays { get; init; } = 30;

    /// <summary>Predict and fetch what will be read next; default true.</summary>
    public bool EnablePredictivePrefetch { get; init; } = true;

    /// <summary>Predictions outstanding at once, 1 to 4096; default 64.</summary>
    public int PrefetchWindowSize { get; init; } = 64;

    /// <summary>Confidence a prediction needs, 0 to 1; default 0.8.</summary>
    public double PrefetchConfidenceThreshold { get; init; } = 0.8;

    /// <summary>Accesses the predictors look back over, 10 to 1 000 000; default 1000.</summary>
    public int AccessPatternWindow { get; init; } = 1000;

    /// <summary>Index the shape of stored data; default true.</summary>
    public bool EnableShapeIndexing { get; init; } = true;

    /// <summary>
    /// Memory of the shape index, bytes, 4 MiB and more; null (default) = a sixteenth of the memory limit. Taken only where
    /// something keeps shapes, see <see cref="KeepsShapes"/>.
    /// </summary>
    public long? ShapeIndexBytes { get; init; }

    /// <summary>
    /// Memory of the graph of relationships, bytes, 1 MiB and more; null (default) = a quarter of the managed heap. A part of the
    /// managed heap, which grows by what is asked for beyond that.
    /// </summary>
    public long? GraphMemoryBytes { get; init; }

    /// <summary>
    /// True where something beside the store keeps the shapes of its objects, as the service does; not a setting outside the process.
    /// The engine then leaves room for it in the one memory limit. Default false.
    /// </summary>
    public bool KeepsShapes { get; init; }

    /// <summary>Numbers in a shape's feature vector, 8 to 4096; default 128.</summary>
    public int TdaFeatureDim { get; init; } = 128;

    /// <summary>Share of the enclosing radius (or value range) below which a bar is noise, 0 to 1; default 0.1.</summary>
    public double PersistenceThreshold { get; init; } = 0.1;

    /// <summary>Reckon with spot prices, and treat a termination notice as "make everything durable, then leave"; default false.</summary>
    public bool UseSpotInstances { get; init; }

    /// <summary>File whose appearance is a termination notice; null (default) = none.</summary>
    public string? TerminationNoticeFile { get; init; }

    /// <summary>
    /// Opens a home whose log is damaged with what was written before the damage, instead of refusing; what is given up is
    /// reported. Default false: an operator's decision, for one start.
    /// </summary>
    public bool AllowPointInTimeRecovery { get; init; }

    /// <summary>Open files past the page cache where the file system allows it; default true.</summary>
    public bool DirectIo { get; init; } = true;

    /// <summary>Ask for huge pages for large memory tiers; default true.</summary>
    public bool HugePages { get; init; } = true;

    /// <summary>Seconds after which a <c>volatile</c> store is written back, 0 to 86 400; 0 = only under pressure; default 5.</summary>
    public double VolatileWriteBackSeconds { get; init; } = 5;

    /// <summary>Seconds a reader may hold a lease on a large value, 1 to 3600; default 30.</summary>
    public double LeaseSeconds { get; init; } = 30;

    /// <summary>Leases at once, 1 to 4096; default 64. More readers get copies.</summary>
    public int MaxLeases { get; init; } = 64;

    /// <summary>Entries of the change sequence kept for followers, 1000 to 10^12; default 1 000 000.</summary>
    public long RetainedChanges { get; init; } = 1_000_000;

    /// <summary>Cache of blocks read from disk, bytes, 1 MiB and more; null (default) = a share of the memory limit.</summary>
    public long? BlockCacheBytes { get; init; }

    /// <summary>Seconds between looks for expired objects, 0.01 to 3600; default 1.</summary>
    public double ExpiryScanSeconds { get; init; } = 1;

    /// <summary>Seconds between looks for objects to archive, 0.01 to 86 400; default 60.</summary>
    public double ArchiveScanSeconds { get; init; } = 60;

    /// <summary>Measure the tiers in the background after the start; default true.</summary>
    public bool CalibrateAtStart { get; init; } = true;

    /// <summary>Clock and timers; not a setting outside the process. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Receives the named points of the protocols; not a setting outside the process. Default: nobody.</summary>
    public IStagePoints StagePoints { get; init; } = NoStagePoints.Instance;

    /// <summary>The setting of a tier; an empty one when nothing is set.</summary>
    public TierSetting Tier(TierId tier) => Tiers.TryGetValue(tier, out TierSetting? setting) ? setting : new TierSetting();

    /// <summary>Checks every setting against its range.</summary>
    /// <returns>One message a bad setting, with its snake_case name, its value and what is allowed; empty when all are good.</returns>
    public IReadOnlyList<string> Validate() => StoreSettings.Validate(this);
}
