using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>The language's <c>+</c>, <c>-</c>, <c>*</c> and <c>/</c> where one operand is temporal. Nulls and all other types are the caller's.</summary>
public static class TemporalArithmetic
{
    /// <summary>A moment and a duration in either order, or two durations.</summary>
    /// <returns>False when the operator is not defined for these types.</returns>
    /// <exception cref="CypherException">The result is out of range.</exception>
    public static bool TryAdd(Value a, Value b, TextPosition p, out Value result)
    {
        if (b.Kind != ValueKind.Duration)
        {
            (a, b) = (b, a);
        }

        return TryShift(a, b, backwards: false, p, out result);
    }

    /// <summary>A moment less a duration, or two durations.</summary>
    /// <returns>False when the operator is not defined for these types; of two moments <c>duration.between</c> gives the difference.</returns>
    /// <exception cref="CypherException">The result is out of range.</exception>
    public static bool TrySubtract(Value a, Value b, TextPosition p, out Value result) => TryShift(a, b, backwards: true, p, out result);

    /// <summary>A duration and a number in either order.</summary>
    /// <returns>False when the operator is not defined for these types.</returns>
    /// <exception cref="CypherException">The result is out of range.</exception>
    public static bool TryMultiply(Value a, Value b, TextPosition p, out Value result)
    {
        if (a.Kind != ValueKind.Duration)
        {
            (a, b) = (b, a);
        }

        if (a.Kind != ValueKind.Duration || !b.IsNumber)
        {
            result = Value.Null;
            return false;
        }

        var duration = (DurationValue)a.Temporal;
        result = Ranged(() => b.Kind == ValueKind.Integer ? duration.Times(b.Integer) : duration.Times(b.Float), p);
        return true;
    }

    /// <summary>A duration by a number.</summary>
    /// <returns>False when the operator is not defined for these types.</returns>
    /// <exception cref="CypherException">The divisor is zero, or the result is out of range.</exception>
    public static bool TryDivide(Value a, Value b, TextPosition p, out Value result)
    {
        result = Value.Null;
        if (a.Kind != ValueKind.Duration || !b.IsNumber)
        {
            return false;
        }

        if (b.Number == 0)
        {
            throw CypherException.Runtime("ArithmeticError", "DivisionByZero", "A duration cannot be divided by zero.", p);
        }

        var duration = (DurationValue)a.Temporal;
        result = Ranged(() => duration.DividedBy(b.Number), p);
        return true;
    }

    /// <summary>A moment so much later: first the months, then the days on its clock, then the seconds as they pass. A date takes whole days of
    /// the seconds; a time of day goes round the clock and takes no months and days.</summary>
    /// <param name="moment">Any temporal value but a duration.</param>
    /// <param name="duration">How much.</param>
    /// <exception cref="OverflowException">The result is out of range.</exception>
    internal static TemporalValue Shift(TemporalValue moment, DurationValue duration)
    {
        long nanosOfDay = (Calendar.FloorMod(duration.Seconds, Calendar.SecondsPerDay) * Calendar.NanosPerSecond) + duration.Nanos;
        switch (moment)
        {
            case DateValue date:
                long wholeDays = duration.Seconds < 0 && duration.Nanos != 0 ? (duration.Seconds + 1) / Calendar.SecondsPerDay : duration.Seconds / Calendar.SecondsPerDay;
                return new DateValue(checked(Calendar.AddMonths(date.EpochDay, duration.Months) + duration.Days + wholeDays));
            case LocalTimeValue time:
                return new LocalTimeValue((time.NanoOfDay + nanosOfDay) % Calendar.NanosPerDay);
            case TimeValue time:
                return new TimeValue((time.NanoOfDay + nanosOfDay) % Calendar.NanosPerDay, time.OffsetSeconds);
            case LocalDateTimeValue local:
                return ShiftSeconds(ShiftDays(local, duration), duration);
            case DateTimeValue instant:
                LocalDateTimeValue shifted = ShiftDays(instant.Local, duration);
                DateTimeValue day = shifted.EpochDay == instant.Local.EpochDay ? instant : instant.WithLocal(shifted);
                long nanos = day.NanoOfSecond + duration.Nanos;
                return DateTimeValue.FromInstant(
                    checked(day.EpochSecond + duration.Seconds + (nanos / Calendar.NanosPerSecond)), nanos % Calendar.NanosPerSecond, day.Zone);
            default:
                throw new ArgumentException("A duration is no moment.", nameof(moment));
        }
    }

    private static LocalDateTimeValue ShiftDays(LocalDateTimeValue local, DurationValue duration) =>
        new(checked(Calendar.AddMonths(local.EpochDay, duration.Months) + duration.Days), local.NanoOfDay);

    private static LocalDateTimeValue ShiftSeconds(LocalDateTimeValue local, DurationValue duration)
    {
        long nanos = local.NanoOfSecond + duration.Nanos;
        return LocalDateTimeValue.FromSeconds(
            checked(local.LocalSecond + duration.Seconds + (nanos / Calendar.NanosPerSecond)), nanos % Calendar.NanosPerSecond);
    }

    private static bool TryShift(Value a, Value b, bool backwards, TextPosition p, out Value result)
    {
        if (b.Kind != ValueKind.Duration || !a.IsTemporal)
        {
            result = Value.Null;
            return false;
        }

        var duration = (DurationValue)b.Temporal;
        result = Ranged(
            () =>
            {
                DurationValue shift = backwards ? duration.Negated() : duration;
                return a.Temporal is DurationValue other ? other.Plus(shift) : Shift(a.Temporal, shift);
            },
            p,
            a.Kind == ValueKind.Duration);
        return true;
    }

    private static Value Ranged(Func<TemporalValue> compute, TextPosition p, bool isDuration = true)
    {
        try
        {
            return Value.Of(compute());
        }
        catch (OverflowException e)
        {
            throw TemporalErrors.Range($"The result is out of range. {e.Message}", isDuration, p);
        }
    }
}
