using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Estimates of rows, from what the graph knows about itself. Guesses where it knows nothing, never errors.</summary>
internal sealed class Cardinality
{
    private const double EqualityGuess = 0.1;
    private const double RangeGuess = 0.3;
    private const double OtherGuess = 0.5;

    /// <summary>Closing rates that one query may have drawn: what more it asks for is taken from smaller patterns.</summary>
    private const int MostDraws = 48;
    private static readonly PatternNode Anything = new(-1, "", given: false);
    private readonly GraphView _graph;
    private readonly PlanningKnowledge _knowledge;
    private readonly IGraphStatistics? _statistics;
    private readonly KnownDegrees _known;
    private int _draws = MostDraws;

    /// <summary>Estimates for a graph.</summary>
    public Cardinality(GraphView graph, PlanningKnowledge knowledge)
    {
        (_graph, _knowledge) = (graph, knowledge);
        _statistics = knowledge == PlanningKnowledge.Counts ? null : graph.Statistics;
        _known = new KnownDegrees(graph, this);
        Nodes = Math.Max(1, graph.NodeCount);
    }

    /// <summary>Nodes in the graph; 1 at least.</summary>
    public double Nodes { get; }

    /// <summary>Nodes that have all these labels.</summary>
    public double Count(IReadOnlyList<string> labels)
    {
        double count = Nodes;
        foreach (string label in labels)
        {
            count *= Share(label);
        }

        return count;
    }

    /// <summary>Nodes with a label; all without one.</summary>
    public double Count(string? label) => label is null ? Nodes : Share(label) * Nodes;

    /// <summary>Share of nodes that a condition on labels lets pass.</summary>
    public double Labels(LabelExpression labels) => labels switch
    {
        LabelName name => Share(name.Name),
        LabelAnd both => Labels(both.Left) * Labels(both.Right),
        LabelOr either => Math.Min(1, Labels(either.Left) + Labels(either.Right)),
        LabelNot not => Math.Max(0.01, 1 - Labels(not.Operand)),
        _ => 1,
    };

    /// <summary>Share of rows that a condition lets pass.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="labels">Labels of the node that it is about.</param>
    public double Selectivity(Expression condition, IReadOnlyList<string> labels)
    {
        switch (condition)
        {
            case ComparisonExpression comparison:
                if (comparison.Operators is not [ComparisonOperator.Equal])
                {
                    return comparison.Operators is [ComparisonOperator.NotEqual] ? 0.9 : RangeGuess;
                }

                string? key = (comparison.Operands[0] as PropertyExpression ?? comparison.Operands[1] as PropertyExpression)?.Key;
                return key is null ? EqualityGuess : Equal(labels, key);
            case BinaryExpression { Operator: BinaryOperator.Or } either:
                return Math.Min(1, Selectivity(either.Left, labels) + Selectivity(either.Right, labels));
            case BinaryExpression { Operator: BinaryOperator.StartsWith or BinaryOperator.EndsWith or BinaryOperator.Contains or BinaryOperator.In }:
                return RangeGuess;
            default:
                return OtherGuess;
        }
    }

    /// <summary>Share of nodes with these labels whose property has a given value.</summary>
    public double Equal(IReadOnlyList<string> labels, string key)
    {
        int number = _graph.Keys.Find(key);
        double distinct = 0;
        if (number >= 0 && _statistics is not null)
        {
            distinct = _statistics.DistinctValues(labels.Count == 0 ? -1 : _graph.Labels.Find(labels[0]), number);
        }

        return distinct > 0 ? 1 / distinct : EqualityGuess;
    }

    /// <summary>Relationships that a pattern relationship could be, between nodes with the first labels.</summary>
    public double Relationships(PatternEdge edge)
    {
        double count = 0;
        foreach (int type in Types(edge))
        {
            count += edge.Direction == Direction.Incoming ? 0 : Relationships(edge.Left, type, edge.Right);
            count += edge.Direction == Direction.Outgoing ? 0 : Relationships(edge.Right, type, edge.Left);
        }

        return count;
    }

