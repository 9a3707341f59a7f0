namespace AuraMemory.Graph.Query.Planning;

/// <summary>In which order the nodes of a connected pattern are found.</summary>
/// <remarks>
/// Dynamic programming over sets of nodes, for up to ten: the cheapest way to have found a set is the cheapest way to have found the set without one of
/// its nodes, and a step to that node. The cost of a step is the rows it makes; relationships to nodes found before are closed at once.
/// Above ten nodes the cheapest next step is taken each time.
/// </remarks>
internal sealed class JoinOrder
{
    private const int Largest = 10;

    /// <summary>As many as a set of relationships has bits.</summary>
    private const int MostEdges = 128;
    private readonly Cardinality _cardinality;
    private readonly PatternNode[] _nodes;
    private readonly PatternEdge[] _edges;
    private readonly PatternCondition[] _conditions;
    private readonly ulong[] _needs;
    private readonly ClosingContext? _context;
    private readonly Dictionary<(int Closing, UInt128 Known), double?> _closings = [];
    private readonly Func<PatternNode, (double Cost, double Rows)> _start;

    private JoinOrder(
        Cardinality cardinality, PatternNode[] nodes, PatternEdge[] edges, IEnumerable<PatternCondition> conditions, Func<PatternNode, (double Cost, double Rows)> start)
    {
        (_cardinality, _nodes, _edges, _start) = (cardinality, nodes, edges, start);
        _conditions = [.. conditions];
        _needs = new ulong[_conditions.Length];
        _context = edges.Length <= MostEdges ? new ClosingContext(nodes, edges) : null;
        for (int i = 0; i < _conditions.Length; i++)
        {
            for (int n = 0; n < nodes.Length; n++)
            {
                bool needed = _conditions[i].Code.Slots.Contains(nodes[n].Slot)
                    || edges.Any(e => (e.Left == nodes[n] || e.Right == nodes[n]) && e.Slot >= 0 && _conditions[i].Code.Slots.Contains(e.Slot));
                _needs[i] |= needed ? 1UL << n : 0;
            }
        }
    }

