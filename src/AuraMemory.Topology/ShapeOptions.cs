namespace AuraMemory.Topology;

/// <summary>What a caller may say about the shape of an object; what is left out is found or chosen by the documented rules.</summary>
public sealed record ShapeOptions
{
    /// <summary>Most coordinates of a delay embedding.</summary>
    public const int MostEmbeddingDimensions = 16;

    /// <summary>Nothing said.</summary>
    public static ShapeOptions Default { get; } = new();

    /// <summary>JSON pointer (RFC 6901) to the array or graph; null = found.</summary>
    public string? Path { get; init; }

    /// <summary>What it is; null = told from its form.</summary>
    public ShapeKind? Kind { get; init; }

    /// <summary>How the complex grows.</summary>
    public Filtration Filtration { get; init; }

    /// <summary>What the values of a grid stand on.</summary>
    public GridCells Cells { get; init; }

    /// <summary>Highest homology dimension, 0 to 2; null = by kind and size, see <see cref="ShapeLimits"/>.</summary>
    public int? MaxDimension { get; init; }

    /// <summary>Value at which the filtration ends (Rips: the diameter); null = nothing is cut.</summary>
    public double? Threshold { get; init; }

    /// <summary>
    /// Most points of a Rips complex, at least 4; null = <see cref="ShapeLimits.MaxPoints"/>. May be more than that, up to <see cref="ShapeLimits.MaxPointsAsked"/>.
    /// </summary>
    public int? MaxPoints { get; init; }

    /// <summary>Coordinates of a delay embedding, 2 to 16; null = 3.</summary>
    public int? EmbeddingDimension { get; init; }

    /// <summary>Samples between two coordinates of a delay embedding, at least 1; null = told from the autocorrelation.</summary>
    public int? Delay { get; init; }
}

/// <summary>Bounds on the work and memory of one analysis.</summary>
public sealed record ShapeLimits
{
    /// <summary>The limits used when none are given.</summary>
    public static ShapeLimits Default { get; } = new();

    /// <summary>Most numbers read from one object; default 1 000 000.</summary>
    public int MaxNumbers { get; init; } = 1_000_000;

    /// <summary>Most points of a Rips complex unless the caller says otherwise; more are represented by farthest-point landmarks. Default 256.</summary>
    public int MaxPoints { get; init; } = 256;

    /// <summary>Most points a caller may ask for; below <see cref="MaxPoints"/> it counts as that. Default 1024, which takes some 30 MB in dimension 1.</summary>
    public int MaxPointsAsked { get; init; } = 1024;

    /// <summary>
    /// Most steps of one Rips reduction; where it takes more, fewer points are tried, with their error bound. Default 5 000 000, of the order of a second.
    /// </summary>
    public long MaxSteps { get; init; } = 5_000_000;

    /// <summary>Most points with which dimension 2 is computed unless asked for; default 96.</summary>
    public int MaxPointsInPlane { get; init; } = 96;

    /// <summary>Most vertices of a graph, default 100 000.</summary>
    public int MaxVertices { get; init; } = 100_000;

    /// <summary>Most simplices of a graph's clique complex; where there are more, the dimension is lowered. Default 2 000 000.</summary>
    public int MaxSimplices { get; init; } = 2_000_000;

    /// <summary>Longest bars kept of a dimension, default 1024; the half-persistences of the others are summed in the error bound.</summary>
    public int MaxBars { get; init; } = 1024;
}
