using System.Diagnostics;

namespace AuraMemory.Engine.Access;

/// <summary>Elapsed time in nanoseconds at the resolution of the machine's clock.</summary>
internal static class Nanoseconds
{
    private static readonly double PerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>A moment, for <see cref="Since"/>.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Nanoseconds since a moment, at least 1.</summary>
    public static long Since(long moment) => Math.Max(1, (long)((Stopwatch.GetTimestamp() - moment) * PerTick));
}
