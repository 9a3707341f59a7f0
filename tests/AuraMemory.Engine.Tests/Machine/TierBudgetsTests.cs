using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;
using CsCheck;

namespace AuraMemory.Engine.Tests.Machine;

public class TierBudgetsTests
{
    private const long Mi = 1L << 20;
    private const long Gi = 1L << 30;

    private static readonly MachineFacts Server = new()
    {
        LogicalCores = 8,
        PhysicalMemoryBytes = 64 * Gi,
        L1DataBytes = 48 << 10,
        L2Bytes = 2 * Mi,
        L3Bytes = 32 * Mi,
        Disks = new Dictionary<TierId, DiskFact>
        {
            [TierId.PmemWarm] = new("p", 100 * Gi, 0, false),
            [TierId.NvmeCold] = new("n", 100 * Gi, 10 * Gi, false),
            [TierId.HddArchive] = new("h", 100 * Gi, 0, true),
        },
    };

    // Sizes over many orders of magnitude, and nothing at all one time in four.
    private static readonly Gen<long?> Size = Gen.Select(Gen.Int[10, 46], Gen.Long[0, 1L << 46], Gen.Int[0, 3])
        .Select((bits, noise, none) => none == 0 ? (long?)null : (1L << bits) + (noise & ((1L << bits) - 1)));

    private static readonly Gen<NumaNodeFact> Node = Gen.Select(Gen.Int[0, 3], Gen.Bool, Size, Gen.Double[1, 500])
        .Select((node, cpus, size, ns) => new NumaNodeFact(node, cpus, size ?? Gi, (size ?? Gi) / 2, ns < 250 ? ns : null));

    private static readonly Gen<MachineFacts> Machines =
        from memory in Size
        from cgroup in Size
        from l1 in Any<long?>(null, 16 << 10, 32 << 10, 128 << 10)
        from l2 in Any<long?>(null, 256 << 10, 2 * Mi, 64 * Mi)
        from l3 in Any<long?>(null, 1 * Mi, 32 * Mi, 1 * Gi)
        from nodes in Node.List[0, 3]
        from cxl in Gen.Bool
        from dax in Size.List[0, 2]
        from free in Size
        select new MachineFacts
        {
            PhysicalMemoryBytes = memory,
            CgroupLimitBytes = cgroup,
            L1DataBytes = l1,
            L2Bytes = l2,
            L3Bytes = l3,
            Nodes = nodes,
            HasCxl = cxl,
            DaxDevices = [.. dax.Select((d, i) => new DaxDeviceFact($"/dev/dax{i}.0", d ?? 4096))],
            Disks = free is { } f
                ? new Dictionary<TierId, DiskFact> { [TierId.NvmeCold] = new("n", f, f / 3, null), [TierId.PmemWarm] = new("p", f / 7, 0, null) }
                : new Dictionary<TierId, DiskFact>(),
        };

    private static readonly Gen<StoreOptions> Settings =
        from limit in Size
        from cache in Size
        from pool in Any<double?>(null, 0.01, 1, 5000)
        from device in Any<string?>(null, null, "/dev/dax0.0", "/dev/dax7.0")
        from node in Any<int?>(null, null, 1, 9)
        from tiers in Gen.Select(Gen.Int[0, TierIds.Count - 1], Size).List[0, 6]
        select new StoreOptions
        {
            DataFolder = "d",
            MemoryLimitBytes = limit,
            BlockCacheBytes = cache,
            CxlPoolSizeGb = pool,
            CxlDevice = device,
            CxlNode = node,
            Tiers = tiers.DistinctBy(t => t.Item1).ToDictionary(t => (TierId)t.Item1, t => new TierSetting(t.Item2)),
        };

