using System.Globalization;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tiers;

/// <summary>Divides the machine among the tiers and what serves them. Pure: options and facts in, plan out.</summary>
/// <remarks>
/// <para>
/// The limit L is what is set, at most what the machine grants (its memory or the control group's, less 512 MiB or a quarter,
/// whichever is less, for the system); by default half of the memory, at most the same grant, at least 192 MiB.
/// </para>
/// <para>
/// Shares of L: managed heap L/8 (64 MiB to 2 GiB), catalog L/8 (an entry of about 16 bytes for every 116-byte object),
/// block cache L/32 (8 to 256 MiB), the shape index L/16 where shapes are kept, write buffers L/32 (8 to 128 MiB), request buffers L/32 (8 to 256 MiB), and for what the
/// runtime itself and the allocators of native code take, L/16 (40 to 256 MiB).
/// </para>
/// <para>
/// Of the rest each tier takes in nominal order, leaving the <see cref="MinimumBytes"/> of those after it: l1 one core's L1d,
/// l2 one core's L2, l3 a quarter of L3 up to 16 MiB (l2 and l3 by default at most L/16), cxl_hot as set or found, else L/8 of
/// shared memory, and DRAM what is left. What is set beyond the grant is clamped with a warning, never an error.
/// </para>
/// </remarks>
public static class TierBudgets
{
    private const long Mi = 1L << 20;
    private const long Gi = 1L << 30;
    private const long Page = 4096;

    // Where the caches are not known, sizes that nearly every processor since 2010 has.
    private const long UnknownL1Bytes = 32 << 10;
    private const long UnknownL2Bytes = 256 << 10;
    private const long UnknownL3Bytes = 4 * Mi;

    /// <summary>Least capacity with which a tier is of use, bytes; less is refused when set.</summary>
    public static long MinimumBytes(TierId tier) => tier switch
    {
        TierId.L1Cache => 4096,
        TierId.L2Cache => 64 << 10,
        TierId.L3Cache => 256 << 10,
        TierId.CxlHot => 1 * Mi,
        TierId.Dram => 8 * Mi,
        TierId.PmemWarm => 4 * Mi,
        _ => 64 * Mi,
    };

    /// <summary>Makes the plan. Neither argument need be valid: whatever is wrong is in <see cref="TierPlan.Errors"/>.</summary>
    public static TierPlan Plan(StoreOptions options, MachineFacts facts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(facts);
        List<string> warnings = [];
        List<string> errors = [.. options.Validate()];
        (long requested, long limit) = Limit(options, facts, warnings, errors);
        foreach (TierId tier in TierIds.All)
        {
            if (options.Tier(tier).CapacityBytes is { } bytes && bytes >= StoreOptions.Limits.MinTierCapacityBytes && bytes < MinimumBytes(tier))
            {
                errors.Add(Text($"tiers:{tier.Name()}:capacity_bytes is '{bytes}'; it must be at least {MinimumBytes(tier)}."));
            }
        }

        long heap = Math.Clamp(limit / 8, 64 * Mi, 2 * Gi);
        long graph = Graph(options, limit, heap / 4, warnings);
        heap += Math.Max(0, graph - (heap / 4));
        long catalog = Math.Max(limit / 8, 8 * Mi);
        long writeBuffers = Math.Clamp(limit / 32, 8 * Mi, 128 * Mi);
        long requestBuffers = Math.Clamp(limit / 32, 8 * Mi, 256 * Mi);
        long runtime = Math.Clamp(limit / 16, 40 * Mi, 256 * Mi);
        long blockCache = BlockCache(options, limit, warnings);
        long left = limit - runtime - heap - catalog - writeBuffers - requestBuffers - blockCache;
        long shapes = ShapeIndex(options, limit, left, warnings);
        left -= shapes;

        TierBudget[] tiers = new TierBudget[TierIds.Count];
        foreach (TierId tier in TierIds.All)
        {
            tiers[(int)tier] = tier switch
            {
                <= TierId.L3Cache => Cache(options, facts, tier, limit, left),
                TierId.CxlHot => Pool(options, facts, limit, left),
                TierId.Dram => Dram(options, left),
                _ => Disk(options, facts, tier),
            };
            left -= tiers[(int)tier].ChargedToMemory ? tiers[(int)tier].EffectiveBytes : 0;
        }

        return new TierPlan
        {
            RequestedMemoryLimitBytes = requested,
            MemoryLimitBytes = limit,
            Tiers = tiers,
            CatalogBytes = catalog,
            BlockCacheBytes = blockCache,
            WriteBufferBytes = writeBuffers,
            ManagedHeapBytes = heap,
            RuntimeBytes = runtime,
            RequestBufferBytes = requestBuffers,
            ShapeIndexBytes = shapes,
            GraphMemoryBytes = graph,
            Warnings = warnings,
            Errors = errors,
        };
    }

