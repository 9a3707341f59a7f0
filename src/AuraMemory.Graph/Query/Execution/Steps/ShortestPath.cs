using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A shortest path as a step looks for it.</summary>
/// <param name="Walk">What is walked; the relationship slot receives the list, in the pattern's order.</param>
/// <param name="Path">Slot of the path; -1 = nobody asks.</param>
/// <param name="All">All of the shortest, or one.</param>
/// <param name="EachNode">Condition on every node, both ends included; null = none.</param>
/// <param name="NodeSlot">Where that condition finds the node.</param>
/// <param name="Conditions">Conditions on the path as a whole: the shortest path is sought for which they hold.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record ShortestWalk(
    LongWalk Walk, int Path, bool All, Compiled? EachNode, int NodeSlot, IReadOnlyList<Compiled> Conditions, TextPosition Position)
{
    /// <summary>Whether a node may be on the path.</summary>
    public bool Admits(QueryRun run, int node)
    {
        if (EachNode is null)
        {
            return true;
        }

        run.Slots[NodeSlot] = Value.OfNode(node);
        return EachNode.Code.IsTrue(run);
    }

    /// <summary>Whether a relationship may be on the path.</summary>
    public bool AdmitsRelationship(QueryRun run, int relationship)
    {
        if (Walk.Each is null)
        {
            return true;
        }

        run.Slots[Walk.EachSlot] = Value.OfRelationship(relationship);
        return Walk.Each.Code.IsTrue(run);
    }
}

/// <summary>The shortest paths between two nodes that each row has.</summary>
internal sealed class ShortestPathPlan(PlanNode source, ShortestWalk shortest) : PlanNode(source)
{
    public override string Name => shortest.All ? "AllShortestPaths" : "ShortestPath";

    public override string Details => string.Join(
        " AND ", new[] { shortest.Walk.Edge.Text, shortest.Walk.Each?.Text, shortest.EachNode?.Text }.OfType<string>().Concat(shortest.Conditions.Select(c => c.Text)));

