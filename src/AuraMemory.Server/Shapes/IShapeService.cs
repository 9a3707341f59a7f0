using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The shapes of the stored objects: kept up with the store, found by likeness. What a door needs to know of it.</summary>
/// <remarks>
/// All members may be called from any number of threads. What is derived here can be lost and is then made again from the store,
/// so nothing here ever fails a store: the answer says at most that the shape is not there yet, or why it will not be.
/// </remarks>
internal interface IShapeService : IAsyncDisposable
{
    /// <summary>False where <c>enable_shape_indexing</c> is: every answer is then <see cref="ShapeStatus.Disabled"/>.</summary>
    bool IsEnabled { get; }

    /// <summary>Bounds of one analysis, for whoever analyses a query.</summary>
    ShapeLimits Limits { get; }

    /// <summary>Takes the shape of an object that has just been stored.</summary>
    /// <param name="command">What was stored; its memory is not used after the task has completed.</param>
    /// <param name="outcome">How the store ended; one that failed is <see cref="ShapeStatus.None"/>.</param>
    /// <param name="wait">True = answer when the shape is findable, or the waiting time (setting) is over.</param>
    /// <param name="cancellation">Ends the waiting, not the analysis.</param>
    ValueTask<ShapeState> SubmitAsync(StoreCommand command, StoreOutcome outcome, bool wait, CancellationToken cancellation = default);

    /// <summary>The same for many; state i belongs to command i.</summary>
    ValueTask<ShapeState[]> SubmitManyAsync(
        IReadOnlyList<StoreCommand> commands, IReadOnlyList<StoreOutcome> outcomes, bool wait, CancellationToken cancellation = default);

    /// <summary>Forgets the shape of an object that has just been deleted: for volatile ones, whose deletion is no durable change.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">Version that was deleted; a newer one stays.</param>
    void Deleted(ReadOnlySpan<byte> key, long version);

    /// <summary>The kept shape of an object, or why there is none.</summary>
    ShapeLookup Find(ReadOnlySpan<byte> key);

    /// <summary>The objects whose shapes are most like one.</summary>
    /// <param name="query">What is sought.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    ValueTask<ShapeMatches> SearchAsync(ShapeQuery query, CancellationToken cancellation = default);

    /// <summary>Figures for health, statistics, features and metrics; cheap.</summary>
    ShapeReport Report();
}

/// <summary>Whether an object can be found by its shape.</summary>
internal enum ShapeStatus : byte
{
    /// <summary>It cannot: analysis was not asked for, or there is no shape; the reason says which.</summary>
    None,

    /// <summary>It will be: the analysis is under way or will be made.</summary>
    Pending,

    /// <summary>It can.</summary>
    Indexed,

    /// <summary>The service keeps no shapes.</summary>
    Disabled,
}

/// <summary>State of one object's shape.</summary>
/// <param name="Status">Which.</param>
/// <param name="Reason">Why it is not indexed, in a sentence; null when it is, or when nothing was asked for.</param>
internal readonly record struct ShapeState(ShapeStatus Status, string? Reason = null);

/// <summary>What is kept of an object's shape.</summary>
/// <param name="Object">How the object was read: a key that does not exist is <see cref="ReadStatus.NotFound"/>.</param>
/// <param name="State">State of its shape.</param>
/// <param name="Version">Version of the object the shape belongs to: the present one.</param>
/// <param name="Analysis">The shape; null unless there is one. There may be one that is not indexed, when the index is full.</param>
internal readonly record struct ShapeLookup(ReadStatus Object, ShapeState State, long Version, ShapeAnalysis? Analysis);

/// <summary>How the likeness of two shapes is measured.</summary>
internal enum ShapeMetric : byte
{
    /// <summary>Wasserstein distance of the diagrams, internal p = infinity, over the dimensions both have.</summary>
    Wasserstein,

    /// <summary>Bottleneck distance: the largest over the dimensions.</summary>
    Bottleneck,

