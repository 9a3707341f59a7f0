namespace AuraMemory.Graph.Values;

/// <summary>A date, a time, both, or a duration. The six kinds are in <c>Values/Temporal</c>. Immutable.</summary>
public abstract class TemporalValue
{
    /// <summary>One of the six temporal kinds.</summary>
    public abstract ValueKind Kind { get; }

    /// <summary>The form in ISO 8601 that the language's <c>toString</c> gives, for example <c>2015-06-24T12:50:35.556+01:00[Europe/London]</c>.</summary>
    public abstract override string ToString();

    /// <summary>The same, with seconds even where they are zero (<c>12:00:00Z</c>): what Neo4j's <c>toString</c> gives.</summary>
    public virtual string ToLongText() => ToString();

    /// <summary>A component by the language's name for it (<c>year</c>, <c>epochMillis</c>, …).</summary>
    /// <returns>False when this kind has no such component.</returns>
    public abstract bool TryComponent(string name, out Value value);

    /// <summary>Order among values of one kind; durations have no order of meaning but a fixed one.</summary>
    /// <param name="other">A value of the same kind.</param>
    public abstract int CompareTo(TemporalValue other);

    /// <summary>Whether the other is the same kind and says the same, components and all.</summary>
    public abstract override bool Equals(object? obj);

    /// <inheritdoc/>
    public abstract override int GetHashCode();
}
