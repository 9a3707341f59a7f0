using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>What may be given by number when a value is built from a map. The order within a group is from the greatest to the smallest.</summary>
internal enum TemporalUnit
{
    Year,
    Month,
    Day,
    Week,
    DayOfWeek,
    Quarter,
    DayOfQuarter,
    OrdinalDay,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    EpochSeconds,
    EpochMillis,
}

/// <summary>The entries of a map that a temporal value is built from, checked against what the kind has. Names are found without regard to case.</summary>
internal sealed class TemporalFields
{
    private static readonly TemporalUnit[] Units = Enum.GetValues<TemporalUnit>();
    private readonly long?[] _numbers = new long?[Units.Length];

    /// <summary>Reads a map.</summary>
    /// <param name="map">The entries; null as a number means the least (the first month, no seconds, …), but a year is no such number.</param>
    /// <param name="kind">The kind to be built.</param>
    /// <param name="at">Place of the call.</param>
    internal TemporalFields(MapValue map, ValueKind kind, TextPosition at)
    {
        for (int i = 0; i < map.Count; i++)
        {
            string name = map.Keys[i];
            Value value = map.Values[i];
            switch (name.ToLowerInvariant())
            {
                case "date":
                    Need(kind is ValueKind.Date or ValueKind.LocalDateTime or ValueKind.DateTime, name, kind, at);
                    Date = Base(name, value, at);
                    break;
                case "time":
                    Need(kind != ValueKind.Date, name, kind, at);
                    Time = Base(name, value, at);
                    break;
                case "datetime":
                    Need(kind is ValueKind.LocalDateTime or ValueKind.DateTime, name, kind, at);
                    DateTime = Base(name, value, at);
                    break;
                case "timezone":
                    Zone = ReadZone(value, at);
                    break;
                default:
                    if (!Enum.TryParse(name, ignoreCase: true, out TemporalUnit unit) || !char.IsAsciiLetter(name[0]))
                    {
                        throw TemporalErrors.Argument($"'{name}' is no component of a temporal value.", at);
                    }

                    Need(Fits(unit, kind), name, kind, at);
                    _numbers[(int)unit] = Number(name, unit, value, at);
                    break;
            }
        }

        IsOnlyZone = map.Count == 1 && Zone is not null;
        if (map.Count == 0)
        {
            throw TemporalErrors.Argument($"A {TemporalParts.NameOf(kind)} needs at least one component.", at);
        }

        if (Zone is not null && !IsOnlyZone && kind is not (ValueKind.Time or ValueKind.DateTime))
        {
            throw TemporalErrors.Type($"A {TemporalParts.NameOf(kind)} has no time zone.", at);
        }
    }

    /// <summary>The value of <c>date</c>.</summary>
    internal TemporalValue? Date { get; }

    /// <summary>The value of <c>time</c>.</summary>
    internal TemporalValue? Time { get; }

    /// <summary>The value of <c>datetime</c>.</summary>
    internal TemporalValue? DateTime { get; }

    /// <summary>The value of <c>timezone</c>.</summary>
    internal TemporalZone? Zone { get; }

    /// <summary>Whether there is nothing but a time zone: what is wanted then is the time now.</summary>
    internal bool IsOnlyZone { get; }

    /// <summary>Whether a component of the day is given.</summary>
    internal bool HasDay => Any(TemporalUnit.Year, TemporalUnit.OrdinalDay);

    /// <summary>Whether a component of the time of day is given.</summary>
    internal bool HasTime => Any(TemporalUnit.Hour, TemporalUnit.Nanosecond);

    /// <summary>Whether seconds or milliseconds since 1970 are given.</summary>
    internal bool HasEpoch => Any(TemporalUnit.EpochSeconds, TemporalUnit.EpochMillis);

    /// <summary>The number given for a unit.</summary>
    internal long? this[TemporalUnit unit] => _numbers[(int)unit];

    /// <summary>The language's name of a unit.</summary>
    internal static string NameOf(TemporalUnit unit)
    {
        string name = unit.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>A zone that is given by its name.</summary>
    internal static TemporalZone ReadZone(Value value, TextPosition at)
    {
        if (value.Kind != ValueKind.String)
        {
            throw TemporalErrors.Type($"A time zone is given by its name or as an offset like '+01:00', not as {value}.", at);
        }

        return TemporalZone.TryFind(value.Text, out TemporalZone? zone) ? zone : throw TemporalErrors.Unreadable(TemporalParser.UnknownZone(value.Text), at);
    }

    private static bool Fits(TemporalUnit unit, ValueKind kind) => unit switch
    {
        <= TemporalUnit.OrdinalDay => kind is ValueKind.Date or ValueKind.LocalDateTime or ValueKind.DateTime,
        <= TemporalUnit.Nanosecond => kind is not ValueKind.Date,
        _ => kind is ValueKind.DateTime,
    };

    private static void Need(bool fits, string name, ValueKind kind, TextPosition at)
    {
        if (!fits)
        {
            throw TemporalErrors.Type($"A {TemporalParts.NameOf(kind)} is not built from '{name}'.", at);
        }
    }

    private static TemporalValue Base(string name, Value value, TextPosition at) =>
        value.IsTemporal && value.Kind != ValueKind.Duration
            ? value.Temporal
            : throw TemporalErrors.Argument($"'{name}' is a temporal value that the rest is taken from, not {value}.", at);

    private static long Number(string name, TemporalUnit unit, Value value, TextPosition at)
    {
        if (value.IsNull && unit is not (TemporalUnit.Year or TemporalUnit.EpochSeconds or TemporalUnit.EpochMillis))
        {
            return unit < TemporalUnit.Hour ? 1 : 0;
        }

        return value.Kind == ValueKind.Integer ? value.Integer : throw TemporalErrors.Type($"'{name}' is an integer, not {value}.", at);
    }

    private bool Any(TemporalUnit first, TemporalUnit last)
    {
        for (TemporalUnit unit = first; unit <= last; unit++)
        {
            if (_numbers[(int)unit] is not null)
            {
                return true;
            }
        }

        return false;
    }
}
