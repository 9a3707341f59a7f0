using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Which relationships a step walks: types and direction, as numbers of one graph.</summary>
internal readonly struct TypeChoice
{
    private static readonly int[] Any = [-1];

    /// <summary>Looks the types up.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tokens">Places of the types' names; none = any type.</param>
    /// <param name="direction">Which way.</param>
    public TypeChoice(QueryRun run, int[] tokens, Direction direction)
    {
        Direction = direction;
        Outgoing = direction != Direction.Incoming;
        Incoming = direction != Direction.Outgoing;
        if (tokens.Length == 0)
        {
            // One type in all: its rows are ordered, which those of "any" are not said to be.
            Types = run.Graph.Types.Count == 1 ? [0] : Any;
            return;
        }

        var known = new List<int>(tokens.Length);
        foreach (int token in tokens)
        {
            int type = run.Tokens[token];
            if (type >= 0 && !known.Contains(type))
            {
                known.Add(type);
            }
        }

        Types = [.. known];
    }

    /// <summary>Numbers of the types; -1 = any.</summary>
    public int[] Types { get; }

    /// <summary>Which way.</summary>
    public Direction Direction { get; }

    /// <summary>Whether relationships are followed from source to target.</summary>
    public bool Outgoing { get; }

    /// <summary>Whether relationships are followed from target to source.</summary>
    public bool Incoming { get; }

    /// <summary>Whether a type is among them.</summary>
    public bool Has(int type)
    {
        foreach (int known in Types)
        {
            if (known < 0 || known == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The node that a relationship leads to when it is walked from another; -1 = it would not be met there.</summary>
    public int Other(GraphView graph, int from, int relationship)
    {
        (int source, int target) = (graph.SourceOf(relationship), graph.TargetOf(relationship));
        bool isMet = (Outgoing && source == from) || (Incoming && target == from);
        return isMet && Has(graph.TypeOf(relationship)) ? source == from ? target : source : -1;
    }

    /// <summary>Relationships at a node; loops once.</summary>
    public long Degree(GraphView graph, int node)
    {
        long degree = 0;
        foreach (int type in Types)
        {
            degree += Outgoing ? graph.Degree(node, Direction.Outgoing, type) : 0;
            degree += Incoming ? graph.Degree(node, Direction.Incoming, type) : 0;
            degree -= Direction == Direction.Both ? Loops(graph.Neighbours(node, Direction.Outgoing, type).Others, node, isOrdered: type >= 0) : 0;
        }

        return degree;
    }

    private static int Loops(ReadOnlySpan<int> others, int node, bool isOrdered)
    {
        int at = isOrdered ? others.BinarySearch(node) : 0;
        if (at < 0)
        {
            return 0;
        }

        while (isOrdered && at > 0 && others[at - 1] == node)
        {
            at--;
        }

        int loops = 0;
        for (; at < others.Length && (!isOrdered || others[at] == node); at++)
        {
            loops += others[at] == node ? 1 : 0;
        }

        return loops;
    }
}
