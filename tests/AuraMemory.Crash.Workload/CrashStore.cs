using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Workload;

/// <summary>Settings under which everything that can happen happens soon: small tiers, quick write-back.</summary>
internal static class CrashStore
{
    /// <summary>The settings of both sides, the process that dies and the one that looks.</summary>
    public static StoreOptions Options(string folder, IStagePoints? stages = null) => new()
    {
        DataFolder = folder,
        MemoryLimitBytes = 192 << 20,
        CalibrateAtStart = false,
        VolatileWriteBackSeconds = 0.05,
        LeaseSeconds = 1,
        StagePoints = stages ?? NoStagePoints.Instance,
        Tiers = new Dictionary<TierId, TierSetting>
        {
            [TierId.L1Cache] = new() { CapacityBytes = 16 << 10 },
            [TierId.L2Cache] = new() { CapacityBytes = 128 << 10 },
            [TierId.L3Cache] = new() { CapacityBytes = 512 << 10 },
            [TierId.CxlHot] = new() { CapacityBytes = 1 << 20 },
            [TierId.Dram] = new() { CapacityBytes = 8 << 20 },
            [TierId.PmemWarm] = new() { CapacityBytes = 4 << 20 },
        },
    };
}
