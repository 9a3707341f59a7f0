using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>How many rows an <see cref="IntersectExpandPlan"/> would give, instead of the rows. Rows of which there would be none are left out.</summary>
/// <param name="source">Where rows come from.</param>
/// <param name="first">A walk to the node that is counted.</param>
/// <param name="second">Another walk to the same node.</param>
/// <param name="labels">What the labels of the nodes must be; null = anything.</param>
/// <param name="count">Slot of the number.</param>
internal sealed class IntersectCountPlan(PlanNode source, EdgeWalk first, EdgeWalk second, LabelTest? labels, int count) : PlanNode(source)
{
    public override string Name => "MultiwayIntersectCount";

    public override string Details => $"{first.Text}, {second.Text}";

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(first.From);
        slots.Add(second.From);
        slots.UnionWith(first.Unlike);
        slots.UnionWith(second.Unlike.Where(s => s != first.Relationship));
    }

    protected override Operator Create(QueryRun run, Operator next) => new IntersectCount(run, next, first, second, labels, count);
}

/// <summary>Runs an <see cref="IntersectCountPlan"/>.</summary>
/// <remarks>
/// All pairs of relationships to a common neighbour are counted, and kept for pairs of nodes that come again; then those are taken off in which a relationship stands that the row has
/// walked: by inclusion and exclusion, each found by its other end in the ordered row of the other node.
/// </remarks>
internal sealed class IntersectCount(QueryRun run, Operator next, EdgeWalk first, EdgeWalk second, LabelTest? labels, int count) : Step(run, next)
{
    private readonly Intersection _intersection = new(run, first, second);
    private readonly (int Slot, bool IsFirst, bool IsSecond)[] _used =
        [.. first.Unlike.Union(second.Unlike).Where(s => s != first.Relationship).Select(s => (s, first.Unlike.Contains(s), second.Unlike.Contains(s)))];
    private readonly Walked[] _walked = new Walked[first.Unlike.Length + second.Unlike.Length];
    private readonly PairMemo<long> _memo = new(run.Context, isCheap: true);

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[first.From];
        ref readonly Value other = ref Run.Slots[second.From];
        if (from.Kind != ValueKind.Node || other.Kind != ValueKind.Node || _intersection.IsEmpty)
        {
            return true;
        }

        Run.Context.Tick();
        (int one, int two) = (from.Node, other.Node);
        long rows = All(one, two);
        if (rows > 0)
        {
            rows -= Used(one, two);
        }

        if (rows == 0)
        {
            return true;
        }

        Run.Slots[count] = Value.Of(rows);
        return Next.Push();
    }

    private long All(int one, int two)
    {
        if (_memo.Find(one, two, _intersection.Work) is { } known)
        {
            return known;
        }

        var counter = new Counter(Run, labels);
        _intersection.Visit(one, two, ref counter);
        Run.Context.NodesVisited += counter.Count;
        if (_memo.IsWanted)
        {
            _memo.Keep(counter.Count);
        }

        return counter.Count;
    }

    // Pairs with a used relationship in the first place, and in the second, less those with one in both.
    private long Used(int one, int two)
    {
        Span<Walked> walked = _walked;
        int found = 0;
        foreach ((int slot, bool isFirst, bool isSecond) in _used)
        {
            ref readonly Value value = ref Run.Slots[slot];
            if (value.Kind == ValueKind.Relationship && Walks(value.Relationship, one, two, isFirst, isSecond) is { IsNeither: false } walk)
            {
                // Two clauses may have walked the same.
                int same = Find(walked[..found], walk.Relationship);
                walked[same] = same < found ? walk.Or(walked[same]) : walk;
                found = Math.Max(found, same + 1);
            }
        }

        long used = 0;
        for (int i = 0; i < found; i++)
        {
            Walked walk = walked[i];
            used += walk.First >= 0 ? Others(_intersection.Second, two, walk.First, walk.Relationship) : 0;
            used += walk.Second >= 0 ? Others(_intersection.First, one, walk.Second, walk.Relationship) : 0;
            for (int j = 0; j < found && walk.First >= 0; j++)
            {
                used -= walked[j].Second == walk.First && !(_intersection.MustDiffer && i == j) ? 1 : 0;
            }
        }

        return used;
    }

    /// <summary>Where a used relationship leads from each of the two nodes, if their walks would have met it.</summary>
    private Walked Walks(int relationship, int one, int two, bool isFirst, bool isSecond) => new(
        relationship, isFirst ? Labelled(_intersection.First.Other(Run.Graph, one, relationship)) : -1, isSecond ? Labelled(_intersection.Second.Other(Run.Graph, two, relationship)) : -1);

    private int Labelled(int node) => node >= 0 && (labels is null || labels.Fits(Run, Run.Graph.LabelsOf(node))) ? node : -1;

    private static int Find(ReadOnlySpan<Walked> walked, int relationship)
    {
        int place = 0;
        while (place < walked.Length && walked[place].Relationship != relationship)
        {
            place++;
        }

        return place;
    }

    /// <summary>Relationships by which a walk leads from one node to another; without a given one, if the two walks of a pair must differ.</summary>
    private long Others(TypeChoice walk, int from, int to, int relationship) =>
        Between(walk, from, to) - (_intersection.MustDiffer && walk.Other(Run.Graph, from, relationship) == to ? 1 : 0);

    private long Between(TypeChoice walk, int from, int to) =>
        (walk.Outgoing ? Among(from, Direction.Outgoing, walk, to) : 0)
        + (walk.Incoming && !(walk.Outgoing && from == to) ? Among(from, Direction.Incoming, walk, to) : 0);

    private long Among(int from, Direction direction, TypeChoice walk, int to)
    {
        ReadOnlySpan<int> others = Run.Graph.Neighbours(from, direction, walk.Types[0]).Others;
        int start = Intersection.FirstNotBelow(others, 0, others.Length, to);
        int end = start;
        while (end < others.Length && others[end] == to)
        {
            end++;
        }

        return end - start;
    }

    /// <summary>A relationship that the row has walked.</summary>
    /// <param name="Relationship">Which.</param>
    /// <param name="First">The node it leads to when it is walked first; -1 = it would not be.</param>
    /// <param name="Second">The node it leads to when it is walked second; -1 = it would not be.</param>
    private readonly record struct Walked(int Relationship, int First, int Second)
    {
        public bool IsNeither => First < 0 && Second < 0;

        public Walked Or(Walked other) => this with { First = Math.Max(First, other.First), Second = Math.Max(Second, other.Second) };
    }

    private struct Counter(QueryRun run, LabelTest? labels) : IMatchTaker
    {
        public long Count { get; private set; }

        public bool Take(int node, int first, int second)
        {
            Count += labels is null || labels.Fits(run, run.Graph.LabelsOf(node)) ? 1 : 0;
            return true;
        }
    }
}
