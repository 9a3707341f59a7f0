using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>What is asked of one partition.</summary>
/// <param name="Signature">Signature of the shape sought.</param>
/// <param name="Barcode">Its diagrams.</param>
/// <param name="K">Most answers.</param>
/// <param name="Metric">Metric.</param>
/// <param name="Order">Order of the Wasserstein distance, 1 or 2.</param>
/// <param name="Mode">Mode asked for.</param>
/// <param name="Filter">True for ids that may be answered; null = all. Called during the search.</param>
internal sealed record PartitionQuery(
    float[] Signature, Barcode Barcode, int K, ShapeMetric Metric, int Order, ShapeMode Mode, Func<long, bool>? Filter);

/// <summary>What a partition answers.</summary>
/// <param name="Hits">Ids and exact distances, nearest first.</param>
/// <param name="Mode">Mode that ran.</param>
/// <param name="CertifiedExact">True when no nearer entry was left out.</param>
/// <param name="ExactEvaluations">Exact distances computed.</param>
/// <param name="BoundEvaluations">Lower bounds computed.</param>
internal sealed record PartitionAnswer(
    IReadOnlyList<(long Id, double Distance)> Hits, ShapeMode Mode, bool CertifiedExact, long ExactEvaluations, long BoundEvaluations);

/// <summary>The index of one partition, in memory outside the managed heap. Safe for any number of threads until it is disposed.</summary>
internal interface IShapePartition : IDisposable
{
    /// <summary>Entries.</summary>
    int Count { get; }

    /// <summary>Memory taken, bytes.</summary>
    long MemoryBytes { get; }

    /// <summary>Adds an entry, findable at once; an entry of the same id is replaced.</summary>
    /// <returns>False when its memory limit does not allow it.</returns>
    bool Add(long id, ReadOnlySpan<float> signature, Barcode barcode);

    /// <summary>Removes an entry; false when there is none.</summary>
    bool Remove(long id);

    /// <summary>The nearest entries.</summary>
    PartitionAnswer Search(PartitionQuery query, CancellationToken cancellation);

    /// <summary>Does a part of the deferred work.</summary>
    /// <returns>True when some is left.</returns>
    bool Maintain(CancellationToken cancellation);

    /// <summary>Writes the whole index.</summary>
    void Save(Stream to);
}

/// <summary>Makes partitions; a seam between the service and the index of the topology library.</summary>
internal interface IShapePartitions
{
    /// <summary>An empty one.</summary>
    /// <param name="key">Which.</param>
    /// <param name="memoryLimitBytes">Most memory it may take, bytes.</param>
    IShapePartition Create(PartitionKey key, long memoryLimitBytes);

    /// <summary>One from what <see cref="IShapePartition.Save"/> has written; null when that is damaged or does not fit.</summary>
    /// <param name="key">Which.</param>
    /// <param name="from">The bytes.</param>
    /// <param name="memoryLimitBytes">Most memory it may take, bytes.</param>
    IShapePartition? Load(PartitionKey key, Stream from, long memoryLimitBytes);
}
