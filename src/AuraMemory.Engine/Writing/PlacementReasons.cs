using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Writing;

/// <summary>Sentences for people: why an object is not in the tier that was asked for.</summary>
internal static class PlacementReasons
{
    public static string Explain(PlaceStatus status, TierId tier, MemoryLadder memory, in ObjectImage image) =>
        Explain(status, tier, tier.IsMemory() ? memory.Arena(tier).LargestRecordBytes : null, image.Data.Length);

    public static string Explain(PlaceStatus status, TierId tier, long? largestBytes, int dataBytes) => status switch
    {
        PlaceStatus.TooLarge when largestBytes is { } largest =>
            $"{tier.Name()} holds objects of at most {largest} bytes; this one has {dataBytes} bytes of data besides key, metadata and header.",
        PlaceStatus.TooLarge => $"The object of {dataBytes} bytes is larger than the largest one {tier.Name()} can hold.",
        PlaceStatus.NotAdmitted => $"{tier.Name()} is full of objects that are used more; \"force\" evicts them.",
        PlaceStatus.NoSpace => $"No contiguous space could be freed in {tier.Name()} within its budget; \"force\" evicts what is in the way.",
        PlaceStatus.Stale => "The object was written again meanwhile.",
        PlaceStatus.DeviceFailed => $"{tier.Name()} is out of service.",
        _ => $"{tier.Name()} did not take the object.",
    };
}