    /// <summary>Euclidean distance of the signatures.</summary>
    Euclidean,
}

/// <summary>How a search runs.</summary>
internal enum ShapeMode : byte
{
    /// <summary>Through the graph: fast, with a measured recall.</summary>
    Approx,

    /// <summary>Over all lower bounds: the true nearest, certified.</summary>
    Exact,
}

/// <summary>A search by shape.</summary>
internal sealed record ShapeQuery
{
    /// <summary>The shape sought. Only objects of the same kind, filtration and cells are compared.</summary>
    public required ShapeAnalysis Analysis { get; init; }

    /// <summary>Results wanted, 1 to 100.</summary>
    public int K { get; init; } = 10;

    /// <summary>Metric.</summary>
    public ShapeMetric Metric { get; init; }

    /// <summary>Order of the Wasserstein distance, 1 or 2.</summary>
    public int Order { get; init; } = 1;

    /// <summary>Mode asked for.</summary>
    public ShapeMode Mode { get; init; }

    /// <summary>What the objects must be besides.</summary>
    public ShapeFilter Filter { get; init; } = ShapeFilter.None;

    /// <summary>Least similarity of a result, 0 to 1.</summary>
    public double MinSimilarity { get; init; }
}

/// <summary>One object found. It existed, in this version, when the answer was made.</summary>
/// <param name="Key">Key bytes.</param>
/// <param name="Version">Version whose shape was compared.</param>
/// <param name="Tier">Fastest tier that holds it.</param>
/// <param name="Distance">Exact distance in the metric.</param>
/// <param name="Similarity">See <see cref="Similarity"/>.</param>
internal sealed record ShapeMatch(byte[] Key, long Version, TierId Tier, double Distance, double Similarity);

/// <summary>Answer of a search.</summary>
/// <param name="Items">Nearest first.</param>
/// <param name="Mode">Mode that ran; a small index is always searched exactly.</param>
/// <param name="CertifiedExact">True when the items are proven to be the nearest that pass the filter.</param>
/// <param name="ExactEvaluations">Exact distances computed.</param>
/// <param name="BoundEvaluations">Lower bounds computed.</param>
/// <param name="IndexSize">Objects in the whole index.</param>
internal sealed record ShapeMatches(
    IReadOnlyList<ShapeMatch> Items, ShapeMode Mode, bool CertifiedExact, long ExactEvaluations, long BoundEvaluations, long IndexSize);

/// <summary>Figures of the shape service; all zero where it is disabled.</summary>
/// <param name="Enabled">Whether shapes are kept.</param>
/// <param name="Entries">Objects that can be found by shape.</param>
/// <param name="Pending">Objects whose analysis is queued or under way.</param>
/// <param name="Behind">Changes of the store not looked at yet; an upper bound.</param>
/// <param name="NotIndexed">Shapes kept that did not fit into <paramref name="CapacityBytes"/>.</param>
/// <param name="UsedBytes">Memory of the index, bytes.</param>
/// <param name="CapacityBytes">Budget of it, bytes.</param>
/// <param name="TableBytes">Memory of the table on disk (caches and buffers), bytes.</param>
/// <param name="Analyses">Analyses made since the start.</param>
/// <param name="AnalysisSeconds">Time they took, summed.</param>
/// <param name="Failures">Analyses given up because of a limit of time, or an error.</param>
/// <param name="Searches">Searches answered since the start.</param>
/// <param name="ExactEvaluations">Exact distances computed for them.</param>
/// <param name="Loading">True until the index has been loaded after the start; searches wait for it.</param>
/// <param name="Healthy">False when something was lost or fails; <paramref name="Detail"/> says what.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record ShapeReport(
    bool Enabled, long Entries, long Pending, long Behind, long NotIndexed, long UsedBytes, long CapacityBytes, long TableBytes,
    long Analyses, double AnalysisSeconds, long Failures, long Searches, long ExactEvaluations, bool Loading, bool Healthy, string Detail);
