namespace AuraMemory.Graph.Algorithms;

/// <summary>Weakly connected components.</summary>
/// <remarks>
/// Union-find over the edges, as in M. Sutton, T. Ben-Nun, A. Barak, Optimizing Parallel Graph Connectivity Computation via Subgraph Sampling (2018): on an undirected
/// graph the first edges of each node are joined, and nodes that are then in the largest component need no further look.
/// </remarks>
public static class Components
{
    private const int FirstEdges = 2;
    private const int Samples = 1024;

    /// <summary>The component of each node: the smallest node in it. O(nodes + edges) in practice, 4 bytes a node.</summary>
    /// <param name="graph">The graph; directions and weights do not matter.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public static int[] Compute(AlgorithmGraph graph, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int count = graph.Count;
        int[] starts = graph.StartArray;
        int[] targets = graph.TargetArray;
        var parents = new int[count];
        for (int i = 0; i < count; i++)
        {
            parents[i] = i;
        }

        int skip = -1;
        if (graph.IsUndirected)
        {
            for (int node = 0; node < count; node++)
            {
                int end = Math.Min(starts[node + 1], starts[node] + FirstEdges);
                for (int e = starts[node]; e < end; e++)
                {
                    Join(parents, node, targets[e]);
                }
            }

            skip = Largest(parents);
        }

        for (int node = 0; node < count; node++)
        {
            if ((node & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            // Every edge of the skipped component's nodes that leads out of it stands in the row of the other end too.
            if (skip >= 0 && Root(parents, node) == Root(parents, skip))
            {
                continue;
            }

            for (int e = starts[node] + (graph.IsUndirected ? FirstEdges : 0); e < starts[node + 1]; e++)
            {
                Join(parents, node, targets[e]);
            }
        }

        for (int node = 0; node < count; node++)
        {
            parents[node] = parents[parents[node]];
        }

        return parents;
    }

    /// <summary>Different values in a result.</summary>
    public static int CountDistinct(ReadOnlySpan<int> components)
    {
        var seen = new HashSet<int>();
        foreach (int component in components)
        {
            seen.Add(component);
        }

        return seen.Count;
    }

    private static int Root(int[] parents, int node)
    {
        while (parents[node] != node)
        {
            parents[node] = parents[parents[node]];
            node = parents[node];
        }

        return node;
    }

    // The smaller root stays, so a root is the smallest node of its tree, and parents are never larger than their children.
    private static void Join(int[] parents, int a, int b)
    {
        a = Root(parents, a);
        b = Root(parents, b);
        if (a < b)
        {
            parents[b] = a;
        }
        else if (b < a)
        {
            parents[a] = b;
        }
    }

    private static int Largest(int[] parents)
    {
        if (parents.Length == 0)
        {
            return -1;
        }

        var random = new Random(parents.Length);
        var votes = new Dictionary<int, int>();
        int best = 0, most = 0;
        for (int i = 0; i < Samples; i++)
        {
            int root = Root(parents, random.Next(parents.Length));
            int count = votes.GetValueOrDefault(root) + 1;
            votes[root] = count;
            if (count > most)
            {
                (best, most) = (root, count);
            }
        }

        return best;
    }
}
