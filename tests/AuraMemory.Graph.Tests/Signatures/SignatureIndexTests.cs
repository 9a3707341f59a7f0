using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Signatures;

/// <summary>The index of signatures: kept up beside built anew, what it says before it is, beside writers, and within its memory.</summary>
public class SignatureIndexTests
{
    private const long Plenty = 1L << 30;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Kept_up_through_edits_it_equals_one_built_anew(int seed)
    {
        var random = new Random(seed);
        PropertyGraph graph = RandomGraph(random, 150, 260);
        using var index = new SignatureIndex();
        long recomputed = 0, nodes = 0;
        for (int round = 0; round < 25; round++)
        {
            Edit(graph, random, round % 5 == 4 ? 30 : 1 + random.Next(3));
            GraphView view = graph.Snapshot();
            Assert.True(index.Refresh(view, Plenty));
            recomputed += round == 0 ? 0 : index.Recomputed;
            nodes += round == 0 ? 0 : index.Count;
            SignatureTable anew = SignatureTable.Of(view, null, default), kept = index.Table!;
            for (int i = 0; i < anew.Graph.Simple.Count; i++)
            {
                // Nodes that come or go without a relationship are no reason to look again.
                int at = kept.Graph.Simple.IndexOf(anew.Graph.Simple.NodeAt(i));
                if (anew.Graph.Simple.Degree(i) > 0)
                {
                    Assert.Equal(anew.Graph.Together(i).ToArray(), kept.Graph.Together(at).ToArray());
                    Assert.True(anew.Row(i).SequenceEqual(kept.Row(at)), $"Node {i} of round {round}.");
                }
            }

            Assert.Equal(Enumerable.Range(0, anew.Graph.Simple.Count).Count(i => anew.Graph.Simple.Degree(i) > 0), index.Count);
        }

        Assert.InRange(recomputed, 1, nodes / 2);
    }

    [Fact]
    public void Answers_are_the_nearest_of_all()
    {
        PropertyGraph graph = RandomGraph(new Random(5), 200, 500);
        using var index = new SignatureIndex();
        for (int round = 0; round < 10; round++)
        {
            GraphView view = graph.Snapshot();
            Assert.True(index.Refresh(view, Plenty));
            SignatureTable table = index.Table!;
            int node = table.Graph.Simple.NodeAt(17 * round);
            SimilarNodes found = index.Nearest(view, node, 12, NoLimit, default)!;
            Assert.Equal(0, found.Pending);
            Assert.DoesNotContain(found.Nodes, f => f.Node == node);
            Assert.Equal(12, found.Nodes.Select(f => f.Node).Distinct().Count());
            double worst = found.Nodes[^1].Distance;
            SimilarNodes all = index.Nearest(view, node, 10_000, NoLimit, default)!;
            Assert.Equal(index.Count - 1, all.Nodes.Count);
            Assert.Equal(found.Nodes, all.Nodes.Take(12));
            Assert.All(all.Nodes.Skip(12), f => Assert.True(f.Distance >= worst));
            Edit(graph, new Random(round), 3);
        }
    }

    [Fact]
    public void Only_what_is_near_a_change_is_computed_anew()
    {
        PropertyGraph graph = Path(1000);
        using var index = new SignatureIndex();
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(1000, index.Recomputed);
        int leaf = graph.AddNode(["N"], MapValue.Empty);
        graph.AddRelationship(leaf, 0, "R", MapValue.Empty);
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(4, index.Recomputed);

        // The ring's nodes are far from the relationship that closes it, but they are a core of two now.
        graph.AddRelationship(300, 400, "R", MapValue.Empty);
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(101 + 4, index.Recomputed);

        // A second relationship between the same nodes changes nothing.
        graph.AddRelationship(400, 300, "R", MapValue.Empty);
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(0, index.Recomputed);
    }

