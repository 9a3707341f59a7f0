using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Execution.Steps;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Plans a <c>MATCH</c>: which nodes are found first, and how the others follow; each condition as soon as what it reads is there.</summary>
internal sealed class MatchPlanner
{
    // More conditions at one place are one step: each step costs stack.
    private const int MostFilters = 4;
    private readonly QueryPlanner _planner;
    private readonly PatternGraph _graph;
    private readonly HashSet<int> _own = [];
    private readonly HashSet<int> _done = [];
    private readonly Dictionary<PatternNode, double> _foundAt = [];
    private PlanNode _plan;

    private MatchPlanner(QueryPlanner planner, PatternGraph graph, PlanNode source)
    {
        (_planner, _graph, _plan) = (planner, graph, source);
        _own.UnionWith(graph.Nodes.Where(n => !n.Given).Select(n => n.Slot));
        _own.UnionWith(graph.Edges.Where(e => !e.IsGiven && e.Slot >= 0).Select(e => e.Slot));
        _own.UnionWith(graph.Paths.Select(p => p.Slot));
        foreach (PatternShortest shortest in graph.Shortest)
        {
            _own.Add(shortest.Path);
            _own.Add(shortest.Edge.Slot);
        }
    }

    /// <summary>Plans a pattern on top of a plan.</summary>
    /// <param name="planner">Slots and names.</param>
    /// <param name="graph">The pattern.</param>
    /// <param name="source">The plan.</param>
    /// <param name="countsRows">Whether its rows are only counted.</param>
    public static PlanNode Plan(QueryPlanner planner, PatternGraph graph, PlanNode source, bool countsRows = false)
    {
        var match = new MatchPlanner(planner, graph, source);
        match.Given();
        match.Look();
        match.Components(countsRows);
        foreach (PatternShortest shortest in graph.Shortest)
        {
            match.Shortest(shortest);
        }

        return match._plan;
    }

    private void Given()
    {
        foreach (PatternNode node in _graph.Nodes.Where(n => n.Given && !_graph.Edges.Exists(e => e.Left == n || e.Right == n)))
        {
            // A null from an optional match is no node.
            Put(new FilterPlan(_plan, new Compiled(
                new UnaryEvaluator(
                    UnaryOperator.IsNotNull, new SlotEvaluator(node.Slot), default), [node.Slot], $"{node.Text} IS NOT NULL")), _plan.Rows);
        }

        Filters();
        foreach (PatternEdge edge in _graph.Edges.Where(e => e.IsGiven))
        {
            Put(new GivenWalkPlan(_plan, Long(edge, edge.Left), edge.Left.Done, edge.Right.Done), _plan.Rows);
            Found(edge.Left);
            Found(edge.Right);
            edge.Done = true;
            Filters();
        }

        Closing();
    }

    // What is sought by a value that stands in the query can be looked at now: a single node is known better than by averages.
    private void Look()
    {
        var found = new List<int>();
        foreach (PatternNode node in _graph.Nodes.Where(n => !n.Done && _planner.Options.Knowledge != PlanningKnowledge.Counts))
        {
            found.Clear();
            if (Seek(node) is not { Seek: { IsList: false, Value.Code: ConstantEvaluator constant } seek } sought)
            {
                continue;
            }

            int label = sought.Label is null ? -1 : _planner.Graph.Labels.Find(sought.Label);
            if (_planner.Graph.TrySeek(label, _planner.Graph.Keys.Find(seek.Key), constant.Value, found) && found.Count == 1)
            {
                node.Number = found[0];
            }
        }
    }

