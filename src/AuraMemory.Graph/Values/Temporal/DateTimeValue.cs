using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>An instant, with the clock it was read from: an offset from UTC, or a named zone whose rules give the offset.</summary>
/// <remarks>Ordered by the instant; two of the same instant by their own clock, then by the name of the zone. Equal only when instant and clock are the same.</remarks>
public sealed class DateTimeValue : TemporalValue
{
    private DateTimeValue(LocalDateTimeValue local, int offsetSeconds, TemporalZone zone)
    {
        Local = local;
        OffsetSeconds = offsetSeconds;
        Zone = zone;
    }

    /// <summary>What its clock shows.</summary>
    public LocalDateTimeValue Local { get; }

    /// <summary>Seconds that its clock is ahead of UTC at that instant.</summary>
    public int OffsetSeconds { get; }

    /// <summary>The clock.</summary>
    public TemporalZone Zone { get; }

    /// <summary>Name of the zone, for example <c>Europe/Stockholm</c>; null when the clock is an offset.</summary>
    public string? ZoneId => Zone.Id;

    /// <summary>Whole seconds since 1970-01-01T00:00Z, rounded down.</summary>
    public long EpochSecond => Local.LocalSecond - OffsetSeconds;

    /// <summary>Nanoseconds above <see cref="EpochSecond"/>.</summary>
    public int NanoOfSecond => Local.NanoOfSecond;

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.DateTime;

    /// <summary>The instant, read on a clock.</summary>
    /// <param name="epochSecond">Whole seconds since 1970-01-01T00:00Z.</param>
    /// <param name="nanoOfSecond">Nanoseconds above, 0 to 999 999 999.</param>
    /// <param name="zone">The clock.</param>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    public static DateTimeValue FromInstant(long epochSecond, long nanoOfSecond, TemporalZone zone)
    {
        int offset = zone.OffsetAt(epochSecond);
        return new DateTimeValue(LocalDateTimeValue.FromSeconds(checked(epochSecond + offset), nanoOfSecond), offset, zone);
    }

    /// <summary>The instant at which a clock shows this. Where it shows it twice, the earlier; where it never does (the hour that is
    /// left out in spring), as much later as the clock was put forward.</summary>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    public static DateTimeValue FromLocal(LocalDateTimeValue local, TemporalZone zone)
    {
        int offset = zone.OffsetOfLocal(local.LocalSecond);
        return zone.IsFixed ? new DateTimeValue(local, offset, zone) : FromInstant(local.LocalSecond - offset, local.NanoOfSecond, zone);
    }

    /// <summary>The instant at which a clock shows this with this offset.</summary>
    /// <returns>False when the zone does not have that offset then.</returns>
    public static bool TryFromLocal(LocalDateTimeValue local, int offsetSeconds, TemporalZone zone, out DateTimeValue value)
    {
        value = new DateTimeValue(local, offsetSeconds, zone);
        return zone.OffsetAt(value.EpochSecond) == offsetSeconds;
    }

    /// <summary>The same instant on another clock.</summary>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    public DateTimeValue WithZoneSameInstant(TemporalZone zone) => FromInstant(EpochSecond, NanoOfSecond, zone);

    /// <summary>Another reading of the same clock, with the offset kept where it is right at that reading too.</summary>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    public DateTimeValue WithLocal(LocalDateTimeValue local) =>
        TryFromLocal(local, OffsetSeconds, Zone, out DateTimeValue kept) ? kept : FromLocal(local, Zone);

    /// <inheritdoc/>
    public override bool TryComponent(string name, out Value value)
    {
        if (Local.TryComponent(name, out value) || TemporalComponents.TryZone(OffsetSeconds, ZoneId, name, out value))
        {
            return true;
        }

        long? number = name.ToLowerInvariant() switch
        {
            "epochseconds" => EpochSecond,
            "epochmillis" => (EpochSecond * 1_000) + (NanoOfSecond / 1_000_000),
            _ => null,
        };
        return TemporalComponents.Found(number, out value);
    }

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other)
    {
        var that = (DateTimeValue)other;
        int order = EpochSecond.CompareTo(that.EpochSecond);
        if (order == 0)
        {
            order = NanoOfSecond.CompareTo(that.NanoOfSecond);
        }

        if (order == 0)
        {
            order = OffsetSeconds.CompareTo(that.OffsetSeconds);
        }

        return order != 0 ? order : string.CompareOrdinal(ZoneId, that.ZoneId);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is DateTimeValue other && Local.Equals(other.Local) && OffsetSeconds == other.OffsetSeconds && ZoneId == other.ZoneId;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Local, OffsetSeconds, ZoneId);

    /// <inheritdoc/>
    public override string ToString() => Text(alwaysSeconds: false);

    /// <inheritdoc/>
    public override string ToLongText() => Text(alwaysSeconds: true);

    private string Text(bool alwaysSeconds)
    {
        StringBuilder text = new StringBuilder(48).AppendDate(Local.EpochDay).Append('T')
            .AppendTime(Local.NanoOfDay, alwaysSeconds).AppendOffset(OffsetSeconds);
        return (ZoneId is null ? text : text.Append('[').Append(ZoneId).Append(']')).ToString();
    }
}
