using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Reads durations: by parts, each with its own sign if it has one (<c>P1Y2M10DT2H30M</c>, <c>P2.5W</c>, <c>-PT0.75M</c>), and in the
/// form of a date, a time, or both (<c>P2012-02-02T14:37:21.545</c>, <c>P20120202T143721.545</c>, <c>PT14:37</c>).</summary>
/// <remarks>The parts are in the order years, months, weeks, days, hours, minutes, seconds; only the last may have a fraction.</remarks>
internal static class DurationParser
{
    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";

    internal static bool TryParse(string text, [NotNullWhen(true)] out DurationValue? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var reader = new IsoReader(text);
        _ = reader.TakeSign(out int sign);
        try
        {
            if (reader.TakeLetter('P') && !reader.AtEnd && !TryParts(reader, sign, out value) && reader.Problem is null)
            {
                TryCalendarForm(ref reader, sign, out value);
            }
        }
        catch (OverflowException)
        {
            reader.Problem = "The duration is too long.";
        }

        string shown = text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
        error = value is not null ? null : reader.Problem ?? $"'{shown}' cannot be read as a duration, for example P1Y2M10DT2H30M or PT0.5S.";
        return value is not null;
    }

    private static bool TryParts(IsoReader reader, int sign, [NotNullWhen(true)] out DurationValue? value)
    {
        value = null;
        long months = 0, days = 0, seconds = 0, nanos = 0;
        double allMonths = 0, allDays = 0, allSeconds = 0;
        bool inTime = reader.TakeT();
        int unitsLeftOf = 0;
        bool any = false;
        bool fractional = false;
        bool ended = false;
        while (!reader.AtEnd)
        {
            if (!inTime && reader.TakeT())
            {
                inTime = true;
                unitsLeftOf = 0;
                if (reader.AtEnd)
                {
                    return false;
                }
            }

            _ = reader.TakeSign(out int own);
            if (fractional || ended || !reader.TakeLong(out long whole) || !reader.TakeFraction(out long fraction, out fractional))
            {
                return false;
            }

            string units = inTime ? TimeUnits : DateUnits;
            int unit = unitsLeftOf;
            while (unit < units.Length && !reader.TakeLetter(units[unit]))
            {
                unit++;
            }

            if (unit == units.Length)
            {
                return false;
            }

            unitsLeftOf = unit + 1;
            any = true;
            whole *= sign * own;
            double number = fraction == 0 ? whole : (double)(whole + (sign * own * (fraction / 1_000_000_000m)));
            switch (inTime, units[unit])
            {
                case (false, 'Y'):
                    months = checked(months + (whole * 12));
                    allMonths += number * 12;
                    break;
                case (false, 'M'):
                    months = checked(months + whole);
                    allMonths += number;
                    break;
                case (false, 'W'):
                    days = checked(days + (whole * 7));
                    allDays += number * 7;
                    break;
                case (false, 'D'):
                    days = checked(days + whole);
                    allDays += number;
                    break;
                case (true, 'H'):
                    seconds = checked(seconds + (whole * 3_600));
                    allSeconds += number * 3_600;
                    break;
                case (true, 'M'):
                    seconds = checked(seconds + (whole * 60));
                    allSeconds += number * 60;
                    break;
                default:
                    seconds = checked(seconds + whole);
                    nanos = sign * own * fraction;
                    ended = true;
                    fractional = false;
                    break;
            }
        }

        // Whole numbers and fractions of seconds, which come last, are exact; another fraction makes doubles of all.
        value = fractional
            ? DurationValue.FromFractions(allMonths, allDays, allSeconds, 0)
            : new DurationValue(months, days, seconds, nanos);
        return any;
    }

    private static void TryCalendarForm(ref IsoReader reader, int sign, out DurationValue? value)
    {
        value = null;
        long years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0, nanos = 0;
        bool hasTime = reader.TakeT();
        if (!hasTime)
        {
            if (!reader.TakeNumber(4, out years))
            {
                return;
            }

            bool extended = reader.Take('-');
            if (!reader.TakeNumber(2, out months) || (extended && !reader.Take('-')) || !reader.TakeNumber(2, out days))
            {
                return;
            }

            hasTime = reader.TakeT();
        }

        if (hasTime && !TryTime(ref reader, out hours, out minutes, out seconds, out nanos))
        {
            return;
        }

        if (reader.AtEnd && reader.Check(months, 0, 12, "number of months here") && reader.Check(days, 0, 31, "number of days here")
            && reader.Check(hours, 0, 24, "number of hours here") && reader.Check(minutes, 0, 60, "number of minutes here")
            && reader.Check(seconds, 0, 60, "number of seconds here"))
        {
            var read = new DurationValue((years * 12) + months, days, (hours * 3_600) + (minutes * 60) + seconds, nanos);
            value = sign < 0 ? read.Negated() : read;
        }
    }

    private static bool TryTime(ref IsoReader reader, out long hours, out long minutes, out long seconds, out long nanos)
    {
        minutes = seconds = nanos = 0;
        if (!reader.TakeNumber(2, out hours))
        {
            return false;
        }

        bool extended = reader.Take(':');
        if (!extended && reader.AtEnd)
        {
            return true;
        }

        if (!reader.TakeNumber(2, out minutes))
        {
            return false;
        }

        return (extended ? !reader.Take(':') : reader.AtEnd) || (reader.TakeNumber(2, out seconds) && reader.TakeFraction(out nanos));
    }
}
