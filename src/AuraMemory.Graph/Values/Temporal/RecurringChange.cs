using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>The rule for the years behind a zone's last listed transition, in the notation of POSIX's <c>TZ</c> as RFC 9636 extends it:
/// <c>CET-1CEST,M3.5.0,M10.5.0/3</c>.</summary>
internal sealed class RecurringChange
{
    private readonly Func<long, int>? _platform;
    private int _standard;
    private int _summer;
    private DayRule? _start;
    private DayRule? _end;

    /// <summary>A rule that another source answers.</summary>
    internal RecurringChange(Func<long, int> offsetAt) => _platform = offsetAt;

    private RecurringChange()
    {
    }

    /// <summary>Seconds ahead of UTC at an instant.</summary>
    internal int OffsetAt(long epochSecond)
    {
        if (_platform is not null)
        {
            return _platform(epochSecond);
        }

        if (_start is not { } start || _end is not { } end)
        {
            return _standard;
        }

        long year = Calendar.FromEpochDay(Calendar.FloorDiv(epochSecond + _standard, Calendar.SecondsPerDay)).Year;
        long on = start.LocalSecond(year) - _standard;
        long off = end.LocalSecond(year) - _summer;
        bool summer = on < off ? epochSecond >= on && epochSecond < off : epochSecond >= on || epochSecond < off;
        return summer ? _summer : _standard;
    }

    /// <summary>Reads the notation.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out RecurringChange rule)
    {
        rule = new RecurringChange();
        if (!Name(ref text) || !Clock(ref text, out int west))
        {
            rule = null;
            return false;
        }

        // POSIX counts seconds west of Greenwich.
        rule._standard = -west;
        if (text.IsEmpty)
        {
            return true;
        }

        rule._summer = rule._standard + 3_600;
        if (!Name(ref text))
        {
            return false;
        }

        if (!text.IsEmpty && text[0] != ',')
        {
            if (!Clock(ref text, out int summerWest))
            {
                return false;
            }

            rule._summer = -summerWest;
        }

        if (!Day(ref text, out DayRule start) || !Day(ref text, out DayRule end))
        {
            return false;
        }

        rule._start = start;
        rule._end = end;
        return text.IsEmpty;
    }

    private static bool Name(ref ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] == '<')
        {
            int close = text.IndexOf('>');
            text = close < 0 ? text : text[(close + 1)..];
            return close > 0;
        }

        int length = 0;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
        {
            length++;
        }

        text = text[length..];
        return length >= 3;
    }

    /// <summary>Hours, with minutes and seconds if need be, with a sign if need be.</summary>
    private static bool Clock(ref ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        int sign = 1;
        if (!text.IsEmpty && text[0] is '+' or '-')
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        for (int unit = 3_600; unit > 0; unit /= 60)
        {
            if (!Number(ref text, out int number))
            {
                return false;
            }

            seconds += number * unit;
            if (text.IsEmpty || text[0] != ':')
            {
                break;
            }

            text = text[1..];
        }

        seconds *= sign;
        return true;
    }

    private static bool Day(ref ReadOnlySpan<char> text, out DayRule rule)
    {
        rule = default;
        if (text.Length < 2 || text[0] != ',')
        {
            return false;
        }

        text = text[1..];
        int month = 0, week = 0;
        char kind = text[0];
        text = kind is 'M' or 'J' ? text[1..] : text;
        if (kind == 'M' && (!Number(ref text, out month) || !Dot(ref text) || !Number(ref text, out week) || !Dot(ref text)))
        {
            return false;
        }

        if (!Number(ref text, out int day))
        {
            return false;
        }

        int time = 2 * 3_600;
        if (!text.IsEmpty && text[0] == '/')
        {
            text = text[1..];
            if (!Clock(ref text, out time))
            {
                return false;
            }
        }

        rule = new DayRule(kind, month, week, day, time);
        return kind != 'M' || month is >= 1 and <= 12;
    }

    private static bool Dot(ref ReadOnlySpan<char> text)
    {
        bool dot = !text.IsEmpty && text[0] == '.';
        text = dot ? text[1..] : text;
        return dot;
    }

    private static bool Number(ref ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        int length = 0;
        while (length < text.Length && length < 4 && char.IsAsciiDigit(text[length]))
        {
            number = (number * 10) + (text[length++] - '0');
        }

        text = text[length..];
        return length > 0;
    }

    /// <summary>A day of each year and a time of it: <c>M</c> month, week (5 = last) and day of the week; <c>J</c> day 1 to 365 without
    /// the leap day; otherwise day 0 to 365.</summary>
    private readonly record struct DayRule(char Kind, int Month, int Week, int Day, int Time)
    {
        internal long LocalSecond(long year)
        {
            long day;
            if (Kind == 'M')
            {
                long first = Calendar.ToEpochDay(year, Month, 1);
                int weekday = Day == 0 ? 7 : Day;
                day = first + Calendar.FloorMod(weekday - Calendar.DayOfWeek(first), 7) + ((Week - 1) * 7);
                day -= day >= first + Calendar.DaysInMonth(year, Month) ? 7 : 0;
            }
            else
            {
                bool behindLeapDay = Kind == 'J' && Day >= 60 && Calendar.IsLeapYear(year);
                day = Calendar.ToEpochDay(year, 1, 1) + Day - (Kind == 'J' ? 1 : 0) + (behindLeapDay ? 1 : 0);
            }

            return (day * Calendar.SecondsPerDay) + Time;
        }
    }
}
