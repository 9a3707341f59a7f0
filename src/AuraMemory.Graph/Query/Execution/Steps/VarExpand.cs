using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A variable number of relationships, as a step walks them.</summary>
/// <param name="Edge">Ends, direction, types; the relationship slot receives the list.</param>
/// <param name="Minimum">Fewest relationships.</param>
/// <param name="Maximum">Most relationships.</param>
/// <param name="Backwards">Whether the walk goes against the pattern's order, so that the list must be turned round.</param>
/// <param name="Each">Condition on every relationship; null = none.</param>
/// <param name="EachSlot">Where the condition finds the relationship.</param>
internal sealed record LongWalk(EdgeWalk Edge, long Minimum, long Maximum, bool Backwards, Compiled? Each, int EachSlot)
{
    /// <summary>Slots that it reads, the end node's apart.</summary>
    public void Reads(HashSet<int> slots)
    {
        slots.Add(Edge.From);
        slots.UnionWith(Edge.Unlike);
        if (Each is not null)
        {
            slots.UnionWith(Each.Slots);
        }
    }
}

/// <summary>Trails of variable length: every way to walk, no relationship twice.</summary>
/// <param name="source">Before.</param>
/// <param name="walk">What is walked.</param>
/// <param name="into">Whether the end node is known already.</param>
internal sealed class VarExpandPlan(PlanNode source, LongWalk walk, bool into) : PlanNode(source)
{
    /// <summary>What is walked.</summary>
    public LongWalk Walk { get; } = walk;

    /// <summary>Whether the end node is known already.</summary>
    public bool Into { get; } = into;

    public override string Name => Into ? "VarLengthExpand(Into)" : "VarLengthExpand(All)";

    public override string Details => Walk.Edge.Text;

    public override void Reads(HashSet<int> slots)
    {
        Walk.Reads(slots);
        if (Into)
        {
            slots.Add(Walk.Edge.To);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new VarExpand(run, next, Walk, Into);
}

/// <summary>Runs a <see cref="VarExpandPlan"/>: depth first, on a stack of its own.</summary>
internal sealed class VarExpand(QueryRun run, Operator next, LongWalk walk, bool into) : Step(run, next)
{
    /// <summary>Up to this depth a relationship is looked for in the trail itself, beyond in a set.</summary>
    private const int Shallow = 24;

    private readonly TypeChoice _choice = new(run, walk.Edge.Types, walk.Edge.Direction);
    private readonly UsedRelationships _used = new(run, walk.Edge.Unlike);
    private readonly HashSet<int> _deep = [];
    private int[] _trail = new int[8];
    private Frame[] _frames = new Frame[8];
    private int _target;

    public override bool Push()
    {
        EdgeWalk edge = walk.Edge;
        ref readonly Value from = ref Run.Slots[edge.From];
        if (from.Kind != ValueKind.Node || walk.Minimum > walk.Maximum)
        {
            return true;
        }

        _target = -1;
        if (into)
        {
            ref readonly Value to = ref Run.Slots[edge.To];
            if (to.Kind != ValueKind.Node)
            {
                return true;
            }

            _target = to.Node;
        }

        int start = from.Node;
        if (walk.Minimum <= 0 && !Give(start, 0))
        {
            return false;
        }

        return walk.Maximum <= 0 || Walk(start);
    }

    private bool Walk(int start)
    {
        GraphView graph = Run.Graph;
        int depth = 0;
        _frames[0] = new Frame(start);
        _deep.Clear();
        while (depth >= 0)
        {
            ref Frame frame = ref _frames[depth];
            if (!Row(ref frame, out Direction direction, out int type))
            {
                depth--;
                if (depth >= Shallow)
                {
                    _deep.Remove(_trail[depth]);
                }

                continue;
            }

            Adjacency row = graph.Neighbours(frame.Node, direction, type);
            bool deepens = depth + 1 < walk.Maximum;
            bool counts = depth + 1 >= walk.Minimum;
            bool skipsLoops = direction == Direction.Incoming && _choice.Outgoing;
            bool descended = false;
            while (frame.Next < row.Count)
            {
                Run.Context.Tick();
                Run.Context.RelationshipsTraversed++;
                int at = frame.Next++;
                int relationship = row.Relationships[at];
                int other = row.Others[at];
                if ((skipsLoops && other == frame.Node) || InTrail(relationship, depth) || _used.Has(relationship) || !Holds(relationship))
                {
                    continue;
                }

                Put(depth, relationship);
                Run.Context.NodesVisited++;
                if (counts && !Give(other, depth + 1))
                {
                    return false;
                }

                if (deepens)
                {
                    if (depth + 1 == _frames.Length)
                    {
                        Run.Context.Charge(_frames.Length * 20L);
                        Array.Resize(ref _frames, 2 * _frames.Length);
                    }

                    if (depth >= Shallow)
                    {
                        _deep.Add(relationship);
                    }

                    _frames[++depth] = new Frame(other);
                    descended = true;
                    break;
                }
            }

            if (!descended)
            {
                frame.Part++;
                frame.Next = 0;
            }
        }

        return true;
    }

    /// <summary>The part of a node's relationships that a frame stands at: a direction and a type.</summary>
    private bool Row(ref Frame frame, out Direction direction, out int type)
    {
        int ways = _choice.Direction == Direction.Both ? 2 : 1;
        if (frame.Part >= ways * _choice.Types.Length)
        {
            (direction, type) = (default, -1);
            return false;
        }

        type = _choice.Types[frame.Part / ways];
        direction = _choice.Direction == Direction.Both
            ? frame.Part % ways == 0 ? Direction.Outgoing : Direction.Incoming
            : _choice.Direction;
        return true;
    }

    private bool InTrail(int relationship, int depth) =>
        Array.IndexOf(_trail, relationship, 0, Math.Min(depth, Shallow)) >= 0 || (depth > Shallow && _deep.Contains(relationship));

    private bool Holds(int relationship)
    {
        if (walk.Each is null)
        {
            return true;
        }

        Run.Slots[walk.EachSlot] = Value.OfRelationship(relationship);
        return walk.Each.Code.IsTrue(Run);
    }

    private void Put(int depth, int relationship)
    {
        if (depth == _trail.Length)
        {
            Array.Resize(ref _trail, 2 * depth);
        }

        _trail[depth] = relationship;
    }

    private bool Give(int node, int length)
    {
        if (_target >= 0 && node != _target)
        {
            return true;
        }

        EdgeWalk edge = walk.Edge;
        if (!into)
        {
            Run.Slots[edge.To] = Value.OfNode(node);
        }

        if (edge.Relationship >= 0)
        {
            var list = new Value[length];
            for (int i = 0; i < length; i++)
            {
                list[walk.Backwards ? length - 1 - i : i] = Value.OfRelationship(_trail[i]);
            }

            Run.Slots[edge.Relationship] = Value.Of(list);
        }

        return Next.Push();
    }

    private struct Frame(int node)
    {
        public readonly int Node = node;
        public int Part;
        public int Next;
    }
}
