using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Builds temporal values from maps: <c>datetime({date: d, hour: 12, timezone: 'Europe/Stockholm'})</c>.</summary>
internal static class TemporalBuilder
{
    /// <summary>The value that a map describes.</summary>
    /// <param name="kind">Kind of the value, no duration.</param>
    /// <param name="map">The components.</param>
    /// <param name="now">The moment that a map of nothing but a time zone means, and that says which offset a named zone gives a time without a date.</param>
    /// <param name="at">Place of the call.</param>
    internal static TemporalValue Build(ValueKind kind, MapValue map, DateTimeOffset now, TextPosition at)
    {
        var fields = new TemporalFields(map, kind, at);
        if (fields.IsOnlyZone)
        {
            return TemporalParts.Now(kind, now, fields.Zone!);
        }

        return kind switch
        {
            ValueKind.Date => new DateValue(DayBuilder.Build(fields, Day(fields.Date, at), complete: false, at)),
            ValueKind.LocalTime => new LocalTimeValue(TimeBuilder.Build(fields, Nanos(fields.Time, at), null, at)),
            ValueKind.Time => Time(fields, now, at),
            ValueKind.LocalDateTime => Local(fields, null, at),
            _ => Instant(fields, at),
        };
    }

    private static TimeValue Time(TemporalFields fields, DateTimeOffset now, TextPosition at)
    {
        int? from = fields.Time switch
        {
            TimeValue time => time.OffsetSeconds,
            DateTimeValue instant => instant.OffsetSeconds,
            _ => null,
        };
        int? wanted = fields.Zone?.OffsetAt(now.ToUnixTimeSeconds());
        var built = new TimeValue(TimeBuilder.Build(fields, Nanos(fields.Time, at), null, at), from ?? wanted ?? 0);
        return wanted is { } offset ? built.WithOffsetSameMoment(offset) : built;
    }

    private static DateTimeValue Instant(TemporalFields fields, TextPosition at)
    {
        DateTimeValue? epoch = Epoch(fields, at);
        TemporalZone? from = TemporalParts.ZoneOf(epoch ?? fields.DateTime ?? fields.Time);
        DateTimeValue built = DateTimeValue.FromLocal(Local(fields, epoch, at), from ?? fields.Zone ?? TemporalZone.Utc);

        // A clock that the value came with is what its components mean; another one that is asked for then shows the same instant.
        return from is not null && fields.Zone is { } wanted ? built.WithZoneSameInstant(wanted) : built;
    }

    private static LocalDateTimeValue Local(TemporalFields fields, DateTimeValue? epoch, TextPosition at)
    {
        TemporalValue? both = epoch ?? fields.DateTime;
        if (both is not null && (fields.Date is not null || fields.Time is not null || (epoch is not null && fields.DateTime is not null)))
        {
            throw TemporalErrors.Argument("'datetime', 'epochSeconds' or 'epochMillis' is all there is to start from; 'date' and 'time' are another.", at);
        }

        long? day = Day(both ?? fields.Date, at);
        long? nanos = Nanos(both ?? fields.Time, at);
        bool hasTime = nanos is not null || fields.HasTime;
        return new LocalDateTimeValue(DayBuilder.Build(fields, day, complete: hasTime, at), TimeBuilder.Build(fields, nanos, null, at));
    }

    private static DateTimeValue? Epoch(TemporalFields fields, TextPosition at)
    {
        if (!fields.HasEpoch)
        {
            return null;
        }

        if (fields[TemporalUnit.EpochMillis] is not { } millis)
        {
            return DateTimeValue.FromInstant(fields[TemporalUnit.EpochSeconds]!.Value, 0, TemporalZone.Utc);
        }

        if (fields[TemporalUnit.EpochSeconds] is not null)
        {
            throw TemporalErrors.Argument("'epochSeconds' and 'epochMillis' name an instant twice; use one of them.", at);
        }

        return FromMillis(millis);
    }

    /// <summary>The instant so many milliseconds after 1970-01-01T00:00Z.</summary>
    internal static DateTimeValue FromMillis(long millis)
    {
        long second = Calendar.FloorDiv(millis, 1_000);
        return DateTimeValue.FromInstant(second, (millis - (second * 1_000)) * 1_000_000, TemporalZone.Utc);
    }

    private static long? Day(TemporalValue? value, TextPosition at) => value is null ? null : TemporalParts.NeedDay(value, at);

    private static long? Nanos(TemporalValue? value, TextPosition at) => value is null ? null : TemporalParts.NeedNanos(value, at);
}
