using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A node that closes a cycle: the common neighbours of two nodes that each row has already, by intersecting their ordered rows.</summary>
/// <param name="source">Before.</param>
/// <param name="first">A walk to the new node, of one type and one direction.</param>
/// <param name="second">Another walk to the same node.</param>
internal sealed class IntersectExpandPlan(PlanNode source, EdgeWalk first, EdgeWalk second) : PlanNode(source)
{
    /// <summary>A walk to the new node.</summary>
    public EdgeWalk First { get; } = first;

    /// <summary>Another.</summary>
    public EdgeWalk Second { get; } = second;

    public override string Name => "MultiwayIntersect";

    public override string Details => $"{First.Text}, {Second.Text}";

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(First.From);
        slots.Add(Second.From);
        slots.UnionWith(First.Unlike);
        slots.UnionWith(Second.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new IntersectExpand(run, next, First, Second);
}

/// <summary>Runs an <see cref="IntersectExpandPlan"/>. The neighbours of pairs that come again are kept.</summary>
internal sealed class IntersectExpand(QueryRun run, Operator next, EdgeWalk first, EdgeWalk second) : Step(run, next)
{
    private const int MostKept = 1 << 20;
    private const int BytesEach = 12;
    private readonly Intersection _intersection = new(run, first, second);
    private readonly UsedRelationships _usedFirst = new(run, first.Unlike);
    private readonly UsedRelationships _usedSecond = new(run, second.Unlike);
    private readonly PairMemo<(int Start, int Count)> _memo = new(run.Context, isCheap: false);
    private (int Node, int First, int Second)[] _kept = [];
    private int _keptCount;

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[first.From];
        ref readonly Value other = ref Run.Slots[second.From];
        if (from.Kind != ValueKind.Node || other.Kind != ValueKind.Node || _intersection.IsEmpty)
        {
            return true;
        }

        (int one, int two) = (from.Node, other.Node);
        if (_memo.Find(one, two, _intersection.Work) is { } known)
        {
            return Kept(known);
        }

        if (_memo.IsWanted)
        {
            return Kept(Keep(one, two));
        }

        var giver = new Giver(this);
        return _intersection.Visit(one, two, ref giver);
    }

    private (int Start, int Count) Keep(int one, int two)
    {
        bool isHalfFull = 2 * _keptCount >= _kept.Length;
        if (_keptCount >= MostKept || (isHalfFull && !PairMemo.HasRoom(Run.Context, (long)_kept.Length * BytesEach)))
        {
            _memo.Clear();
            _keptCount = 0;
        }

        int start = _keptCount;
        var keeper = new Keeper(this);
        _intersection.Visit(one, two, ref keeper);
        var range = (start, _keptCount - start);
        _memo.Keep(range);
        return range;
    }

    private bool Kept((int Start, int Count) range)
    {
        foreach ((int node, int firstRelationship, int secondRelationship) in _kept.AsSpan(range.Start, range.Count))
        {
            Run.Context.Tick();
            if (!Give(node, firstRelationship, secondRelationship))
            {
                return false;
            }
        }

        return true;
    }

    private bool Give(int node, int firstRelationship, int secondRelationship)
    {
        if (_usedFirst.Has(firstRelationship))
        {
            return true;
        }

        Value[] slots = Run.Slots;
        if (first.Relationship >= 0)
        {
            slots[first.Relationship] = Value.OfRelationship(firstRelationship);
        }

        // The first is among what the second must not be.
        if (_usedSecond.Has(secondRelationship))
        {
            return true;
        }

        if (second.Relationship >= 0)
        {
            slots[second.Relationship] = Value.OfRelationship(secondRelationship);
        }

        Run.Context.NodesVisited++;
        slots[first.To] = Value.OfNode(node);
        return Next.Push();
    }

    private void Add(int node, int firstRelationship, int secondRelationship)
    {
        if (_keptCount == _kept.Length)
        {
            int length = Math.Max(256, 2 * _kept.Length);
            Run.Context.Charge((long)(length - _kept.Length) * BytesEach);
            Array.Resize(ref _kept, length);
        }

        _kept[_keptCount++] = (node, firstRelationship, secondRelationship);
    }

    private readonly struct Giver(IntersectExpand step) : IMatchTaker
    {
        public bool Take(int node, int first, int second) => step.Give(node, first, second);
    }

    private readonly struct Keeper(IntersectExpand step) : IMatchTaker
    {
        public bool Take(int node, int first, int second)
        {
            step.Add(node, first, second);
            return true;
        }
    }
}
