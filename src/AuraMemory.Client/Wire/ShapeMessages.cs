using System.Text.Json;

namespace AuraMemory.Client.Wire;

/// <summary>Asks for the objects whose shape is most like that of some data.</summary>
public sealed record ShapeQueryRequest
{
    /// <summary>The data whose like is sought.</summary>
    public required JsonElement QueryData { get; init; }

    /// <summary>What is said about its shape; null = found by the service.</summary>
    public JsonElement? Shape { get; init; }

    /// <summary>Results wanted, 1 to 100; null = 10.</summary>
    public int? K { get; init; }

    /// <summary><c>wasserstein</c>, <c>bottleneck</c> or <c>euclidean</c>; null = wasserstein.</summary>
    public string? DistanceMetric { get; init; }

    /// <summary>Order of the Wasserstein distance, 1 or 2; null = 1.</summary>
    public int? Order { get; init; }

    /// <summary><c>approx</c> or <c>exact</c>; null = approx.</summary>
    public string? Mode { get; init; }

    /// <summary>What the objects must be besides: a JSON object with <c>tier</c>, <c>size</c>, <c>age</c>, <c>metadata.NAME</c>; null = nothing.</summary>
    public JsonElement? Filters { get; init; }

    /// <summary>Least similarity of a result, 0 to 1; null = any.</summary>
    public double? MinSimilarity { get; init; }
}

/// <summary>One object found by its shape.</summary>
public sealed record ShapeMatch
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Its data as it was stored.</summary>
    public JsonElement Data { get; init; }

    /// <summary>Tier it was read from.</summary>
    public string? Tier { get; init; }

    /// <summary>1 = the same shape, 1/2 = as far from the query as a shape that has none of its features; falls with the distance.</summary>
    public double SimilarityScore { get; init; }

    /// <summary>Exact distance in the metric asked for.</summary>
    public double Distance { get; init; }

    /// <summary>Version compared.</summary>
    public long Version { get; init; }
}

/// <summary>What a shape was computed from, and its features.</summary>
public record ShapeFeatures
{
    /// <summary><c>series</c>, <c>delay</c>, <c>points</c>, <c>distances</c>, <c>grid</c> or <c>graph</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>How the complex grew: <c>sublevel</c>, <c>superlevel</c>, <c>rips</c>, <c>degree</c> or <c>hop</c>.</summary>
    public string? Filtration { get; init; }

    /// <summary>For grids, what the values stood on: <c>top</c> or <c>vertices</c>.</summary>
    public string? Cells { get; init; }

    /// <summary>JSON pointer to what was analysed; empty = the whole value.</summary>
    public string? Path { get; init; }

    /// <summary>Points, samples, cells or vertices found.</summary>
    public int Points { get; init; }

    /// <summary>Points the complex was built on: all, or fewer landmarks.</summary>
    public int UsedPoints { get; init; }

    /// <summary>What the length of a bar is measured against when it is called noise.</summary>
    public double Scale { get; init; }

    /// <summary>Bound on the bottleneck distance from the diagrams of all points; 0 = exact.</summary>
    public double ErrorBound { get; init; }

    /// <summary>Half the lengths of bars that were dropped, summed.</summary>
    public double DroppedHalfPersistence { get; init; }

    /// <summary>For people: what was passed over, skipped or lowered.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>b0, b1, b2.</summary>
    public IReadOnlyList<int>? BettiNumbers { get; init; }

    /// <summary>Bars by dimension, [birth, death]; a death of null is that of a class which never dies.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<double?>>>? Diagrams { get; init; }

    /// <summary>The signature: distances of signatures never exceed those of the diagrams they stand for.</summary>
    public IReadOnlyList<double>? Signature { get; init; }
}

/// <summary>Features of a query's own data.</summary>
public sealed record QueryFeatures : ShapeFeatures
{
    /// <summary>Bars by dimension, as <see cref="ShapeFeatures.Diagrams"/> of the other answers.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<double?>>>? PersistenceDiagram { get; init; }
}

/// <summary>The objects found by shape.</summary>
public sealed record ShapeQueryResponse
{
    /// <summary>Nearest first.</summary>
    public IReadOnlyList<ShapeMatch> Results { get; set; } = [];

    /// <summary>Nanoseconds inside the service: analysis of the query and search.</summary>
    public double QueryLatencyNs { get; init; }

    /// <summary>Number of results.</summary>
    public int NumResults { get; init; }

    /// <summary>Mode that ran: <c>approx</c> or <c>exact</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>True when the results are proven to be the nearest that pass the filters.</summary>
    public bool CertifiedExact { get; init; }

    /// <summary>Exact distances computed.</summary>
    public long ExactEvaluations { get; init; }

