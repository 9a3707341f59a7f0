using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Reads dates, times and both in the forms of ISO 8601, extended (<c>2015-07-21T21:40:32.142+01:00</c>) and basic
/// (<c>20150721T214032.142+0100</c>), calendar, week, quarter and ordinal dates, less exact ones filled up with the first that fits.</summary>
/// <remarks>Years outside 0 to 9999 have a sign and up to nine digits, and then the extended form. Never throws on text; an
/// unreadable one gives a sentence that says what is wrong.</remarks>
internal static class TemporalParser
{
    internal static bool TryDate(string text, [NotNullWhen(true)] out DateValue? value, [NotNullWhen(false)] out string? error)
    {
        var reader = new IsoReader(text);
        value = Date(ref reader, anyCase: false, out long day) && reader.AtEnd ? new DateValue(day) : null;
        return Outcome(value, ref reader, text, "a date, for example 2015-07-21", out error);
    }

    internal static bool TryLocalTime(string text, [NotNullWhen(true)] out LocalTimeValue? value, [NotNullWhen(false)] out string? error)
    {
        var reader = new IsoReader(text);
        _ = reader.Take('T');
        value = Time(ref reader, out long nanos) && reader.AtEnd ? new LocalTimeValue(nanos) : null;
        return Outcome(value, ref reader, text, "a local time, for example 21:40:32.142", out error);
    }

    internal static bool TryTime(string text, [NotNullWhen(true)] out TimeValue? value, [NotNullWhen(false)] out string? error)
    {
        var reader = new IsoReader(text);
        _ = reader.TakeT();
        value = Time(ref reader, out long nanos) && Offset(ref reader, true, out int? offset) && reader.AtEnd ? new TimeValue(nanos, offset ?? 0) : null;
        return Outcome(value, ref reader, text, "a time, for example 21:40:32.142+01:00; a named zone needs a date", out error);
    }

    internal static bool TryLocalDateTime(string text, [NotNullWhen(true)] out LocalDateTimeValue? value, [NotNullWhen(false)] out string? error)
    {
        var reader = new IsoReader(text);
        value = LocalDateTime(ref reader, out LocalDateTimeValue? local, out _) && reader.AtEnd ? local : null;
        return Outcome(value, ref reader, text, "a local date and time, for example 2015-07-21T21:40:32.142", out error);
    }

    internal static bool TryDateTime(
        string text, TemporalZone withoutZone, [NotNullWhen(true)] out DateTimeValue? value, [NotNullWhen(false)] out string? error)
    {
        var reader = new IsoReader(text);
        value = null;
        int? offset = null;
        string? name = null;
        if (LocalDateTime(ref reader, out LocalDateTimeValue? local, out bool withTime)
            && (!withTime || (Offset(ref reader, true, out offset) && ZoneName(ref reader, out name))) && reader.AtEnd)
        {
            value = Place(local, offset, name, withoutZone, out string? problem);
            reader.Problem ??= problem;
        }

        return Outcome(value, ref reader, text, "a date and time, for example 2015-07-21T21:40:32.142+01:00[Europe/London]", out error);
    }

    /// <summary>An offset alone: <c>Z</c>, <c>+01:00</c>, <c>+01:00:30</c>, and where basic forms are allowed <c>+01</c> and <c>+0100</c>.</summary>
    internal static bool TryOffset(string text, bool allowBasic, out int seconds)
    {
        var reader = new IsoReader(text);
        bool read = Offset(ref reader, allowBasic, out int? offset) && offset is not null && reader.AtEnd;
        seconds = offset ?? 0;
        return read;
    }

    private static bool Outcome(TemporalValue? value, ref IsoReader reader, string text, string expected, [NotNullWhen(false)] out string? error)
    {
        string shown = text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
        error = value is not null ? null : reader.Problem ?? $"'{shown}' cannot be read as {expected}.";
        return value is not null;
    }

    private static bool LocalDateTime(ref IsoReader reader, [NotNullWhen(true)] out LocalDateTimeValue? value, out bool withTime)
    {
        value = null;
        withTime = false;
        long nanos = 0;
        if (!Date(ref reader, anyCase: true, out long day) || ((withTime = reader.TakeT()) && !Time(ref reader, out nanos)))
        {
            return false;
        }

        value = new LocalDateTimeValue(day, nanos);
        return true;
    }

    private static DateTimeValue? Place(LocalDateTimeValue local, int? offset, string? name, TemporalZone withoutZone, out string? problem)
    {
        problem = null;
        if (name is null)
        {
            return DateTimeValue.FromLocal(local, offset is { } seconds ? TemporalZone.OfOffset(seconds) : withoutZone);
        }

        if (!TemporalZone.TryFind(name, out TemporalZone? zone))
        {
            problem = UnknownZone(name);
            return null;
        }

        if (offset is not { } given)
        {
            return DateTimeValue.FromLocal(local, zone);
        }

        if (DateTimeValue.TryFromLocal(local, given, zone, out DateTimeValue value))
        {
            return value;
        }

        problem = $"{zone} does not have the offset {TemporalText.Offset(given)} at {local}.";
        return null;
    }

    internal static string UnknownZone(string name) =>
        $"'{(name.Length > 60 ? name[..60] + "…" : name)}' is no time zone of this system's tz database, nor an offset like +01:00.";

