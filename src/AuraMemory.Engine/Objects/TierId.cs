namespace AuraMemory.Engine.Objects;

/// <summary>The eight tiers, in the nominal order of the public contract, fastest first.</summary>
/// <remarks>
/// The numeric value is the nominal rank. Placement ranks tiers by measured latency instead
/// (see TierLadder): on a machine without the hardware the two orders differ.
/// </remarks>
public enum TierId : byte
{
    /// <summary>Packed arena no larger than one core's L1 data cache.</summary>
    L1Cache = 0,

    /// <summary>Packed arena no larger than one core's L2 cache.</summary>
    L2Cache = 1,

    /// <summary>Packed arena sized to a share of the last-level cache.</summary>
    L3Cache = 2,

    /// <summary>Memory pool: a NUMA node without CPUs, a DAX device, or a shared-memory segment.</summary>
    CxlHot = 3,

    /// <summary>Arena in main memory.</summary>
    Dram = 4,

    /// <summary>Mapped pool of durable copies; survives restarts.</summary>
    PmemWarm = 5,

    /// <summary>Home of every object that is not archived: a log-structured merge store on SSD.</summary>
    NvmeCold = 6,

    /// <summary>Home of archived objects: the same engine on its own path, heavily compressed.</summary>
    HddArchive = 7,
}

/// <summary>Wire names and fixed facts of <see cref="TierId"/>.</summary>
public static class TierIds
{
    /// <summary>Number of tiers.</summary>
    public const int Count = 8;

    /// <summary>Number of tiers whose copies live in the volatile catalog (L1 to DRAM).</summary>
    public const int MemoryCount = 5;

    private static readonly string[] Names =
        ["l1_cache", "l2_cache", "l3_cache", "cxl_hot", "dram", "pmem_warm", "nvme_cold", "hdd_archive"];

    /// <summary>All tiers in nominal order.</summary>
    public static ReadOnlySpan<TierId> All =>
    [
        TierId.L1Cache, TierId.L2Cache, TierId.L3Cache, TierId.CxlHot,
        TierId.Dram, TierId.PmemWarm, TierId.NvmeCold, TierId.HddArchive,
    ];

    /// <summary>The identifier used on the wire, for example <c>l3_cache</c>.</summary>
    public static string Name(this TierId tier) => Names[(int)tier];

    /// <summary>True for the five tiers that hold volatile copies in memory.</summary>
    public static bool IsMemory(this TierId tier) => tier <= TierId.Dram;

    /// <summary>True for the two tiers that can be an object's home.</summary>
    public static bool IsHome(this TierId tier) => tier >= TierId.NvmeCold;

    /// <summary>Parses a wire name; the comparison is ordinal and case-sensitive.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out TierId tier)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
            {
                tier = (TierId)i;
                return true;
            }
        }

        tier = default;
        return false;
    }
}
