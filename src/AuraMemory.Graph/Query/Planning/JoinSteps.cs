using AuraMemory.Graph.Query.Execution.Expressions;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Where a pattern may begin.</summary>
/// <param name="Cost">What it costs.</param>
/// <param name="Rows">Rows it gives.</param>
/// <param name="Sought">The condition by which the node is sought, which is no condition any more; null = all nodes are gone through.</param>
internal readonly record struct JoinStart(double Cost, double Rows, PatternCondition? Sought);

/// <summary>What the steps of a join order cost, and how many rows they give.</summary>
/// <remarks>
/// The cost of a step is the rows it takes, makes and keeps; relationships to nodes found before are closed at once. Two that are intersected cost the walk along the shorter
/// row for each pair of nodes that is not known yet (<see cref="Execution.Steps.PairMemo"/>), and along the row of the node found earlier each time that node changes: between, its row is at
/// hand. The row of the node found last is never at hand, which costs less than a walk, but is seen. After A. Mhedhbi, S. Salihoglu, Optimizing Subgraph Queries by Combining Binary and Worst-Case Optimal Joins, PVLDB 12(11), 2019 (i-cost).
/// </remarks>
internal sealed class JoinSteps
{
    /// <summary>As many as a set of relationships has bits.</summary>
    private const int MostEdges = 128;

    /// <summary>What a row that is another one for each row of the plan costs beyond the walk along it, beside one that is read again and again.</summary>
    private const double FirstReading = 0.3;

    /// <summary>What it costs to look up what is remembered of a pair, and to see what of it the row has walked, beside a step along a row.</summary>
    private const double Remembering = 8;

    /// <summary>What it costs when the pair is that of the row before.</summary>
    private const double Repeating = 6;

    /// <summary>Pairs whose common neighbours a step can be expected to remember.</summary>
    private const double Remembered = Execution.Steps.PairMemo.Most / 2;

    private readonly Cardinality _cardinality;
    private readonly PatternNode[] _nodes;
    private readonly PatternEdge[] _edges;
    private readonly List<(int Edge, int Other)>[] _at;
    private readonly PatternCondition[] _conditions;
    private readonly ulong[] _needs;
    private readonly Func<PatternNode, JoinStart> _start;
    private readonly bool _countsRows;
    private readonly ClosingContext? _context;
    private readonly Dictionary<(int Closing, UInt128 Known), double?> _closings = [];
    private readonly Dictionary<(int Edge, int From, int By, int Near, int Used), double> _fans = [];
    private readonly List<(int Edge, int Other, double Fan)> _ways = [];

    /// <summary>Of a connected pattern.</summary>
    /// <param name="cardinality">Estimates.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="edges">Relationships between them.</param>
    /// <param name="conditions">Conditions that may thin rows out.</param>
    /// <param name="start">Beginning with a node.</param>
    /// <param name="countsRows">Whether rows are only counted, so that a last expansion need not be made.</param>
    public JoinSteps(
        Cardinality cardinality, PatternNode[] nodes, PatternEdge[] edges, IEnumerable<PatternCondition> conditions, Func<PatternNode, JoinStart> start, bool countsRows)
    {
        (_cardinality, _nodes, _edges, _start, _countsRows) = (cardinality, nodes, edges, start, countsRows);
        _context = edges.Length <= MostEdges ? new ClosingContext(nodes, edges) : null;
        _at = [.. nodes.Select(_ => new List<(int Edge, int Other)>())];
        for (int e = 0; e < edges.Length; e++)
        {
            (int left, int right) = (Array.IndexOf(nodes, edges[e].Left), Array.IndexOf(nodes, edges[e].Right));
            _at[left].Add((e, right));
            if (left != right)
            {
                _at[right].Add((e, left));
            }
        }

        _conditions = [.. conditions];
        _needs = new ulong[_conditions.Length];
        for (int i = 0; i < _conditions.Length; i++)
        {
            for (int n = 0; n < nodes.Length; n++)
            {
                bool needed = _conditions[i].Code.Slots.Contains(nodes[n].Slot)
                    || _at[n].Exists(a => edges[a.Edge].Slot >= 0 && _conditions[i].Code.Slots.Contains(edges[a.Edge].Slot));
                _needs[i] |= needed ? 1UL << n : 0;
            }
        }
    }

    /// <summary>Beginning with a node.</summary>
    public (double Cost, double Rows) Begin(int node)
    {
        JoinStart start = _start(_nodes[node]);
        return (start.Cost, Loops(node, start.Rows) * Thinned(0, 1UL << node, _nodes[node].Slot, start.Sought));
    }

