using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A day and a time of day, without a zone.</summary>
public sealed class LocalDateTimeValue : TemporalValue
{
    /// <summary>A time of a day.</summary>
    /// <param name="epochDay">Days since 1970-01-01.</param>
    /// <param name="nanoOfDay">Nanoseconds since midnight.</param>
    /// <exception cref="OverflowException">The year is not between -999 999 999 and 999 999 999.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The nanoseconds are no time of a day.</exception>
    public LocalDateTimeValue(long epochDay, long nanoOfDay)
    {
        Date = new DateValue(epochDay);
        Time = new LocalTimeValue(nanoOfDay);
    }

    /// <summary>The day.</summary>
    public DateValue Date { get; }

    /// <summary>The time of the day.</summary>
    public LocalTimeValue Time { get; }

    /// <summary>Days since 1970-01-01.</summary>
    public long EpochDay => Date.EpochDay;

    /// <summary>Nanoseconds since midnight.</summary>
    public long NanoOfDay => Time.NanoOfDay;

    /// <summary>Whole seconds since 1970-01-01T00:00 on the same clock, rounded down.</summary>
    public long LocalSecond => (EpochDay * Calendar.SecondsPerDay) + (NanoOfDay / Calendar.NanosPerSecond);

    /// <summary>Nanoseconds above <see cref="LocalSecond"/>.</summary>
    public int NanoOfSecond => (int)(NanoOfDay % Calendar.NanosPerSecond);

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.LocalDateTime;

    /// <summary>From seconds and nanoseconds since 1970-01-01T00:00 on the same clock.</summary>
    /// <exception cref="OverflowException">The year is out of range.</exception>
    public static LocalDateTimeValue FromSeconds(long localSecond, long nanoOfSecond)
    {
        long day = Calendar.FloorDiv(localSecond, Calendar.SecondsPerDay);
        return new LocalDateTimeValue(day, ((localSecond - (day * Calendar.SecondsPerDay)) * Calendar.NanosPerSecond) + nanoOfSecond);
    }

    /// <inheritdoc/>
    public override bool TryComponent(string name, out Value value) =>
        Date.TryComponent(name, out value) || Time.TryComponent(name, out value);

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other)
    {
        var that = (LocalDateTimeValue)other;
        int order = EpochDay.CompareTo(that.EpochDay);
        return order != 0 ? order : NanoOfDay.CompareTo(that.NanoOfDay);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LocalDateTimeValue other && EpochDay == other.EpochDay && NanoOfDay == other.NanoOfDay;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, EpochDay, NanoOfDay);

    /// <inheritdoc/>
    public override string ToString() => Text(alwaysSeconds: false);

    /// <inheritdoc/>
    public override string ToLongText() => Text(alwaysSeconds: true);

    private string Text(bool alwaysSeconds) =>
        new StringBuilder(29).AppendDate(EpochDay).Append('T').AppendTime(NanoOfDay, alwaysSeconds).ToString();
}
