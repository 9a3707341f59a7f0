using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Takes the day, the time of day and the clock out of temporal values.</summary>
internal static class TemporalParts
{
    /// <summary>The day; null for the kinds without.</summary>
    internal static long? DayOf(TemporalValue value) => value switch
    {
        DateValue date => date.EpochDay,
        LocalDateTimeValue local => local.EpochDay,
        DateTimeValue instant => instant.Local.EpochDay,
        _ => null,
    };

    /// <summary>The time of day; null for the kinds without.</summary>
    internal static long? NanosOf(TemporalValue value) => value switch
    {
        LocalTimeValue time => time.NanoOfDay,
        TimeValue time => time.NanoOfDay,
        LocalDateTimeValue local => local.NanoOfDay,
        DateTimeValue instant => instant.Local.NanoOfDay,
        _ => null,
    };

    /// <summary>The clock; null for the kinds without.</summary>
    internal static TemporalZone? ZoneOf(TemporalValue? value) => value switch
    {
        TimeValue time => TemporalZone.OfOffset(time.OffsetSeconds),
        DateTimeValue instant => instant.Zone,
        _ => null,
    };

    /// <summary>The day, or an error that says that there is none.</summary>
    internal static long NeedDay(TemporalValue value, TextPosition at) =>
        DayOf(value) ?? throw TemporalErrors.Type($"A {NameOf(value.Kind)} has no date: {value}.", at);

    /// <summary>The time of day, or an error that says that there is none.</summary>
    internal static long NeedNanos(TemporalValue value, TextPosition at) =>
        NanosOf(value) ?? throw TemporalErrors.Type($"A {NameOf(value.Kind)} has no time of day: {value}.", at);

    /// <summary>Turns a value into another kind; what the kind lacks is left out, what the value lacks is an error, but for the clock, which is UTC then.</summary>
    internal static TemporalValue Select(ValueKind kind, TemporalValue value, TextPosition at) => kind switch
    {
        _ when value.Kind == kind => value,
        ValueKind.Date => new DateValue(NeedDay(value, at)),
        ValueKind.LocalTime => new LocalTimeValue(NeedNanos(value, at)),
        ValueKind.Time => new TimeValue(NeedNanos(value, at), value is DateTimeValue instant ? instant.OffsetSeconds : 0),
        ValueKind.LocalDateTime => new LocalDateTimeValue(NeedDay(value, at), NeedNanos(value, at)),
        _ => DateTimeValue.FromLocal(new LocalDateTimeValue(NeedDay(value, at), NeedNanos(value, at)), TemporalZone.Utc),
    };

    /// <summary>What a clock shows at a moment, as a kind.</summary>
    internal static TemporalValue Now(ValueKind kind, DateTimeOffset moment, TemporalZone zone)
    {
        var now = DateTimeValue.FromInstant(moment.ToUnixTimeSeconds(), moment.UtcTicks % TimeSpan.TicksPerSecond * 100, zone);
        return Select(kind, now, TextPosition.None);
    }

    /// <summary>The language's name of a kind.</summary>
    internal static string NameOf(ValueKind kind) => kind.ToString().ToLowerInvariant();
}