    [Fact]
    public void The_shape_index_takes_its_share_only_where_shapes_are_kept()
    {
        var options = new StoreOptions { DataFolder = "d", MemoryLimitBytes = 8 * Gi };
        Assert.Equal(0, TierBudgets.Plan(options, Server).ShapeIndexBytes);
        TierPlan plan = TierBudgets.Plan(options with { KeepsShapes = true }, Server);
        Assert.Equal(Gi / 2, plan.ShapeIndexBytes);
        Assert.True(plan.TotalResidentBytes <= plan.MemoryLimitBytes);
        Assert.Equal(0, TierBudgets.Plan(options with { KeepsShapes = true, EnableShapeIndexing = false }, Server).ShapeIndexBytes);
        Assert.Equal(100 * Mi, TierBudgets.Plan(options with { KeepsShapes = true, ShapeIndexBytes = 100 * Mi }, Server).ShapeIndexBytes);
        TierPlan clamped = TierBudgets.Plan(options with { KeepsShapes = true, ShapeIndexBytes = 7 * Gi }, Server);
        Assert.Equal(2 * Gi, clamped.ShapeIndexBytes);
        Assert.Contains(clamped.Warnings, w => w.StartsWith("shape_index_bytes", StringComparison.Ordinal));
        TierPlan least = TierBudgets.Plan(options with { KeepsShapes = true, MemoryLimitBytes = 192 * Mi, BlockCacheBytes = Gi }, Server);
        Assert.Empty(least.Errors);
        Assert.True(least.TotalResidentBytes <= least.MemoryLimitBytes);
        Assert.All(least.Tiers, t => Assert.True(!t.ChargedToMemory || t.EffectiveBytes >= TierBudgets.MinimumBytes(t.Tier)));
    }

