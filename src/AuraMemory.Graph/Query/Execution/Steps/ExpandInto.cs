using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Relationships between two nodes that each row has already.</summary>
internal sealed class ExpandIntoPlan(PlanNode source, EdgeWalk walk) : PlanNode(source)
{
    public override string Name => "Expand(Into)";

    public override string Details => walk.Text;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(walk.From);
        slots.Add(walk.To);
        slots.UnionWith(walk.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new ExpandInto(run, next, walk);
}

/// <summary>Runs an <see cref="ExpandIntoPlan"/>: by binary search in the shorter of the two nodes' rows.</summary>
internal sealed class ExpandInto(QueryRun run, Operator next, EdgeWalk walk) : Step(run, next)
{
    private const int Short = 16;
    private readonly TypeChoice _choice = new(run, walk.Types, walk.Direction);
    private readonly UsedRelationships _used = new(run, walk.Unlike);

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[walk.From];
        ref readonly Value to = ref Run.Slots[walk.To];
        if (from.Kind != ValueKind.Node || to.Kind != ValueKind.Node)
        {
            return true;
        }

        int source = from.Node;
        int target = to.Node;
        foreach (int type in _choice.Types)
        {
            if (_choice.Outgoing && !Between(source, target, type))
            {
                return false;
            }

            if (_choice.Incoming && !(_choice.Outgoing && source == target) && !Between(target, source, type))
            {
                return false;
            }
        }

        return true;
    }

    private bool Between(int source, int target, int type)
    {
        GraphView graph = Run.Graph;
        bool fromSource = graph.Degree(source, Direction.Outgoing, type) <= graph.Degree(target, Direction.Incoming, type);
        (int at, Direction way, int sought) = fromSource ? (source, Direction.Outgoing, target) : (target, Direction.Incoming, source);
        Adjacency row = graph.Neighbours(at, way, type);
        if (type < 0 && row.Count > Short)
        {
            // Rows of any type are ordered by type first: search each type's part.
            for (int one = 0; one < graph.Types.Count; one++)
            {
                if (!Search(graph.Neighbours(at, way, one), sought, ordered: true))
                {
                    return false;
                }
            }

            return true;
        }

        return Search(row, sought, ordered: type >= 0);
    }

    private bool Search(Adjacency row, int sought, bool ordered)
    {
        ReadOnlySpan<int> others = row.Others;
        int i = 0;
        if (ordered)
        {
            int end = others.Length;
            while (i < end)
            {
                int middle = (i + end) >>> 1;
                (i, end) = others[middle] < sought ? (middle + 1, end) : (i, middle);
            }
        }

        for (; i < others.Length; i++)
        {
            Run.Context.Tick();
            if (others[i] != sought)
            {
                if (ordered)
                {
                    break;
                }

                continue;
            }

            int relationship = row.Relationships[i];
            Run.Context.RelationshipsTraversed++;
            if (_used.Has(relationship))
            {
                continue;
            }

            if (walk.Relationship >= 0)
            {
                Run.Slots[walk.Relationship] = Value.OfRelationship(relationship);
            }

            if (!Next.Push())
            {
                return false;
            }
        }

        return true;
    }
}
