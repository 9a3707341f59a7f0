namespace AuraMemory.Graph.Algorithms;

/// <summary>Core numbers of the simple undirected graph: the largest k such that the node is in a part where all have k neighbours.</summary>
/// <remarks>V. Batagelj, M. Zaversnik, An O(m) Algorithm for Cores Decomposition of Networks, 2003.</remarks>
public static class KCore
{
    /// <summary>The core number of each node. O(nodes + edges), 16 bytes a node.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    public static int[] Compute(AlgorithmGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        AlgorithmGraph simple = graph.Simple();
        int count = simple.Count;
        var cores = new int[count];
        int most = 0;
        for (int i = 0; i < count; i++)
        {
            cores[i] = simple.Degree(i);
            most = Math.Max(most, cores[i]);
        }

        var bins = new int[most + 2];
        foreach (int degree in cores)
        {
            bins[degree + 1]++;
        }

        for (int d = 0; d <= most; d++)
        {
            bins[d + 1] += bins[d];
        }

        var order = new int[count];
        var places = new int[count];
        int[] next = [.. bins];
        for (int i = 0; i < count; i++)
        {
            places[i] = next[cores[i]]++;
            order[places[i]] = i;
        }

        for (int at = 0; at < count; at++)
        {
            int node = order[at];
            foreach (int other in simple.Row(node))
            {
                if (cores[other] > cores[node])
                {
                    // The neighbour changes places with the first of its bin, whose border then moves over it.
                    int border = bins[cores[other]]++;
                    int first = order[border];
                    (order[places[other]], order[border]) = (first, other);
                    (places[first], places[other]) = (places[other], border);
                    cores[other]--;
                }
            }
        }

        return cores;
    }
}
