using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Builds durations from maps: <c>duration({days: 1.5, hours: -2})</c>.</summary>
internal static class DurationBuilder
{
    /// <summary>The sum of the components. Whole numbers are exact; fractions go to the smaller parts as in <see cref="DurationValue.FromFractions"/>.</summary>
    /// <exception cref="OverflowException">It is too long.</exception>
    internal static DurationValue Build(MapValue map, TextPosition at)
    {
        if (map.Count == 0)
        {
            throw TemporalErrors.Argument("A duration needs at least one component.", at);
        }

        long months = 0, days = 0, seconds = 0, nanos = 0;
        double partOfMonths = 0, partOfDays = 0, partOfSeconds = 0, partOfNanos = 0;
        for (int i = 0; i < map.Count; i++)
        {
            string name = map.Keys[i];
            Value value = map.Values[i];
            if (!value.IsNumber)
            {
                throw TemporalErrors.Type($"'{name}' of a duration is a number, not {value}.", at);
            }

            bool whole = value.Kind == ValueKind.Integer;
            long count = whole ? value.Integer : 0;
            double part = whole ? 0 : value.Float;
            switch (name.ToLowerInvariant())
            {
                case "years":
                    months = checked(months + (count * 12));
                    partOfMonths += part * 12;
                    break;
                case "months":
                    months = checked(months + count);
                    partOfMonths += part;
                    break;
                case "weeks":
                    days = checked(days + (count * 7));
                    partOfDays += part * 7;
                    break;
                case "days":
                    days = checked(days + count);
                    partOfDays += part;
                    break;
                case "hours":
                    seconds = checked(seconds + (count * 3_600));
                    partOfSeconds += part * 3_600;
                    break;
                case "minutes":
                    seconds = checked(seconds + (count * 60));
                    partOfSeconds += part * 60;
                    break;
                case "seconds":
                    seconds = checked(seconds + count);
                    partOfSeconds += part;
                    break;
                case "milliseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, 1_000);
                    partOfNanos += part * 1_000_000;
                    break;
                case "microseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, 1_000_000);
                    partOfNanos += part * 1_000;
                    break;
                case "nanoseconds":
                    (seconds, nanos) = Add(seconds, nanos, count, Calendar.NanosPerSecond);
                    partOfNanos += part;
                    break;
                default:
                    throw TemporalErrors.Argument($"'{name}' is no component of a duration.", at);
            }
        }

        return new DurationValue(months, days, seconds, nanos)
            .Plus(DurationValue.FromFractions(partOfMonths, partOfDays, partOfSeconds, partOfNanos));
    }

    private static (long Seconds, long Nanos) Add(long seconds, long nanos, long count, long perSecond) =>
        (checked(seconds + (count / perSecond)), nanos + (count % perSecond * (Calendar.NanosPerSecond / perSecond)));
}
