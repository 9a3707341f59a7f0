using AuraMemory.Engine.Objects;

namespace AuraMemory.Conformance.Tests;

public sealed class L1CacheTests : TierBackendSuite
{
    internal override TierBed Open() => new MemoryBed(TierId.L1Cache);
}

public sealed class L2CacheTests : TierBackendSuite
{
    internal override TierBed Open() => new MemoryBed(TierId.L2Cache);
}

public sealed class L3CacheTests : TierBackendSuite
{
    internal override TierBed Open() => new MemoryBed(TierId.L3Cache);
}

public sealed class CxlHotTests : TierBackendSuite
{
    internal override TierBed Open() => new MemoryBed(TierId.CxlHot);
}

public sealed class DramTests : TierBackendSuite
{
    internal override TierBed Open() => new MemoryBed(TierId.Dram);
}

public sealed class PmemWarmTests : TierBackendSuite
{
    internal override TierBed Open() => new PoolTierBed();
}

public sealed class NvmeColdTests : TierBackendSuite
{
    internal override TierBed Open() => new HomeBed(TierId.NvmeCold);
}

public sealed class HddArchiveTests : TierBackendSuite
{
    internal override TierBed Open() => new HomeBed(TierId.HddArchive);
}

/// <summary>A throttle that is not reached and a failure that does not come change nothing: the whole suite holds.</summary>
public sealed class ThrottledDramTests : TierBackendSuite
{
    internal override TierBed Open()
    {
        var bed = new MemoryBed(TierId.Dram);
        bed.Backend = new Throttled(new Flaky(bed.Backend, failing: -1, FlakyPhase.Before), most: 16);
        return bed;
    }
}
