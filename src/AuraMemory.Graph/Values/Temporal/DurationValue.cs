using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A length of time: months, days and seconds apart, because months and days differ in length.</summary>
/// <remarks>Equal when months, days and seconds are; so 24 hours are not a day. For sorting there is an order by the average length
/// (a month is 2 629 746 s, the 4 800th part of 400 Gregorian years), which is none for <c>&lt;</c>.</remarks>
public sealed class DurationValue : TemporalValue
{
    /// <summary>Average seconds of a month.</summary>
    internal const long SecondsPerMonth = 2_629_746;

    /// <summary>A duration of these parts.</summary>
    /// <param name="months">Months.</param>
    /// <param name="days">Days.</param>
    /// <param name="seconds">Seconds.</param>
    /// <param name="nanos">Nanoseconds; more than a second is carried over.</param>
    /// <exception cref="OverflowException">Its average length is not a number of seconds in 64 bits.</exception>
    public DurationValue(long months, long days, long seconds, long nanos)
    {
        Months = months;
        Days = days;
        long carried = Calendar.FloorDiv(nanos, Calendar.NanosPerSecond);
        Seconds = checked(seconds + carried);
        Nanos = (int)(nanos - (carried * Calendar.NanosPerSecond));
        _ = checked((long)AverageSeconds);
    }

    /// <summary>No time.</summary>
    public static DurationValue Zero { get; } = new(0, 0, 0, 0);

    /// <summary>Months.</summary>
    public long Months { get; }

    /// <summary>Days.</summary>
    public long Days { get; }

    /// <summary>Seconds, rounded down: -2 for a second and a half back.</summary>
    public long Seconds { get; }

    /// <summary>Nanoseconds above <see cref="Seconds"/>: 0 to 999 999 999.</summary>
    public int Nanos { get; }

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Duration;

    private Int128 AverageSeconds => ((Int128)Months * SecondsPerMonth) + ((Int128)Days * Calendar.SecondsPerDay) + Seconds;

    /// <summary>A duration whose parts may be fractions: what is left of a month goes to the days, of a day to the seconds, of a second to
    /// the nanoseconds, whose fraction is cut off. Computed in doubles.</summary>
    /// <exception cref="OverflowException">It is too long, or no number.</exception>
    public static DurationValue FromFractions(double months, double days, double seconds, double nanos)
    {
        double wholeMonths = Math.Truncate(months);
        days += (months - wholeMonths) * (SecondsPerMonth * 1e9) / (Calendar.SecondsPerDay * 1e9);
        double wholeDays = Math.Truncate(days);
        seconds += (days - wholeDays) * Calendar.SecondsPerDay;
        double wholeSeconds = Math.Truncate(seconds);
        nanos += (seconds - wholeSeconds) * 1e9;
        return new DurationValue(
            checked((long)wholeMonths), checked((long)wholeDays), checked((long)wholeSeconds), checked((long)nanos));
    }

    /// <summary>The sum, part by part.</summary>
    /// <exception cref="OverflowException">It is too long.</exception>
    public DurationValue Plus(DurationValue other) => new(
        checked(Months + other.Months), checked(Days + other.Days), checked(Seconds + other.Seconds), Nanos + other.Nanos);

    /// <summary>As long, the other way.</summary>
    /// <exception cref="OverflowException">It is too long.</exception>
    public DurationValue Negated() => new(checked(-Months), checked(-Days), checked(-Seconds), -Nanos);

    /// <summary>Every part as many times.</summary>
    /// <exception cref="OverflowException">It is too long.</exception>
    public DurationValue Times(long factor)
    {
        Int128 nanos = (((Int128)Seconds * Calendar.NanosPerSecond) + Nanos) * factor;
        (Int128 seconds, Int128 rest) = Int128.DivRem(nanos, Calendar.NanosPerSecond);
        return new DurationValue(checked(Months * factor), checked(Days * factor), checked((long)seconds), (long)rest);
    }

