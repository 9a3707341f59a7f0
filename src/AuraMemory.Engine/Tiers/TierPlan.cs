using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tiers;

/// <summary>What one tier gets.</summary>
/// <param name="Tier">Which.</param>
/// <param name="RequestedBytes">What was set, or the default.</param>
/// <param name="EffectiveBytes">What is granted: the tier's hard budget.</param>
/// <param name="Placement">Where its memory comes from; null for tiers that lie in files.</param>
/// <param name="Path">Its folder or file; null for tiers in memory.</param>
/// <param name="ChargedToMemory">True when its bytes count against the memory limit.</param>
/// <param name="Warning">Why less, or other, was granted than asked for; null when nothing is noteworthy.</param>
public sealed record TierBudget(
    TierId Tier, long RequestedBytes, long EffectiveBytes, RegionPlacement? Placement, string? Path, bool ChargedToMemory, string? Warning);

/// <summary>How one memory limit is divided.</summary>
/// <remarks>
/// <see cref="TotalResidentBytes"/> never exceeds <see cref="MemoryLimitBytes"/>. A DAX device is outside it: its memory
/// belongs neither to the machine's main memory nor to a control group. So are files, whose cached pages the system drops.
/// </remarks>
public sealed record TierPlan
{
    /// <summary>Limit that was set, or the default, bytes.</summary>
    public required long RequestedMemoryLimitBytes { get; init; }

    /// <summary>Limit in force, bytes.</summary>
    public required long MemoryLimitBytes { get; init; }

    /// <summary>The tiers in nominal order.</summary>
    public required IReadOnlyList<TierBudget> Tiers { get; init; }

    /// <summary>Index of the copies in memory, bytes.</summary>
    public required long CatalogBytes { get; init; }

    /// <summary>Cache of blocks read from disk, bytes.</summary>
    public required long BlockCacheBytes { get; init; }

    /// <summary>Writes on their way to disk, bytes.</summary>
    public required long WriteBufferBytes { get; init; }

    /// <summary>Managed heap, bytes: what the collector's hard limit is to be set to.</summary>
    public required long ManagedHeapBytes { get; init; }

    /// <summary>What the runtime (code, stacks, collector) and the allocators of native libraries take besides, bytes: an allowance.</summary>
    public required long RuntimeBytes { get; init; }

    /// <summary>Bodies of requests and responses in flight, bytes.</summary>
    public required long RequestBufferBytes { get; init; }

    /// <summary>Search by shape: index and what belongs to it, bytes; 0 where nothing keeps shapes.</summary>
    public long ShapeIndexBytes { get; init; }

    /// <summary>Noteworthy things that concern no single tier.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Settings under which the store cannot run, by name; it must not be started unless this is empty.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>The budget of a tier.</summary>
    public TierBudget this[TierId tier] => Tiers[(int)tier];

    /// <summary>The graph of relationships, bytes: a part of <see cref="ManagedHeapBytes"/>.</summary>
    public long GraphMemoryBytes { get; init; }

    /// <summary>Everything that can be resident at once, bytes.</summary>
    public long TotalResidentBytes
    {
        get
        {
            long total = CatalogBytes + BlockCacheBytes + WriteBufferBytes + ManagedHeapBytes + RequestBufferBytes + RuntimeBytes
                + ShapeIndexBytes;
            foreach (TierBudget tier in Tiers)
            {
                total += tier.ChargedToMemory ? tier.EffectiveBytes : 0;
            }

            return total;
        }
    }
}
