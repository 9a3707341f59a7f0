using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>Settings of the store. Names on the wire are the snake_case forms of the members.</summary>
public sealed record StoreOptions
{
    /// <summary>Folder for everything the store keeps.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Default durability of an acknowledged store.</summary>
    public DurabilityLevel Durability { get; init; } = DurabilityLevel.Process;
}
