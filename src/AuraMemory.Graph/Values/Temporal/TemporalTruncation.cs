using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Cuts temporal values off at a unit, and sets components of what is left: <c>datetime.truncate('month', d, {day: 2})</c>.</summary>
/// <remarks>Decades, centuries and millennia are those of the year's digits, so that of year -5 is 0.</remarks>
internal static class TemporalTruncation
{
    /// <summary>The value cut off.</summary>
    /// <param name="kind">Kind of the result, no duration.</param>
    /// <param name="unit">Name of the unit.</param>
    /// <param name="value">The value.</param>
    /// <param name="components">Components to set, without regard to <c>date</c>, <c>time</c> and <c>datetime</c>; null = none.</param>
    /// <param name="now">The moment that says which offset a named zone gives a time without a date.</param>
    /// <param name="at">Place of the call.</param>
    internal static TemporalValue Truncate(
        ValueKind kind, string unit, TemporalValue value, MapValue? components, DateTimeOffset now, TextPosition at)
    {
        bool ofDay = TryTimeUnit(unit, out long nanosOfUnit, out TemporalUnit? kept);
        if (!ofDay && unit is not ("millennium" or "century" or "decade" or "year" or "weekYear" or "quarter" or "month" or "week" or "day"))
        {
            throw TemporalErrors.Argument($"'{unit}' is no unit to truncate to: these are millennium, century, decade, year, weekYear, quarter, "
                + "month, week, day, hour, minute, second, millisecond and microsecond.", at);
        }

        if (kind == ValueKind.Date && ofDay)
        {
            throw TemporalErrors.Type($"A date is not truncated to the unit '{unit}', which is smaller than a day.", at);
        }

        if (kind is ValueKind.LocalTime or ValueKind.Time && !ofDay && unit != "day")
        {
            throw TemporalErrors.Type($"A time is not truncated to the unit '{unit}', which is greater than a day.", at);
        }

        TemporalFields? fields = components is null or { Count: 0 } ? null : new TemporalFields(components, kind, at);
        if (fields?.Zone is not null && kind is not (ValueKind.Time or ValueKind.DateTime))
        {
            throw TemporalErrors.Type($"A {TemporalParts.NameOf(kind)} has no time zone.", at);
        }

        long day = kind is ValueKind.LocalTime or ValueKind.Time ? 0 : CutDay(ofDay ? "day" : unit, TemporalParts.NeedDay(value, at), at);
        long nanos = kind == ValueKind.Date ? 0 : CutTime(ofDay, nanosOfUnit, value, kind, at);
        if (fields is not null)
        {
            day = kind is ValueKind.LocalTime or ValueKind.Time ? 0 : DayBuilder.Build(fields, day, complete: false, at);
            nanos = kind == ValueKind.Date ? 0 : TimeBuilder.Build(fields, nanos, kept, at);
        }

        return kind switch
        {
            ValueKind.Date => new DateValue(day),
            ValueKind.LocalTime => new LocalTimeValue(nanos),
            ValueKind.Time => new TimeValue(nanos, fields?.Zone?.OffsetAt(now.ToUnixTimeSeconds()) ?? OffsetOf(value)),
            ValueKind.LocalDateTime => new LocalDateTimeValue(day, nanos),
            _ => DateTimeValue.FromLocal(new LocalDateTimeValue(day, nanos), fields?.Zone ?? TemporalParts.ZoneOf(value) ?? TemporalZone.Utc),
        };
    }

    private static int OffsetOf(TemporalValue value) => value switch
    {
        TimeValue time => time.OffsetSeconds,
        DateTimeValue instant => instant.OffsetSeconds,
        _ => 0,
    };

    private static bool TryTimeUnit(string unit, out long nanos, out TemporalUnit? kept)
    {
        (nanos, kept) = unit switch
        {
            "hour" => (3_600 * Calendar.NanosPerSecond, (TemporalUnit?)null),
            "minute" => (60 * Calendar.NanosPerSecond, null),
            "second" => (Calendar.NanosPerSecond, null),
            "millisecond" => (1_000_000, TemporalUnit.Millisecond),
            "microsecond" => (1_000, TemporalUnit.Microsecond),
            _ => (0, null),
        };
        return nanos != 0;
    }

    private static long CutTime(bool ofDay, long nanosOfUnit, TemporalValue value, ValueKind kind, TextPosition at)
    {
        if (!ofDay)
        {
            // A time of day is needed for a time all the same; for a date and time the day is enough.
            _ = kind is ValueKind.LocalTime or ValueKind.Time ? TemporalParts.NeedNanos(value, at) : 0;
            return 0;
        }

        long nanos = TemporalParts.NeedNanos(value, at);
        return nanos - (nanos % nanosOfUnit);
    }

    private static long CutDay(string unit, long day, TextPosition at)
    {
        (long year, int month, _) = Calendar.FromEpochDay(day);
        long cut = unit switch
        {
            "millennium" => Calendar.ToEpochDay(year / 1_000 * 1_000, 1, 1),
            "century" => Calendar.ToEpochDay(year / 100 * 100, 1, 1),
            "decade" => Calendar.ToEpochDay(year / 10 * 10, 1, 1),
            "year" => Calendar.ToEpochDay(year, 1, 1),
            "weekYear" => Calendar.WeekYearStart(Calendar.WeekOf(day).WeekYear),
            "quarter" => Calendar.QuarterStart(year, Calendar.Quarter(month)),
            "month" => Calendar.ToEpochDay(year, month, 1),
            "week" => day - Calendar.DayOfWeek(day) + 1,
            _ => day,
        };
        return cut >= Calendar.LeastDay ? cut : throw TemporalErrors.Range("The day is out of range.", isDuration: false, at);
    }
}
