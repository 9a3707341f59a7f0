using AuraMemory.Engine.Access;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Tiers.Persistent;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine;

/// <summary>The parts of an open store, shared by those who work on it.</summary>
internal sealed class StoreParts
{
    public required StoreOptions Options { get; init; }

    public required MachineFacts Facts { get; init; }

    public required TierPlan Plan { get; init; }

    public required StoreClock Clock { get; init; }

    public required AccessLanes Lanes { get; init; }

    public required IHome Home { get; init; }

    /// <summary>The persistent pool, or null when it could not be opened: the tier is out of service then.</summary>
    public required PersistentPool? Pool { get; init; }

    /// <summary>Why the pool is out of service.</summary>
    public string? PoolFailure { get; init; }

    public required MemoryLadder Memory { get; init; }

    public required ChangeNumbers Numbers { get; init; }

    public required Committer Committer { get; init; }

    /// <summary>Bounds what large objects from below memory cost.</summary>
    public required LargeReads LargeReads { get; init; }

    /// <summary>Decayed access counts; written by the mover's thread only, read approximately by others.</summary>
    public required FrequencySketch Sketch { get; init; }
}
