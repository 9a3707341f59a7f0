namespace AuraMemory.Graph.Values;

/// <summary>What a <see cref="Value"/> is. The order is no order of values.</summary>
public enum ValueKind : byte
{
    /// <summary>No value; what an unknown is.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A 64-bit signed integer.</summary>
    Integer,

    /// <summary>An IEEE double.</summary>
    Float,

    /// <summary>Text.</summary>
    String,

    /// <summary>Values in order.</summary>
    List,

    /// <summary>Values by name.</summary>
    Map,

    /// <summary>A node of the graph, by its number there.</summary>
    Node,

    /// <summary>A relationship of the graph, by its number there.</summary>
    Relationship,

    /// <summary>Nodes and the relationships between them.</summary>
    Path,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A time of day.</summary>
    LocalTime,

    /// <summary>A time of day with an offset from UTC.</summary>
    Time,

    /// <summary>A day and a time of day.</summary>
    LocalDateTime,

    /// <summary>An instant, with an offset from UTC or a named zone.</summary>
    DateTime,

    /// <summary>Months, days, seconds and nanoseconds.</summary>
    Duration,
}