    /// <summary>The shape of the query.</summary>
    public QueryFeatures? TdaFeatures { get; init; }

    /// <summary>Objects in the whole index.</summary>
    public long IndexSize { get; init; }
}

/// <summary>Asks for the shape of data.</summary>
public sealed record ShapeAnalyzeRequest
{
    /// <summary>Any JSON value.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>JSON pointer to the array or graph; null = found.</summary>
    public string? Path { get; init; }

    /// <summary>What it is, see <see cref="ShapeFeatures.Kind"/>; null = told from its form.</summary>
    public string? Kind { get; init; }

    /// <summary>How the complex grows, see <see cref="ShapeFeatures.Filtration"/>; null = the kind's usual way.</summary>
    public string? Filtration { get; init; }

    /// <summary>What the values of a grid stand on: <c>top</c> or <c>vertices</c>; null = top.</summary>
    public string? Cells { get; init; }

    /// <summary>Highest homology dimension, 0 to 2; null = by kind and size.</summary>
    public int? MaxDimension { get; init; }

    /// <summary>Value at which the filtration ends; null = nothing is cut.</summary>
    public double? Threshold { get; init; }

    /// <summary>Most points of a Rips complex, at least 4; null = the setting shape_max_points; may be more than that, up to shape_max_points_asked.</summary>
    public int? MaxPoints { get; init; }

    /// <summary>Coordinates of a delay embedding, 2 to 16; null = 3.</summary>
    public int? EmbeddingDimension { get; init; }

    /// <summary>Samples between two coordinates of a delay embedding; null = told from the series.</summary>
    public int? Delay { get; init; }
}

/// <summary>Asks for the distance of two shapes.</summary>
public sealed record ShapeDistanceRequest
{
    /// <summary>Data, or an object with <c>diagrams</c>.</summary>
    public required JsonElement A { get; init; }

    /// <summary>Data, or an object with <c>diagrams</c>.</summary>
    public required JsonElement B { get; init; }

    /// <summary>What is said about the shape of both where they are data; null = found.</summary>
    public JsonElement? Shape { get; init; }

    /// <summary><c>wasserstein</c> or <c>bottleneck</c>; null = wasserstein.</summary>
    public string? Metric { get; init; }

    /// <summary>Order of the Wasserstein distance, 1 or 2; null = 1.</summary>
    public int? Order { get; init; }

    /// <summary><c>"infinity"</c> or 2 as JSON; null = infinity.</summary>
    public JsonElement? InternalP { get; init; }

    /// <summary>Only this dimension, 0 to 2; null = all that both have.</summary>
    public int? Dimension { get; init; }

    /// <summary>True = compare classes that never die too; null = false.</summary>
    public bool? Essential { get; init; }
}

/// <summary>Two bars of a matching.</summary>
/// <param name="A">[birth, death] of the bar of a; null = the diagonal.</param>
/// <param name="B">[birth, death] of the bar of b; null = the diagonal.</param>
/// <param name="Cost">Distance of the two.</param>
public sealed record MatchedBars(IReadOnlyList<double?>? A, IReadOnlyList<double?>? B, double Cost);

/// <summary>The distance in one dimension.</summary>
public sealed record DimensionDistance
{
    /// <summary>0, 1 or 2.</summary>
    public int Dimension { get; init; }

    /// <summary>Null = infinite.</summary>
    public double? Distance { get; init; }

    /// <summary>Every bar of either side once.</summary>
    public IReadOnlyList<MatchedBars> Matching { get; set; } = [];
}

/// <summary>The distance of two shapes.</summary>
public sealed record ShapeDistanceResponse
{
    /// <summary>Over all dimensions compared; null = infinite.</summary>
    public double? Distance { get; init; }

    /// <summary>Metric used.</summary>
    public string? Metric { get; init; }

    /// <summary>By dimension.</summary>
    public IReadOnlyList<DimensionDistance> Dimensions { get; set; } = [];

    /// <summary>What a was computed from; null when diagrams were sent.</summary>
    public ShapeFeatures? A { get; init; }

    /// <summary>What b was computed from; null when diagrams were sent.</summary>
    public ShapeFeatures? B { get; init; }
}

/// <summary>The kept shape of an object; features are there only with a shape.</summary>
public sealed record ObjectShape : ShapeFeatures
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Version whose shape it is.</summary>
    public long Version { get; init; }

    /// <summary>True when the object can be found by shape.</summary>
    public bool ShapeIndexed { get; init; }

    /// <summary><c>indexed</c>, <c>pending</c>, <c>none</c> or <c>disabled</c>.</summary>
    public string? ShapeStatus { get; init; }

    /// <summary>Why it is not indexed.</summary>
    public string? ShapeReason { get; init; }
}