    private void Components(bool countsRows)
    {
        while (_graph.Nodes.Exists(n => !n.Done))
        {
            // Parts that hang on what is known come first, then the part that begins with the fewest rows.
            PatternNode? anchored = _graph.Nodes.Find(n => !n.Done && _graph.At(n).Any(e => (e.Left == n ? e.Right : e.Left).Done));
            bool keepsOrder = _planner.Options.KeepsOrder;
            PatternNode first = anchored ?? (keepsOrder ? _graph.Nodes.Find(n => !n.Done) : _graph.Nodes.Where(n => !n.Done).MinBy(n => Start(n).Rows))!;
            PatternNode[] part = Part(first);
            PatternEdge[] edges = [.. _graph.Edges.Where(e => !e.IsGiven && part.Contains(e.Left) && part.Contains(e.Right))];
            double before = _plan.Rows;
            List<(PatternNode Node, double Rows)> order = keepsOrder
                ? AsWritten(part)
                : JoinOrder.Find(part, new JoinSteps(_planner.Cardinality, part, edges, _graph.Conditions.Where(c => !c.Done), Start, countsRows));
            foreach ((PatternNode node, double rows) in order)
            {
                if (_graph.At(node).Any(e => !e.Done && e.Left != e.Right && (e.Left == node ? e.Right : e.Left).Done))
                {
                    Reach(node);
                }
                else
                {
                    Begin(node);
                }

                Filters();
                Closing();

                // The order was chosen with all that is known of how its steps hang together, which the single steps do not see.
                _plan.Rows = before * rows;
            }
        }
    }

    // Each node as soon as a relationship leads to it, the first written first.
    private List<(PatternNode Node, double Rows)> AsWritten(PatternNode[] part)
    {
        List<PatternNode> left = [.. _graph.Nodes.Where(n => !n.Done && part.Contains(n))];
        HashSet<PatternNode> found = [.. part.Where(n => n.Done)];
        var order = new List<(PatternNode Node, double Rows)>();
        while (left.Count > 0)
        {
            PatternNode next = left.Find(n => _graph.At(n).Any(e => found.Contains(e.Left == n ? e.Right : e.Left))) ?? left[0];
            left.Remove(next);
            found.Add(next);
            order.Add((next, 1));
        }

        return order;
    }

    // Relationships between nodes that are found.
    private void Closing()
    {
        foreach (PatternEdge edge in _graph.Edges)
        {
            if (edge.Done || !edge.Left.Done || !edge.Right.Done)
            {
                continue;
            }

            double rows = _plan.Rows * Math.Min(1, _planner.Cardinality.Closing(edge, null));
            Put(edge.IsLong ? new VarExpandPlan(_plan, Long(edge, edge.Left), into: true) : new ExpandIntoPlan(_plan, Walk(edge, edge.Left)), rows);
            Walked(edge);
            Filters();
        }
    }

    /// <summary>Nodes not found yet that hang together, and the found ones they hang on.</summary>
    private PatternNode[] Part(PatternNode first)
    {
        var part = new List<PatternNode> { first };
        for (int i = 0; i < part.Count && part.Count < 60; i++)
        {
            if (part[i].Done)
            {
                continue;
            }

            foreach (PatternEdge edge in _graph.At(part[i]))
            {
                PatternNode other = edge.Left == part[i] ? edge.Right : edge.Left;
                if (!part.Contains(other))
                {
                    part.Add(other);
                }
            }
        }

        return [.. part.OrderBy(n => n.Done ? 0 : 1)];
    }

    private JoinStart Start(PatternNode node)
    {
        Cardinality cardinality = _planner.Cardinality;
        double all = cardinality.Count(node.Labels);
        if (Seek(node) is { } seek)
        {
            double rows = node.Number >= 0 ? 1 : Math.Max(0.1, all * cardinality.Equal(node.Labels, seek.Seek.Key));
            return new JoinStart(rows, rows, seek.Seek.Condition);
        }

        double scanned = node.Labels.Count == 0 ? cardinality.Nodes : node.Labels.Min(cardinality.Count);
        return new JoinStart(scanned, all, null);
    }

    private (PatternSeek Seek, string? Label)? Seek(PatternNode node)
    {
        foreach (PatternSeek seek in _graph.Seeks)
        {
            if (seek.Node != node || seek.Condition.Done || seek.Value.Slots.Any(s => _own.Contains(s) && !_done.Contains(s)))
            {
                continue;
            }

            GraphView graph = _planner.Graph;
            int key = graph.Keys.Find(seek.Key);
            foreach (string? label in node.Labels.Append(null))
            {
                int number = label is null ? -1 : graph.Labels.Find(label);
                if (key >= 0 && (label is null || number >= 0) && graph.HasIndex(number, key))
                {
                    return (seek, label);
                }
            }
        }

        return null;
    }