    /// <summary>Rows that walking a relationship from one of its nodes gives for each row, conditions on the other end's labels included.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="from">Where it is walked from.</param>
    /// <param name="by">The relationship by which the row came there; null = the node stands at the beginning.</param>
    /// <param name="used">Relationships at the node that were walked already, and could be this one.</param>
    public double Fan(PatternEdge edge, PatternNode from, PatternEdge? by, int used)
    {
        double single = Relationships(edge) / Math.Max(1, Count(from.Labels));
        if (from.Number >= 0)
        {
            single = Math.Max(0, _known.Degree(edge, from, from.Number) - used);
        }
        else if (by is not null && (by.Left == from ? by.Right : by.Left) is { Number: >= 0 } known && !by.IsLong)
        {
            single = Math.Max(0, _known.Degree(edge, from, by, known) - used);
        }
        else if (by is not null && _statistics is not null && !edge.IsLong && !by.IsLong)
        {
            // Whoever is reached by a relationship has more relationships than the average: the wedges know how many.
            double ways = Math.Max(1, Relationships(by));
            double wedges = 0;
            foreach (int first in Types(by))
            {
                foreach (int second in Types(edge))
                {
                    wedges += _statistics.Wedges(Label(from), first, Seen(by, from), second, Seen(edge, from));
                    wedges -= first == second && by.MayShare(edge) ? Same(from, first, Seen(by, from), Seen(edge, from)) : 0;
                }
            }

            single = Math.Max(single, wedges / ways * Reaching(edge, from));
        }

        if (!edge.IsLong)
        {
            return single;
        }

        double rows = edge.Minimum == 0 ? 1 : 0;
        double level = 1;
        long last = Math.Min(edge.Maximum, edge.Minimum + 8);
        for (long hop = 1; hop <= last && level < 1e12; hop++)
        {
            level *= Math.Max(single, 0.01);
            rows += hop >= edge.Minimum ? level : 0;
        }

        return Math.Min(rows, 1e12);
    }

    /// <summary>Share of pairs of nodes that a relationship joins.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="wedge">Two relationships that make a triangle with it; null = none is known.</param>
    public double Closing(PatternEdge edge, (PatternEdge First, PatternEdge Second)? wedge)
    {
        double independent = Relationships(edge) / (Math.Max(1, Count(edge.Left.Labels)) * Math.Max(1, Count(edge.Right.Labels)));
        if (wedge is not { } two || _statistics is null || _knowledge < PlanningKnowledge.Triangles || edge.IsLong)
        {
            return Math.Min(edge.IsLong ? 1 : 16, independent * (edge.IsLong ? 4 : 1));
        }

        double rate = 0;
        foreach (int type in Types(edge))
        {
            rate += _statistics.ClosingRate(Types(two.First)[0], Types(two.Second)[0], type);
        }

        // Rates do not tell directions apart: a directed relationship closes half of what either direction closes.
        return Math.Max(edge.Direction == Direction.Both ? rate : rate / 2, independent);
    }

    /// <summary>Rows that a relationship between two nodes of a pattern gives for each match of the pattern.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="pattern">Relationships of the pattern, four or five nodes at most between them.</param>
    /// <returns>Null when nothing is known of it.</returns>
    public double? Closes(PatternEdge edge, List<PatternEdge> pattern) =>
        Sampled(edge, pattern) is not { } all ? null : all.Rate > 0 ? all.Rate : Math.Min(all.Resolution, Closing(edge, null));

    /// <summary>Rows that a relationship from a node of a pattern to a further node gives for each match of the pattern.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="from">Its end in the pattern.</param>
    /// <param name="pattern">Relationships of the pattern, three nodes between them.</param>
    /// <returns>Null when nothing is known of it.</returns>
    public double? Extends(PatternEdge edge, PatternNode from, List<PatternEdge> pattern) =>
        Sampled(edge, pattern) is { Rate: > 0 } all ? all.Rate * Reaching(edge, from) : null;

