using AuraMemory.Topology;
using AuraMemory.Topology.Search;

namespace AuraMemory.Server.Shapes;

/// <summary>Partitions served by the topology library's index.</summary>
/// <param name="signatureLength">Numbers of a signature.</param>
internal sealed class ShapeIndexPartitions(int signatureLength) : IShapePartitions
{
    /// <inheritdoc/>
    public IShapePartition Create(PartitionKey key, long memoryLimitBytes) => new Partition(new ShapeIndex(Options(key, memoryLimitBytes)));

    /// <inheritdoc/>
    public IShapePartition? Load(PartitionKey key, Stream from, long memoryLimitBytes) =>
        ShapeIndexFile.Load(from, Options(key, memoryLimitBytes)).Index is { } index ? new Partition(index) : null;

    private ShapeIndexOptions Options(PartitionKey key, long memoryLimitBytes) => new()
    {
        SignatureLength = signatureLength,

        // Sublevel sets of a series have components only; the other kinds may have everything.
        Dimensions = key.Kind == ShapeKind.Series ? 1 : Barcode.HighestDimension + 1,
        MemoryLimitBytes = memoryLimitBytes,
    };

    private sealed class Partition(ShapeIndex index) : IShapePartition
    {
        /// <summary>Entries linked before other work gets a turn: some 10 ms.</summary>
        private const int MaintainStep = 64;

        public int Count => index.Count;

        public long MemoryBytes => index.MemoryBytes;

        public bool Add(long id, ReadOnlySpan<float> signature, Barcode barcode) =>
            index.Add((ulong)id, signature, barcode) != AddOutcome.NoRoom;

        public bool Remove(long id) => index.Remove((ulong)id);

        public PartitionAnswer Search(PartitionQuery query, CancellationToken cancellation)
        {
            Func<long, bool>? filter = query.Filter;
            ShapeSearchResult result = index.Search(
                new Topology.Search.ShapeQuery
                {
                    Signature = query.Signature,
                    Barcode = query.Barcode,
                    K = query.K,
                    Metric = query.Metric switch
                    {
                        ShapeMetric.Euclidean => Topology.Search.ShapeMetric.Euclidean,
                        ShapeMetric.Bottleneck => Topology.Search.ShapeMetric.Bottleneck,
                        _ => query.Order == 2 ? Topology.Search.ShapeMetric.Wasserstein2 : Topology.Search.ShapeMetric.Wasserstein1,
                    },
                    Mode = query.Mode == ShapeMode.Exact ? SearchMode.Exact : SearchMode.Approximate,
                    Filter = filter is null ? null : id => filter((long)id),
                },
                cancellation);
            var hits = new (long, double)[result.Hits.Count];
            for (int i = 0; i < hits.Length; i++)
            {
                hits[i] = ((long)result.Hits[i].Id, result.Hits[i].Distance);
            }

            return new PartitionAnswer(
                hits, result.Mode == SearchMode.Exact ? ShapeMode.Exact : ShapeMode.Approx, result.CertifiedExact,
                result.ExactEvaluations, result.BoundEvaluations);
        }

        public bool Maintain(CancellationToken cancellation) => index.Maintain(MaintainStep, cancellation) == MaintainStep;

        public void Save(Stream to) => index.Save(to);

        public void Dispose() => index.Dispose();
    }
}
