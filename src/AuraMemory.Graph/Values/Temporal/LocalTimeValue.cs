using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A time of day, without a zone.</summary>
public sealed class LocalTimeValue : TemporalValue
{
    /// <summary>A time of day.</summary>
    /// <param name="nanoOfDay">Nanoseconds since midnight, 0 to 86 399 999 999 999.</param>
    /// <exception cref="ArgumentOutOfRangeException">That is no time of a day.</exception>
    public LocalTimeValue(long nanoOfDay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoOfDay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoOfDay, Calendar.NanosPerDay);
        NanoOfDay = nanoOfDay;
    }

    /// <summary>Nanoseconds since midnight.</summary>
    public long NanoOfDay { get; }

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.LocalTime;

    /// <inheritdoc/>
    public override bool TryComponent(string name, out Value value) => TemporalComponents.TryTime(NanoOfDay, name, out value);

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other) => NanoOfDay.CompareTo(((LocalTimeValue)other).NanoOfDay);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LocalTimeValue other && NanoOfDay == other.NanoOfDay;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, NanoOfDay);

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder(18).AppendTime(NanoOfDay, alwaysSeconds: false).ToString();

    /// <inheritdoc/>
    public override string ToLongText() => new StringBuilder(18).AppendTime(NanoOfDay, alwaysSeconds: true).ToString();
}