    /// <summary>Every part as many times; fractions are carried to the smaller parts as in <see cref="FromFractions"/>.</summary>
    /// <exception cref="OverflowException">It is too long, or the factor is no number.</exception>
    public DurationValue Times(double factor) => FromFractions(Months * factor, Days * factor, Seconds * factor, Nanos * factor);

    /// <summary>One of so many equal parts; fractions are carried to the smaller parts as in <see cref="FromFractions"/>.</summary>
    /// <param name="divisor">Not zero.</param>
    /// <exception cref="OverflowException">It is too long, or the divisor is zero or no number.</exception>
    public DurationValue DividedBy(double divisor) => FromFractions(Months / divisor, Days / divisor, Seconds / divisor, Nanos / divisor);

    /// <inheritdoc/>
    /// <exception cref="Query.CypherException">The component is not a number in 64 bits.</exception>
    public override bool TryComponent(string name, out Value value)
    {
        long? number = name.ToLowerInvariant() switch
        {
            "years" => Months / 12,
            "quarters" => Months / 3,
            "months" => Months,
            "weeks" => Days / 7,
            "days" => Days,
            "hours" => Seconds / 3_600,
            "minutes" => Seconds / 60,
            "seconds" => Seconds,
            "milliseconds" => InRange(((Int128)Seconds * 1_000) + (Nanos / 1_000_000)),
            "microseconds" => InRange(((Int128)Seconds * 1_000_000) + (Nanos / 1_000)),
            "nanoseconds" => InRange(((Int128)Seconds * Calendar.NanosPerSecond) + Nanos),
            "quartersofyear" => Months / 3 % 4,
            "monthsofquarter" => Months % 3,
            "monthsofyear" => Months % 12,
            "daysofweek" => Days % 7,
            "minutesofhour" => Seconds / 60 % 60,
            "secondsofminute" => Seconds % 60,
            "millisecondsofsecond" => Nanos / 1_000_000,
            "microsecondsofsecond" => Nanos / 1_000,
            "nanosecondsofsecond" => Nanos,
            _ => null,
        };
        return TemporalComponents.Found(number, out value);
    }

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other)
    {
        var that = (DurationValue)other;
        int order = AverageSeconds.CompareTo(that.AverageSeconds);
        order = order != 0 ? order : Nanos.CompareTo(that.Nanos);
        order = order != 0 ? order : Months.CompareTo(that.Months);
        return order != 0 ? order : Days.CompareTo(that.Days);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is DurationValue other && Months == other.Months && Days == other.Days && Seconds == other.Seconds && Nanos == other.Nanos;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Months, Days, Seconds, Nanos);

    /// <summary>For example <c>P12Y5M14DT16H13M10.000000002S</c>; each part has its own sign.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("P", 32);
        Append(text, Months / 12, 'Y');
        Append(text, Months % 12, 'M');
        Append(text, Days, 'D');
        if (Seconds != 0 || Nanos != 0)
        {
            // Below zero the seconds are counted from above, so that the fraction has the same sign.
            long seconds = Seconds < 0 && Nanos != 0 ? Seconds + 1 : Seconds;
            long nanos = Seconds < 0 && Nanos != 0 ? Calendar.NanosPerSecond - Nanos : Nanos;
            text.Append('T');
            Append(text, seconds / 3_600, 'H');
            Append(text, seconds / 60 % 60, 'M');
            if (seconds % 60 != 0 || nanos != 0)
            {
                text.Append(seconds % 60 == 0 && Seconds < 0 ? "-" : "").Append(seconds % 60).AppendFraction(nanos).Append('S');
            }
        }

        return text.Length == 1 ? "PT0S" : text.ToString();
    }

    private static long InRange(Int128 number) => number >= long.MinValue && number <= long.MaxValue
        ? (long)number
        : throw TemporalErrors.Range("The duration is too long to be given in that unit.", isDuration: true, Query.Parsing.TextPosition.None);

    private static void Append(StringBuilder text, long number, char unit)
    {
        if (number != 0)
        {
            text.Append(number).Append(unit);
        }
    }
}