    private void Begin(PatternNode node)
    {
        double rows = _plan.Rows * Start(node).Rows;
        if (Seek(node) is { } found)
        {
            seekDone(found.Seek);
            int label = found.Label is null ? -1 : _planner.Tokens.Add(TokenKind.Label, found.Label);
            Put(new NodeSeekPlan(
                _plan, node.Slot, label, _planner.Tokens.Add(TokenKind.Key, found.Seek.Key), found.Seek.Value, found.Seek.IsList, found.Seek.Condition.Code.Text), rows);
            LabelDone(node, found.Label);
        }
        else
        {
            string? label = node.Labels.Count == 0 ? null : node.Labels.MinBy(_planner.Cardinality.Count);
            Put(new NodeScanPlan(
                _plan, node.Slot, label is null ? -1 : _planner.Tokens.Add(TokenKind.Label, label), node.Text, label), rows);
            LabelDone(node, label);
        }

        Found(node);

        static void seekDone(PatternSeek seek) => seek.Condition.Done = true;
    }

    private void LabelDone(PatternNode node, string? label)
    {
        if (label is not null)
        {
            string text = $"{node.Text}:{ExpressionText.Labels(new LabelName(label, default))}";
            foreach (PatternCondition condition in _graph.Conditions.Where(c => c.Code.Text == text))
            {
                condition.Done = true;
            }
        }
    }

    private void Reach(PatternNode node)
    {
        var ways = _graph.At(node)
            .Where(e => !e.Done && e.Left != e.Right && (e.Left == node ? e.Right : e.Left).Done)
            .Select(e => (Edge: e, From: e.Left == node ? e.Right : e.Left))
            .Select(w => (w.Edge, w.From, Fan: Fan(w.Edge, w.From)))
            .Order(Comparer<(PatternEdge Edge, PatternNode From, double Fan)>.Create((a, b) => JoinSteps.Order(
                a.Edge.IsLong, a.Fan, _foundAt.GetValueOrDefault(a.From), b.Edge.IsLong, b.Fan, _foundAt.GetValueOrDefault(b.From))))
            .Select(w => (w.Edge, w.From))
            .ToList();
        (PatternEdge first, PatternNode from) = ways[0];
        double rows = _plan.Rows * Fan(first, from);
        List<(PatternEdge Edge, PatternNode From)> ordered = [.. ways.Where(w => JoinSteps.IsOrdered(w.Edge))];
        if (ordered.Count >= 2)
        {
            // The row of the node found earlier is the outer one: it is the same for longer.
            bool isSecondEarlier = _foundAt.GetValueOrDefault(ordered[1].From) < _foundAt.GetValueOrDefault(ordered[0].From);
            (PatternEdge a, PatternNode fromA) = ordered[isSecondEarlier ? 1 : 0];
            (PatternEdge b, PatternNode fromB) = ordered[isSecondEarlier ? 0 : 1];
            EdgeWalk walkA = Walk(a, fromA);
            a.Done = true;
            EdgeWalk walkB = Walk(b, fromB);
            Put(new IntersectExpandPlan(_plan, walkA, walkB), rows * Math.Min(1, _planner.Cardinality.Closing(b, null)));
            Walked(a);
            Walked(b);
        }
        else
        {
            Put(first.IsLong ? new VarExpandPlan(_plan, Long(first, from), into: false) : new ExpandPlan(_plan, Walk(first, from)), rows);
            Walked(first);
        }

        Found(node);
    }

    private double Fan(PatternEdge edge, PatternNode from)
    {
        PatternEdge[] walked = [.. _graph.At(from).Where(e => e.Done && !e.IsLong && e.Left != e.Right)];
        PatternEdge? by = Array.Find(walked, e => (e.Left == from ? e.Right : e.Left).Number >= 0) ?? walked.FirstOrDefault();
        return _planner.Cardinality.Fan(edge, from, by, walked.Count(e => Cardinality.MayRepeat(e, edge, from)));
    }