    public override void Reads(HashSet<int> slots)
    {
        shortest.Walk.Reads(slots);
        slots.Add(shortest.Walk.Edge.To);
        foreach (Compiled condition in shortest.EachNode is null ? shortest.Conditions : [shortest.EachNode, .. shortest.Conditions])
        {
            slots.UnionWith(condition.Slots);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new ShortestPathSearch(run, next, shortest);
}

/// <summary>Runs a <see cref="ShortestPathPlan"/>: breadth first from both ends, level by level, the smaller side first.</summary>
/// <remarks>
/// <para>When the two searches first touch, at forward depth f and backward depth b, every shortest path has length f + b, and has exactly one node that is at
/// depth f forward and at depth b backward; so paths are put together at those nodes, and none is made twice.</para>
/// <para>Conditions on each node and relationship are asked by the searches. Conditions on the whole path are asked of each shortest path; when they hold
/// for none, <see cref="LongerTrails"/> goes on to longer ones.</para>
/// </remarks>
internal sealed class ShortestPathSearch(QueryRun run, Operator next, ShortestWalk shortest) : Step(run, next)
{
    private readonly LongWalk _walk = shortest.Walk;
    private readonly TypeChoice _choice = new(run, shortest.Walk.Edge.Types, shortest.Walk.Edge.Direction);
    private readonly TypeChoice _back = new(run, shortest.Walk.Edge.Types, shortest.Walk.Edge.Direction switch
    {
        Direction.Outgoing => Direction.Incoming,
        Direction.Incoming => Direction.Outgoing,
        _ => Direction.Both,
    });

    private bool _found;
    private bool _wants;

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[_walk.Edge.From];
        ref readonly Value to = ref Run.Slots[_walk.Edge.To];
        if (from.Kind != ValueKind.Node || to.Kind != ValueKind.Node || _walk.Minimum > _walk.Maximum)
        {
            return true;
        }

        (int start, int end) = (from.Node, to.Node);
        if (start == end && _walk.Minimum > 0)
        {
            throw CypherException.Runtime(
                "ArgumentError", "SameEndNodes",
                "A shortest path has different ends. Add a condition that the two nodes differ, or let the length begin at 0.", shortest.Position);
        }

        if (!shortest.Admits(Run, start) || !shortest.Admits(Run, end))
        {
            return true;
        }

        (_found, _wants) = (false, true);
        int length = start == end ? 0 : Shortest(start, end);
        if (length == 0)
        {
            Give([start], []);
        }

        if (length >= 0 && !_found && shortest.Conditions.Count > 0 && length < _walk.Maximum)
        {
            Longer(start, end, length + 1);
        }

        return _wants;
    }

    private void Longer(int start, int end, long length)
    {
        var trails = new LongerTrails(Run, shortest, _choice, _back, end);
        while (!_found && length <= Math.Min(_walk.Maximum, int.MaxValue))
        {
            length = trails.OfLength(start, (int)length, Give);
        }

        trails.Release();
    }

    /// <summary>Gives the shortest paths for which the conditions hold.</summary>
    /// <returns>Their length, whether the conditions hold or not; -1 = no way leads there.</returns>
    private int Shortest(int start, int end)
    {
        // Of the paths of one length, any may be the one for which the conditions hold.
        bool all = shortest.All || shortest.Conditions.Count > 0;
        var forward = new SearchSide(Run, _choice, shortest, start, all);
        var backward = new SearchSide(Run, _back, shortest, end, all);
        List<int>? meeting = null;
        while (meeting is null && forward.Depth + backward.Depth < _walk.Maximum && forward.Frontier.Count > 0 && backward.Frontier.Count > 0)
        {
            bool ahead = forward.Frontier.Count <= backward.Frontier.Count;
            meeting = ahead ? forward.Advance(backward) : backward.Advance(forward);
        }

        foreach (int middle in meeting ?? [])
        {
            if (!Join(forward, backward, middle))
            {
                break;
            }
        }

        forward.Release();
        backward.Release();
        return meeting is null ? -1 : forward.Depth + backward.Depth;
    }

    private bool Join(SearchSide forward, SearchSide backward, int middle)
    {
        int length = forward.Depth + backward.Depth;
        var nodes = new int[length + 1];
        var relationships = new int[length];
        nodes[forward.Depth] = middle;
        return Head(forward.Depth, middle);

        bool Head(int depth, int node)
        {
            if (depth == 0)
            {
                return Tail(forward.Depth, middle);
            }

            for (int at = forward.First(node); at >= 0; at = forward.Following(at))
            {
                Run.Context.Tick();
                (nodes[depth - 1], relationships[depth - 1]) = forward.Entry(at);
                if (!Head(depth - 1, nodes[depth - 1]))
                {
                    return false;
                }
            }

            return true;
        }

        bool Tail(int depth, int node)
        {
            if (depth == length)
            {
                return Give((int[])nodes.Clone(), (int[])relationships.Clone());
            }

            for (int at = backward.First(node); at >= 0; at = backward.Following(at))
            {
                Run.Context.Tick();
                (nodes[depth + 1], relationships[depth]) = backward.Entry(at);
                if (!Tail(depth + 1, nodes[depth + 1]))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes a path if the conditions hold for it.</summary>
    /// <returns>Whether a further one is wanted.</returns>
    private bool Give(int[] nodes, int[] relationships)
    {
        if (_walk.Edge.Relationship >= 0)
        {
            Run.Slots[_walk.Edge.Relationship] = Value.Of(Array.ConvertAll(relationships, Value.OfRelationship));
        }

        if (shortest.Path >= 0)
        {
            Run.Slots[shortest.Path] = Value.Of(new PathValue(nodes, relationships));
        }

        foreach (Compiled condition in shortest.Conditions)
        {
            if (!condition.Code.IsTrue(Run))
            {
                return true;
            }
        }

        _found = true;
        _wants = Next.Push();
        return _wants && shortest.All;
    }
}

/// <summary>One of the two searches: nodes by depth, and from where each was reached.</summary>
internal sealed class SearchSide
{
    private const int EntryBytes = 48;
    private readonly Dictionary<int, (int Depth, int First)> _met = [];
    private readonly List<(int Node, int Relationship, int Next)> _entries = [];
    private readonly QueryRun _run;
    private readonly TypeChoice _choice;
    private readonly ShortestWalk _shortest;
    private readonly bool _all;
    private long _charged;

    /// <summary>A search from a node.</summary>
    public SearchSide(QueryRun run, TypeChoice choice, ShortestWalk shortest, int start, bool all)
    {
        (_run, _choice, _shortest, _all) = (run, choice, shortest, all);
        _met[start] = (0, -1);
        Frontier.Add(start);
    }

    /// <summary>Nodes at <see cref="Depth"/>.</summary>
    public List<int> Frontier { get; private set; } = [];

    /// <summary>Levels so far.</summary>
    public int Depth { get; private set; }

    /// <summary>First way by which a node was reached; -1 = none.</summary>
    public int First(int node) => _met[node].First;

    /// <summary>The next way; -1 = none.</summary>
    public int Following(int entry) => _entries[entry].Next;

    /// <summary>From where, and by which relationship.</summary>
    public (int Node, int Relationship) Entry(int entry) => (_entries[entry].Node, _entries[entry].Relationship);

    /// <summary>Goes one level further.</summary>
    /// <returns>Nodes of the new level that the other side has met too; null = none.</returns>
    public List<int>? Advance(SearchSide other)
    {
        List<int>? meeting = null;
        Advance();
        foreach (int node in Frontier)
        {
            if (other._met.ContainsKey(node))
            {
                (meeting ??= []).Add(node);
            }
        }

        return meeting;
    }

    /// <summary>Goes one level further.</summary>
    public void Advance()
    {
        var level = new List<int>();
        foreach (int node in Frontier)
        {
            foreach (int type in _choice.Types)
            {
                if (_choice.Outgoing)
                {
                    Visit(node, _run.Graph.Neighbours(node, Direction.Outgoing, type), level);
                }

                if (_choice.Incoming)
                {
                    Visit(node, _run.Graph.Neighbours(node, Direction.Incoming, type), level);
                }
            }
        }

        Depth++;
        Frontier = level;
    }

    /// <summary>Levels between the start and a node; -1 = it was not met.</summary>
    public int DepthOf(int node) => _met.TryGetValue(node, out (int Depth, int First) entry) ? entry.Depth : -1;

    /// <summary>Gives the memory back.</summary>
    public void Release() => _run.Context.Charge(-_charged);

    private void Visit(int node, Adjacency row, List<int> level)
    {
        for (int i = 0; i < row.Count; i++)
        {
            _run.Context.Tick();
            _run.Context.RelationshipsTraversed++;
            int next = row.Others[i];
            int relationship = row.Relationships[i];
            bool known = _met.TryGetValue(next, out (int Depth, int First) entry);
            if ((known && (!_all || entry.Depth != Depth + 1)) || !_shortest.AdmitsRelationship(_run, relationship) || (!known && !_shortest.Admits(_run, next)))
            {
                continue;
            }

            _entries.Add((node, relationship, known ? entry.First : -1));
            _met[next] = (Depth + 1, _entries.Count - 1);
            _charged += EntryBytes;
            _run.Context.Charge(EntryBytes);
            if (!known)
            {
                _run.Context.NodesVisited++;
                level.Add(next);
            }
        }
    }
}
