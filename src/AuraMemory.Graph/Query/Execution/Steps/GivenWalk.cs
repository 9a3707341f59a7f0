using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A relationship, or a list of relationships, that each row has already: whether it fits the pattern, and which nodes are at its ends.</summary>
/// <param name="source">Before.</param>
/// <param name="walk">The pattern; <see cref="EdgeWalk.Relationship"/> is where the relationship is.</param>
/// <param name="fromKnown">Whether the first node is known.</param>
/// <param name="toKnown">Whether the last node is known.</param>
internal sealed class GivenWalkPlan(PlanNode source, LongWalk walk, bool fromKnown, bool toKnown) : PlanNode(source)
{
    public override string Name => "ProjectEndpoints";

    public override string Details => walk.Edge.Text;

    public override void Reads(HashSet<int> slots)
    {
        walk.Reads(slots);
        slots.Add(walk.Edge.To);
        slots.Add(walk.Edge.Relationship);
    }

    protected override Operator Create(QueryRun run, Operator next) => new GivenWalk(run, next, walk, fromKnown, toKnown);
}

/// <summary>Runs a <see cref="GivenWalkPlan"/>.</summary>
internal sealed class GivenWalk(QueryRun run, Operator next, LongWalk walk, bool fromKnown, bool toKnown) : Step(run, next)
{
    private readonly TypeChoice _choice = new(run, walk.Edge.Types, walk.Edge.Direction);
    private readonly UsedRelationships _used = new(run, walk.Edge.Unlike);

    public override bool Push()
    {
        Value given = Run.Slots[walk.Edge.Relationship];
        Value[] list = given.Kind switch
        {
            ValueKind.Relationship => [given],
            ValueKind.List => given.List,
            _ => [],
        };
        bool isOne = given.Kind is ValueKind.Relationship or ValueKind.List;
        if (!isOne || list.Length < walk.Minimum || list.Length > walk.Maximum || !Fit(list))
        {
            return true;
        }

        if (fromKnown)
        {
            Value from = Run.Slots[walk.Edge.From];
            return from.Kind != ValueKind.Node || Try(list, from.Node);
        }

        if (list.Length == 0)
        {
            return Stay(list);
        }

        int first = list[0].Relationship;
        int source = Run.Graph.SourceOf(first);
        int target = Run.Graph.TargetOf(first);
        return (!_choice.Outgoing || Try(list, source)) && (!_choice.Incoming || (_choice.Outgoing && source == target) || Try(list, target));
    }

    // No relationship begins and ends at any node.
    private bool Stay(Value[] none)
    {
        if (toKnown)
        {
            Value to = Run.Slots[walk.Edge.To];
            return to.Kind != ValueKind.Node || Try(none, to.Node);
        }

        long position = 0;
        var some = new int[128];
        for (int count = Run.Graph.Scan(-1, ref position, some); count > 0; count = Run.Graph.Scan(-1, ref position, some))
        {
            for (int i = 0; i < count; i++)
            {
                Run.Context.Tick();
                Run.Context.NodesVisited++;
                if (!Try(none, some[i]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Fit(Value[] list)
    {
        if (list.Length > 1 && list.Distinct(ValueEquivalence.Instance).Count() < list.Length)
        {
            return false;
        }

        for (int i = 0; i < list.Length; i++)
        {
            Run.Context.Tick();
            if (list[i].Kind != ValueKind.Relationship || !_choice.Has(Run.Graph.TypeOf(list[i].Relationship)) || _used.Has(list[i].Relationship))
            {
                return false;
            }

            if (walk.Each is not null)
            {
                Run.Slots[walk.EachSlot] = list[i];
                if (!walk.Each.Code.IsTrue(Run))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Try(Value[] list, int start)
    {
        int at = start;
        foreach (Value one in list)
        {
            int source = Run.Graph.SourceOf(one.Relationship);
            int target = Run.Graph.TargetOf(one.Relationship);
            if (_choice.Outgoing && source == at)
            {
                at = target;
            }
            else if (_choice.Incoming && target == at)
            {
                at = source;
            }
            else
            {
                return true;
            }
        }

        if (!fromKnown)
        {
            Run.Slots[walk.Edge.From] = Value.OfNode(start);
        }

        // Both ends may be the same variable.
        if (toKnown || walk.Edge.To == walk.Edge.From)
        {
            Value to = Run.Slots[walk.Edge.To];
            return to.Kind != ValueKind.Node || to.Node != at || Next.Push();
        }

        Run.Slots[walk.Edge.To] = Value.OfNode(at);
        return Next.Push();
    }
}
