namespace AuraMemory.Graph.Algorithms;

/// <summary>How two sets of neighbours are compared.</summary>
public enum SimilarityMetric
{
    /// <summary>Common ones over all.</summary>
    Jaccard,

    /// <summary>Common ones over the smaller set.</summary>
    Overlap,

    /// <summary>Common ones over the geometric mean of the sizes.</summary>
    Cosine,
}

/// <summary>Settings of <see cref="NodeSimilarity"/>.</summary>
public sealed record SimilarityOptions
{
    /// <summary>Most similar nodes to give for each node; 1 or more.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>Least similarity of a pair, exclusive of 0.</summary>
    public double Cutoff { get; init; } = 1e-42;

    /// <summary>Fewest neighbours of a node that takes part.</summary>
    public int DegreeCutoff { get; init; } = 1;

    /// <summary>The measure.</summary>
    public SimilarityMetric Metric { get; init; }
}

/// <summary>Pairs of nodes whose rows have targets in common.</summary>
public static class NodeSimilarity
{
    /// <summary>The most similar nodes of each node, most similar first, equal ones by number. O(sum of squared in-degrees), 12 bytes a node.</summary>
    /// <param name="graph">The graph; neighbours are targets, each counted once. Weights do not matter.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellation">Looked at once a node.</param>
    public static IEnumerable<(int Node1, int Node2, double Similarity)> Compute(
        AlgorithmGraph graph, SimilarityOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        AlgorithmGraph ahead = graph.IsUndirected ? graph.Simple() : graph.Reversed().Reversed();
        int[] sizes = DistinctSizes(ahead);
        AlgorithmGraph back = ahead.Reversed();
        var common = new int[graph.Count];
        var touched = new List<int>();
        var found = new List<(double Similarity, int Node)>();
        for (int node = 0; node < graph.Count; node++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (sizes[node] < Math.Max(1, options.DegreeCutoff))
            {
                continue;
            }

            Gather(ahead, back, node, common, touched);
            foreach (int other in touched)
            {
                if (other != node && sizes[other] >= options.DegreeCutoff)
                {
                    double similarity = Measure(options.Metric, common[other], sizes[node], sizes[other]);
                    if (similarity >= options.Cutoff)
                    {
                        found.Add((-similarity, other));
                    }
                }

                common[other] = 0;
            }

            found.Sort();
            for (int i = 0; i < Math.Min(options.TopK, found.Count); i++)
            {
                yield return (node, found[i].Node, -found[i].Similarity);
            }

            found.Clear();
            touched.Clear();
        }
    }

    private static double Measure(SimilarityMetric metric, int common, int a, int b) => metric switch
    {
        SimilarityMetric.Jaccard => (double)common / (a + b - common),
        SimilarityMetric.Overlap => (double)common / Math.Min(a, b),
        _ => common / Math.Sqrt((double)a * b),
    };

    private static int[] DistinctSizes(AlgorithmGraph sorted)
    {
        var sizes = new int[sorted.Count];
        for (int node = 0; node < sizes.Length; node++)
        {
            int last = -1;
            foreach (int target in sorted.Row(node))
            {
                sizes[node] += target != last ? 1 : 0;
                last = target;
            }
        }

        return sizes;
    }

    // Rows are sorted, so parallel edges stand together and count once.
    private static void Gather(AlgorithmGraph ahead, AlgorithmGraph back, int node, int[] common, List<int> touched)
    {
        int previous = -1;
        foreach (int target in ahead.Row(node))
        {
            if (target == previous)
            {
                continue;
            }

            previous = target;
            int before = -1;
            foreach (int other in back.Row(target))
            {
                if (other == before)
                {
                    continue;
                }

                before = other;
                if (common[other]++ == 0)
                {
                    touched.Add(other);
                }
            }
        }
    }
}
