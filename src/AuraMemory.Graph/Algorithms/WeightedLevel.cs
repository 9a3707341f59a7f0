namespace AuraMemory.Graph.Algorithms;

/// <summary>A weighted undirected graph at one level of a community search: rows without loops, and what fell inside each node.</summary>
internal sealed class WeightedLevel
{
    private WeightedLevel(int[] starts, int[] targets, double[] weights, double[] strengths)
    {
        Starts = starts;
        Targets = targets;
        Weights = weights;
        Strengths = strengths;
        foreach (double strength in strengths)
        {
            Total += strength;
        }
    }

    /// <summary>Nodes.</summary>
    public int Count => Strengths.Length;

    /// <summary>Where each row starts.</summary>
    public int[] Starts { get; }

    /// <summary>Neighbours.</summary>
    public int[] Targets { get; }

    /// <summary>Weight of each edge.</summary>
    public double[] Weights { get; }

    /// <summary>Weighted degree of each node, edges inside it counted at both ends.</summary>
    public double[] Strengths { get; }

    /// <summary>Sum of the strengths: twice the weight of all edges.</summary>
    public double Total { get; }

    /// <summary>The finest level. Of a directed graph, both directions of each edge are taken.</summary>
    public static WeightedLevel From(AlgorithmGraph graph)
    {
        AlgorithmGraph? back = graph.IsUndirected ? null : graph.Reversed();
        int count = graph.Count;
        var starts = new int[count + 1];
        var targets = new int[graph.Entries + (back?.Entries ?? 0)];
        var weights = new double[targets.Length];
        var strengths = new double[count];
        int at = 0;
        for (int node = 0; node < count; node++)
        {
            Append(graph, node);
            if (back is not null)
            {
                Append(back, node);
            }

            starts[node + 1] = at;
        }

        return new WeightedLevel(starts, targets, weights, strengths);

        void Append(AlgorithmGraph from, int node)
        {
            for (int e = from.StartArray[node]; e < from.StartArray[node + 1]; e++)
            {
                double weight = from.WeightArray?[e] ?? 1;
                strengths[node] += weight;
                if (from.TargetArray[e] != node)
                {
                    targets[at] = from.TargetArray[e];
                    weights[at++] = weight;
                }
            }
        }
    }

    /// <summary>One node for each group. O(nodes + edges).</summary>
    /// <param name="groups">Group of each node, from 0 without gaps.</param>
    /// <param name="count">Groups.</param>
    public WeightedLevel Aggregate(int[] groups, int count)
    {
        var first = new int[count + 1];
        foreach (int group in groups)
        {
            first[group + 1]++;
        }

        for (int i = 0; i < count; i++)
        {
            first[i + 1] += first[i];
        }

        int[] next = first.AsSpan(0, count).ToArray();
        var members = new int[Count];
        for (int node = 0; node < Count; node++)
        {
            members[next[groups[node]]++] = node;
        }

        var starts = new int[count + 1];
        var targets = new List<int>();
        var weights = new List<double>();
        var strengths = new double[count];
        var sums = new double[count];
        var seen = new List<int>();
        for (int group = 0; group < count; group++)
        {
            foreach (int node in members.AsSpan(first[group], first[group + 1] - first[group]))
            {
                strengths[group] += Strengths[node];
                for (int e = Starts[node]; e < Starts[node + 1]; e++)
                {
                    int other = groups[Targets[e]];
                    if (other != group)
                    {
                        if (sums[other] == 0)
                        {
                            seen.Add(other);
                        }

                        sums[other] += Weights[e];
                    }
                }
            }

            foreach (int other in seen)
            {
                targets.Add(other);
                weights.Add(sums[other]);
                sums[other] = 0;
            }

            seen.Clear();
            starts[group + 1] = targets.Count;
        }

        return new WeightedLevel(starts, [.. targets], [.. weights], strengths);
    }
}
