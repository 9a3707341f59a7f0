using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>How long it is from one temporal value to another, of any two kinds.</summary>
/// <remarks>What one of them lacks is taken from the other: the day when only one has one, the clock likewise; a missing time of day is midnight.
/// When only one has a day, the difference is elapsed time alone. Whole months and days are counted on the clock of the first, the rest is elapsed time,
/// so a day on which the clocks change is a day and has 23 or 25 hours.</remarks>
internal static class DurationBetween
{
    /// <summary>Whole months, then whole days, then the rest.</summary>
    internal static DurationValue Between(TemporalValue from, TemporalValue to)
    {
        Span span = Align(from, to);
        if (TemporalParts.DayOf(from) is null || TemporalParts.DayOf(to) is null)
        {
            return span.Elapsed(span.From);
        }

        long months = span.Months();
        LocalDateTimeValue afterMonths = span.Shift(months, 0);
        long days = Span.Days(afterMonths, span.To);
        return new DurationValue(months, days, 0, 0).Plus(span.Elapsed(new LocalDateTimeValue(afterMonths.EpochDay + days, afterMonths.NanoOfDay)));
    }

    /// <summary>Whole months.</summary>
    internal static DurationValue InMonths(TemporalValue from, TemporalValue to, TextPosition at)
    {
        Span span = Align(from, to);
        return span.HasDays ? new DurationValue(span.Months(), 0, 0, 0)
            : throw TemporalErrors.Type("There are no months between two times of day.", at);
    }

    /// <summary>Whole days.</summary>
    internal static DurationValue InDays(TemporalValue from, TemporalValue to, TextPosition at)
    {
        Span span = Align(from, to);
        return span.HasDays ? new DurationValue(0, Span.Days(span.From, span.To), 0, 0)
            : throw TemporalErrors.Type("There are no days between two times of day.", at);
    }

    /// <summary>Seconds and nanoseconds.</summary>
    internal static DurationValue InSeconds(TemporalValue from, TemporalValue to)
    {
        Span span = Align(from, to);
        return span.Elapsed(span.From);
    }

    private static Span Align(TemporalValue from, TemporalValue to)
    {
        long? dayFrom = TemporalParts.DayOf(from);
        long? dayTo = TemporalParts.DayOf(to);
        var first = new LocalDateTimeValue(dayFrom ?? dayTo ?? 0, TemporalParts.NanosOf(from) ?? 0);
        var second = new LocalDateTimeValue(dayTo ?? dayFrom ?? 0, TemporalParts.NanosOf(to) ?? 0);
        bool hasDays = dayFrom is not null || dayTo is not null;
        TemporalZone? zoneFrom = TemporalParts.ZoneOf(from);
        TemporalZone? zoneTo = TemporalParts.ZoneOf(to);
        if ((zoneFrom ?? zoneTo) is not { } zone)
        {
            return new Span(first, second, null, 0, 0, hasDays);
        }

        DateTimeValue start = from as DateTimeValue ?? DateTimeValue.FromLocal(first, zone);
        DateTimeValue end = to as DateTimeValue ?? DateTimeValue.FromLocal(second, zoneTo ?? zone);
        return new Span(start.Local, end.WithZoneSameInstant(start.Zone).Local, start, end.EpochSecond, end.NanoOfSecond, hasDays);
    }

    /// <summary>Two readings of one clock; with the instants where the clock is known.</summary>
    private sealed record Span(
        LocalDateTimeValue From, LocalDateTimeValue To, DateTimeValue? Start, long EndSecond, int EndNanos, bool HasDays)
    {
        internal long Months()
        {
            (long year, int month, int day) = Calendar.FromEpochDay(From.EpochDay);
            (long yearTo, int monthTo, int dayTo) = Calendar.FromEpochDay(WholeDaysTo(From, To));
            return (((((yearTo * 12) + monthTo) * 32) + dayTo) - ((((year * 12) + month) * 32) + day)) / 32;
        }

        internal static long Days(LocalDateTimeValue from, LocalDateTimeValue to) => WholeDaysTo(from, to) - from.EpochDay;

        internal LocalDateTimeValue Shift(long months, long days) => new(Calendar.AddMonths(From.EpochDay, months) + days, From.NanoOfDay);

        /// <summary>Time that passes from a reading of the clock to the end.</summary>
        internal DurationValue Elapsed(LocalDateTimeValue reading)
        {
            if (Start is null)
            {
                return new DurationValue(0, 0, To.LocalSecond - reading.LocalSecond, To.NanoOfSecond - reading.NanoOfSecond);
            }

            DateTimeValue begin = Start.WithLocal(reading);
            return new DurationValue(0, 0, EndSecond - begin.EpochSecond, EndNanos - begin.NanoOfSecond);
        }

        /// <summary>The last day, less the one that is begun but not over.</summary>
        private static long WholeDaysTo(LocalDateTimeValue from, LocalDateTimeValue to)
        {
            if (to.EpochDay > from.EpochDay && to.NanoOfDay < from.NanoOfDay)
            {
                return to.EpochDay - 1;
            }

            return to.EpochDay < from.EpochDay && to.NanoOfDay > from.NanoOfDay ? to.EpochDay + 1 : to.EpochDay;
        }
    }
}
