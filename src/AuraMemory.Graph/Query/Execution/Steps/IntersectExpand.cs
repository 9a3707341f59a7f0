using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A node that closes a cycle: the common neighbours of two nodes that each row has already, by intersecting their ordered rows.</summary>
/// <param name="source">Before.</param>
/// <param name="first">A walk to the new node, of one type and one direction.</param>
/// <param name="second">Another walk to the same node.</param>
internal sealed class IntersectExpandPlan(PlanNode source, EdgeWalk first, EdgeWalk second) : PlanNode(source)
{
    public override string Name => "MultiwayIntersect";

    public override string Details => $"{first.Text}, {second.Text}";

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(first.From);
        slots.Add(second.From);
        slots.UnionWith(first.Unlike);
        slots.UnionWith(second.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new IntersectExpand(run, next, first, second);
}

/// <summary>Runs an <see cref="IntersectExpandPlan"/>. The shorter row is walked; in the longer one the walk gallops, so the cost is near that of the shorter.</summary>
internal sealed class IntersectExpand(QueryRun run, Operator next, EdgeWalk first, EdgeWalk second) : Step(run, next)
{
    private readonly TypeChoice _first = new(run, first.Types, first.Direction);
    private readonly TypeChoice _second = new(run, second.Types, second.Direction);
    private readonly UsedRelationships _usedFirst = new(run, first.Unlike);
    private readonly UsedRelationships _usedSecond = new(run, second.Unlike);
    private readonly bool _mayMeet = first.Relationship >= 0 && Array.IndexOf(second.Unlike, first.Relationship) >= 0;

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[first.From];
        ref readonly Value other = ref Run.Slots[second.From];
        if (from.Kind != ValueKind.Node || other.Kind != ValueKind.Node || _first.Types.Length == 0 || _second.Types.Length == 0)
        {
            return true;
        }

        (int one, int two) = (from.Node, other.Node);
        return (!_first.Outgoing || Both(one, Direction.Outgoing, two)) && (!_first.Incoming || Both(one, Direction.Incoming, two));
    }

    private bool Both(int one, Direction direction, int two) =>
        (!_second.Outgoing || Rows(one, direction, two, Direction.Outgoing)) && (!_second.Incoming || Rows(one, direction, two, Direction.Incoming));

    private bool Rows(int one, Direction oneWay, int two, Direction twoWay)
    {
        Adjacency a = Run.Graph.Neighbours(one, oneWay, _first.Types[0]);
        Adjacency b = Run.Graph.Neighbours(two, twoWay, _second.Types[0]);
        Run.Context.RelationshipsTraversed += Math.Min(a.Count, b.Count);

        // A loop stands in both rows of its node; walked in either direction it is met once.
        int loopOfFirst = _first.Direction == Direction.Both && oneWay == Direction.Incoming ? one : -1;
        int loopOfSecond = _second.Direction == Direction.Both && twoWay == Direction.Incoming ? two : -1;
        return a.Count <= b.Count ? Meet(a, b, false, loopOfFirst, loopOfSecond) : Meet(b, a, true, loopOfFirst, loopOfSecond);
    }

    /// <summary>First place, from a start on, whose number is not below the sought one.</summary>
    internal static int Gallop(ReadOnlySpan<int> others, int start, int sought)
    {
        int step = 1;
        int low = start;
        while (low + step < others.Length && others[low + step] < sought)
        {
            low += step;
            step <<= 1;
        }

        int high = Math.Min(low + step, others.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = others[middle] < sought ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool Meet(Adjacency few, Adjacency many, bool swapped, int loopOfFirst, int loopOfSecond)
    {
        ReadOnlySpan<int> fewOthers = few.Others;
        ReadOnlySpan<int> manyOthers = many.Others;
        int at = 0;
        for (int i = 0; i < fewOthers.Length; i++)
        {
            Run.Context.Tick();
            int node = fewOthers[i];
            if (node == loopOfFirst || node == loopOfSecond)
            {
                continue;
            }

            at = Gallop(manyOthers, at, node);
            for (int j = at; j < manyOthers.Length && manyOthers[j] == node; j++)
            {
                Run.Context.Tick();
                (int r1, int r2) = swapped ? (many.Relationships[j], few.Relationships[i]) : (few.Relationships[i], many.Relationships[j]);
                if (!Give(node, r1, r2))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Give(int node, int firstRelationship, int secondRelationship)
    {
        Value[] slots = Run.Slots;
        if (first.Relationship >= 0)
        {
            slots[first.Relationship] = Value.OfRelationship(firstRelationship);
        }

        if (second.Relationship >= 0)
        {
            slots[second.Relationship] = Value.OfRelationship(secondRelationship);
        }

        if ((_mayMeet && firstRelationship == secondRelationship) || _usedFirst.Has(firstRelationship) || _usedSecond.Has(secondRelationship))
        {
            return true;
        }

        Run.Context.NodesVisited++;
        slots[first.To] = Value.OfNode(node);
        return Next.Push();
    }
}
