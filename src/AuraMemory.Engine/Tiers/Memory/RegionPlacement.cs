namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Where the pages of a <see cref="MemoryRegion"/> come from.</summary>
public abstract record RegionPlacement
{
    private RegionPlacement()
    {
    }

    /// <summary>Main memory of whatever node the toucher runs on.</summary>
    /// <param name="HugePages">
    /// True = ask for 2 MiB pages where the kernel allows them (<c>madvise</c>), regions of 2 MiB and more; false = forbid them.
    /// </param>
    public sealed record Anonymous(bool HugePages) : RegionPlacement;

    /// <summary>Memory of one NUMA node (Linux); elsewhere, or where the policy is forbidden, main memory.</summary>
    /// <param name="Node">Number of the node, 0 to 1023.</param>
    /// <param name="Cxl">True when the node is known to be CXL memory, false when it is only a node without processors.</param>
    public sealed record NumaNode(int Node, bool Cxl) : RegionPlacement;

    /// <summary>An unnamed shared-memory segment: nothing is left behind when the process ends, however it ends.</summary>
    /// <param name="Name">What process listings show for it.</param>
    public sealed record SharedMemory(string Name) : RegionPlacement;

    /// <summary>A DAX character device (Linux).</summary>
    /// <param name="Path">For example <c>/dev/dax0.0</c>.</param>
    public sealed record DeviceDax(string Path) : RegionPlacement;
}

/// <summary>The operating system refused memory; the message has its words.</summary>
public sealed class MemoryRegionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MemoryRegionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a cause.</summary>
    public MemoryRegionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
