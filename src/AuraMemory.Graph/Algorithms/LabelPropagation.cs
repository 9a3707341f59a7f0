namespace AuraMemory.Graph.Algorithms;

/// <summary>Communities by label propagation: each node takes the label that weighs most among its neighbours; of equal ones the smallest.</summary>
/// <remarks>U. N. Raghavan, R. Albert, S. Kumara, Near linear time algorithm to detect community structures in large-scale networks, 2007. Deterministic: nodes are visited in their order.</remarks>
public static class LabelPropagation
{
    /// <summary>Label of each node: the number of some node.</summary>
    /// <param name="graph">The graph; a node looks along its row. Weights count.</param>
    /// <param name="maxIterations">Most passes over all nodes.</param>
    /// <param name="iterations">Passes made.</param>
    /// <param name="converged">Whether the last pass changed nothing.</param>
    /// <param name="cancellation">Looked at once a pass.</param>
    public static int[] Compute(AlgorithmGraph graph, int maxIterations, out int iterations, out bool converged, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int count = graph.Count;
        int[] labels = Partition.Singletons(count);
        var sums = new double[count];
        var touched = new int[count];
        converged = false;
        for (iterations = 0; iterations < maxIterations && !converged; iterations++)
        {
            cancellation.ThrowIfCancellationRequested();
            converged = true;
            for (int node = 0; node < count; node++)
            {
                int best = Heaviest(graph, node, labels, sums, touched);
                if (best != labels[node])
                {
                    labels[node] = best;
                    converged = false;
                }
            }
        }

        return labels;
    }

    private static int Heaviest(AlgorithmGraph graph, int node, int[] labels, double[] sums, int[] touched)
    {
        int seen = 0;
        for (int e = graph.StartArray[node]; e < graph.StartArray[node + 1]; e++)
        {
            int label = labels[graph.TargetArray[e]];
            double weight = graph.WeightArray?[e] ?? 1;
            if (weight > 0)
            {
                if (sums[label] == 0)
                {
                    touched[seen++] = label;
                }

                sums[label] += weight;
            }
        }

        int best = labels[node];
        double most = sums[best];
        for (int i = 0; i < seen; i++)
        {
            int label = touched[i];
            if (sums[label] > most || (sums[label] == most && label < best))
            {
                best = label;
                most = sums[label];
            }
        }

        for (int i = 0; i < seen; i++)
        {
            sums[touched[i]] = 0;
        }

        return best;
    }
}
