using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A time of day with an offset from UTC. Ordered by the moment in UTC; two of the same moment by their own clock.</summary>
public sealed class TimeValue : TemporalValue
{
    /// <summary>A time of day at an offset.</summary>
    /// <param name="nanoOfDay">Nanoseconds since the midnight of that offset, 0 to 86 399 999 999 999.</param>
    /// <param name="offsetSeconds">Seconds that its clock is ahead of UTC: -64 800 to 64 800 (18 h).</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
    public TimeValue(long nanoOfDay, int offsetSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoOfDay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoOfDay, Calendar.NanosPerDay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(offsetSeconds), TemporalZone.MostOffset);
        NanoOfDay = nanoOfDay;
        OffsetSeconds = offsetSeconds;
    }

    /// <summary>Nanoseconds since the midnight of its offset.</summary>
    public long NanoOfDay { get; }

    /// <summary>Seconds that its clock is ahead of UTC.</summary>
    public int OffsetSeconds { get; }

    /// <summary>Nanoseconds since midnight in UTC of the same day: below zero or above a day where the day differs there.</summary>
    public long UtcNanos => NanoOfDay - (OffsetSeconds * Calendar.NanosPerSecond);

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Time;

    /// <summary>The same moment on another clock.</summary>
    public TimeValue WithOffsetSameMoment(int offsetSeconds) => new(
        Calendar.FloorMod(UtcNanos + (offsetSeconds * Calendar.NanosPerSecond), Calendar.NanosPerDay), offsetSeconds);

    /// <inheritdoc/>
    public override bool TryComponent(string name, out Value value) =>
        TemporalComponents.TryTime(NanoOfDay, name, out value) || TemporalComponents.TryZone(OffsetSeconds, null, name, out value);

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other)
    {
        var that = (TimeValue)other;
        int order = UtcNanos.CompareTo(that.UtcNanos);
        return order != 0 ? order : NanoOfDay.CompareTo(that.NanoOfDay);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TimeValue other && NanoOfDay == other.NanoOfDay && OffsetSeconds == other.OffsetSeconds;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, NanoOfDay, OffsetSeconds);

    /// <inheritdoc/>
    public override string ToString() => Text(alwaysSeconds: false);

    /// <inheritdoc/>
    public override string ToLongText() => Text(alwaysSeconds: true);

    private string Text(bool alwaysSeconds) => new StringBuilder(24).AppendTime(NanoOfDay, alwaysSeconds).AppendOffset(OffsetSeconds).ToString();
}
