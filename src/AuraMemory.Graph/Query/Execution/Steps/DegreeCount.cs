using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>How many rows an expansion would give, instead of the rows. Rows of which there would be none are left out.</summary>
internal sealed class DegreeCountPlan(PlanNode source, EdgeWalk walk, int count) : PlanNode(source)
{
    public override string Name => "DegreeCount";

    public override string Details => walk.Text;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(walk.From);
        slots.UnionWith(walk.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new DegreeCount(run, next, walk, count);
}

/// <summary>Runs a <see cref="DegreeCountPlan"/>.</summary>
internal sealed class DegreeCount(QueryRun run, Operator next, EdgeWalk walk, int count) : Step(run, next)
{
    private readonly TypeChoice _choice = new(run, walk.Types, walk.Direction);

    public override bool Push()
    {
        Value[] slots = Run.Slots;
        ref readonly Value from = ref slots[walk.From];
        if (from.Kind != ValueKind.Node)
        {
            return true;
        }

        Run.Context.Tick();
        int node = from.Node;
        long rows = _choice.Degree(Run.Graph, node);
        Run.Context.RelationshipsTraversed += rows;
        int[] unlike = walk.Unlike;
        for (int i = 0; i < unlike.Length; i++)
        {
            rows -= IsCounted(node, slots[unlike[i]], unlike.AsSpan(0, i)) ? 1 : 0;
        }

        if (rows == 0)
        {
            return true;
        }

        slots[count] = Value.Of(rows);
        return Next.Push();
    }

    private bool IsCounted(int node, Value used, ReadOnlySpan<int> before)
    {
        if (used.Kind != ValueKind.Relationship)
        {
            return false;
        }

        int relationship = used.Relationship;
        foreach (int slot in before)
        {
            ref readonly Value earlier = ref Run.Slots[slot];
            if (earlier.Kind == ValueKind.Relationship && earlier.Relationship == relationship)
            {
                return false;
            }
        }

        GraphView graph = Run.Graph;
        return ((_choice.Outgoing && graph.SourceOf(relationship) == node) || (_choice.Incoming && graph.TargetOf(relationship) == node))
            && _choice.Has(graph.TypeOf(relationship));
    }
}
