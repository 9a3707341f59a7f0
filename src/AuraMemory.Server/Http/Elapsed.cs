using System.Diagnostics;

namespace AuraMemory.Server.Http;

/// <summary>Elapsed time as the wire has it, at the full resolution of the machine's clock.</summary>
internal static class Elapsed
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Nanoseconds since a <see cref="Stopwatch.GetTimestamp"/>, at least 1: a time of 0 would read as "not measured".</summary>
    public static long Nanoseconds(long since) =>
        Math.Max(1, (long)((Stopwatch.GetTimestamp() - since) * NanosecondsPerTick));
}