    [Fact]
    public void Whatever_is_set_on_whatever_machine_the_sum_stays_within_the_limit() =>
        Gen.Select(Settings, Machines).Sample(
            (options, facts) =>
            {
                TierPlan plan = TierBudgets.Plan(options, facts);
                Assert.True(plan.TotalResidentBytes <= plan.MemoryLimitBytes, $"{plan.TotalResidentBytes} > {plan.MemoryLimitBytes}");
                Assert.True(plan.MemoryLimitBytes >= StoreOptions.Limits.MinMemoryLimitBytes);
                Assert.True(plan.Errors.Count > 0 || facts.GrantedMemoryBytes is null || plan.MemoryLimitBytes < facts.GrantedMemoryBytes);
                Assert.True(plan[TierId.L1Cache].EffectiveBytes <= (facts.L1DataBytes ?? 32 << 10));
                Assert.True(plan[TierId.L2Cache].EffectiveBytes <= (facts.L2Bytes ?? 256 << 10));
                foreach (TierBudget tier in plan.Tiers)
                {
                    Assert.Equal(plan[tier.Tier], tier);
                    Assert.InRange(tier.EffectiveBytes, 0, Math.Max(0, tier.RequestedBytes));
                    Assert.True(tier.RequestedBytes - tier.EffectiveBytes < 4096 || tier.Warning is not null, tier.ToString());
                    Assert.Equal(tier.Tier.IsMemory(), tier.Placement is not null);
                    Assert.Equal(!tier.Tier.IsMemory(), tier.Path is not null);
                    Assert.True(plan.Errors.Count > 0 || tier.Tier == TierId.CxlHot || tier.EffectiveBytes >= TierBudgets.MinimumBytes(tier.Tier), tier.ToString());
                }
            },
            iter: 20_000, threads: 1);

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        TierPlan plan = TierBudgets.Plan(new StoreOptions { DataFolder = "d" }, Server);
        Assert.Empty(plan.Errors);
        Assert.Empty(plan.Warnings);
        Assert.All(plan.Tiers, t => Assert.Null(t.Warning));
        Assert.Equal(32 * Gi, plan.MemoryLimitBytes);
        Assert.Equal([48 << 10, 2 * Mi, 8 * Mi, 4 * Gi], plan.Tiers.Take(4).Select(t => t.EffectiveBytes));
        Assert.True(plan.MemoryLimitBytes - plan.TotalResidentBytes < 4096, "DRAM takes what is left.");
        Assert.Equal(8 * Gi, plan[TierId.PmemWarm].EffectiveBytes);
        Assert.Equal(90 * Gi, plan[TierId.NvmeCold].EffectiveBytes);
        Assert.Equal(Path.Combine("d", "archive"), plan[TierId.HddArchive].Path);
        Assert.IsType<RegionPlacement.SharedMemory>(plan[TierId.CxlHot].Placement);
    }

    [Fact]
    public void The_control_group_binds_and_a_larger_limit_is_clamped_with_a_warning()
    {
        TierPlan plan = TierBudgets.Plan(new StoreOptions { DataFolder = "d", MemoryLimitBytes = 8 * Gi }, Server with { CgroupLimitBytes = 2 * Gi });
        Assert.Equal((8 * Gi, (2 * Gi) - (512 * Mi)), (plan.RequestedMemoryLimitBytes, plan.MemoryLimitBytes));
        Assert.StartsWith("memory_limit_bytes is 8589934592", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Empty(plan.Errors);
    }

    [Fact]
    public void Too_little_memory_is_an_error_that_names_the_setting()
    {
        TierPlan plan = TierBudgets.Plan(new StoreOptions { DataFolder = "d" }, Server with { CgroupLimitBytes = 128 * Mi });
        Assert.StartsWith("memory_limit_bytes", Assert.Single(plan.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_capacity_that_no_tier_can_use_is_an_error_that_names_it()
    {
        StoreOptions options = new() { DataFolder = "d", Tiers = new Dictionary<TierId, TierSetting> { [TierId.Dram] = new(1 * Mi) } };
        Assert.StartsWith("tiers:dram:capacity_bytes is '1048576'", Assert.Single(TierBudgets.Plan(options, Server).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_pool_is_what_is_set_else_the_fastest_node_without_processors_else_a_device()
    {
        MachineFacts rich = Server with
        {
            HasCxl = true,
            Nodes = [new(0, true, 32 * Gi, 20 * Gi, 90), new(1, false, 8 * Gi, 8 * Gi, 400), new(2, false, 4 * Gi, 4 * Gi, 250)],
            DaxDevices = [new("/dev/dax0.0", (3 * Gi) + 5), new("/dev/dax1.0", 1 * Gi)],
        };
        StoreOptions plain = new() { DataFolder = "d" };
        TierBudget found = TierBudgets.Plan(plain, rich)[TierId.CxlHot];
        Assert.Equal(new RegionPlacement.NumaNode(2, Cxl: true), found.Placement);
        Assert.InRange(found.EffectiveBytes, 3 * Gi, 4 * Gi);
        Assert.Equal(
            new RegionPlacement.NumaNode(1, Cxl: false),
            TierBudgets.Plan(plain with { CxlNode = 1 }, rich with { HasCxl = false })[TierId.CxlHot].Placement);
        Assert.Equal(new RegionPlacement.DeviceDax("/dev/dax1.0"), TierBudgets.Plan(plain with { CxlDevice = "/dev/dax1.0" }, rich)[TierId.CxlHot].Placement);
        TierBudget device = TierBudgets.Plan(plain with { CxlPoolSizeGb = 500 }, rich with { Nodes = [] })[TierId.CxlHot];
        Assert.Equal((500_000_000_000, 3 * Gi, false), (device.RequestedBytes, device.EffectiveBytes, device.ChargedToMemory));
        Assert.NotNull(device.Warning);
    }

    [Fact]
    public void A_device_that_is_missing_is_emulated_with_a_warning_that_names_it()
    {
        TierBudget pool = TierBudgets.Plan(new StoreOptions { DataFolder = "d", CxlDevice = "/dev/dax9.0" }, Server)[TierId.CxlHot];
        Assert.IsType<RegionPlacement.SharedMemory>(pool.Placement);
        Assert.Contains("/dev/dax9.0", pool.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_full_disk_the_store_still_starts()
    {
        MachineFacts full = Server with { Disks = new Dictionary<TierId, DiskFact> { [TierId.NvmeCold] = new("n", 0, 0, null) } };
        TierPlan plan = TierBudgets.Plan(new StoreOptions { DataFolder = "d" }, full);
        Assert.Empty(plan.Errors);
        Assert.Equal(TierBudgets.MinimumBytes(TierId.NvmeCold), plan[TierId.NvmeCold].EffectiveBytes);
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
