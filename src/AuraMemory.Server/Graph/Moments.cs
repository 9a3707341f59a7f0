using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Server.Graph;

/// <summary>The store's times as instants in UTC.</summary>
internal static class Moments
{
    private const long MillisecondsPerSecond = 1000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Of seconds since 1970.</summary>
    public static Value OfSeconds(long seconds) => Value.Of(DateTimeValue.FromInstant(seconds, 0, TemporalZone.Utc));

    /// <summary>Of milliseconds since 1970.</summary>
    public static Value OfMilliseconds(long milliseconds)
    {
        (long seconds, long rest) = Math.DivRem(milliseconds, MillisecondsPerSecond);
        return Value.Of(rest < 0
            ? DateTimeValue.FromInstant(seconds - 1, (rest + MillisecondsPerSecond) * NanosecondsPerMillisecond, TemporalZone.Utc)
            : DateTimeValue.FromInstant(seconds, rest * NanosecondsPerMillisecond, TemporalZone.Utc));
    }
}
