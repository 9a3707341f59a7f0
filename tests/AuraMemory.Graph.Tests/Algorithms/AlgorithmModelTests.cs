using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Tests.Algorithms;

/// <summary>Algorithms beside their definitions, on small random graphs.</summary>
public class AlgorithmModelTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Betweenness_is_the_share_of_shortest_paths(int seed)
    {
        foreach (Orientation orientation in (Orientation[])[Orientation.Natural, Orientation.Undirected])
        {
            foreach (bool weighted in (bool[])[false, true])
            {
                AlgorithmGraph graph = RandomGraph(seed, 12, 26, orientation, weighted, out double[,] lengths);
                double[] expected = BetweennessByDefinition(lengths, graph, orientation);
                double[] found = Betweenness.Compute(graph);
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.Equal(expected[i], found[i], 1e-9);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Dijkstra_finds_what_Floyd_and_Warshall_find(int seed)
    {
        AlgorithmGraph graph = RandomGraph(seed, 20, 50, Orientation.Natural, weighted: true, out double[,] lengths);
        double[,] all = AllPairs(lengths);
        for (int from = 0; from < 20; from++)
        {
            PathTree tree = ShortestPaths.Dijkstra(graph, from, []);
            for (int to = 0; to < 20; to++)
            {
                Assert.Equal(all[from, to], tree.Costs[to]);
                int[] path = tree.PathTo(to);
                Assert.Equal(double.IsInfinity(all[from, to]), path.Length == 0);
                double sum = 0;
                for (int i = 1; i < path.Length; i++)
                {
                    sum += lengths[path[i - 1], path[i]];
                }

                Assert.True(path.Length == 0 || (path[0] == from && path[^1] == to && sum == all[from, to]));
            }
        }
    }

    [Fact]
    public void Negative_weights_are_refused()
    {
        AlgorithmGraph graph = AlgorithmGraph.FromEdges(2, [0], [1], [-1.0], Orientation.Natural);
        Assert.Throws<ArgumentException>(() => ShortestPaths.Dijkstra(graph, 0, []));
        Assert.Throws<ArgumentException>(() => Betweenness.Compute(graph));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Similarity_is_that_of_the_sets_of_targets(int seed)
    {
        AlgorithmGraph graph = RandomGraph(seed, 15, 60, Orientation.Natural, weighted: false, out _);
        HashSet<int>[] sets = [.. Enumerable.Range(0, 15).Select(i => graph.Row(i).ToArray().ToHashSet())];
        foreach (SimilarityMetric metric in Enum.GetValues<SimilarityMetric>())
        {
            var expected = new List<(int, int, double)>();
            for (int a = 0; a < 15; a++)
            {
                expected.AddRange(Enumerable.Range(0, 15).Where(b => b != a)
                    .Select(b => (a, b, Similarity(metric, sets[a], sets[b]))).Where(pair => pair.Item3 > 0)
                    .OrderByDescending(pair => pair.Item3).ThenBy(pair => pair.b).Take(4));
            }

            Assert.Equal(expected, NodeSimilarity.Compute(graph, new SimilarityOptions { TopK = 4, Metric = metric }));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_Leiden_community_is_connected_and_the_modularity_is_that_of_the_definition(int seed)
    {
        AlgorithmGraph graph = RandomGraph(seed, 60, 110, Orientation.Undirected, weighted: false, out _);
        foreach (CommunityResult result in (CommunityResult[])[
            Leiden.Compute(graph, new CommunityOptions { Seed = seed }), Louvain.Compute(graph, new CommunityOptions { Seed = seed })])
        {
            double twice = graph.Entries, sum = 0;
            for (int a = 0; a < graph.Count; a++)
            {
                for (int b = 0; b < graph.Count; b++)
                {
                    if (result.Assignment[a] == result.Assignment[b])
                    {
                        sum += graph.Row(a).ToArray().Count(other => other == b) - (graph.Degree(a) * (double)graph.Degree(b) / twice);
                    }
                }
            }

            Assert.Equal(sum / twice, result.Modularity, 1e-9);
            Assert.Equal(result.Count, result.Assignment.Distinct().Count());
        }

        AssertConnected(graph, Leiden.Compute(graph, new CommunityOptions { Seed = seed }).Assignment);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Label_propagation_ends_where_each_node_has_a_heaviest_label(int seed)
    {
        AlgorithmGraph graph = RandomGraph(seed, 40, 80, Orientation.Undirected, weighted: false, out _);
        int[] labels = LabelPropagation.Compute(graph, 100, out _, out bool converged);
        Assert.True(converged);
        for (int node = 0; node < 40; node++)
        {
            var weights = graph.Row(node).ToArray().CountBy(other => labels[other]).ToDictionary();
            Assert.True(weights.Count == 0 ? labels[node] == node : weights.GetValueOrDefault(labels[node]) == weights.Values.Max());
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_weight_of_two_ranks_like_two_edges(int seed)
    {
        var random = new Random(seed);
        int[] sources = [.. Enumerable.Range(0, 60).Select(_ => random.Next(20))];
        int[] targets = [.. Enumerable.Range(0, 60).Select(_ => random.Next(20))];
        double[] weights = [.. sources.Select(_ => (double)random.Next(1, 4))];
        int[] copies = [.. Enumerable.Range(0, 60).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        AlgorithmGraph weighted = AlgorithmGraph.FromEdges(20, sources, targets, weights, Orientation.Natural);
        AlgorithmGraph repeated = AlgorithmGraph.FromEdges(20, [.. copies.Select(i => sources[i])], [.. copies.Select(i => targets[i])], [], Orientation.Natural);
        foreach (bool normalized in (bool[])[false, true])
        {
            var options = new PageRankOptions { Tolerance = 0, Normalized = normalized };
            double[] a = PageRank.Compute(weighted, options).Scores, b = PageRank.Compute(repeated, options).Scores;
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(b[i], a[i], 1e-12);
            }
        }
    }

    [Fact]
    public void A_cancelled_run_ends()
    {
        AlgorithmGraph graph = RandomGraph(1, 50, 200, Orientation.Undirected, weighted: false, out _);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => PageRank.Compute(graph, new PageRankOptions(), source.Token));
        Assert.Throws<OperationCanceledException>(() => Leiden.Compute(graph, new CommunityOptions(), source.Token));
        Assert.Throws<OperationCanceledException>(() => Betweenness.Compute(graph, cancellation: source.Token));
        Assert.Throws<OperationCanceledException>(() => Triangles.Count(graph, out _, source.Token));
        Assert.Throws<OperationCanceledException>(() => MotifCounts.Count(graph, source.Token));
    }

    private static AlgorithmGraph RandomGraph(int seed, int nodes, int edges, Orientation orientation, bool weighted, out double[,] lengths)
    {
        var random = new Random(seed);
        var pairs = new HashSet<(int, int)>();
        while (pairs.Count < edges)
        {
            (int a, int b) = (random.Next(nodes), random.Next(nodes));
            if (a != b)
            {
                pairs.Add(orientation == Orientation.Undirected ? (Math.Min(a, b), Math.Max(a, b)) : (a, b));
            }
        }

        double[] weights = [.. pairs.Select(_ => weighted ? random.Next(1, 4) : 1.0)];
        lengths = new double[nodes, nodes];
        for (int i = 0; i < nodes * nodes; i++)
        {
            lengths[i / nodes, i % nodes] = double.PositiveInfinity;
        }

        int at = 0;
        foreach ((int a, int b) in pairs)
        {
            lengths[a, b] = weights[at];
            lengths[b, a] = orientation == Orientation.Undirected ? weights[at] : lengths[b, a];
            at++;
        }

        return AlgorithmGraph.FromEdges(nodes, [.. pairs.Select(p => p.Item1)], [.. pairs.Select(p => p.Item2)], weighted ? weights : [], orientation);
    }

    private static double[,] AllPairs(double[,] lengths)
    {
        int count = lengths.GetLength(0);
        var all = (double[,])lengths.Clone();
        for (int i = 0; i < count; i++)
        {
            all[i, i] = 0;
        }

        for (int k = 0; k < count; k++)
        {
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < count; j++)
                {
                    all[i, j] = Math.Min(all[i, j], all[i, k] + all[k, j]);
                }
            }
        }

        return all;
    }

    private static double[] BetweennessByDefinition(double[,] lengths, AlgorithmGraph graph, Orientation orientation)
    {
        int count = graph.Count;
        double[,] all = AllPairs(lengths);
        double[,] paths = new double[count, count];
        for (int from = 0; from < count; from++)
        {
            foreach (int to in Enumerable.Range(0, count).OrderBy(node => all[from, node]))
            {
                paths[from, to] = from == to ? 1 : 0;
                for (int before = 0; before < count && from != to && !double.IsInfinity(all[from, to]); before++)
                {
                    paths[from, to] += all[from, before] + lengths[before, to] == all[from, to] ? paths[from, before] : 0;
                }
            }
        }

        var scores = new double[count];
        for (int v = 0; v < count; v++)
        {
            for (int s = 0; s < count; s++)
            {
                for (int t = 0; t < count; t++)
                {
                    if (s != t && v != s && v != t && !double.IsInfinity(all[s, t]) && all[s, v] + all[v, t] == all[s, t])
                    {
                        scores[v] += paths[s, v] * paths[v, t] / paths[s, t] * (orientation == Orientation.Undirected ? 0.5 : 1);
                    }
                }
            }
        }

        return scores;
    }

    private static double Similarity(SimilarityMetric metric, HashSet<int> a, HashSet<int> b)
    {
        int common = a.Count(b.Contains);
        return common == 0 ? 0 : metric switch
        {
            SimilarityMetric.Jaccard => (double)common / (a.Count + b.Count - common),
            SimilarityMetric.Overlap => (double)common / Math.Min(a.Count, b.Count),
            _ => common / Math.Sqrt((double)a.Count * b.Count),
        };
    }

    private static void AssertConnected(AlgorithmGraph graph, int[] communities)
    {
        foreach (IGrouping<int, int> members in Enumerable.Range(0, graph.Count).GroupBy(node => communities[node]))
        {
            var reached = new HashSet<int> { members.First() };
            var queue = new Queue<int>(reached);
            while (queue.TryDequeue(out int node))
            {
                foreach (int other in graph.Row(node))
                {
                    if (communities[other] == members.Key && reached.Add(other))
                    {
                        queue.Enqueue(other);
                    }
                }
            }

            Assert.Equal(members.Count(), reached.Count);
        }
    }
}
