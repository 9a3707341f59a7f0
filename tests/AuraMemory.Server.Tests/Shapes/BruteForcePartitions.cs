using AuraMemory.Server.Shapes;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Server.Tests.Shapes;

/// <summary>The plainest index that keeps the contract: a dictionary, every distance computed.</summary>
internal sealed class BruteForcePartitions : IShapePartitions
{
    /// <summary>Bytes an entry is said to take.</summary>
    public long BytesEach { get; init; } = 100;

    public IShapePartition Create(PartitionKey key, long memoryLimitBytes) => new Partition(BytesEach);

    public IShapePartition? Load(PartitionKey key, Stream from, long memoryLimitBytes) => null;

    private sealed class Partition(long bytesEach) : IShapePartition
    {
        private readonly Dictionary<long, Barcode> _entries = [];

        public int Count
        {
            get
            {
                lock (_entries)
                {
                    return _entries.Count;
                }
            }
        }

        public long MemoryBytes => Count * bytesEach;

        public bool Add(long id, ReadOnlySpan<float> signature, Barcode barcode)
        {
            lock (_entries)
            {
                _entries[id] = barcode;
            }

            return true;
        }

        public bool Remove(long id)
        {
            lock (_entries)
            {
                return _entries.Remove(id);
            }
        }

        public PartitionAnswer Search(PartitionQuery query, CancellationToken cancellation)
        {
            lock (_entries)
            {
                (long, double)[] hits =
                [
                    .. _entries.Where(e => query.Filter?.Invoke(e.Key) != false)
                        .Select(e => (e.Key, Wasserstein.Distance(e.Value[0].Finite, query.Barcode[0].Finite, 1)))
                        .OrderBy(hit => hit.Item2).Take(query.K),
                ];
                return new PartitionAnswer(hits, ShapeMode.Exact, true, _entries.Count, 0);
            }
        }

        public bool Maintain(CancellationToken cancellation) => false;

        public void Save(Stream to) => to.WriteByte(1);

        public void Dispose()
        {
        }
    }
}