    /// <summary>Finding one more node.</summary>
    /// <param name="set">Nodes found, one bit each.</param>
    /// <param name="node">The next.</param>
    /// <param name="rows">Rows so far.</param>
    /// <param name="last">The node found last; -1 = all are found before.</param>
    /// <param name="foundAt">Rows when each node was found.</param>
    /// <param name="pairs">At most so many pairs of nodes are among the rows so far, of any two that are found; null = not known.</param>
    /// <returns>Null when no relationship leads there.</returns>
    public (double Cost, double Rows)? Extend(ulong set, int node, double rows, int last, double[] foundAt, PairCounts? pairs)
    {
        _ways.Clear();
        foreach ((int edge, int other) in _at[node])
        {
            if ((set >> other & 1) != 0)
            {
                _ways.Add((edge, other, Fan(edge, other, set)));
            }
        }

        if (_ways.Count == 0)
        {
            return null;
        }

        // The order in which the planner takes them.
        _ways.Sort((a, b) => Order(_edges[a.Edge].IsLong, a.Fan, foundAt[a.Other], _edges[b.Edge].IsLong, b.Fan, foundAt[b.Other]));

        // A third relationship is searched for in every row, beside which it is little what is remembered of the first two.
        (double looks, double changes) = _ways.Count == 2 && IsOrdered(_edges[_ways[0].Edge]) && IsOrdered(_edges[_ways[1].Edge])
            ? Looks(rows, _ways[0].Other, _ways[1].Other, foundAt, pairs)
            : (rows, rows);
        double cost = rows + (looks * _ways[0].Fan) + ((changes - looks) * Remembering) + ((rows - changes) * Repeating);
        double after = rows * _ways[0].Fan;
        UInt128 known = Inside(set) | Bit(_ways[0].Edge);
        for (int i = 1; i < _ways.Count; i++)
        {
            after *= Closing(_ways[i].Edge, _ways[0].Edge, known);
            known |= Bit(_ways[i].Edge);
            cost += after;
        }

        for (int i = 0; i < _ways.Count && _ways.Count > 1; i++)
        {
            cost += Math.Min(foundAt[_ways[i].Other], looks) * _ways[i].Fan * (_ways[i].Other == last ? FirstReading : 1);
        }

        bool isCounted = _countsRows && _ways.Count <= 2 && System.Numerics.BitOperations.PopCount(set) + 1 == _nodes.Length && !_ways.Exists(w => _edges[w.Edge].IsLong) && !IsRead(node);
        double counting = _ways.Count == 1 ? rows + foundAt[_ways[0].Other] : cost - (looks < rows ? after * (1 - (looks / rows)) : 0);
        after = Loops(node, after) * Thinned(set, set | (1UL << node), _nodes[node].Slot, null);
        return (isCounted ? counting : cost + after, Math.Max(after, 1e-9));
    }

    /// <summary>For how many rows two nodes are not a pair that is remembered, and for how many not that of the row before.</summary>
    private static (double Looks, double Changes) Looks(double rows, int one, int two, double[] foundAt, PairCounts? pairs)
    {
        // Rows follow one another by the node found last of the two.
        double changes = Math.Min(rows, Math.Max(foundAt[one], foundAt[two]));
        double looks = changes;
        if (pairs is not null)
        {
            // A pair comes again while the earlier node stays, and the others that go with it come again; or all pairs do.
            int earlier = foundAt[one] <= foundAt[two] ? one : two;
            double all = Math.Min(pairs.Of(one, two), pairs.Of(one, one) * pairs.Of(two, two));
            double each = Math.Max(1, all / pairs.Of(earlier, earlier));
            looks = each <= Remembered ? Math.Min(looks, foundAt[earlier] * each) : looks;
            looks = all <= Remembered ? Math.Min(looks, all) : looks;
        }

        looks = Math.Min(rows, looks + Execution.Steps.PairMemo.Idle + Execution.Steps.PairMemo.Window);
        return (looks, Math.Max(looks, changes));
    }

    /// <summary>Whether the relationships of a node are in the order of the nodes they lead to: only those of one type and one direction are.</summary>
    public static bool IsOrdered(PatternEdge edge) => !edge.IsLong && edge.TypeNames.Length == 1;

    /// <summary>Which of two ways to a node is taken first: one relationship before many, the fewer rows, the node found earlier.</summary>
    public static int Order(bool isLong, double fan, double foundAt, bool isOtherLong, double otherFan, double otherFoundAt)
    {
        int order = isLong.CompareTo(isOtherLong);
        order = order != 0 ? order : fan.CompareTo(otherFan);
        return order != 0 ? order : foundAt.CompareTo(otherFoundAt);
    }

