using System.Text.Json;
using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Tests.Algorithms;

/// <summary>Answers that other libraries gave on well-known graphs.</summary>
public class ReferenceAnswerTests
{
    public static TheoryData<string> Graphs => ReferenceGraph.Names;

    [Theory]
    [MemberData(nameof(Graphs))]
    public void PageRank_agrees_in_both_conventions(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        AlgorithmGraph graph = reference.Natural();
        PageRankResult normalized = PageRank.Compute(graph, new PageRankOptions { Normalized = true, MaxIterations = 500, Tolerance = 1e-15 });
        PageRankResult gds = PageRank.Compute(graph, new PageRankOptions { Tolerance = 0 });
        Assert.Equal(20, gds.Iterations);
        Assert.True(normalized.Converged);
        for (int node = 0; node < graph.Count; node++)
        {
            Assert.Equal(reference.PageRanks[node].Normalized, normalized.Scores[node], 1e-8);
            Assert.Equal(reference.PageRanks[node].Gds, gds.Scores[node], 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Components_triangles_and_cores_agree(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        JsonElement answers = reference.Answers;
        foreach (AlgorithmGraph graph in (AlgorithmGraph[])[reference.Natural(), reference.Undirected()])
        {
            int[] components = Components.Compute(graph);
            Assert.Equal(answers.GetProperty("wcc").GetProperty("count").GetInt32(), Components.CountDistinct(components));
            Assert.Equal(
                answers.GetProperty("wcc").GetProperty("sizes_top10").EnumerateArray().Select(size => size.GetInt32()),
                components.CountBy(c => c).Select(c => c.Value).OrderDescending().Take(10));
            Assert.Equal(answers.GetProperty("triangles").GetInt64(), Triangles.Count(graph, out long[] perNode));
            foreach (JsonElement top in answers.GetProperty("triangles_per_node_top5").EnumerateArray())
            {
                Assert.Equal(top[1].GetInt64(), perNode[top[0].GetInt32()]);
            }

            Assert.Equal(answers.GetProperty("degeneracy").GetInt32(), KCore.Compute(graph).Max());
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Motif_counts_agree(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        MotifCounts counts = MotifCounts.Count(reference.Natural());
        JsonElement motifs = reference.Answers.GetProperty("motifs");
        JsonElement n = motifs.GetProperty("noninduced");
        Assert.Equal(
            new MotifCounts(Of(n, "wedge"), Of(n, "triangle"), Of(n, "star3"), Of(n, "path4"), Of(n, "paw"), Of(n, "cycle4"), Of(n, "diamond"), Of(n, "clique4")),
            counts);
        JsonElement i = motifs.GetProperty("induced");
        Assert.Equal(
            new MotifCounts(Of(i, "path3"), Of(i, "triangle"), Of(i, "star4"), Of(i, "path4"), Of(i, "paw"), Of(i, "cycle4"), Of(i, "diamond"), Of(i, "clique4")),
            counts.Induced());
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Shortest_paths_and_distances_agree(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        CheckPaths(reference.Answers.GetProperty("shortest_paths"), reference.Natural());
        CheckPaths(reference.Answers.GetProperty("shortest_paths_undirected"), reference.Undirected());
        foreach (JsonElement sample in reference.Answers.GetProperty("khop_samples").EnumerateArray())
        {
            int node = sample.GetProperty("id").GetInt32();
            CheckHops(sample.GetProperty("both"), reference.Simple(), node, "trails_len_1_2_3_collapsed");
            if (sample.TryGetProperty("out", out JsonElement outgoing))
            {
                CheckHops(outgoing, reference.Natural(), node, "trails_len_1_2_3");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Betti_numbers_agree(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        var topology = new NeighbourhoodTopology(reference.Natural());
        foreach (JsonElement sample in reference.Answers.GetProperty("khop_samples").EnumerateArray())
        {
            int node = sample.GetProperty("id").GetInt32();
            if (sample.TryGetProperty("link_betti", out JsonElement link))
            {
                Assert.Equal(Betti(link), topology.Link(node));
            }

            if (sample.TryGetProperty("ball2_betti", out JsonElement ball))
            {
                Assert.Equal(Betti(ball), topology.Ball(node, 256, out int size));
                Assert.Equal(sample.GetProperty("ball2_size").GetInt32(), size);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Communities_are_as_good_as_the_best_known_but_for_a_hundredth(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        AlgorithmGraph graph = reference.Simple();
        double louvain = Best("louvain"), leiden = Best("leiden");
        CommunityResult first = Louvain.Compute(graph, new CommunityOptions());
        CommunityResult second = Leiden.Compute(graph, new CommunityOptions());
        Assert.True(first.Modularity >= louvain - 0.01, $"Louvain {first.Modularity} of {louvain}");
        Assert.True(second.Modularity >= leiden - 0.01, $"Leiden {second.Modularity} of {leiden}");
        Assert.Equal(second.Assignment, Leiden.Compute(graph, new CommunityOptions()).Assignment);
        if (reference.Answers.TryGetProperty("leiden_weighted_best_of_20", out JsonElement weighted))
        {
            AlgorithmGraph heavy = AlgorithmGraph.FromEdges(reference.Count, reference.Sources, reference.Targets, reference.Weights, Orientation.Undirected);
            Assert.True(Leiden.Compute(heavy, new CommunityOptions()).Modularity >= weighted.GetProperty("Q").GetDouble() - 0.01);
        }

        double Best(string method) => new[] { $"{method}_best_of_20", $"{method}_best_of_5" }
            .Where(key => reference.Answers.TryGetProperty(key, out _))
            .Select(key => reference.Answers.GetProperty(key).GetProperty("Q").GetDouble()).Single();
    }

    private static long Of(JsonElement counts, string name) => counts.GetProperty(name).GetInt64();

    private static BettiNumbers Betti(JsonElement numbers) => new(numbers[0].GetInt32(), numbers[1].GetInt32(), numbers[2].GetInt32());

    private static void CheckPaths(JsonElement pairs, AlgorithmGraph graph)
    {
        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            (int from, int to, int hops) = (pair[0].GetInt32(), pair[1].GetInt32(), pair[2].GetInt32());
            PathTree tree = ShortestPaths.BreadthFirst(graph, from, target: to);
            Assert.Equal(hops < 0 ? double.PositiveInfinity : hops, tree.Costs[to]);
            Assert.Equal(hops + 1, tree.PathTo(to).Length);
            Assert.Equal(tree.Costs[to], ShortestPaths.Dijkstra(graph, from, [to]).Costs[to]);
        }
    }

    private static void CheckHops(JsonElement sample, AlgorithmGraph graph, int node, string trails)
    {
        PathTree tree = ShortestPaths.BreadthFirst(graph, node, maxDepth: 3);
        Assert.Equal(
            sample.GetProperty("distinct_at_distance").EnumerateArray().Select(count => count.GetInt32()),
            new[] { 1, 2, 3 }.Select(hops => tree.Order.Count(other => tree.Costs[other] == hops)));
        Assert.Equal(sample.GetProperty(trails).EnumerateArray().Select(count => count.GetInt64()), Trails(graph, node));
    }

    // Walks of up to three edges that use no edge twice.
    private static long[] Trails(AlgorithmGraph graph, int a)
    {
        long one = 0, two = 0, three = 0;
        foreach (int b in graph.Row(a))
        {
            one++;
            foreach (int c in graph.Row(b))
            {
                if (Same(a, b, b, c))
                {
                    continue;
                }

                two++;
                foreach (int d in graph.Row(c))
                {
                    three += Same(a, b, c, d) || Same(b, c, c, d) ? 0 : 1;
                }
            }
        }

        return [one, two, three];

        bool Same(int u, int v, int x, int y) => (u == x && v == y) || (graph.IsUndirected && u == y && v == x);
    }
}
