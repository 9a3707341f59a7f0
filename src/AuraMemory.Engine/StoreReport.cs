using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Engine;

/// <summary>Latency, bandwidth and price of a tier.</summary>
/// <param name="LatencyNs">Nanoseconds of one dependent load (memory) or one block read (others).</param>
/// <param name="BandwidthBytesPerSecond">Sequential read bandwidth, bytes per second.</param>
public sealed record TierFigures(double LatencyNs, double BandwidthBytesPerSecond);

/// <summary>One tier as operators see it.</summary>
/// <param name="Tier">Which.</param>
/// <param name="Nominal">Figures of the public contract.</param>
/// <param name="NominalDollarsPerGb">Nominal price, dollars per 10^9 bytes.</param>
/// <param name="Measured">Measured figures; null until the first calibration.</param>
/// <param name="MeasuredAt">When they were measured.</param>
/// <param name="Backend">What serves it.</param>
/// <param name="Usage">How full it is.</param>
/// <param name="RequestedBytes">Capacity asked for, before clamping.</param>
/// <param name="LargestObjectBytes">Largest object it can hold.</param>
/// <param name="AverageAccessCount">Mean access count of the copies in it (a sample).</param>
/// <param name="InService">False when its device failed and it is out of service.</param>
/// <param name="Warning">What is noteworthy (clamped budget, missing device); null when nothing is.</param>
public sealed record TierReport(
    TierId Tier,
    TierFigures Nominal,
    double NominalDollarsPerGb,
    TierFigures? Measured,
    DateTimeOffset? MeasuredAt,
    BackendDescription Backend,
    TierUsage Usage,
    long RequestedBytes,
    long LargestObjectBytes,
    double AverageAccessCount,
    bool InService,
    string? Warning);

/// <summary>Operations that are counted by tier.</summary>
public enum StoreOperation : byte
{
    /// <summary>Read of one object (single or in a batch).</summary>
    Retrieve,

    /// <summary>Store of one object.</summary>
    Store,

    /// <summary>Delete of one object.</summary>
    Delete,

    /// <summary>Migration or prefetch of one object.</summary>
    Migrate,
}

/// <summary>Number of <see cref="StoreOperation"/> values.</summary>
public static class StoreOperations
{
    /// <summary>How many there are.</summary>
    public const int Count = 4;

    /// <summary>Wire name, for example <c>retrieve</c>.</summary>
    public static string Name(this StoreOperation operation) => operation switch
    {
        StoreOperation.Retrieve => "retrieve",
        StoreOperation.Store => "store",
        StoreOperation.Delete => "delete",
        _ => "migrate",
    };
}

/// <summary>A latency histogram; bucket upper bounds are <see cref="BoundsNs"/>, the last bucket is unbounded.</summary>
/// <param name="Counts">Samples per bucket (not cumulative); one more than there are bounds.</param>
/// <param name="SumNs">Sum of all samples, nanoseconds.</param>
public sealed record LatencyHistogram(IReadOnlyList<long> Counts, double SumNs)
{
    /// <summary>Upper bounds, nanoseconds, in steps of 1-2.5-5 from 100 ns to 1 s.</summary>
    public static IReadOnlyList<long> BoundsNs { get; } =
    [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
    ];

    /// <summary>Samples in all.</summary>
    public long Count => Counts.Sum();
}

/// <summary>Counters of one tier and operation.</summary>
/// <param name="Tier">Tier that served it; null = none (a miss everywhere).</param>
/// <param name="Operation">What was done.</param>
/// <param name="Hits">Operations that found or stored the object there.</param>
/// <param name="Misses">Operations that found no object (only for <c>Tier == null</c>) or failed there.</param>
/// <param name="Bytes">Data bytes moved.</param>
/// <param name="Latency">Latency of the timed operations.</param>
public sealed record OperationReport(
    TierId? Tier, StoreOperation Operation, long Hits, long Misses, long Bytes, LatencyHistogram Latency);

/// <summary>Outcome counts of prefetching.</summary>
/// <param name="Issued">Objects fetched ahead.</param>
/// <param name="Useful">Fetched ahead and then read from memory.</param>
/// <param name="Late">Read before the fetch was complete.</param>
/// <param name="Wasted">Dropped before they were read.</param>
public sealed record PrefetchReport(long Issued, long Useful, long Late, long Wasted);

/// <summary>State of one component, for health.</summary>
/// <param name="Name">For example <c>home</c>, <c>pmem_warm</c>, <c>memory</c>.</param>
/// <param name="Healthy">False = degraded.</param>
/// <param name="Detail">One sentence.</param>
public sealed record ComponentHealth(string Name, bool Healthy, string Detail);

/// <summary>A reading of the whole store. Averages and ratios are 0 before any traffic, never null.</summary>
/// <param name="Tiers">The eight tiers in nominal order.</param>
/// <param name="Operations">Counters by tier and operation.</param>
/// <param name="DistinctObjects">Objects stored.</param>
/// <param name="DistinctBytes">Bytes of the distinct objects (key and envelope included), each counted once.</param>
/// <param name="HitRatio">Share of found reads served from l1 to dram, 0 to 1.</param>
/// <param name="AverageLatencyNs">Mean over timed, served reads.</param>
/// <param name="EffectiveBandwidthBytesPerSecond">Bytes served per second of read time, over timed, served reads.</param>
/// <param name="TotalAccesses">Reads and stores.</param>
/// <param name="Promotions">Copies placed in a faster tier.</param>
/// <param name="Demotions">Copies moved to a slower tier or dropped from memory.</param>
/// <param name="Prefetch">Prefetch outcomes.</param>
/// <param name="MemoryLimitBytes">The one limit.</param>
/// <param name="MemoryUsedBytes">Native memory and managed heap charged to it.</param>
/// <param name="LastChangeNumber">Newest number of the change sequence.</param>
/// <param name="Calibrating">True while measured figures are being renewed.</param>
/// <param name="Components">Health by component.</param>
public sealed record StoreReport(
    IReadOnlyList<TierReport> Tiers,
    IReadOnlyList<OperationReport> Operations,
    long DistinctObjects,
    long DistinctBytes,
    double HitRatio,
    double AverageLatencyNs,
    double EffectiveBandwidthBytesPerSecond,
    long TotalAccesses,
    long Promotions,
    long Demotions,
    PrefetchReport Prefetch,
    long MemoryLimitBytes,
    long MemoryUsedBytes,
    long LastChangeNumber,
    bool Calibrating,
    IReadOnlyList<ComponentHealth> Components);
