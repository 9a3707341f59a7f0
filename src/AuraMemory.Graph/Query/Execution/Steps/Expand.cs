using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>A relationship of a pattern as a step walks it.</summary>
/// <param name="From">Slot of the node it is walked from.</param>
/// <param name="To">Slot of the other node.</param>
/// <param name="Relationship">Slot of the relationship (or of the list of relationships); -1 = nobody asks.</param>
/// <param name="Direction">Seen from <paramref name="From"/>.</param>
/// <param name="Types">Tokens of its types; none = any.</param>
/// <param name="Unlike">Slots of relationships that it must not be.</param>
/// <param name="UnlikeLists">Whether lists are among those slots.</param>
/// <param name="Text">For people.</param>
internal sealed record EdgeWalk(int From, int To, int Relationship, Direction Direction, int[] Types, int[] Unlike, bool UnlikeLists, string Text);

/// <summary>From each row's node to its neighbours.</summary>
internal sealed class ExpandPlan(PlanNode source, EdgeWalk walk) : PlanNode(source)
{
    /// <summary>What is walked.</summary>
    public EdgeWalk Walk { get; } = walk;

    public override string Name => "Expand(All)";

    public override string Details => Walk.Text;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(Walk.From);
        slots.UnionWith(Walk.Unlike);
    }

    protected override Operator Create(QueryRun run, Operator next) => new Expand(run, next, Walk);
}

/// <summary>Runs an <see cref="ExpandPlan"/>.</summary>
internal sealed class Expand(QueryRun run, Operator next, EdgeWalk walk) : Step(run, next)
{
    private readonly TypeChoice _choice = new(run, walk.Types, walk.Direction);
    private readonly UsedRelationships _used = new(run, walk.Unlike);

    public override bool Push()
    {
        ref readonly Value from = ref Run.Slots[walk.From];
        if (from.Kind != ValueKind.Node)
        {
            return true;
        }

        int node = from.Node;
        foreach (int type in _choice.Types)
        {
            if (_choice.Outgoing && !Give(node, Direction.Outgoing, type, false))
            {
                return false;
            }

            if (_choice.Incoming && !Give(node, Direction.Incoming, type, _choice.Outgoing))
            {
                return false;
            }
        }

        return true;
    }

    private bool Give(int node, Direction direction, int type, bool skipsLoops)
    {
        Adjacency row = Run.Graph.Neighbours(node, direction, type);
        ReadOnlySpan<int> others = row.Others;
        ReadOnlySpan<int> relationships = row.Relationships;
        Value[] slots = Run.Slots;
        bool checksUse = _used.Any;
        Run.Context.RelationshipsTraversed += others.Length;
        Run.Context.NodesVisited += others.Length;
        for (int i = 0; i < others.Length; i++)
        {
            Run.Context.Tick();
            int other = others[i];
            if ((skipsLoops && other == node) || (checksUse && _used.Has(relationships[i])))
            {
                continue;
            }

            slots[walk.To] = Value.OfNode(other);
            if (walk.Relationship >= 0)
            {
                slots[walk.Relationship] = Value.OfRelationship(relationships[i]);
            }

            if (!Next.Push())
            {
                return false;
            }
        }

        return true;
    }
}
