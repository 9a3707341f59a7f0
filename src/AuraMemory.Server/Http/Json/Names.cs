using System.Text;
using AuraMemory.Engine.Objects;
using Microsoft.Extensions.Primitives;

namespace AuraMemory.Server.Http.Json;

/// <summary>Names of the wire in the forms the hot paths need, made once.</summary>
internal static class Names
{
    private static readonly byte[][] TierBytes = [.. TierIdList().Select(t => Encoding.ASCII.GetBytes(t.Name()))];
    private static readonly StringValues[] TierHeaders = [.. TierIdList().Select(t => new StringValues(t.Name()))];

    /// <summary>Tier names in nominal order.</summary>
    public static string[] Tiers { get; } = [.. TierIdList().Select(t => t.Name())];

    /// <summary>Durability names in the order of <see cref="DurabilityLevel"/>.</summary>
    public static string[] Durabilities { get; } = ["volatile", "process", "fsync"];

    public static ReadOnlySpan<byte> Utf8(TierId tier) => TierBytes[(int)tier];

    public static StringValues Header(TierId tier) => TierHeaders[(int)tier];

    private static TierId[] TierIdList() => TierIds.All.ToArray();
}
