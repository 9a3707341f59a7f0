namespace AuraMemory.Graph.Algorithms;

/// <summary>How an algorithm sees relationships.</summary>
public enum Orientation
{
    /// <summary>From source to target.</summary>
    Natural,

    /// <summary>From target to source.</summary>
    Reverse,

    /// <summary>Both ways; a relationship is met at both its ends, so one from a node to itself is met there twice.</summary>
    Undirected,
}

/// <summary>Which part of a graph an algorithm works on.</summary>
public sealed record GraphProjection
{
    /// <summary>Everything, in its natural direction, without weights.</summary>
    public static GraphProjection All { get; } = new();

    /// <summary>Nodes with at least one of these labels; empty = all nodes.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Relationships of one of these types between such nodes; empty = all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Their direction.</summary>
    public Orientation Orientation { get; init; }

    /// <summary>Property that holds the weight of a relationship; null = each weighs 1.</summary>
    public string? WeightProperty { get; init; }

    /// <summary>Weight of relationships without the property.</summary>
    public double DefaultWeight { get; init; } = 1;
}
