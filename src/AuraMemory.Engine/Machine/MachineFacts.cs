using System.Globalization;
using System.Runtime.InteropServices;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Machine;

/// <summary>A NUMA node that has memory.</summary>
/// <param name="Node">Its number.</param>
/// <param name="HasProcessors">False for memory that only hangs on the fabric: a candidate for <c>cxl_hot</c>.</param>
/// <param name="MemoryBytes">Memory of the node, bytes.</param>
/// <param name="FreeBytes">What of it is unused now, bytes.</param>
/// <param name="ReadLatencyNs">What the firmware states, nanoseconds; null when it states nothing.</param>
public sealed record NumaNodeFact(int Node, bool HasProcessors, long MemoryBytes, long FreeBytes, double? ReadLatencyNs);

/// <summary>A DAX character device.</summary>
/// <param name="Path">For example <c>/dev/dax0.0</c>.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DaxDeviceFact(string Path, long Bytes);

/// <summary>The disk under a path.</summary>
/// <param name="Path">The path asked about; it need not exist.</param>
/// <param name="FreeBytes">Free for this user, bytes.</param>
/// <param name="UsedBytes">Bytes that lie under the path already.</param>
/// <param name="Rotational">True for a spinning disk; null when that cannot be known.</param>
public sealed record DiskFact(string Path, long FreeBytes, long UsedBytes, bool? Rotational);

/// <summary>What the machine, and the container in it, offers. Whatever could not be found out is null or empty.</summary>
public sealed record MachineFacts
{
    /// <summary>Logical processors this process may use; 1 and more.</summary>
    public int LogicalCores { get; init; } = 1;

    /// <summary>Main memory of the machine, all nodes, bytes.</summary>
    public long? PhysicalMemoryBytes { get; init; }

    /// <summary>The tightest memory limit of the control groups this process is in, bytes.</summary>
    public long? CgroupLimitBytes { get; init; }

    /// <summary>L1 data cache of one core, bytes.</summary>
    public long? L1DataBytes { get; init; }

    /// <summary>L2 cache of one core, bytes.</summary>
    public long? L2Bytes { get; init; }

    /// <summary>Last-level cache, bytes; shared with others, on a virtual machine also with strangers.</summary>
    public long? L3Bytes { get; init; }

    /// <summary>Logical processors that share the last-level cache, as the system states it.</summary>
    public int? L3SharedBy { get; init; }

    /// <summary>The nodes with memory, by number.</summary>
    public IReadOnlyList<NumaNodeFact> Nodes { get; init; } = [];

    /// <summary>True when the machine has CXL devices: nodes without processors are then taken for CXL memory.</summary>
    public bool HasCxl { get; init; }

    /// <summary>DAX devices, by name.</summary>
    public IReadOnlyList<DaxDeviceFact> DaxDevices { get; init; } = [];

    /// <summary>Which run of the system this is: another one after every boot; null where the system does not say.</summary>
    public Guid? BootId { get; init; }

    /// <summary>The disks of the tiers that lie on disk.</summary>
    public IReadOnlyDictionary<TierId, DiskFact> Disks { get; init; } = new Dictionary<TierId, DiskFact>();

    /// <summary>Memory this process may use: the machine's or the control group's, whichever is less; null = not known.</summary>
    public long? GrantedMemoryBytes => PhysicalMemoryBytes is { } physical
        ? Math.Min(physical, CgroupLimitBytes ?? long.MaxValue)
        : CgroupLimitBytes;

    /// <summary>Text that differs when measured figures of one machine should not be believed on the other.</summary>
    public string Fingerprint => string.Create(
        CultureInfo.InvariantCulture,
        $"{RuntimeInformation.ProcessArchitecture}/{LogicalCores}/{L1DataBytes}/{L2Bytes}/{L3Bytes}/{PhysicalMemoryBytes >> 30}/{Nodes.Count}/{DaxDevices.Count}");

    /// <summary>Looks the machine over. Never throws: what is missing or forbidden is left out.</summary>
    /// <param name="options">Names the paths whose disks are of interest.</param>
    public static MachineFacts Probe(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MachineFacts facts = OperatingSystem.IsLinux() ? LinuxMachine.Probe("/")
            : OperatingSystem.IsMacOS() ? MacMachine.Probe()
            : OperatingSystem.IsWindows() ? WindowsMachine.Probe()
            : new MachineFacts();
        Dictionary<TierId, DiskFact> disks = [];
        foreach (TierId tier in TierIds.All)
        {
            if (TierFolders.PathOf(options, tier) is { } path && DiskProbe.Probe(path, "/") is { } disk)
            {
                disks[tier] = disk;
            }
        }

        return facts with
        {
            LogicalCores = Environment.ProcessorCount,
            PhysicalMemoryBytes = facts.PhysicalMemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Disks = disks,
        };
    }
}

/// <summary>Where the tiers that lie on disk keep their files.</summary>
public static class TierFolders
{
    /// <summary>The path that is set, else a folder of the data folder; null for tiers without files.</summary>
    public static string? PathOf(StoreOptions options, TierId tier)
    {
        ArgumentNullException.ThrowIfNull(options);
        string? name = tier switch
        {
            TierId.PmemWarm => "pmem",
            TierId.NvmeCold => "nvme",
            TierId.HddArchive => "archive",
            _ => null,
        };
        return name is null ? null : options.Tier(tier).Path ?? Path.Combine(options.DataFolder, name);
    }
}
