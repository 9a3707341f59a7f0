using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>An expansion of which only the different end nodes of the whole query matter: each is given once, whatever the rows it is reached from.</summary>
/// <remarks>
/// A node whose neighbours were all given need not be expanded again. They were all given when none of the relationships that the row must not walk
/// again begins at it; otherwise the row's expansion was narrower than another row's may be, and the node stays open.
/// </remarks>
internal sealed class ReachExpandPlan(PlanNode source, EdgeWalk walk) : PlanNode(source)
{
    public override string Name => "Expand(Distinct)";

    public override string Details => walk.Text;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(walk.From);
        slots.UnionWith(walk.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new ReachExpand(run, next, walk);
}

/// <summary>Runs a <see cref="ReachExpandPlan"/>.</summary>
internal sealed class ReachExpand(QueryRun run, Operator next, EdgeWalk walk) : Step(run, next)
{
    private readonly TypeChoice _choice = new(run, walk.Types, walk.Direction);
    private readonly UsedRelationships _used = new(run, walk.Unlike);
    private readonly NodeMarks _expanded = new(run.Context);
    private readonly NodeMarks _given = new(run.Context);

    public override void Begin()
    {
        _expanded.Clear();
        _given.Clear();
        base.Begin();
    }

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[walk.From];
        Run.Context.Tick();
        if (from.Kind != ValueKind.Node || _expanded.Has(from.Node))
        {
            return true;
        }

        int node = from.Node;
        if (!IsNarrowed(node))
        {
            _expanded.Add(node);
        }

        foreach (int type in _choice.Types)
        {
            if ((_choice.Outgoing && !Give(node, Direction.Outgoing, type)) || (_choice.Incoming && !Give(node, Direction.Incoming, type)))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsNarrowed(int node)
    {
        foreach (int slot in walk.Unlike)
        {
            ref readonly Value used = ref Run.Slots[slot];
            if (used.Kind != ValueKind.Relationship)
            {
                return true;
            }

            int relationship = used.Relationship;
            if ((_choice.Outgoing && Run.Graph.SourceOf(relationship) == node) || (_choice.Incoming && Run.Graph.TargetOf(relationship) == node))
            {
                return true;
            }
        }

        return false;
    }

    private bool Give(int node, Direction direction, int type)
    {
        Adjacency row = Run.Graph.Neighbours(node, direction, type);
        ReadOnlySpan<int> others = row.Others;
        Run.Context.RelationshipsTraversed += others.Length;
        for (int i = 0; i < others.Length; i++)
        {
            Run.Context.Tick();
            int other = others[i];
            if (_given.Has(other) || (_used.Any && _used.Has(row.Relationships[i])))
            {
                continue;
            }

            _given.Add(other);
            Run.Context.NodesVisited++;
            Run.Slots[walk.To] = Value.OfNode(other);
            if (!Next.Push())
            {
                return false;
            }
        }

        return true;
    }
}