    // W and Q are capitals in a date alone, and either in a date with a time: so Neo4j reads them.
    private static bool Date(ref IsoReader reader, bool anyCase, out long epochDay)
    {
        epochDay = 0;
        bool signed = reader.TakeSign(out int sign);
        int digits = reader.CountDigits();
        int yearDigits = signed ? digits : 4;
        if (digits < (signed ? 1 : 4) || yearDigits > 9 || !reader.TakeNumber(yearDigits, out long year))
        {
            return false;
        }

        year *= sign;
        bool extended = reader.Take('-');
        bool isBasic = !signed && !extended;
        if (anyCase ? reader.TakeLetter('W') : reader.Take('W'))
        {
            return WeekDate(ref reader, year, isBasic, out epochDay);
        }

        if (anyCase ? reader.TakeLetter('Q') : reader.Take('Q'))
        {
            return QuarterDate(ref reader, year, isBasic, out epochDay);
        }

        int next = reader.CountDigits();
        if (next == 3)
        {
            _ = reader.TakeNumber(3, out long ordinal);
            epochDay = Calendar.ToEpochDay(year, 1, 1) + ordinal - 1;
            return reader.Check(ordinal, 1, Calendar.DaysInYear(year), "day of the year");
        }

        long month = 1;
        long day = 1;
        bool read = extended
            ? reader.TakeNumber(next is 1 or 2 ? next : -1, out month) && (reader.Take('-') ? reader.TakeUpTo(2, out day) : next == 2)
            : next switch
            {
                0 => true,
                2 => reader.TakeNumber(2, out month),
                4 => reader.TakeNumber(2, out month) && reader.TakeNumber(2, out day),
                _ => false,
            };
        if (!read || !reader.Check(month, 1, 12, "month") || !reader.Check(day, 1, Calendar.DaysInMonth(year, (int)month), "day of that month"))
        {
            return false;
        }

        epochDay = Calendar.ToEpochDay(year, (int)month, (int)day);
        return true;
    }

    // Three digits are week and day; one or two the week, behind which a day has a dash.
    private static bool WeekDate(ref IsoReader reader, long year, bool isBasic, out long epochDay)
    {
        long day = 1;
        epochDay = 0;
        int digits = reader.CountDigits();
        bool joined = isBasic && digits == 3;
        if (!reader.TakeNumber(joined ? 2 : digits is 1 or 2 ? digits : -1, out long week)
            || ((joined || reader.Take('-')) && !reader.TakeNumber(1, out day))
            || !reader.Check(week, 1, Calendar.WeeksInYear(year), "week of that year") || !reader.Check(day, 1, 7, "day of the week"))
        {
            return false;
        }

        epochDay = Calendar.WeekYearStart(year) + ((week - 1) * 7) + day - 1;
        return reader.Check(epochDay, Calendar.LeastDay, Calendar.MostDay, "day");
    }

    private static bool QuarterDate(ref IsoReader reader, long year, bool isBasic, out long epochDay)
    {
        long day = 1;
        epochDay = 0;
        bool joined = isBasic && reader.CountDigits() == 3;
        if (!reader.TakeNumber(1, out long quarter) || !reader.Check(quarter, 1, 4, "quarter")
            || ((joined || reader.Take('-')) && !reader.TakeUpTo(2, out day))
            || !reader.Check(day, 1, Calendar.DaysInQuarter(year, (int)quarter), "day of that quarter"))
        {
            return false;
        }

        epochDay = Calendar.QuarterStart(year, (int)quarter) + day - 1;
        return true;
    }

    private static bool Time(ref IsoReader reader, out long nanoOfDay)
    {
        long minute = 0, second = 0, nanos = 0;
        nanoOfDay = 0;
        int digits = reader.CountDigits();
        bool basic = digits is 4 or 6;
        if (!reader.TakeNumber(basic ? 2 : digits is 1 or 2 ? digits : -1, out long hour))
        {
            return false;
        }

        bool hasMinute = basic || reader.Take(':');
        if (hasMinute && !reader.TakeUpTo(2, out minute))
        {
            return false;
        }

        bool hasSecond = basic ? digits == 6 : hasMinute && reader.Take(':');
        if (hasSecond && (!reader.TakeUpTo(2, out second) || !reader.TakeFraction(out nanos)))
        {
            return false;
        }

        nanoOfDay = ((((hour * 60) + minute) * 60) + second) * Calendar.NanosPerSecond + nanos;
        return reader.Check(hour, 0, 23, "hour") && reader.Check(minute, 0, 59, "minute") && reader.Check(second, 0, 59, "second");
    }

    /// <summary>Null when there is none.</summary>
    private static bool Offset(ref IsoReader reader, bool allowBasic, out int? seconds)
    {
        seconds = null;
        if (reader.Take('Z') || reader.Take('z'))
        {
            seconds = 0;
            return true;
        }

        if (!reader.TakeSign(out int sign))
        {
            return true;
        }

        long minute = 0, second = 0;
        if (!reader.TakeNumber(2, out long hour))
        {
            return false;
        }

        bool colon = reader.Take(':');
        if (!colon && !allowBasic)
        {
            return false;
        }

        if ((colon || reader.CountDigits() > 0) && !reader.TakeNumber(2, out minute))
        {
            return false;
        }

        if (colon && reader.Take(':') && !reader.TakeNumber(2, out second))
        {
            return false;
        }

        seconds = sign * (int)((hour * 3_600) + (minute * 60) + second);
        return reader.Check(minute, 0, 59, "minute of an offset") && reader.Check(second, 0, 59, "second of an offset")
            && reader.Check(Math.Abs(seconds.Value), 0, TemporalZone.MostOffset, "offset in seconds");
    }

    private static bool ZoneName(ref IsoReader reader, out string? name)
    {
        name = null;
        return !reader.Take('[') || (reader.TakeThrough(']', out name) && name.Length > 0 && char.IsAsciiLetter(name[0]) && !name.Contains(':', StringComparison.Ordinal));
    }
}
