namespace AuraMemory.Topology;

/// <summary>The shape of one object: what it was computed from, and its diagrams.</summary>
public sealed record ShapeAnalysis
{
    /// <summary>What the numbers were taken for.</summary>
    public required ShapeKind Kind { get; init; }

    /// <summary>How the complex grew; never <see cref="Filtration.Default"/>.</summary>
    public required Filtration Filtration { get; init; }

    /// <summary>What the values of a grid stood on; <see cref="GridCells.Top"/> for other kinds.</summary>
    public GridCells Cells { get; init; }

    /// <summary>How a series was embedded; null for other kinds than <see cref="ShapeKind.Delay"/>.</summary>
    public SeriesEmbedding? Embedding { get; init; }

    /// <summary>JSON pointer to what was analysed; empty = the whole value.</summary>
    public string Path { get; init; } = "";

    /// <summary>The diagrams.</summary>
    public required Barcode Barcode { get; init; }

    /// <summary>
    /// What a bar's length is measured against when it is called noise: enclosing radius for Rips, range of the values for
    /// sublevel sets. 0 for a constant or a single point.
    /// </summary>
    public required double Scale { get; init; }

    /// <summary>Points, samples, cells or vertices found.</summary>
    public required int Points { get; init; }

    /// <summary>Points the complex was built on: <see cref="Points"/>, or fewer landmarks.</summary>
    public required int UsedPoints { get; init; }

    /// <summary>
    /// Bound on the bottleneck distance between these diagrams and those of all points: twice the covering radius of the landmarks,
    /// and half the longest bar dropped; 0 = exact.
    /// </summary>
    public double ErrorBound { get; init; }

    /// <summary>Sum over all dimensions of the half-persistences of dropped bars: bounds what W1 lacks. 0 = none dropped.</summary>
    public double DroppedHalfPersistence { get; init; }

    /// <summary>Notes for people: arrays passed over, nulls skipped, a lowered dimension. Empty = nothing to say.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Betti numbers: the classes that live longer than <paramref name="threshold"/> x <see cref="Scale"/>.</summary>
    /// <param name="threshold">Share of the scale up to which a bar is noise, 0 to 1 (setting persistence_threshold).</param>
    public (int B0, int B1, int B2) BettiNumbers(double threshold) => Barcode.BettiNumbers(threshold * Scale);
}

/// <summary>Parameters of a delay embedding. Diagrams of series are comparable where they were embedded by the same rule.</summary>
/// <param name="Dimension">Coordinates of a point, 2 to 16.</param>
/// <param name="Delay">Samples between two coordinates, at least 1.</param>
/// <param name="IsDelayGiven">True when the caller said the delay; false when it was told from the series itself, as for any other series of that rule.</param>
public sealed record SeriesEmbedding(int Dimension, int Delay, bool IsDelayGiven);

/// <summary>An analysis, or why there is none.</summary>
/// <param name="Analysis">The shape; null where there is none.</param>
/// <param name="Reason">Why there is none, in a sentence for people; null with a shape.</param>
public readonly record struct ShapeOutcome(ShapeAnalysis? Analysis, string? Reason);
