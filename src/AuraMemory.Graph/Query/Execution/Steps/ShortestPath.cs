using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>The shortest paths between two nodes that each row has.</summary>
/// <param name="source">Before.</param>
/// <param name="walk">What is walked; the relationship slot receives the list, in the pattern's order.</param>
/// <param name="path">Slot of the path; -1 = nobody asks.</param>
/// <param name="all">All of the shortest, or one.</param>
/// <param name="position">Where it stands.</param>
internal sealed class ShortestPathPlan(PlanNode source, LongWalk walk, int path, bool all, TextPosition position) : PlanNode(source)
{
    public override string Name => all ? "AllShortestPaths" : "ShortestPath";

    public override string Details => walk.Edge.Text;

    public override void Reads(HashSet<int> slots)
    {
        walk.Reads(slots);
        slots.Add(walk.Edge.To);
    }

    protected override Operator Create(QueryRun run, Operator next) => new ShortestPathSearch(run, next, walk, path, all, position);
}

/// <summary>Runs a <see cref="ShortestPathPlan"/>: breadth first from both ends, level by level, the smaller side first.</summary>
/// <remarks>
/// When the two searches first touch, at forward depth f and backward depth b, every shortest path has length f + b, and has exactly one node that is at
/// depth f forward and at depth b backward; so paths are put together at those nodes, and none is made twice.
/// </remarks>
internal sealed class ShortestPathSearch(QueryRun run, Operator next, LongWalk walk, int path, bool all, TextPosition position) : Step(run, next)
{
    private readonly TypeChoice _choice = new(run, walk.Edge.Types, walk.Edge.Direction);
    private readonly TypeChoice _back = new(run, walk.Edge.Types, walk.Edge.Direction switch
    {
        Direction.Outgoing => Direction.Incoming,
        Direction.Incoming => Direction.Outgoing,
        _ => Direction.Both,
    });

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[walk.Edge.From];
        ref readonly Value to = ref Run.Slots[walk.Edge.To];
        if (from.Kind != ValueKind.Node || to.Kind != ValueKind.Node || walk.Minimum > walk.Maximum)
        {
            return true;
        }

        if (from.Node == to.Node)
        {
            return walk.Minimum <= 0
                ? Give([from.Node], [])
                : throw CypherException.Runtime(
                    "ArgumentError", "SameEndNodes",
                    "A shortest path has different ends. Add a condition that the two nodes differ, or let the length begin at 0.", position);
        }

        var forward = new SearchSide(Run, _choice, walk, from.Node, all);
        var backward = new SearchSide(Run, _back, walk, to.Node, all);
        bool wants = true;
        List<int>? meeting = null;
        while (meeting is null && forward.Depth + backward.Depth < walk.Maximum && forward.Frontier.Count > 0 && backward.Frontier.Count > 0)
        {
            bool ahead = forward.Frontier.Count <= backward.Frontier.Count;
            meeting = ahead ? forward.Advance(backward) : backward.Advance(forward);
        }

        foreach (int middle in meeting ?? [])
        {
            wants = Join(forward, backward, middle);
            if (!wants || !all)
            {
                break;
            }
        }

        forward.Release();
        backward.Release();
        return wants;
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

    private bool Give(int[] nodes, int[] relationships)
    {
        if (relationships.Length < walk.Minimum)
        {
            return true;
        }

        if (walk.Edge.Relationship >= 0)
        {
            Run.Slots[walk.Edge.Relationship] = Value.Of(Array.ConvertAll(relationships, Value.OfRelationship));
        }

        if (path >= 0)
        {
            Run.Slots[path] = Value.Of(new PathValue(nodes, relationships));
        }

        return Next.Push();
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
    private readonly LongWalk _walk;
    private readonly bool _all;
    private long _charged;

    /// <summary>A search from a node.</summary>
    public SearchSide(QueryRun run, TypeChoice choice, LongWalk walk, int start, bool all)
    {
        (_run, _choice, _walk, _all) = (run, choice, walk, all);
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
        var level = new List<int>();
        List<int>? meeting = null;
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
        foreach (int node in level)
        {
            if (other._met.ContainsKey(node))
            {
                (meeting ??= []).Add(node);
            }
        }

        return meeting;
    }

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
            if ((known && (!_all || entry.Depth != Depth + 1)) || !Holds(relationship))
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

    private bool Holds(int relationship)
    {
        if (_walk.Each is null)
        {
            return true;
        }

        _run.Slots[_walk.EachSlot] = Value.OfRelationship(relationship);
        return _walk.Each.Code.IsTrue(_run);
    }
}
