namespace AuraMemory.Topology.Search;

/// <summary>How far apart two shapes are said to be.</summary>
public enum ShapeMetric : byte
{
    /// <summary>W1 with internal p = infinity, summed over the dimensions; finite bars only.</summary>
    Wasserstein1 = 0,

    /// <summary>W2 with internal p = infinity: the root of the sum of the squares over the dimensions; finite bars only.</summary>
    Wasserstein2 = 1,

    /// <summary>The largest bottleneck distance of the dimensions; finite bars only.</summary>
    Bottleneck = 2,

    /// <summary>Euclidean distance of the signatures.</summary>
    Euclidean = 3,
}

/// <summary>How hard a search looks.</summary>
public enum SearchMode : byte
{
    /// <summary>Through the proximity graph: milliseconds, may miss an answer.</summary>
    Approximate = 0,

    /// <summary>Misses nothing: every entry is bounded from below, and measured unless the bound rules it out.</summary>
    Exact = 1,
}

/// <summary>One question to a <see cref="ShapeIndex"/>.</summary>
public sealed record ShapeQuery
{
    /// <summary>Signature; needed for <see cref="ShapeMetric.Euclidean"/>, of the index's length.</summary>
    public ReadOnlyMemory<float> Signature { get; init; }

    /// <summary>Diagrams; needed for the other metrics. Essential bars are not looked at.</summary>
    public Barcode? Barcode { get; init; }

    /// <summary>Most results, at least 1.</summary>
    public int K { get; init; } = 10;

    /// <summary>Metric.</summary>
    public ShapeMetric Metric { get; init; }

    /// <summary>Mode asked for; a small index or a narrow filter runs <see cref="SearchMode.Exact"/> whatever is asked.</summary>
    public SearchMode Mode { get; init; }

    /// <summary>Candidates kept in an approximate search; 0 = <see cref="ShapeIndexOptions.SearchBreadth"/>.</summary>
    public int Breadth { get; init; }

    /// <summary>True for the ids that may be answered; called during the search, by the searching thread. Null = all.</summary>
    public Func<ulong, bool>? Filter { get; init; }
}

/// <summary>One answer.</summary>
/// <param name="Id">The caller's id.</param>
/// <param name="Distance">Exact distance in the metric asked for.</param>
public readonly record struct ShapeHit(ulong Id, double Distance);

/// <summary>The answers of a search and what they took.</summary>
public sealed record ShapeSearchResult
{
    /// <summary>Nearest first, ties by id; fewer than k only where fewer entries pass the filter (or, approximate, were met).</summary>
    public required IReadOnlyList<ShapeHit> Hits { get; init; }

    /// <summary>The mode that ran.</summary>
    public required SearchMode Mode { get; init; }

    /// <summary>True when it is proven that no entry that was there throughout the search is nearer than the last hit and missing.</summary>
    public required bool CertifiedExact { get; init; }

    /// <summary>Exact distances computed.</summary>
    public required int ExactEvaluations { get; init; }

    /// <summary>Lower bounds computed (for the Euclidean metric: rounded distances).</summary>
    public required int BoundEvaluations { get; init; }
}

/// <summary>What became of an entry that was added.</summary>
public enum AddOutcome : byte
{
    /// <summary>It is there and is found by searches from now on.</summary>
    Added = 0,

    /// <summary>It has taken the place of the entry of the same id.</summary>
    Replaced = 1,

    /// <summary>It would need more memory than the limit grants; nothing has changed.</summary>
    NoRoom = 2,
}