    [Fact]
    public void Before_the_next_refresh_answers_say_so_and_name_what_is_there()
    {
        PropertyGraph graph = Path(40);
        using var index = new SignatureIndex();
        GraphView first = graph.Snapshot();
        Assert.Null(index.Nearest(first, 10, 3, NoLimit, default));
        Assert.True(index.Refresh(first, Plenty));

        // But for three at each end all nodes of a path are alike.
        Assert.Equal([(3, 0.0), (4, 0.0)], index.Nearest(first, 10, 2, NoLimit, default)!.Nodes);

        // 11 goes, which changes 10 and 12; 41 and 42 are new, and 41 is an end of the path as 39 was.
        graph.RemoveNode(11);
        int middle = graph.AddNode(["N"], MapValue.Empty), end = graph.AddNode(["N"], MapValue.Empty);
        graph.AddRelationship(39, middle, "R", MapValue.Empty);
        graph.AddRelationship(middle, end, "R", MapValue.Empty);
        GraphView second = graph.Snapshot();
        SimilarNodes found = index.Nearest(second, 20, 100, NoLimit, default)!;
        Assert.Equal(4, found.Pending);
        Assert.DoesNotContain(found.Nodes, f => f.Node == 11);
        Assert.Equal(38, found.Nodes.Count);
        Assert.Equal(0, index.Nearest(second, 10, 100, NoLimit, default)!.Nodes.Single(f => f.Node == 12).Distance);
        Assert.Equal((0, 0.0), index.Nearest(second, end, 1, NoLimit, default)!.Nodes[0]);
        Assert.Throws<InvalidOperationException>(() => index.Nearest(second, end, 1, _ => throw new InvalidOperationException(), default));
        Assert.Empty(index.Nearest(second, 11, 3, NoLimit, default)!.Nodes);

        // A query that began before still gets its own nodes.
        Assert.True(index.Refresh(second, Plenty));
        Assert.Equal(4, index.Nearest(first, 20, 3, NoLimit, default)!.Pending);
        Assert.DoesNotContain(index.Nearest(first, 20, 100, NoLimit, default)!.Nodes, f => f.Node == end);
        SimilarNodes after = index.Nearest(second, end, 100, NoLimit, default)!;
        Assert.Equal((0L, 40), (after.Pending, after.Nodes.Count));
    }

    [Fact]
    public void A_scale_holds_until_it_has_drifted()
    {
        PropertyGraph graph = Path(60);
        using var index = new SignatureIndex();
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        double before = index.Nearest(graph.Snapshot(), 0, 1000, NoLimit, default)!.Nodes[^1].Distance;
        int extra = graph.AddNode(["N"], MapValue.Empty);
        graph.AddRelationship(extra, 59, "R", MapValue.Empty);
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(before, index.Nearest(graph.Snapshot(), 0, 1000, NoLimit, default)!.Nodes[^1].Distance);
        for (int i = 0; i < 40; i++)
        {
            graph.AddRelationship(5, (7 * i) + 3 < 60 ? (7 * i) + 3 : i, "R", MapValue.Empty);
        }

        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        using var other = new SignatureIndex();
        Assert.True(other.Refresh(graph.Snapshot(), Plenty));
        Assert.Equal(other.Nearest(graph.Snapshot(), 0, 1000, NoLimit, default)!.Nodes, index.Nearest(graph.Snapshot(), 0, 1000, NoLimit, default)!.Nodes);
    }

    [Fact]
    public async Task Queries_beside_writes_and_refreshes_are_answered_from_their_own_view()
    {
        var random = new Random(9);
        PropertyGraph graph = RandomGraph(random, 120, 240);
        using var index = new SignatureIndex();
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
        using var stop = new CancellationTokenSource();
        Task<int>[] readers = [Ask(1), Ask(2)];
        for (int round = 0; round < 150; round++)
        {
            Edit(graph, random, 3);
            Assert.True(index.Refresh(graph.Snapshot(), Plenty));
            if (round % 50 == 49)
            {
                index.Drop();
                Assert.True(index.Refresh(graph.Snapshot(), Plenty));
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), count => Assert.True(count > 0));

        Task<int> Ask(int seed) => Task.Run(() =>
        {
            var own = new Random(seed);
            int answers = 0;
            while (!stop.IsCancellationRequested || answers == 0)
            {
                GraphView view = graph.Snapshot();
                int node = own.Next(view.NodeNumbers);
                if (index.Nearest(view, node, 8, NoLimit, default) is { } found)
                {
                    answers++;
                    Assert.All(found.Nodes, f => Assert.True(f.Node != node && view.LabelsOf(f.Node).Length > 0));
                    Assert.Equal(found.Nodes.OrderBy(f => f.Distance).ThenBy(f => f.Node), found.Nodes);
                }
            }

            return answers;
        });
    }

