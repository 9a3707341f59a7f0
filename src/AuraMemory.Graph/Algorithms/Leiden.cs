namespace AuraMemory.Graph.Algorithms;

/// <summary>The Leiden method: as Louvain, but groups are refined before they are merged, so that every community is connected inside.</summary>
/// <remarks>V. A. Traag, L. Waltman, N. J. van Eck, From Louvain to Leiden: guaranteeing well-connected communities, 2019.</remarks>
public static class Leiden
{
    /// <summary>Finds communities. O(edges) a level in practice; memory 12 bytes an entry and about 80 a node.</summary>
    /// <param name="graph">The graph; weights count and must not be negative.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public static CommunityResult Compute(AlgorithmGraph graph, CommunityOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        var random = new Random(options.Seed);
        WeightedLevel finest = WeightedLevel.From(graph);
        int[] flat = Partition.Singletons(graph.Count);
        var history = new List<int[]>();
        for (int round = 0; round < options.Rounds; round++)
        {
            long moves = Round(finest, flat, options, random, history, cancellation, out int[] next);
            flat = next;
            if (moves == 0)
            {
                break;
            }
        }

        int found = Partition.Renumber(flat);
        return new CommunityResult(flat, found, Partition.Modularity(finest, flat, options.Resolution), history);
    }

    private static long Round(
        WeightedLevel finest, int[] start, CommunityOptions options, Random random, List<int[]> history, CancellationToken cancellation, out int[] flat)
    {
        WeightedLevel level = finest;
        int[] communities = (int[])start.Clone();
        int[] toLevel = Partition.Singletons(finest.Count);
        long total = 0;
        for (int depth = 0; ; depth++)
        {
            long moves = new LocalMoving(level, options.Resolution).Run(communities, random, cancellation);
            total += moves;
            int count = Partition.Renumber(communities);
            flat = Partition.Compose(toLevel, communities);
            history.Add(flat);
            if (count == level.Count || depth >= options.MaxLevels || (moves == 0 && depth > 0))
            {
                return total;
            }

            int[] refined = new LeidenRefinement(level, communities, count, options).Run(random);
            int groups = Partition.Renumber(refined);
            if (groups == level.Count)
            {
                // Nothing was merged: aggregate by the communities themselves, or the search would stand still.
                refined = (int[])communities.Clone();
                groups = count;
            }

            var above = new int[groups];
            for (int node = 0; node < level.Count; node++)
            {
                above[refined[node]] = communities[node];
            }

            level = level.Aggregate(refined, groups);
            toLevel = Partition.Compose(toLevel, refined);
            communities = above;
        }
    }
}

/// <summary>Splits each community into groups that are well connected inside it, starting from single nodes.</summary>
internal sealed class LeidenRefinement
{
    private readonly WeightedLevel _level;
    private readonly int[] _communities;
    private readonly double _scale;
    private readonly double _theta;
    private readonly double[] _communityTotals;
    private readonly int[] _groups;
    private readonly double[] _groupTotals;
    private readonly double[] _outside;
    private readonly bool[] _single;
    private readonly double[] _toGroup;
    private readonly List<int> _touched = [];
    private readonly List<(int Group, double Gain)> _choices = [];

    /// <summary>Prepares. 30 bytes a node.</summary>
    public LeidenRefinement(WeightedLevel level, int[] communities, int count, CommunityOptions options)
    {
        _level = level;
        _communities = communities;
        _scale = level.Total > 0 ? options.Resolution / level.Total : 0;
        _theta = Math.Max(options.Theta, 1e-12);
        _communityTotals = new double[count];
        _groups = Partition.Singletons(level.Count);
        _groupTotals = (double[])level.Strengths.Clone();
        _outside = new double[level.Count];
        _single = new bool[level.Count];
        _toGroup = new double[level.Count];
        for (int node = 0; node < level.Count; node++)
        {
            _single[node] = true;
            _communityTotals[communities[node]] += level.Strengths[node];
            for (int e = level.Starts[node]; e < level.Starts[node + 1]; e++)
            {
                if (communities[level.Targets[e]] == communities[node])
                {
                    _outside[node] += level.Weights[e];
                }
            }
        }
    }

    /// <summary>Group of each node, below the number of nodes.</summary>
    public int[] Run(Random random)
    {
        foreach (int node in LocalMoving.Permutation(_level.Count, random))
        {
            if (_single[node] && WellConnected(_groups[node], _communities[node]))
            {
                Merge(node, random);
            }
        }

        return _groups;
    }

    // _outside of a group: weight of its edges to the rest of its community.
    private bool WellConnected(int group, int community) =>
        _outside[group] >= _groupTotals[group] * (_communityTotals[community] - _groupTotals[group]) * _scale;

    private void Merge(int node, Random random)
    {
        int community = _communities[node];
        for (int e = _level.Starts[node]; e < _level.Starts[node + 1]; e++)
        {
            int other = _level.Targets[e];
            if (_communities[other] == community)
            {
                int group = _groups[other];
                if (_toGroup[group] == 0)
                {
                    _touched.Add(group);
                }

                _toGroup[group] += _level.Weights[e];
            }
        }

        double pull = _level.Strengths[node] * _scale;
        double best = 0;
        foreach (int group in _touched)
        {
            double gain = _toGroup[group] - (pull * _groupTotals[group]);
            if (gain >= 0 && WellConnected(group, community))
            {
                _choices.Add((group, gain));
                best = Math.Max(best, gain);
            }
        }

        if (_choices.Count > 0)
        {
            Join(node, Choose(best, random));
        }

        foreach (int group in _touched)
        {
            _toGroup[group] = 0;
        }

        _touched.Clear();
        _choices.Clear();
    }

    private int Choose(double best, Random random)
    {
        double sum = 0;
        foreach ((_, double gain) in _choices)
        {
            sum += Math.Exp((gain - best) / _theta);
        }

        double drawn = random.NextDouble() * sum;
        foreach ((int group, double gain) in _choices)
        {
            drawn -= Math.Exp((gain - best) / _theta);
            if (drawn <= 0)
            {
                return group;
            }
        }

        return _choices[^1].Group;
    }

    private void Join(int node, int group)
    {
        int own = _groups[node];
        _outside[group] += _outside[own] - (2 * _toGroup[group]);
        _groupTotals[group] += _groupTotals[own];
        _groupTotals[own] = 0;
        _outside[own] = 0;
        _single[group] = false;
        _groups[node] = group;
    }
}
