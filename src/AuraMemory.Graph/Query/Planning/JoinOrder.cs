namespace AuraMemory.Graph.Query.Planning;

/// <summary>In which order the nodes of a connected pattern are found.</summary>
/// <remarks>
/// Dynamic programming over sets of nodes, for up to ten: the cheapest way to have found a set is the cheapest way to have found the set without one of
/// its nodes, and a step to that node (<see cref="JoinSteps"/>). Above ten nodes the cheapest next step is taken each time.
/// </remarks>
internal sealed class JoinOrder
{
    private const int Largest = 10;
    private readonly PatternNode[] _nodes;
    private readonly JoinSteps _steps;

    // Rows when a node was found, on the way to the set that is being extended; of nodes found before, one.
    private readonly double[] _foundAt;

    private JoinOrder(PatternNode[] nodes, JoinSteps steps)
    {
        (_nodes, _steps) = (nodes, steps);
        _foundAt = new double[nodes.Length];
        Array.Fill(_foundAt, 1);
    }

    /// <summary>Finds an order.</summary>
    /// <param name="nodes">Nodes of a connected pattern, at most 63; those that are found already first.</param>
    /// <param name="steps">What steps cost.</param>
    /// <returns>The nodes that are not found already, in order, each with the rows expected when it is found, for one row at the beginning.</returns>
    public static List<(PatternNode Node, double Rows)> Find(PatternNode[] nodes, JoinSteps steps)
    {
        var order = new JoinOrder(nodes, steps);
        ulong found = 0;
        for (int n = 0; n < nodes.Length; n++)
        {
            found |= nodes[n].Done ? 1UL << n : 0;
        }

        return nodes.Length <= Largest ? order.Best((int)found) : order.Greedy(found);
    }

    private List<(PatternNode Node, double Rows)> Best(int found)
    {
        int all = (1 << _nodes.Length) - 1;
        var best = new (double Cost, double Rows, int Last)[all + 1];
        Array.Fill(best, (0, 0, -1));
        var pairs = new PairCounts[all + 1];
        if (found != 0)
        {
            best[found] = (0, 1, -1);
        }
        else
        {
            for (int n = 0; n < _nodes.Length; n++)
            {
                (double cost, double rows) = _steps.Begin(n);
                best[1 << n] = (cost, rows, n);
            }
        }

        for (int set = 1; set < all; set++)
        {
            if (best[set].Last < 0 && set != found)
            {
                continue;
            }

            for (int at = set; best[at].Last >= 0; at &= ~(1 << best[at].Last))
            {
                _foundAt[best[at].Last] = best[at].Rows;
            }

            pairs[set] = new PairCounts(_nodes.Length, set, best[set].Rows, pairs);
            for (int n = 0; n < _nodes.Length; n++)
            {
                if ((set & (1 << n)) == 0 && _steps.Extend((ulong)set, n, best[set].Rows, best[set].Last, _foundAt, pairs[set]) is { } step)
                {
                    ref (double Cost, double Rows, int Last) known = ref best[set | (1 << n)];
                    double cost = best[set].Cost + step.Cost;
                    if (known.Last < 0 || cost < known.Cost)
                    {
                        known = (cost, step.Rows, n);
                    }
                }
            }
        }

        var order = new List<(PatternNode Node, double Rows)>();
        for (int set = all; best[set].Last >= 0; set &= ~(1 << best[set].Last))
        {
            order.Insert(0, (_nodes[best[set].Last], best[set].Rows));
        }

        return order;
    }

    private List<(PatternNode Node, double Rows)> Greedy(ulong found)
    {
        var order = new List<(PatternNode Node, double Rows)>();
        (double rows, int last) = (1, -1);
        int left = _nodes.Length - System.Numerics.BitOperations.PopCount(found);
        while (left-- > 0)
        {
            (double Cost, double Rows, int Node) next = (double.PositiveInfinity, 0, -1);
            for (int n = 0; n < _nodes.Length; n++)
            {
                if ((found >> n & 1) == 0 && (found == 0 ? _steps.Begin(n) : _steps.Extend(found, n, rows, last, _foundAt, null)) is { } step && (next.Node < 0 || step.Cost < next.Cost))
                {
                    next = (step.Cost, step.Rows, n);
                }
            }

            (rows, last) = (next.Rows, next.Node);
            _foundAt[last] = rows;
            order.Add((_nodes[last], rows));
            found |= 1UL << last;
        }

        return order;
    }
}
