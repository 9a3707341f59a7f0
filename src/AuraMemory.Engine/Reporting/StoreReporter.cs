using AuraMemory.Engine.Access;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Movement;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Calibration;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Reporting;

/// <summary>Reads all counters into one <see cref="StoreReport"/>. Counting happens once, in the lanes; this only adds up.</summary>
internal sealed class StoreReporter(
    StoreParts parts, TierCalibrator calibrator, Migrator migrator, Prefetcher prefetcher, BackgroundMover mover,
    Func<IReadOnlyList<FollowerState>> followers)
{
    private const int AccessSample = 512;

    /// <summary>A reading of the whole store. O(lanes), and a sample of records for the mean access counts.</summary>
    public StoreReport Read()
    {
        int cells = AccessLane.Rows * StoreOperations.Count;
        var hits = new long[cells];
        var misses = new long[cells];
        var bytes = new long[cells];
        var timed = new long[cells];
        var histograms = new long[cells][];
        for (int i = 0; i < cells; i++)
        {
            histograms[i] = new long[LatencyHistogram.BoundsNs.Count + 1];
        }

        long timedReads = 0;
        long timedNs = 0;
        long timedBytes = 0;
        foreach (AccessLane lane in parts.Lanes.All)
        {
            lane.AddTo(hits, misses, bytes, timed, histograms);
            timedReads += lane.TimedReads;
            timedNs += lane.TimedReadNs;
            timedBytes += lane.TimedReadBytes;
        }

        var operations = new List<OperationReport>();
        long found = 0;
        long foundInMemory = 0;
        long accesses = 0;
        for (int row = 0; row < AccessLane.Rows; row++)
        {
            TierId? tier = row == AccessLane.Nowhere ? null : (TierId)row;
            for (int o = 0; o < StoreOperations.Count; o++)
            {
                int i = AccessLane.Index(row, (StoreOperation)o);
                operations.Add(new OperationReport(
                    tier, (StoreOperation)o, hits[i], misses[i], bytes[i], new LatencyHistogram(histograms[i], timed[i])));
            }

            long reads = hits[AccessLane.Index(row, StoreOperation.Retrieve)];
            found += reads;
            foundInMemory += tier is { } t && t.IsMemory() ? reads : 0;
            accesses += reads + misses[AccessLane.Index(row, StoreOperation.Retrieve)]
                + hits[AccessLane.Index(row, StoreOperation.Store)];
        }

        TierUsage ssd = parts.Home.Ssd.Usage;
        TierUsage archive = parts.Home.Archive.Usage;
        var tiers = new List<TierReport>(TierIds.Count);
        foreach (TierId tier in TierIds.All)
        {
            tiers.Add(Tier(tier));
        }

        return new StoreReport(
            tiers,
            operations,
            ssd.Entries + archive.Entries,
            ssd.UsedBytes + archive.UsedBytes,
            found == 0 ? 0 : (double)foundInMemory / found,
            timedReads == 0 ? 0 : (double)timedNs / timedReads,
            timedNs == 0 ? 0 : timedBytes * 1e9 / timedNs,
            accesses,
            migrator.Promotions,
            migrator.Demotions + parts.Memory.Demotions,
            new PrefetchReport(prefetcher.Issued, parts.Memory.PrefetchUseful, prefetcher.Late, parts.Memory.PrefetchWasted),
            parts.Plan.MemoryLimitBytes,
            MemoryUsed(),
            parts.Home.LastChangeNumber,
            calibrator.IsRunning,
            Components());
    }

    private TierReport Tier(TierId tier)
    {
        TierBudget budget = parts.Plan[tier];
        MeasuredFigures? measured = calibrator.Figures(tier);
        (BackendDescription backend, TierUsage usage, long largest, bool inService, string? warning) = Backend(tier, budget);
        return new TierReport(
            tier,
            NominalTiers.Figures(tier),
            NominalTiers.DollarsPerGb(tier),
            measured is null ? null : new TierFigures(measured.LatencyNs, measured.BandwidthBytesPerSecond),
            measured?.MeasuredAt,
            backend,
            usage,
            budget.RequestedBytes,
            largest,
            tier.IsMemory() ? parts.Memory.MeanAccessCount(tier, AccessSample) : 0,
            inService,
            warning);
    }

    private (BackendDescription, TierUsage, long, bool, string?) Backend(TierId tier, TierBudget budget)
    {
        if (tier.IsMemory())
        {
            Arena arena = parts.Memory.Arena(tier);
            MemoryRegion region = arena.Region;
            return (
                new BackendDescription(
                    region.Kind, IsHardware(tier, region), false, Catalog.RecordLayout.Alignment,
                    tier < TierId.CxlHot ? $"Sized to the cache, not pinned in it: {region.Details}" : region.Details),
                new TierUsage(arena.CapacityBytes, arena.LiveBytes, arena.Entries),
                arena.LargestRecordBytes, true, budget.Warning);
        }

        if (tier == TierId.PmemWarm)
        {
            return parts.Pool is { } pool
                ? (pool.Description, pool.Usage, pool.LargestObjectBytes, true, budget.Warning)
                : (new BackendDescription("none", false, true, 1, parts.PoolFailure ?? "out of service"),
                    new TierUsage(0, 0, 0), 0, false, parts.PoolFailure);
        }

        ITierBackend home = tier == TierId.NvmeCold ? parts.Home.Ssd : parts.Home.Archive;
        return (
            home.Description with { Hardware = IsHardware(tier) }, home.Usage, home.LargestObjectBytes,
            parts.Home.Health == HomeHealth.Healthy, budget.Warning);
    }

    /// <summary>An arena of cache size is main memory that the processor may keep in its cache: never called the cache itself.</summary>
    private static bool IsHardware(TierId tier, MemoryRegion region) => tier switch
    {
        TierId.Dram => region.Hardware,
        TierId.CxlHot => region.Hardware && region.Kind is "cxl-numa" or "far-numa" or "devdax",
        _ => false,
    };

    /// <summary>Known to be an SSD, or a rotating disk, from the system; what is not known is not claimed.</summary>
    private bool IsHardware(TierId home) =>
        parts.Facts.Disks.TryGetValue(home, out DiskFact? disk) && disk.Rotational == (home == TierId.HddArchive);

    private long MemoryUsed()
    {
        long used = parts.Memory.Catalog.MemoryBytes + parts.Home.MemoryBytes + GC.GetTotalMemory(forceFullCollection: false);
        foreach (Arena arena in parts.Memory.Arenas)
        {
            used += arena.LiveBytes;
        }

        return used;
    }

    private List<ComponentHealth> Components()
    {
        HomeHealth home = parts.Home.Health;
        var components = new List<ComponentHealth>
        {
            new("home", home == HomeHealth.Healthy, home switch
            {
                HomeHealth.Healthy => "Reads and writes work.",
                HomeHealth.ReadOnlyNoSpace => "The disk is full: reads work, stores are refused until there is space again.",
                _ => "A write failed: reads work where the disk answers, stores are refused until the home can be reopened.",
            }),
            new("pmem_warm", parts.Pool is not null, parts.PoolFailure ?? "In service."),
            new("mover", mover.Failure is null, mover.Failure?.Message ?? "Running."),
        };
        long used = MemoryUsed();
        long limit = parts.Plan.MemoryLimitBytes;
        components.Add(new ComponentHealth("memory", used <= limit, $"{used} of {limit} bytes are used."));
        components.Add(new ComponentHealth(
            "calibration", true, calibrator.IsRunning ? "The tiers are being measured." : "Measured figures are in use where there are any."));
        if (parts.Home.RecoveryNote is { } note)
        {
            components.Add(new ComponentHealth("home_recovery", false, note));
        }

        foreach (FollowerState follower in followers())
        {
            components.Add(new ComponentHealth(
                "follower_" + follower.Name, follower.Failure is null,
                follower.Failure ?? $"At change {follower.Position}, at most {follower.Behind} behind."));
        }

        if (parts.Pool is { CorruptCopies: > 0 } damaged)
        {
            components.Add(new ComponentHealth(
                "pmem_warm_copies", true, $"{damaged.CorruptCopies} damaged copies were dropped; their objects are served from the home."));
        }

        return components;
    }
}
