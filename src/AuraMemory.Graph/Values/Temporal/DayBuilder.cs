using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Builds a day from the components of a map, and a day that fills up what is not given.</summary>
/// <remarks>A day is named in one of four ways: year, month, day · week year, week, day of the week · year, quarter, day of the quarter ·
/// year, day of the year. Without a day to start from, a smaller component needs the greater ones, and smaller ones not given are the first.</remarks>
internal static class DayBuilder
{
    /// <summary>The day that is meant.</summary>
    /// <param name="fields">The components.</param>
    /// <param name="from">Day that fills up; null = none.</param>
    /// <param name="complete">Whether, without a day to start from, all components down to the day must be given.</param>
    /// <param name="at">Place of the call.</param>
    internal static long Build(TemporalFields fields, long? from, bool complete, TextPosition at)
    {
        if (from is { } day && !fields.HasDay)
        {
            return day;
        }

        TemporalUnit[] way = Way(fields, at);
        if (from is null)
        {
            NeedGreater(fields, way, complete, at);
        }

        long year = fields[TemporalUnit.Year] is { } given
            ? Check(given, Calendar.LeastYear, Calendar.MostYear, TemporalUnit.Year, at)
            : Calendar.FromEpochDay(from!.Value).Year;
        long built = way[^1] switch
        {
            TemporalUnit.DayOfWeek => Week(fields, from, year, at),
            TemporalUnit.DayOfQuarter => Quarter(fields, from, year, at),
            TemporalUnit.OrdinalDay => Ordinal(fields, year, at),
            _ => Month(fields, from, year, at),
        };
        return built >= Calendar.LeastDay && built <= Calendar.MostDay ? built : throw TemporalErrors.Argument("The day is out of range.", at);
    }

    private static TemporalUnit[] Way(TemporalFields fields, TextPosition at)
    {
        TemporalUnit[][] ways =
        [
            [TemporalUnit.Year, TemporalUnit.Month, TemporalUnit.Day],
            [TemporalUnit.Year, TemporalUnit.Week, TemporalUnit.DayOfWeek],
            [TemporalUnit.Year, TemporalUnit.Quarter, TemporalUnit.DayOfQuarter],
            [TemporalUnit.Year, TemporalUnit.OrdinalDay],
        ];
        TemporalUnit[]? chosen = null;
        foreach (TemporalUnit[] way in ways)
        {
            int used = Array.FindIndex(way, 1, unit => fields[unit] is not null);
            if (used < 0)
            {
                continue;
            }

            if (chosen is not null)
            {
                string other = TemporalFields.NameOf(Array.Find(chosen, unit => unit != TemporalUnit.Year && fields[unit] is not null));
                throw TemporalErrors.Type($"'{TemporalFields.NameOf(way[used])}' names a day in another way than '{other}'; use one of them.", at);
            }

            chosen = way;
        }

        return chosen ?? ways[0];
    }

    private static void NeedGreater(TemporalFields fields, TemporalUnit[] way, bool complete, TextPosition at)
    {
        for (int i = 0; i < way.Length; i++)
        {
            bool smallerGiven = complete || i == 0 || Array.Exists(way[(i + 1)..], unit => fields[unit] is not null);
            if (smallerGiven && fields[way[i]] is null)
            {
                throw TemporalErrors.Argument($"'{TemporalFields.NameOf(way[i])}' must be given.", at);
            }
        }
    }

    private static long Month(TemporalFields fields, long? from, long year, TextPosition at)
    {
        (_, int month, int day) = from is { } start ? Calendar.FromEpochDay(start) : (0, 1, 1);
        month = (int)Check(fields[TemporalUnit.Month] ?? month, 1, 12, TemporalUnit.Month, at);
        if (fields[TemporalUnit.Day] is not { } given)
        {
            return Calendar.DayInMonth(year, month, day);
        }

        return Calendar.ToEpochDay(year, month, (int)Check(given, 1, Calendar.DaysInMonth(year, month), TemporalUnit.Day, at));
    }

    private static long Week(TemporalFields fields, long? from, long year, TextPosition at)
    {
        int day = from is { } start ? Calendar.DayOfWeek(start) : 1;
        if (fields[TemporalUnit.DayOfWeek] is { } given)
        {
            day = (int)Check(given, 1, 7, TemporalUnit.DayOfWeek, at);
        }

        if (fields[TemporalUnit.Week] is not { } week)
        {
            // Only the day of the week changes, in the week of the day one starts from, moved to the given year.
            (_, int month, int dayOfMonth) = Calendar.FromEpochDay(from!.Value);
            long moved = Calendar.DayInMonth(year, month, dayOfMonth);
            return moved - Calendar.DayOfWeek(moved) + day;
        }

        // The year is that of the week here; a 53rd week of a year with 52 is the next year's first.
        long weekYear = fields[TemporalUnit.Year] is null ? Calendar.WeekOf(from!.Value).WeekYear : year;
        return Calendar.WeekYearStart(weekYear) + ((Check(week, 1, 53, TemporalUnit.Week, at) - 1) * 7) + day - 1;
    }

    private static long Quarter(TemporalFields fields, long? from, long year, TextPosition at)
    {
        (_, int month, int day) = from is { } start ? Calendar.FromEpochDay(start) : (0, 1, 1);
        int quarter = (int)Check(fields[TemporalUnit.Quarter] ?? Calendar.Quarter(month), 1, 4, TemporalUnit.Quarter, at);
        if (fields[TemporalUnit.DayOfQuarter] is { } given)
        {
            // Days 91 and 92 of a shorter quarter are the first ones of the next.
            return Calendar.QuarterStart(year, quarter) + Check(given, 1, 92, TemporalUnit.DayOfQuarter, at) - 1;
        }

        return Calendar.DayInMonth(year, ((quarter - 1) * 3) + ((month - 1) % 3) + 1, day);
    }

    private static long Ordinal(TemporalFields fields, long year, TextPosition at) =>
        Calendar.ToEpochDay(year, 1, 1) + Check(fields[TemporalUnit.OrdinalDay]!.Value, 1, Calendar.DaysInYear(year), TemporalUnit.OrdinalDay, at) - 1;

    /// <summary>A number within bounds.</summary>
    internal static long Check(long number, long least, long most, TemporalUnit unit, TextPosition at) => number >= least && number <= most
        ? number
        : throw TemporalErrors.Argument($"'{TemporalFields.NameOf(unit)}' is {least} to {most} here, not {number}.", at);
}