    private static (long Requested, long Effective) Limit(StoreOptions options, MachineFacts facts, List<string> warnings, List<string> errors)
    {
        const long Least = StoreOptions.Limits.MinMemoryLimitBytes;
        if (facts.GrantedMemoryBytes is not { } memory)
        {
            long unproven = options.MemoryLimitBytes ?? Gi;
            return (unproven, Math.Clamp(unproven, Least, StoreOptions.Limits.MaxBytes));
        }

        long granted = Math.Max(memory - (512 * Mi), memory / 4 * 3);
        if (granted < Least)
        {
            errors.Add(Text($"memory_limit_bytes must be at least {Least}; this machine or control group grants {granted} of its {memory} bytes."));
            granted = Least;
        }

        long requested = options.MemoryLimitBytes ?? Math.Clamp(memory / 2, Least, granted);
        if (requested > granted)
        {
            warnings.Add(Text($"memory_limit_bytes is {requested}; this machine or control group grants {granted} of its {memory} bytes."));
        }

        return (requested, Math.Clamp(requested, Least, granted));
    }

    private static long BlockCache(StoreOptions options, long limit, List<string> warnings)
    {
        if (options.BlockCacheBytes is not { } requested)
        {
            return Math.Clamp(limit / 32, 8 * Mi, 256 * Mi);
        }

        // A sixth: with the least limit, the other shares at their least and every tier at its least still fit.
        long effective = Math.Clamp(requested, StoreOptions.Limits.MinBlockCacheBytes, limit / 6);
        if (requested > effective)
        {
            warnings.Add(Text($"block_cache_bytes is {requested}; a sixth of the memory limit, {effective} bytes, is granted."));
        }

        return effective;
    }

    private static long Graph(StoreOptions options, long limit, long usual, List<string> warnings)
    {
        long requested = options.GraphMemoryBytes ?? usual;
        long effective = Math.Min(requested, Math.Max(usual, limit / 4));
        if (requested > effective)
        {
            warnings.Add(Text($"graph_memory_bytes is {requested}; {effective} bytes are granted, at most a quarter of the memory limit."));
        }

        return effective;
    }

    private static long ShapeIndex(StoreOptions options, long limit, long left, List<string> warnings)
    {
        if (!options.KeepsShapes || !options.EnableShapeIndexing)
        {
            return 0;
        }

        // A quarter at most, and never what every memory tier needs at the least.
        long most = Math.Clamp(Spare(left, TierId.L1Cache) - MinimumBytes(TierId.L1Cache), 0, limit / 4);
        long requested = options.ShapeIndexBytes ?? Math.Min(limit / 16, most);
        long effective = Whole(Math.Min(requested, most));
        if (Whole(requested) > effective)
        {
            warnings.Add(Text($"shape_index_bytes is {requested}; {effective} bytes are granted, at most a quarter of the memory limit."));
        }

        return effective;
    }

    private static TierBudget Cache(StoreOptions options, MachineFacts facts, TierId tier, long limit, long left)
    {
        (long cache, string name) = tier switch
        {
            TierId.L1Cache => (facts.L1DataBytes ?? UnknownL1Bytes, "L1 data cache"),
            TierId.L2Cache => (facts.L2Bytes ?? UnknownL2Bytes, "L2 cache"),
            _ => (facts.L3Bytes ?? UnknownL3Bytes, "L3 cache"),
        };
        long chosen = tier switch
        {
            TierId.L1Cache => cache,
            TierId.L2Cache => Math.Min(cache, limit / 16),
            _ => Math.Min(Math.Min(cache / 4, 16 * Mi), limit / 16),
        };
        long spare = Spare(left, tier);
        long requested = options.Tier(tier).CapacityBytes ?? Whole(Math.Min(chosen, spare));
        long effective = Whole(Math.Clamp(requested, 0, Math.Min(cache, spare)));
        string reason = cache <= spare ? Text($"the {name} of a core has {cache} bytes") : Text($"the memory limit leaves {spare} bytes");
        return new TierBudget(
            tier, requested, effective, new RegionPlacement.Anonymous(options.HugePages), null, ChargedToMemory: true,
            Clamped(requested, effective, reason));
    }

    private static TierBudget Pool(StoreOptions options, MachineFacts facts, long limit, long left)
    {
        long? set = options.Tier(TierId.CxlHot).CapacityBytes
            ?? (options.CxlPoolSizeGb is { } gb && gb > 0 ? (long)Math.Min(gb * 1e9, StoreOptions.Limits.MaxBytes) : null);
        (RegionPlacement placement, long medium, string? missing) = PoolMedium(options, facts);
        bool charged = placement is not RegionPlacement.DeviceDax;
        long spare = charged ? Spare(left, TierId.CxlHot) : long.MaxValue;
        long most = Math.Min(medium, spare);
        long chosen = placement switch
        {
            RegionPlacement.SharedMemory => limit / 8,
            RegionPlacement.NumaNode => limit / 2,
            _ => medium,
        };
        long requested = set ?? Whole(Math.Min(chosen, most));
        long effective = Whole(Math.Clamp(requested, 0, most));
        string? clamped = Clamped(
            requested, effective, medium <= spare ? Text($"the medium has {medium} bytes to give") : Text($"the memory limit leaves {spare} bytes"));
        return new TierBudget(
            TierId.CxlHot, requested, effective, placement, null, charged,
            missing is null ? clamped : clamped is null ? missing : $"{missing} {clamped}");
    }

