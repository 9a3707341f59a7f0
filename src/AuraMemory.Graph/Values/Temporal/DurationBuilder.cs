using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Builds durations from maps: <c>duration({days: 1.5, hours: -2})</c>.</summary>
internal static class DurationBuilder
{
    /// <summary>The sum of the components. Whole numbers are exact; with a fraction among them all are doubles, and go to the smaller parts as in <see cref="DurationValue.FromFractions"/>.</summary>
    /// <exception cref="OverflowException">It is too long.</exception>
    internal static DurationValue Build(MapValue map, TextPosition at)
    {
        if (map.Count == 0)
        {
            throw TemporalErrors.Argument("A duration needs at least one component.", at);
        }

        long months = 0, days = 0, seconds = 0, nanos = 0;
        double allMonths = 0, allDays = 0, allSeconds = 0, allNanos = 0;
        bool whole = true;
        for (int i = 0; i < map.Count; i++)
        {
            string name = map.Keys[i];
            Value value = map.Values[i];
            if (!value.IsNumber)
            {
                throw TemporalErrors.Type($"'{name}' of a duration is a number, not {value}.", at);
            }

            whole &= value.Kind == ValueKind.Integer;
            long count = value.Kind == ValueKind.Integer ? value.Integer : 0;
            double number = value.Number;
            switch (name.ToLowerInvariant())
            {
                case "years":
                    months = checked(months + (count * 12));
                    allMonths += number * 12;
                    break;
                case "months":
                    months = checked(months + count);
                    allMonths += number;
                    break;
                case "weeks":
                    days = checked(days + (count * 7));
                    allDays += number * 7;
                    break;
                case "days":
                    days = checked(days + count);
                    allDays += number;
                    break;
                case "hours":
                    seconds = checked(seconds + (count * 3_600));
                    allSeconds += number * 3_600;
                    break;
                case "minutes":
                    seconds = checked(seconds + (count * 60));
                    allSeconds += number * 60;
                    break;
                case "seconds":
                    seconds = checked(seconds + count);
                    allSeconds += number;
                    break;
                case "milliseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, 1_000);
                    allNanos += number * 1_000_000;
                    break;
                case "microseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, 1_000_000);
                    allNanos += number * 1_000;
                    break;
                case "nanoseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, Calendar.NanosPerSecond);
                    allNanos += number;
                    break;
                default:
                    throw TemporalErrors.Argument($"'{name}' is no component of a duration.", at);
            }
        }

        return whole ? new DurationValue(months, days, seconds, nanos) : DurationValue.FromFractions(allMonths, allDays, allSeconds, allNanos);
    }

    private static (long Seconds, long Nanos) Add(long seconds, long nanos, long count, long perSecond) =>
        (checked(seconds + (count / perSecond)), nanos + (count % perSecond * (Calendar.NanosPerSecond / perSecond)));
}
