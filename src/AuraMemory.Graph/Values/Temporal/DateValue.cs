using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A day of the calendar, without a zone.</summary>
public sealed class DateValue : TemporalValue
{
    /// <summary>The day of this number.</summary>
    /// <param name="epochDay">Days since 1970-01-01, negative before.</param>
    /// <exception cref="OverflowException">The year is not between -999 999 999 and 999 999 999.</exception>
    public DateValue(long epochDay)
    {
        if (epochDay < Calendar.LeastDay || epochDay > Calendar.MostDay)
        {
            throw new OverflowException($"A year is between {Calendar.LeastYear} and {Calendar.MostYear}.");
        }

        EpochDay = epochDay;
    }

    /// <summary>Days since 1970-01-01, negative before.</summary>
    public long EpochDay { get; }

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Date;

    /// <inheritdoc/>
    public override bool TryComponent(string name, out Value value) => TemporalComponents.TryDate(EpochDay, name, out value);

    /// <inheritdoc/>
    public override int CompareTo(TemporalValue other) => EpochDay.CompareTo(((DateValue)other).EpochDay);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DateValue other && EpochDay == other.EpochDay;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, EpochDay);

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder(10).AppendDate(EpochDay).ToString();
}