    private void Shortest(PatternShortest shortest)
    {
        _done.Add(shortest.Path);
        _done.Add(shortest.Edge.Slot);
        PatternCondition[] ofPath = [.. _graph.Conditions.Where(c => !c.Done && c.Code.Slots.All(s => !_own.Contains(s) || _done.Contains(s)))];
        Array.ForEach(ofPath, c => c.Done = true);
        var walk = new ShortestWalk(
            Long(shortest.Edge, shortest.Edge.Left), shortest.Path, shortest.All, shortest.EachNode, shortest.NodeSlot, [.. ofPath.OrderBy(c => c.IsCostly).Select(c => c.Code)], shortest.Position);
        Put(new ShortestPathPlan(_plan, walk), ofPath.Aggregate(_plan.Rows, (rows, c) => rows * Kept(c)));
    }

    private EdgeWalk Walk(PatternEdge edge, PatternNode from)
    {
        PatternNode to = edge.Left == from ? edge.Right : edge.Left;
        Direction direction = edge.Left == from || edge.Direction == Direction.Both
            ? edge.Direction
            : edge.Direction == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing;
        PatternEdge[] unlike = [.. _graph.Edges.Where(e => e != edge && e.Done && e.MayShare(edge))];
        return new EdgeWalk(
            from.Slot,
            to.Slot,
            edge.Slot,
            direction,
            [.. edge.TypeNames.Select(t => _planner.Tokens.Add(TokenKind.Type, t))],
            [.. unlike.Select(e => e.Slot)],
            unlike.Any(e => e.IsLong),
            edge.Text);
    }

    private LongWalk Long(PatternEdge edge, PatternNode from) =>
        new(Walk(edge, from), edge.Minimum, edge.Maximum, edge.Left != from, edge.Each, edge.EachSlot);

    private void Walked(PatternEdge edge)
    {
        edge.Done = true;
        _done.Add(edge.Slot);
    }

    private void Found(PatternNode node)
    {
        node.Done = true;
        _foundAt[node] = _foundAt.Count;
        _done.Add(node.Slot);
    }

    private void Filters()
    {
        foreach (PatternPath path in _graph.Paths.Where(p => !p.Done && p.Start.Done && p.Edges.All(e => e.Done)))
        {
            path.Done = true;
            Put(new PathPlan(_plan, path.Slot, path.Start.Slot, [.. path.Edges.Select(e => e.Slot)], path.Variable), _plan.Rows);
            _done.Add(path.Slot);
        }

        List<PatternCondition> ready =
            [.. _graph.Conditions.Where(c => !c.Done && c.Code.Slots.All(s => !_own.Contains(s) || _done.Contains(s))).OrderBy(c => c.IsCostly)];
        ready.ForEach(c => c.Done = true);
        if (ready.Count > MostFilters)
        {
            var all = new Compiled(
                new AllTrueEvaluator([.. ready.Select(c => c.Code.Code)]),
                [.. ready.SelectMany(c => c.Code.Slots)],
                string.Join(" AND ", ready.Select(c => c.Code.Text)));
            Put(new FilterPlan(_plan, all), ready.Aggregate(_plan.Rows, (rows, c) => rows * Kept(c)));
            return;
        }

        foreach (PatternCondition condition in ready)
        {
            Put(new FilterPlan(_plan, condition.Code), _plan.Rows * Kept(condition));
        }
    }

    // Rows of a scan or an expansion are estimated with the labels of the node it finds.
    private double Kept(PatternCondition condition) =>
        condition.Code.Code is HasLabelsEvaluator && _graph.Nodes.Exists(n => !n.Given && condition.Code.Slots.Contains(n.Slot)) ? 1 : condition.Selectivity;

    private void Put(PlanNode plan, double rows)
    {
        plan.Rows = rows;
        _plan = plan;
    }
}