    private double Fan(int edge, int from, ulong set)
    {
        int by = -1, used = 0;
        foreach ((int walked, int other) in _at[from])
        {
            if (_edges[walked].IsLong || other == from || (set >> other & 1) == 0)
            {
                continue;
            }

            // What is known of a neighbour of a known node is known best.
            by = by < 0 || (_nodes[other].Number >= 0 && walked != edge) ? walked : by;
            used += Cardinality.MayRepeat(_edges[walked], _edges[edge], _nodes[from]) ? 1 : 0;
        }

        int near = by < 0 ? -1 : Near(by, edge, from, set);
        if (!_fans.TryGetValue((edge, from, by, near, used), out double fan))
        {
            double? sampled = near < 0 ? null : _cardinality.Extends(_edges[edge], _nodes[from], [_edges[by], _edges[near]]);
            _fans[(edge, from, by, near, used)] = fan = sampled ?? _cardinality.Fan(_edges[edge], _nodes[from], by < 0 ? null : _edges[by], used);
        }

        return fan;
    }

    /// <summary>A second relationship walked at a node, or else one at the node it was reached from; -1 = none, or the nodes are known by themselves.</summary>
    private int Near(int by, int edge, int from, ulong set)
    {
        int before = _nodes[from] == _edges[by].Left ? Array.IndexOf(_nodes, _edges[by].Right) : Array.IndexOf(_nodes, _edges[by].Left);
        if (_nodes[from].Number >= 0 || _nodes[before].Number >= 0)
        {
            return -1;
        }

        foreach (int at in (ReadOnlySpan<int>)[from, before])
        {
            foreach ((int walked, int other) in _at[at])
            {
                if (walked != by && walked != edge && !_edges[walked].IsLong && other != from && other != before && (set >> other & 1) != 0)
                {
                    return walked;
                }
            }
        }

        return -1;
    }

    private double Closing(int edge, int primary, UInt128 known)
    {
        double? rate = null;
        if (_context is not null && !_closings.TryGetValue((edge, known), out rate))
        {
            _closings[(edge, known)] = rate = _cardinality.Closes(_edges[edge], _context.Find(edge, known));
        }

        return rate ?? Math.Min(1, _cardinality.Closing(_edges[edge], Wedge(_edges[primary], _edges[edge])));
    }

    private UInt128 Bit(int edge) => _context is null ? 0 : UInt128.One << edge;

    private UInt128 Inside(ulong set)
    {
        UInt128 inside = 0;
        for (int n = 0; _context is not null && n < _nodes.Length; n++)
        {
            for (int i = 0; (set >> n & 1) != 0 && i < _at[n].Count; i++)
            {
                inside |= (set >> _at[n][i].Other & 1) != 0 ? UInt128.One << _at[n][i].Edge : 0;
            }
        }

        return inside;
    }

    // Labels are in the fan already; a condition on this node's labels alone would count twice.
    private double Thinned(ulong before, ulong after, int slot, PatternCondition? sought)
    {
        double share = 1;
        for (int i = 0; i < _conditions.Length; i++)
        {
            bool isLabels = _conditions[i].Code.Code is HasLabelsEvaluator && _conditions[i].Code.Slots.Contains(slot);
            if ((_needs[i] & ~after) == 0 && _needs[i] != 0 && (before == 0 || (_needs[i] & ~before) != 0) && !isLabels && _conditions[i] != sought)
            {
                share *= _conditions[i].Selectivity;
            }
        }

        return share;
    }

    // Only labels can be asked of neighbours that are counted.
    private bool IsRead(int node)
    {
        for (int i = 0; i < _conditions.Length; i++)
        {
            if ((_needs[i] >> node & 1) != 0 && _conditions[i].Code.Code is not HasLabelsEvaluator)
            {
                return true;
            }
        }

        return false;
    }

    private double Loops(int node, double rows)
    {
        foreach ((int edge, int other) in _at[node])
        {
            rows *= other == node ? Math.Min(1, _cardinality.Closing(_edges[edge], null)) : 1;
        }

        return rows;
    }

    // The third side of the triangle is between the other ends of the two.
    private (PatternEdge First, PatternEdge Second)? Wedge(PatternEdge primary, PatternEdge closing)
    {
        PatternNode[] ends = [primary.Left, primary.Right, closing.Left, closing.Right];
        PatternEdge? third = Array.Find(_edges, e => e != primary && e != closing && !e.IsLong && e.Left != e.Right
            && ends.Count(n => n == e.Left) == 1 && ends.Count(n => n == e.Right) == 1);
        return third is null || primary.IsLong ? null : (third, primary);
    }
}
