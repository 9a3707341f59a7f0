using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>How many rows an expansion would give, instead of the rows. Rows of which there would be none are left out.</summary>
/// <param name="source">Where rows come from.</param>
/// <param name="walk">The expansion.</param>
/// <param name="labels">What the labels of the nodes it finds must be; null = anything.</param>
/// <param name="count">Slot of the number.</param>
internal sealed class DegreeCountPlan(PlanNode source, EdgeWalk walk, LabelTest? labels, int count) : PlanNode(source)
{
    public override string Name => "DegreeCount";

    public override string Details => walk.Text;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(walk.From);
        slots.UnionWith(walk.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new DegreeCount(run, next, walk, labels, count);
}

/// <summary>Runs a <see cref="DegreeCountPlan"/>.</summary>
/// <remarks>
/// With a condition on labels the neighbours of each node are looked at once, and their number is kept for the run. Without, the degrees of the nodes seen last are kept, by the last bits
/// of their numbers.
/// </remarks>
internal sealed class DegreeCount(QueryRun run, Operator next, EdgeWalk walk, LabelTest? labels, int count) : Step(run, next)
{
    private const int BytesEach = 32;
    private const int Recent = 1024;

    // Few rows are sooner counted than a table is made.
    private const int BeforeRecent = 64;
    private readonly Dictionary<int, int> _counted = [];
    private readonly TypeChoice _choice = new(run, walk.Types, walk.Direction);
    private (int Node, long Rows)[] _recent = [(-1, 0)];
    private int _pushes;

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
        long rows = Rows(node);
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

    private long Rows(int node)
    {
        if (++_pushes == BeforeRecent)
        {
            _recent = new (int, long)[Recent];
            Array.Fill(_recent, (-1, 0));
        }

        ref (int Node, long Rows) recent = ref _recent[node & (_recent.Length - 1)];
        if (recent.Node != node)
        {
            recent = (node, labels is null ? _choice.Degree(Run.Graph, node) : Labelled(node));
        }

        return recent.Rows;
    }

    private long Labelled(int node)
    {
        if (_counted.TryGetValue(node, out int known))
        {
            return known;
        }

        int rows = 0;
        foreach (int type in _choice.Types)
        {
            rows += _choice.Outgoing ? Labelled(node, Direction.Outgoing, type) : 0;
            rows += _choice.Incoming ? Labelled(node, Direction.Incoming, type) : 0;
        }

        Run.Context.Charge(BytesEach);
        return _counted[node] = rows;
    }

    private int Labelled(int node, Direction direction, int type)
    {
        int rows = 0;
        bool skipsLoops = _choice.Direction == Direction.Both && direction == Direction.Incoming;
        foreach (int other in Run.Graph.Neighbours(node, direction, type).Others)
        {
            Run.Context.Tick();
            rows += (!skipsLoops || other != node) && labels!.Fits(Run, Run.Graph.LabelsOf(other)) ? 1 : 0;
        }

        return rows;
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

        int other = _choice.Other(Run.Graph, node, relationship);
        return other >= 0 && (labels is null || labels.Fits(Run, Run.Graph.LabelsOf(other)));
    }
}