    [Fact]
    public void Without_room_there_is_no_index_and_with_room_again_there_is_one()
    {
        PropertyGraph graph = RandomGraph(new Random(2), 3000, 6000);
        using var index = new SignatureIndex();
        GraphView view = graph.Snapshot();
        Assert.False(index.Refresh(view, 1 << 20));
        Assert.Equal((0, 0L), (index.Count, index.Bytes));
        Assert.Null(index.Nearest(view, 0, 3, NoLimit, default));
        Assert.True(index.Refresh(view, SignatureIndex.Estimate(view)));
        Assert.InRange(index.Bytes, 1, SignatureIndex.Estimate(view));
        Assert.False(index.Refresh(view, SignatureIndex.Estimate(view) - 1));
        Assert.Equal(0, index.Bytes);
    }

    [Fact]
    public void Replaced_signatures_do_not_pile_up()
    {
        PropertyGraph graph = Path(50);
        for (int i = 2; i < 50; i++)
        {
            graph.AddRelationship(0, i, "R", MapValue.Empty);
        }

        using var index = new SignatureIndex();
        long most = 0;
        for (int round = 0; round < 400; round++)
        {
            graph.AddRelationship(graph.AddNode(["N"], MapValue.Empty), 0, "R", MapValue.Empty);
            Assert.True(index.Refresh(graph.Snapshot(), Plenty));
            Assert.Equal(51 + round, index.Recomputed);
            most = Math.Max(most, index.Bytes);
        }

        // Some 100 000 entries were replaced, of some 300 bytes each.
        Assert.InRange(most, 1, 10_000_000);
    }

    [Fact]
    public void A_refresh_that_is_cancelled_or_overtaken_leaves_the_index_whole()
    {
        PropertyGraph graph = RandomGraph(new Random(3), 100, 200);
        using var index = new SignatureIndex();
        GraphView first = graph.Snapshot();
        Assert.True(index.Refresh(first, Plenty));
        SimilarNodes before = index.Nearest(first, 1, 5, NoLimit, default)!;
        Edit(graph, new Random(4), 10);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => index.Refresh(graph.Snapshot(), Plenty, source.Token));
        Assert.Equal(before.Nodes, index.Nearest(first, 1, 5, NoLimit, default)!.Nodes);

        // Dropped while the refresh reads the graph: what it has made is not published.
        Assert.False(index.Refresh(new WatchedView(graph.Snapshot(), index.Drop), Plenty));
        Assert.Equal(0, index.Bytes);
        Assert.True(index.Refresh(graph.Snapshot(), Plenty));
    }

    private static void NoLimit(long bytes)
    {
    }

    private static PropertyGraph Path(int nodes)
    {
        var graph = new PropertyGraph();
        graph.AddNodes(nodes, ["N"]);
        graph.AddRelationships([.. Enumerable.Range(0, nodes - 1)], [.. Enumerable.Range(1, nodes - 1)], "R");
        return graph;
    }

    private static PropertyGraph RandomGraph(Random random, int nodes, int relationships)
    {
        var graph = new PropertyGraph();
        graph.AddNodes(nodes, ["N"]);
        for (int i = 0; i < relationships; i++)
        {
            graph.AddRelationship(random.Next(nodes), random.Next(nodes), "R" + random.Next(2), MapValue.Empty);
        }

        return graph;
    }

    private static void Edit(PropertyGraph graph, Random random, int edits)
    {
        for (int i = 0; i < edits; i++)
        {
            GraphView view = graph.Snapshot();
            switch (random.Next(10))
            {
                case 0:
                    graph.RemoveNode(random.Next(view.NodeNumbers));
                    break;
                case 1:
                    int node = graph.AddNode(["N"], MapValue.Empty);
                    Relate(node, random.Next(view.NodeNumbers));
                    break;
                case < 6:
                    graph.RemoveRelationship(random.Next(view.RelationshipNumbers));
                    break;
                default:
                    Relate(random.Next(view.NodeNumbers), random.Next(view.NodeNumbers));
                    break;
            }
        }

        void Relate(int a, int b)
        {
            GraphView now = graph.Snapshot();
            if (now.LabelsOf(a).Length > 0 && now.LabelsOf(b).Length > 0)
            {
                graph.AddRelationship(a, b, "R" + random.Next(2), MapValue.Empty);
            }
        }
    }
}