    private ClosingSample? Sampled(PatternEdge edge, List<PatternEdge> pattern)
    {
        if (_statistics is null || _knowledge < PlanningKnowledge.FourNodes || edge.IsLong || pattern.Count < 2)
        {
            return null;
        }

        List<PatternNode> nodes = [];
        PatternArc[] arcs = [.. pattern.Select(e => Arc(e, Types(e)[0]))];
        ClosingSample? sum = new ClosingSample(0, 0);
        foreach (int type in Types(edge))
        {
            ClosingSample? one = arcs.Any(a => a.Type == int.MaxValue) ? null : type == int.MaxValue ? default(ClosingSample) : _statistics.Closing(arcs, Arc(edge, type), ref _draws);
            sum = one is { } rate && sum is { } others ? new ClosingSample(others.Rate + rate.Rate, others.Resolution + rate.Resolution) : null;
        }

        return sum;

        PatternArc Arc(PatternEdge one, int type) => new(Number(one.Left), Number(one.Right), type, one.Direction);
        int Number(PatternNode node)
        {
            int at = nodes.IndexOf(node);
            if (at < 0)
            {
                at = nodes.Count;
                nodes.Add(node);
            }

            return at;
        }
    }

    /// <summary>Share of a relationship's ends that have the labels of its node there, of those that begin at the other one.</summary>
    public double Reaching(PatternEdge edge, PatternNode from)
    {
        PatternNode to = edge.Left == from ? edge.Right : edge.Left;
        if (to.Labels.Count == 0)
        {
            return 1;
        }

        double all = Relationships(edge with { Left = edge.Left == to ? Anything : edge.Left, Right = edge.Right == to ? Anything : edge.Right });
        return all == 0 ? 0 : Math.Min(1, Relationships(edge) / all);
    }

    /// <summary>Whether a relationship that was walked at a node could be met there again, as another one of the pattern.</summary>
    public static bool MayRepeat(PatternEdge walked, PatternEdge edge, PatternNode at)
    {
        (Direction one, Direction other) = (Seen(walked, at), Seen(edge, at));
        return walked != edge && walked.MayShare(edge) && (one == other || one == Direction.Both || other == Direction.Both);
    }

    /// <summary>The direction of a relationship, seen from one of its nodes.</summary>
    public static Direction Seen(PatternEdge edge, PatternNode from) =>
        edge.Left == from || edge.Direction == Direction.Both
            ? edge.Direction
            : edge.Direction == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing;

    // A relationship is met with itself at a node, but not walked twice.
    private double Same(PatternNode at, int type, Direction one, Direction other) =>
        (one == Direction.Incoming || other == Direction.Incoming ? 0 : _statistics!.Relationships(Label(at), type, -1))
        + (one == Direction.Outgoing || other == Direction.Outgoing ? 0 : _statistics!.Relationships(-1, type, Label(at)));

    private int Label(PatternNode node) => node.Labels.Count == 0 ? -1 : _graph.Labels.Find(node.Labels[0]);

    private double Relationships(PatternNode source, int type, PatternNode target)
    {
        if (_statistics is not null)
        {
            int from = Label(source);
            int to = Label(target);
            return (source.Labels.Count > 0 && from < 0) || (target.Labels.Count > 0 && to < 0) ? 0 : _statistics.Relationships(from, type, to);
        }

        return _graph.CountRelationships(type) * (Count(source.Labels) / Nodes) * (Count(target.Labels) / Nodes);
    }

    /// <summary>Numbers of a relationship's types; -1 = any, beyond all types = one that the graph does not know.</summary>
    public int[] Types(PatternEdge edge) => edge.TypeNames.Length == 0
        ? [-1]
        : [.. edge.TypeNames.Select(_graph.Types.Find).Where(t => t >= 0).DefaultIfEmpty(int.MaxValue)];

    private double Share(string label)
    {
        int number = _graph.Labels.Find(label);
        return number < 0 ? 0 : _graph.CountNodes(number) / Nodes;
    }
}
