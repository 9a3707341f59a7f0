using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>The nodes within a distance, each once: a variable length of which only the different end nodes matter, from 0 or 1 relationships on.</summary>
internal sealed class PruningExpandPlan(PlanNode source, LongWalk walk, bool into) : PlanNode(source)
{
    public override string Name => "VarLengthExpand(Pruning)";

    public override string Details => walk.Edge.Text;

    public override void Reads(HashSet<int> slots)
    {
        walk.Reads(slots);
        if (into)
        {
            slots.Add(walk.Edge.To);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new PruningExpand(run, next, walk, into);
}

/// <summary>Runs a <see cref="PruningExpandPlan"/>: breadth first.</summary>
/// <remarks>
/// A shortest walk to another node repeats no relationship, so reachable by a walk is reachable by a trail. Only the way back to the start differs: it must
/// be a cycle. With directed relationships the shortest way back is one. With undirected ones every node keeps the first relationship of its way, its
/// branch; a relationship between different branches closes a simple cycle through the start, and each such cycle has one.
/// </remarks>
internal sealed class PruningExpand(QueryRun run, Operator next, LongWalk walk, bool into) : Step(run, next)
{
    private const int EntryBytes = 24;
    private readonly TypeChoice _choice = new(run, walk.Edge.Types, walk.Edge.Direction);
    private readonly NodeMarks _met = new(run.Context);
    private readonly Dictionary<int, (int Branch, int Depth)> _branches = [];
    private readonly bool _branching = walk.Edge.Direction == Direction.Both && walk.Minimum == 1;
    private List<int> _frontier = [];
    private List<int> _following = [];
    private bool _startGiven;
    private int _target = -1;

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[walk.Edge.From];
        if (from.Kind != ValueKind.Node || walk.Minimum > walk.Maximum)
        {
            return true;
        }

        if (into)
        {
            ref readonly Value to = ref Run.Slots[walk.Edge.To];
            if (to.Kind != ValueKind.Node)
            {
                return true;
            }

            _target = to.Node;
        }

        int start = from.Node;
        _met.Clear();
        _branches.Clear();
        _frontier.Clear();
        _met.Add(start);
        _frontier.Add(start);
        _startGiven = walk.Minimum == 0;
        if (_startGiven && !Give(start))
        {
            return false;
        }

        long charged = 0;
        for (int depth = 0; depth < walk.Maximum && _frontier.Count > 0; depth++)
        {
            _following.Clear();
            foreach (int node in _frontier)
            {
                foreach (int type in _choice.Types)
                {
                    if ((_choice.Outgoing && !Visit(start, node, depth, Direction.Outgoing, type))
                        || (_choice.Incoming && !Visit(start, node, depth, Direction.Incoming, type)))
                    {
                        Run.Context.Charge(-charged);
                        return false;
                    }
                }
            }

            long more = EntryBytes * (long)_following.Count;
            Run.Context.Charge(more);
            charged += more;
            (_frontier, _following) = (_following, _frontier);
        }

        Run.Context.Charge(-charged);
        return true;
    }

    private bool Visit(int start, int node, int depth, Direction direction, int type)
    {
        Adjacency row = Run.Graph.Neighbours(node, direction, type);
        for (int i = 0; i < row.Count; i++)
        {
            Run.Context.Tick();
            Run.Context.RelationshipsTraversed++;
            int other = row.Others[i];
            int relationship = row.Relationships[i];
            if (walk.Each is not null)
            {
                Run.Slots[walk.EachSlot] = Value.OfRelationship(relationship);
                if (!walk.Each.Code.IsTrue(Run))
                {
                    continue;
                }
            }

            if (_met.Add(other))
            {
                _following.Add(other);
                if (_branching)
                {
                    _branches[other] = (node == start ? relationship : _branches[node].Branch, depth + 1);
                }

                Run.Context.NodesVisited++;
                if (!Give(other))
                {
                    return false;
                }
            }
            else if (!_startGiven && IsWayBack(start, node, other, relationship, depth))
            {
                _startGiven = true;
                if (!Give(start))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool IsWayBack(int start, int node, int other, int relationship, int depth)
    {
        if (!_branching || node == other)
        {
            return other == start;
        }

        int branch = node == start ? relationship : _branches[node].Branch;
        (int Branch, int Depth) there = other == start ? (relationship, 0) : _branches[other];
        return branch != there.Branch && depth + there.Depth + 1 <= walk.Maximum;
    }

    private bool Give(int node)
    {
        if (into)
        {
            return node != _target || Next.Push();
        }

        Run.Slots[walk.Edge.To] = Value.OfNode(node);
        return Next.Push();
    }
}
