using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Builds a time of day from the components of a map, and a time of day that fills up what is not given.</summary>
/// <remarks>The part of a second may be given by milliseconds, microseconds and nanoseconds together; each is then what is left of the greater
/// given one, and a given one replaces all parts of a second of the time one starts from.</remarks>
internal static class TimeBuilder
{
    /// <summary>The time of day that is meant, in nanoseconds.</summary>
    /// <param name="fields">The components.</param>
    /// <param name="from">Time of day that fills up; null = none.</param>
    /// <param name="kept">Unit below which <paramref name="from"/> was cut off, and which a smaller component adds to; null = it was not.</param>
    /// <param name="at">Place of the call.</param>
    internal static long Build(TemporalFields fields, long? from, TemporalUnit? kept, TextPosition at)
    {
        if (!fields.HasTime)
        {
            return from ?? 0;
        }

        if (from is null)
        {
            NeedGreater(fields, at);
        }

        (long seconds, long nanos) = Math.DivRem(from ?? 0, Calendar.NanosPerSecond);
        long hour = DayBuilder.Check(fields[TemporalUnit.Hour] ?? seconds / 3_600, 0, 23, TemporalUnit.Hour, at);
        long minute = DayBuilder.Check(fields[TemporalUnit.Minute] ?? seconds / 60 % 60, 0, 59, TemporalUnit.Minute, at);
        long second = DayBuilder.Check(fields[TemporalUnit.Second] ?? seconds % 60, 0, 59, TemporalUnit.Second, at);
        return ((((hour * 60) + minute) * 60) + second) * Calendar.NanosPerSecond + PartOfSecond(fields, nanos, kept, at);
    }

    private static long PartOfSecond(TemporalFields fields, long from, TemporalUnit? kept, TextPosition at)
    {
        long? millis = fields[TemporalUnit.Millisecond];
        long? micros = fields[TemporalUnit.Microsecond];
        long? nanos = fields[TemporalUnit.Nanosecond];
        if (millis is null && micros is null && nanos is null)
        {
            return from;
        }

        if (kept == TemporalUnit.Millisecond)
        {
            millis ??= from / 1_000_000;
            micros ??= 0;
        }
        else if (kept == TemporalUnit.Microsecond && millis is null)
        {
            micros ??= from / 1_000;
        }

        long mostMicros = millis is null ? 999_999 : 999;
        long mostNanos = micros is not null ? 999 : millis is not null ? 999_999 : 999_999_999;
        return (DayBuilder.Check(millis ?? 0, 0, 999, TemporalUnit.Millisecond, at) * 1_000_000)
            + (DayBuilder.Check(micros ?? 0, 0, mostMicros, TemporalUnit.Microsecond, at) * 1_000)
            + DayBuilder.Check(nanos ?? 0, 0, mostNanos, TemporalUnit.Nanosecond, at);
    }

    private static void NeedGreater(TemporalFields fields, TextPosition at)
    {
        bool part = fields[TemporalUnit.Millisecond] is not null || fields[TemporalUnit.Microsecond] is not null || fields[TemporalUnit.Nanosecond] is not null;
        bool second = part || fields[TemporalUnit.Second] is not null;
        TemporalUnit? missing =
            fields[TemporalUnit.Hour] is null ? TemporalUnit.Hour
            : second && fields[TemporalUnit.Minute] is null ? TemporalUnit.Minute
            : part && fields[TemporalUnit.Second] is null ? TemporalUnit.Second
            : null;
        if (missing is { } unit)
        {
            throw TemporalErrors.Argument($"'{TemporalFields.NameOf(unit)}' must be given.", at);
        }
    }
}
