using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Extraction;

/// <summary>What a shape is computed from, and where it was found: exactly one of the inputs is there.</summary>
internal sealed record ShapeInput
{
    /// <summary>What it was taken for.</summary>
    public required ShapeKind Kind { get; init; }

    /// <summary>JSON pointer to it.</summary>
    public required string Path { get; init; }

    /// <summary>Samples of a series, also where it is to be embedded.</summary>
    public double[]? Series { get; init; }

    /// <summary>A point cloud.</summary>
    public PointCloud? Points { get; init; }

    /// <summary>Pairwise distances.</summary>
    public DistanceMatrix? Distances { get; init; }

    /// <summary>An image or volume.</summary>
    public ValueGrid? Grid { get; init; }

    /// <summary>A graph.</summary>
    public WeightedGraph? Graph { get; init; }

    /// <summary>What people should know: missing samples skipped, arrays passed over.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
