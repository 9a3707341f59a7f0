using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Storage;

/// <summary>Readers beside a writer, and what a walk costs.</summary>
public class SnapshotReaderTests
{
    /// <summary>
    /// The writer moves relationships of a ring: it always removes one and adds another in the same place with the next value, so at every moment between two
    /// writes the graph has N or N - 1 relationships, and each snapshot must be consistent in itself whenever it was taken.
    /// </summary>
    [Fact]
    public async Task Snapshots_taken_and_read_beside_writes_are_consistent()
    {
        const int Nodes = 400;
        var graph = new PropertyGraph();
        graph.AddNodes(Nodes, ["N"]);
        var ring = new int[Nodes];
        for (int i = 0; i < Nodes; i++)
        {
            ring[i] = graph.AddRelationship(i, (i + 1) % Nodes, "R", new MapValue(["from"], [Value.Of((long)i)]));
        }

        using var stop = new CancellationTokenSource();
        Task<int>[] readers = [Read(), Read()];
        var random = new Random(3);
        for (int step = 0; step < 20_000; step++)
        {
            int i = random.Next(Nodes);
            graph.RemoveRelationship(ring[i]);
            ring[i] = graph.AddRelationship(i, (i + 1 + random.Next(3)) % Nodes, random.Next(2) == 0 ? "R" : "S", new MapValue(["from"], [Value.Of((long)i)]));
            if (step % 2_000 == 0)
            {
                graph.Compact();
            }
        }

        await stop.CancelAsync();
        int[] read = await Task.WhenAll(readers);
        Assert.All(read, count => Assert.True(count > 0));

        Task<int> Read() => Task.Run(() =>
        {
            int rounds = 0;
            while (!stop.IsCancellationRequested || rounds == 0)
            {
                Audit(graph.Snapshot(), Nodes);
                rounds++;
            }

            return rounds;
        });
    }

    [Fact]
    public void A_walk_over_neighbours_allocates_nothing()
    {
        var graph = new PropertyGraph();
        graph.AddNodes(100, ["N"]);
        int[] sources = [.. Enumerable.Range(0, 3000).Select(i => i % 100)], targets = [.. Enumerable.Range(0, 3000).Select(i => i * 7 % 100)];
        graph.AddRelationships(sources, targets, "R");
        graph.AddRelationship(5, 6, "S", MapValue.Empty);
        GraphView view = graph.Snapshot();
        Assert.Equal(6002, Walk(view));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk(view);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_snapshot_without_a_change_between_is_the_same_object()
    {
        var graph = new PropertyGraph();
        graph.AddNode([], MapValue.Empty);
        GraphView first = graph.Snapshot();
        Assert.Same(first, graph.Snapshot());
        graph.AddNode([], MapValue.Empty);
        Assert.NotSame(first, graph.Snapshot());
    }

    private static long Walk(GraphView view)
    {
        long sum = 0;
        Span<int> nodes = stackalloc int[16];
        long position = 0;
        for (int count = view.Scan(-1, ref position, nodes); count > 0; count = view.Scan(-1, ref position, nodes))
        {
            foreach (int node in nodes[..count])
            {
                foreach (int relationship in view.Neighbours(node, Direction.Outgoing, -1).Relationships)
                {
                    sum += view.SourceOf(relationship) == node ? 1 : 0;
                }

                sum += view.Neighbours(node, Direction.Incoming, -1).Count;
            }
        }

        return sum;
    }

    private static void Audit(GraphView view, int nodes)
    {
        int from = view.Keys.Find("from");
        long outgoing = 0, incoming = 0;
        for (int node = 0; node < nodes; node++)
        {
            Adjacency ahead = view.Neighbours(node, Direction.Outgoing, -1), back = view.Neighbours(node, Direction.Incoming, -1);
            Assert.InRange(ahead.Count, 0, 1);
            outgoing += ahead.Count;
            incoming += back.Count;
            for (int i = 0; i < ahead.Count; i++)
            {
                int relationship = ahead.Relationships[i];
                Assert.Equal((node, ahead.Others[i]), (view.SourceOf(relationship), view.TargetOf(relationship)));
                Assert.Equal(node, view.RelationshipProperty(relationship, from).Integer);
                Assert.True(view.Neighbours(ahead.Others[i], Direction.Incoming, view.TypeOf(relationship)).Relationships.Contains(relationship));
            }
        }

        Assert.Equal((view.RelationshipCount, view.RelationshipCount), (outgoing, incoming));
        Assert.InRange(outgoing, nodes - 1, nodes);
    }
}
