namespace AuraMemory.Graph.Values.Temporal;

/// <summary>The Gregorian calendar carried on in both directions without end (ISO 8601), on days counted from 1970-01-01.</summary>
/// <remarks>A cycle of 400 years has 146 097 days; inside it years are counted from 1 March, so that the leap day is the last of its year
/// and every month's start is a linear function of its number. All functions take constant time.</remarks>
internal static class Calendar
{
    /// <summary>First year that values may have.</summary>
    internal const long LeastYear = -999_999_999;

    /// <summary>Last year that values may have.</summary>
    internal const long MostYear = 999_999_999;

    internal const long SecondsPerDay = 86_400;
    internal const long NanosPerSecond = 1_000_000_000;
    internal const long NanosPerDay = SecondsPerDay * NanosPerSecond;

    private const long DaysPerCycle = 146_097;
    private const long DaysFromMarchZeroToEpoch = 719_468;

    /// <summary>Number of the first day that values may have.</summary>
    internal static long LeastDay { get; } = ToEpochDay(LeastYear, 1, 1);

    /// <summary>Number of the last day that values may have.</summary>
    internal static long MostDay { get; } = ToEpochDay(MostYear, 12, 31);

    internal static bool IsLeapYear(long year) => (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);

    internal static int DaysInYear(long year) => IsLeapYear(year) ? 366 : 365;

    internal static int DaysInMonth(long year, int month) => month switch
    {
        2 => IsLeapYear(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Days since 1970-01-01 of a day of the calendar; the month is 1 to 12, the day of the month is not checked.</summary>
    internal static long ToEpochDay(long year, int month, int day)
    {
        long marchYear = month > 2 ? year : year - 1;
        long cycle = Math.DivRem(marchYear, 400, out long yearOfCycle);
        if (yearOfCycle < 0)
        {
            cycle--;
            yearOfCycle += 400;
        }

        int monthFromMarch = month > 2 ? month - 3 : month + 9;
        long dayOfYear = ((153 * monthFromMarch) + 2) / 5 + day - 1;
        return (cycle * DaysPerCycle) + (yearOfCycle * 365) + (yearOfCycle / 4) - (yearOfCycle / 100) + dayOfYear - DaysFromMarchZeroToEpoch;
    }

    /// <summary>Year, month and day of the month of a day.</summary>
    internal static (long Year, int Month, int Day) FromEpochDay(long epochDay)
    {
        long days = epochDay + DaysFromMarchZeroToEpoch;
        long cycle = FloorDiv(days, DaysPerCycle);
        long dayOfCycle = days - (cycle * DaysPerCycle);

        // The three terms take back the leap days that lie between day and year: every 4 years, not every 100, but every 400.
        long yearOfCycle = (dayOfCycle - (dayOfCycle / 1_460) + (dayOfCycle / 36_524) - (dayOfCycle / 146_096)) / 365;
        long dayOfYear = dayOfCycle - ((365 * yearOfCycle) + (yearOfCycle / 4) - (yearOfCycle / 100));
        int monthFromMarch = (int)(((5 * dayOfYear) + 2) / 153);
        int day = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5)) + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return ((cycle * 400) + yearOfCycle + (month <= 2 ? 1 : 0), month, day);
    }

    /// <summary>1 = Monday to 7 = Sunday. 1970-01-01 was a Thursday.</summary>
    internal static int DayOfWeek(long epochDay) => (int)FloorMod(epochDay + 3, 7) + 1;

    /// <summary>Day of the year, from 1.</summary>
    internal static int DayOfYear(long epochDay) => (int)(epochDay - ToEpochDay(FromEpochDay(epochDay).Year, 1, 1)) + 1;

    /// <summary>Quarter of a month, 1 to 4.</summary>
    internal static int Quarter(int month) => ((month - 1) / 3) + 1;

    /// <summary>Day of the quarter, from 1.</summary>
    internal static int DayOfQuarter(long epochDay)
    {
        (long year, int month, _) = FromEpochDay(epochDay);
        return (int)(epochDay - QuarterStart(year, Quarter(month))) + 1;
    }

    /// <summary>First day of a quarter.</summary>
    internal static long QuarterStart(long year, int quarter) => ToEpochDay(year, ((quarter - 1) * 3) + 1, 1);

    /// <summary>Days of a quarter: 90 to 92.</summary>
    internal static int DaysInQuarter(long year, int quarter) =>
        (int)(ToEpochDay(quarter == 4 ? year + 1 : year, quarter == 4 ? 1 : (quarter * 3) + 1, 1) - QuarterStart(year, quarter));

    /// <summary>Monday of the first week of a week year: the week with 4 January in it.</summary>
    internal static long WeekYearStart(long weekYear)
    {
        long fourth = ToEpochDay(weekYear, 1, 4);
        return fourth - DayOfWeek(fourth) + 1;
    }

    /// <summary>Week year and week (1 to 53) of a day.</summary>
    internal static (long WeekYear, int Week) WeekOf(long epochDay)
    {
        long thursday = epochDay - DayOfWeek(epochDay) + 4;
        long weekYear = FromEpochDay(thursday).Year;
        return (weekYear, (int)((thursday - ToEpochDay(weekYear, 1, 1)) / 7) + 1);
    }

    /// <summary>52 or 53.</summary>
    internal static int WeeksInYear(long weekYear) => (int)((WeekYearStart(weekYear + 1) - WeekYearStart(weekYear)) / 7);

    /// <summary>The day of this number in the month so many months later, or the last one of a shorter month.</summary>
    /// <exception cref="OverflowException">The year leaves the range.</exception>
    internal static long AddMonths(long epochDay, long months)
    {
        if (months == 0)
        {
            return epochDay;
        }

        (long year, int month, int day) = FromEpochDay(epochDay);
        long counted = checked((year * 12) + (month - 1) + months);
        return DayInMonth(FloorDiv(counted, 12), (int)FloorMod(counted, 12) + 1, day);
    }

    /// <summary>The day of a month, or its last where it has fewer.</summary>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    internal static long DayInMonth(long year, int month, int day)
    {
        if (year is < LeastYear or > MostYear)
        {
            throw new OverflowException($"A year is between {LeastYear} and {MostYear}.");
        }

        return ToEpochDay(year, month, Math.Min(day, DaysInMonth(year, month)));
    }

    internal static long FloorDiv(long value, long by)
    {
        long quotient = Math.DivRem(value, by, out long rest);
        return rest < 0 ? quotient - 1 : quotient;
    }

    internal static long FloorMod(long value, long by)
    {
        long rest = value % by;
        return rest < 0 ? rest + by : rest;
    }
}