    /// <summary>Finds an order.</summary>
    /// <param name="cardinality">Estimates.</param>
    /// <param name="nodes">Nodes of a connected pattern, at most 63; those that are found already first.</param>
    /// <param name="edges">Relationships between them.</param>
    /// <param name="conditions">Conditions that may thin rows out.</param>
    /// <param name="start">Cost and rows of beginning with a node.</param>
    /// <returns>The nodes that are not found already, in order, each with the rows expected when it is found, for one row at the beginning.</returns>
    public static List<(PatternNode Node, double Rows)> Find(
        Cardinality cardinality,
        PatternNode[] nodes,
        PatternEdge[] edges,
        IEnumerable<PatternCondition> conditions,
        Func<PatternNode, (double Cost, double Rows)> start)
    {
        var order = new JoinOrder(cardinality, nodes, edges, conditions, start);
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
        Array.Fill(best, (double.PositiveInfinity, 0, -1));
        if (found != 0)
        {
            best[found] = (0, 1, -1);
        }
        else
        {
            for (int n = 0; n < _nodes.Length; n++)
            {
                (double cost, double rows) = Begin(n);
                best[1 << n] = (cost, rows, n);
            }
        }

        for (int set = 1; set < all; set++)
        {
            if (double.IsPositiveInfinity(best[set].Cost))
            {
                continue;
            }

            for (int n = 0; n < _nodes.Length; n++)
            {
                if ((set & (1 << n)) == 0 && Extend((ulong)set, n, best[set].Rows) is { } step)
                {
                    ref (double Cost, double Rows, int Last) known = ref best[set | (1 << n)];
                    double cost = best[set].Cost + step.Cost;
                    if (cost < known.Cost)
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
        double rows = 1;
        int left = _nodes.Length - System.Numerics.BitOperations.PopCount(found);
        while (left-- > 0)
        {
            (double Cost, double Rows, int Node) next = (double.PositiveInfinity, 0, -1);
            for (int n = 0; n < _nodes.Length; n++)
            {
                if ((found >> n & 1) == 0 && (found == 0 ? Begin(n) : Extend(found, n, rows)) is { } step && step.Cost < next.Cost)
                {
                    next = (step.Cost, step.Rows, n);
                }
            }

            rows = next.Rows;
            order.Add((_nodes[next.Node], rows));
            found |= 1UL << next.Node;
        }

        return order;
    }

    private (double Cost, double Rows) Begin(int node)
    {
        (double cost, double rows) = _start(_nodes[node]);
        return (cost, Loops(_nodes[node], rows) * Thinned(0, 1UL << node, _nodes[node].Slot));
    }

    private (double Cost, double Rows)? Extend(ulong set, int node, double rows)
    {
        PatternEdge? primary = null;
        double fan = 0;
        double longest = 0;
        foreach (PatternEdge edge in Between(set, node))
        {
            PatternNode other = edge.Left == _nodes[node] ? edge.Right : edge.Left;
            double one = _cardinality.Fan(edge, other, Into(set, other));
            longest = Math.Max(longest, one);
            if (primary is null || (primary.IsLong && !edge.IsLong) || (primary.IsLong == edge.IsLong && one < fan))
            {
                (primary, fan) = (edge, one);
            }
        }

        if (primary is null)
        {
            return null;
        }

        double made = rows * fan;
        double after = made;
        UInt128 known = Inside(set) | Bit(primary);
        foreach (PatternEdge edge in Between(set, node))
        {
            if (edge != primary)
            {
                after *= Closing(edge, primary, known);
                known |= Bit(edge);
            }
        }

        after = Loops(_nodes[node], after) * Thinned(set, set | (1UL << node), _nodes[node].Slot);
        return (rows + made + after, Math.Max(after, 1e-9));
    }

    private double Closing(PatternEdge edge, PatternEdge primary, UInt128 known)
    {
        double? rate = null;
        if (_context is not null)
        {
            int at = Array.IndexOf(_edges, edge);
            if (!_closings.TryGetValue((at, known), out rate))
            {
                _closings[(at, known)] = rate = _cardinality.Closes(edge, _context.Find(at, known));
            }
        }

        return rate ?? Math.Min(1, _cardinality.Closing(edge, Wedge(primary, edge)));
    }

    private UInt128 Bit(PatternEdge edge) => _context is null ? 0 : UInt128.One << Array.IndexOf(_edges, edge);

    private UInt128 Inside(ulong set)
    {
        UInt128 inside = 0;
        for (int i = 0; _context is not null && i < _edges.Length; i++)
        {
            inside |= Has(set, _edges[i].Left) && Has(set, _edges[i].Right) ? UInt128.One << i : 0;
        }

        return inside;
    }

    // Labels are in the fan already; a condition on this node's labels alone would count twice.
    private double Thinned(ulong before, ulong after, int slot)
    {
        double share = 1;
        for (int i = 0; i < _conditions.Length; i++)
        {
            bool isLabels = _conditions[i].Code.Code is Execution.Expressions.HasLabelsEvaluator && _conditions[i].Code.Slots.Contains(slot);
            if ((_needs[i] & ~after) == 0 && _needs[i] != 0 && (before == 0 || (_needs[i] & ~before) != 0) && !isLabels)
            {
                share *= _conditions[i].Selectivity;
            }
        }

        return share;
    }

    private double Loops(PatternNode node, double rows)
    {
        foreach (PatternEdge edge in _edges)
        {
            if (edge.Left == node && edge.Right == node)
            {
                rows *= Math.Min(1, _cardinality.Closing(edge, null));
            }
        }

        return rows;
    }

    private IEnumerable<PatternEdge> Between(ulong set, int node) =>
        _edges.Where(e => (e.Left == _nodes[node] && Has(set, e.Right)) || (e.Right == _nodes[node] && Has(set, e.Left)));

    private PatternEdge? Into(ulong set, PatternNode node) =>
        Array.Find(_edges, e => !e.IsLong && e.Left != e.Right && ((e.Left == node && Has(set, e.Right)) || (e.Right == node && Has(set, e.Left))));

    // The third side of the triangle is between the other ends of the two.
    private (PatternEdge First, PatternEdge Second)? Wedge(PatternEdge primary, PatternEdge closing)
    {
        PatternNode[] ends = [primary.Left, primary.Right, closing.Left, closing.Right];
        PatternEdge? third = Array.Find(_edges, e => e != primary && e != closing && !e.IsLong && e.Left != e.Right
            && ends.Count(n => n == e.Left) == 1 && ends.Count(n => n == e.Right) == 1);
        return third is null || primary.IsLong ? null : (third, primary);
    }

    private bool Has(ulong set, PatternNode node)
    {
        int at = Array.IndexOf(_nodes, node);
        return at >= 0 && (set >> at & 1) != 0;
    }
}
