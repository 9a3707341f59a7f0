namespace AuraMemory.Graph.Values.Temporal;

/// <summary>The components that kinds have in common. Names are found without regard to case.</summary>
internal static class TemporalComponents
{
    /// <summary>Components of a day.</summary>
    internal static bool TryDate(long epochDay, string name, out Value value)
    {
        (long year, int month, int day) = Calendar.FromEpochDay(epochDay);
        long? number = name.ToLowerInvariant() switch
        {
            "year" => year,
            "quarter" => Calendar.Quarter(month),
            "month" => month,
            "week" => Calendar.WeekOf(epochDay).Week,
            "weekyear" => Calendar.WeekOf(epochDay).WeekYear,
            "day" => day,
            "ordinalday" => Calendar.DayOfYear(epochDay),
            "dayofweek" or "weekday" => Calendar.DayOfWeek(epochDay),
            "dayofquarter" or "quarterday" => Calendar.DayOfQuarter(epochDay),
            _ => null,
        };
        return Found(number, out value);
    }

    /// <summary>Components of a time of day.</summary>
    internal static bool TryTime(long nanoOfDay, string name, out Value value)
    {
        (long seconds, long nanos) = Math.DivRem(nanoOfDay, Calendar.NanosPerSecond);
        long? number = name.ToLowerInvariant() switch
        {
            "hour" => seconds / 3_600,
            "minute" => seconds / 60 % 60,
            "second" => seconds % 60,
            "millisecond" => nanos / 1_000_000,
            "microsecond" => nanos / 1_000,
            "nanosecond" => nanos,
            _ => null,
        };
        return Found(number, out value);
    }

    /// <summary>Components of an offset or a zone.</summary>
    /// <param name="offsetSeconds">The offset.</param>
    /// <param name="zone">Name of the zone; null = the offset is all there is.</param>
    internal static bool TryZone(int offsetSeconds, string? zone, string name, out Value value)
    {
        switch (name.ToLowerInvariant())
        {
            case "timezone":
                value = Value.Of(zone ?? TemporalText.Offset(offsetSeconds));
                return true;
            case "offset":
                value = Value.Of(TemporalText.Offset(offsetSeconds));
                return true;
            case "offsetminutes":
                value = Value.Of((long)(offsetSeconds / 60));
                return true;
            case "offsetseconds":
                value = Value.Of((long)offsetSeconds);
                return true;
            default:
                value = Value.Null;
                return false;
        }
    }

    internal static bool Found(long? number, out Value value)
    {
        value = number is { } known ? Value.Of(known) : Value.Null;
        return number is not null;
    }
}
