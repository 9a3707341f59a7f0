namespace AuraMemory.Graph.Algorithms;

/// <summary>Settings of <see cref="Louvain"/> and <see cref="Leiden"/>.</summary>
public sealed record CommunityOptions
{
    /// <summary>Resolution (gamma): larger gives smaller communities. Above 0.</summary>
    public double Resolution { get; init; } = 1;

    /// <summary>Most levels of aggregation.</summary>
    public int MaxLevels { get; init; } = 10;

    /// <summary>Leiden only: how often the whole search starts again from what it found; ends early when nothing moves.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Leiden only: randomness of the refinement (theta); near 0 = always the best.</summary>
    public double Theta { get; init; } = 0.01;

    /// <summary>Equal seeds give equal results.</summary>
    public int Seed { get; init; } = 42;
}

/// <summary>Communities of an undirected graph; of a directed one with directions left out.</summary>
/// <param name="Assignment">Community of each node, from 0 without gaps, numbered by their smallest node.</param>
/// <param name="Count">Communities.</param>
/// <param name="Modularity">Of the assignment, at the resolution asked for.</param>
/// <param name="Levels">Assignment after each level, finest first.</param>
public sealed record CommunityResult(int[] Assignment, int Count, double Modularity, IReadOnlyList<int[]> Levels);

/// <summary>Steps that community algorithms share.</summary>
internal static class Partition
{
    /// <summary>Each node by itself.</summary>
    public static int[] Singletons(int count)
    {
        var partition = new int[count];
        for (int i = 0; i < count; i++)
        {
            partition[i] = i;
        }

        return partition;
    }

    /// <summary>Numbers the groups anew from 0 in the order of their smallest node.</summary>
    /// <returns>Groups.</returns>
    public static int Renumber(int[] partition)
    {
        int highest = 0;
        foreach (int group in partition)
        {
            highest = Math.Max(highest, group);
        }

        var names = new int[highest + 1];
        int count = 0;
        for (int i = 0; i < partition.Length; i++)
        {
            ref int name = ref names[partition[i]];
            if (name == 0)
            {
                name = ++count;
            }

            partition[i] = name - 1;
        }

        return count;
    }

    /// <summary>Where each node ends up when its group goes where <paramref name="coarser"/> says.</summary>
    public static int[] Compose(int[] finer, int[] coarser)
    {
        var composed = new int[finer.Length];
        for (int i = 0; i < composed.Length; i++)
        {
            composed[i] = coarser[finer[i]];
        }

        return composed;
    }

    /// <summary>Sum over communities of (inside / total - resolution * (strength / total)^2), M. E. J. Newman 2004.</summary>
    public static double Modularity(WeightedLevel level, int[] communities, double resolution)
    {
        if (level.Total == 0)
        {
            return 0;
        }

        var strengths = new double[level.Count];
        double inside = level.Total;
        for (int node = 0; node < level.Count; node++)
        {
            strengths[communities[node]] += level.Strengths[node];
            for (int e = level.Starts[node]; e < level.Starts[node + 1]; e++)
            {
                if (communities[level.Targets[e]] != communities[node])
                {
                    inside -= level.Weights[e];
                }
            }
        }

        double expected = 0;
        foreach (double strength in strengths)
        {
            expected += strength / level.Total * (strength / level.Total);
        }

        return (inside / level.Total) - (resolution * expected);
    }
}

/// <summary>The Louvain method.</summary>
/// <remarks>
/// V. D. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre, Fast unfolding of communities in large networks, 2008; nodes are moved again on the way back
/// from the coarsest to the finest level (R. Rotta, A. Noack, Multilevel local search algorithms for modularity clustering, 2011).
/// </remarks>
public static class Louvain
{
    /// <summary>Finds communities. O(edges) a level in practice; memory 12 bytes an entry and about 60 a node.</summary>
    /// <param name="graph">The graph; weights count and must not be negative.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public static CommunityResult Compute(AlgorithmGraph graph, CommunityOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        var random = new Random(options.Seed);
        var levels = new List<WeightedLevel> { WeightedLevel.From(graph) };
        var maps = new List<int[]>();
        var history = new List<int[]>();
        int[] flat = Partition.Singletons(graph.Count);
        while (levels.Count <= options.MaxLevels)
        {
            WeightedLevel level = levels[^1];
            int[] communities = Partition.Singletons(level.Count);
            long moves = new LocalMoving(level, options.Resolution).Run(communities, random, cancellation);
            int count = Partition.Renumber(communities);
            flat = Partition.Compose(flat, communities);
            maps.Add(communities);
            if (moves == 0 || count == level.Count)
            {
                break;
            }

            history.Add(flat);
            levels.Add(level.Aggregate(communities, count));
        }

        int[] refined = maps[^1];
        for (int depth = maps.Count - 2; depth >= 0; depth--)
        {
            refined = Partition.Compose(maps[depth], refined);
            new LocalMoving(levels[depth], options.Resolution).Run(refined, random, cancellation);
        }

        int found = Partition.Renumber(refined);
        return new CommunityResult(refined, found, Partition.Modularity(levels[0], refined, options.Resolution), history);
    }
}