    /// <summary>What is set wins; else the node without processors that answers fastest; else a device; else shared memory.</summary>
    private static (RegionPlacement Placement, long Bytes, string? Missing) PoolMedium(StoreOptions options, MachineFacts facts)
    {
        string? missing = null;
        if (options.CxlDevice is { } path)
        {
            foreach (DaxDeviceFact device in facts.DaxDevices)
            {
                if (device.Path == path)
                {
                    return OfDevice(device);
                }
            }

            missing = $"cxl_device {path} is not a DAX device of this machine: emulated in shared memory.";
        }
        else if (options.CxlNode is { } number)
        {
            foreach (NumaNodeFact node in facts.Nodes)
            {
                if (node.Node == number)
                {
                    return OfNode(node, facts.HasCxl);
                }
            }

            missing = Text($"cxl_node {number} is not a node of this machine: emulated in shared memory.");
        }
        else
        {
            NumaNodeFact? fastest = null;
            foreach (NumaNodeFact node in facts.Nodes)
            {
                bool isFaster = (node.ReadLatencyNs ?? double.MaxValue) < (fastest?.ReadLatencyNs ?? double.MaxValue);
                if (!node.HasProcessors && OfNode(node, facts.HasCxl).Bytes >= MinimumBytes(TierId.CxlHot) && (fastest is null || isFaster))
                {
                    fastest = node;
                }
            }

            if (fastest is not null)
            {
                return OfNode(fastest, facts.HasCxl);
            }

            if (facts.DaxDevices.Count > 0)
            {
                return OfDevice(facts.DaxDevices[0]);
            }
        }

        return (new RegionPlacement.SharedMemory("aura-cxl-hot"), long.MaxValue, missing);
    }

    // A node's last tenth is the kernel's and other processes'.
    private static (RegionPlacement Placement, long Bytes, string? Missing) OfNode(NumaNodeFact node, bool hasCxl) =>
        (new RegionPlacement.NumaNode(node.Node, hasCxl && !node.HasProcessors), node.FreeBytes / 10 * 9, null);

    // A device is mapped in units of 2 MiB.
    private static (RegionPlacement Placement, long Bytes, string? Missing) OfDevice(DaxDeviceFact device) =>
        (new RegionPlacement.DeviceDax(device.Path), device.Bytes / MemoryRegion.HugePageBytes * MemoryRegion.HugePageBytes, null);

    private static TierBudget Dram(StoreOptions options, long left)
    {
        long requested = options.Tier(TierId.Dram).CapacityBytes ?? Whole(left);
        long effective = Whole(Math.Clamp(requested, 0, left));
        return new TierBudget(
            TierId.Dram, requested, effective, new RegionPlacement.Anonymous(options.HugePages), null, ChargedToMemory: true,
            Clamped(requested, effective, Text($"the memory limit leaves {left} bytes")));
    }

    private static TierBudget Disk(StoreOptions options, MachineFacts facts, TierId tier)
    {
        string? path = TierFolders.PathOf(options, tier);
        long chosen = tier == TierId.PmemWarm ? 8 * Gi : 64 * Gi;
        long most = long.MaxValue;
        if (facts.Disks.TryGetValue(tier, out DiskFact? disk))
        {
            // Also on a full disk a tier keeps its least budget: the store then starts, and says that there is no space.
            most = Math.Max(disk.FreeBytes + disk.UsedBytes, MinimumBytes(tier));
            chosen = tier == TierId.PmemWarm ? Math.Min(8 * Gi, most / 10) : disk.UsedBytes + (disk.FreeBytes / 5 * 4);
        }

        long requested = options.Tier(tier).CapacityBytes ?? Whole(Math.Clamp(chosen, MinimumBytes(tier), most));
        long effective = Whole(Math.Clamp(requested, 0, most));
        return new TierBudget(
            tier, requested, effective, null, path, ChargedToMemory: false,
            Clamped(requested, effective, Text($"the disk of {path} has {most} bytes free or already used by the tier")));
    }

    /// <summary>What a tier may take of what is left, when every memory tier after it is to get its least.</summary>
    private static long Spare(long left, TierId tier)
    {
        for (TierId after = tier + 1; after.IsMemory(); after++)
        {
            left -= MinimumBytes(after);
        }

        return Math.Max(left, 0);
    }

    private static long Whole(long bytes) => bytes / Page * Page;

    // Rounding to pages is not worth a warning.
    private static string? Clamped(long requested, long effective, string reason) =>
        Whole(requested) <= effective ? null : Text($"{requested} bytes were asked for, {effective} are granted: {reason}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
