namespace AuraMemory.Graph.Algorithms;

/// <summary>Moves single nodes to the neighbouring community with the largest gain in modularity until none gains.</summary>
/// <remarks>
/// Nodes wait in a queue; when one moves, its neighbours outside its new community come in again (fast local moving: V. A. Traag, L. Waltman,
/// N. J. van Eck, From Louvain to Leiden, 2019). A move must gain more than a rounding error, so the search ends.
/// </remarks>
internal sealed class LocalMoving
{
    private const double LeastGain = 1e-9;
    private readonly WeightedLevel _level;
    private readonly double _scale;
    private readonly double[] _toCommunity;
    private readonly int[] _touched;

    /// <summary>Prepares for a level. 20 bytes a node.</summary>
    /// <param name="level">The graph.</param>
    /// <param name="resolution">Gamma: larger gives smaller communities.</param>
    public LocalMoving(WeightedLevel level, double resolution)
    {
        _level = level;
        _scale = level.Total > 0 ? resolution / level.Total : 0;
        _toCommunity = new double[level.Count];
        _touched = new int[level.Count];
    }

    /// <summary>Improves a partition in place.</summary>
    /// <param name="communities">Community of each node, below the number of nodes.</param>
    /// <param name="random">Order of the first visits.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <returns>Moves made.</returns>
    public long Run(int[] communities, Random random, CancellationToken cancellation)
    {
        int count = _level.Count;
        var totals = new double[count];
        var sizes = new int[count];
        for (int node = 0; node < count; node++)
        {
            totals[communities[node]] += _level.Strengths[node];
            sizes[communities[node]]++;
        }

        var empty = new Stack<int>();
        for (int community = count - 1; community >= 0; community--)
        {
            if (sizes[community] == 0)
            {
                empty.Push(community);
            }
        }

        int[] queue = Permutation(count, random);
        var waiting = new bool[count];
        waiting.AsSpan().Fill(true);
        int head = 0, length = count;
        long moves = 0;
        for (long steps = 0; length > 0; steps++)
        {
            if ((steps & 0x3FFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int node = queue[head];
            head = head + 1 == count ? 0 : head + 1;
            length--;
            waiting[node] = false;
            int old = communities[node];
            int best = Best(node, communities, totals, empty.TryPeek(out int free) && sizes[old] > 1 ? free : -1);
            if (best == old)
            {
                continue;
            }

            moves++;
            totals[old] -= _level.Strengths[node];
            totals[best] += _level.Strengths[node];
            if (--sizes[old] == 0)
            {
                totals[old] = 0;
                empty.Push(old);
            }

            if (sizes[best]++ == 0)
            {
                empty.Pop();
            }

            communities[node] = best;
            for (int e = _level.Starts[node]; e < _level.Starts[node + 1]; e++)
            {
                int other = _level.Targets[e];
                if (!waiting[other] && communities[other] != best)
                {
                    waiting[other] = true;
                    int tail = head + length;
                    queue[tail >= count ? tail - count : tail] = other;
                    length++;
                }
            }
        }

        return moves;
    }

    /// <summary>The numbers below a count in random order.</summary>
    public static int[] Permutation(int count, Random random)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int at = random.Next(i + 1);
            order[i] = order[at];
            order[at] = i;
        }

        return order;
    }

    private int Best(int node, int[] communities, double[] totals, int free)
    {
        int[] targets = _level.Targets;
        double[] weights = _level.Weights;
        int touched = 0;
        int end = _level.Starts[node + 1];
        for (int e = _level.Starts[node]; e < end; e++)
        {
            int community = communities[targets[e]];
            if (_toCommunity[community] == 0)
            {
                _touched[touched++] = community;
            }

            _toCommunity[community] += weights[e];
        }

        int old = communities[node];
        double strength = _level.Strengths[node];
        double pull = strength * _scale;
        double stay = _toCommunity[old] - (pull * (totals[old] - strength));
        int best = old;
        double most = stay + (LeastGain * (1 + Math.Abs(stay)));
        if (free >= 0 && most < 0)
        {
            best = free;
            most = 0;
        }

        for (int i = 0; i < touched; i++)
        {
            int community = _touched[i];
            double gain = _toCommunity[community] - (pull * totals[community]);
            if (gain > most && community != old)
            {
                best = community;
                most = gain;
            }

            _toCommunity[community] = 0;
        }

        return best;
    }
}
