using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Rows for which a condition holds.</summary>
internal sealed class FilterPlan(PlanNode source, Compiled condition) : PlanNode(source)
{
    /// <summary>The condition.</summary>
    public Compiled Condition { get; } = condition;

    public override string Name => "Filter";

    public override string Details => Condition.Text;

    public override void Reads(HashSet<int> slots) => slots.UnionWith(Condition.Slots);

    protected override Operator Create(QueryRun run, Operator next) => new Filter(run, next, Condition.Code);

    private sealed class Filter(QueryRun run, Operator next, Evaluator condition) : Step(run, next)
    {
        public override bool Push() => !condition.IsTrue(Run) || Next.Push();
    }
}

/// <summary>Values computed into slots.</summary>
internal sealed class ProjectPlan(PlanNode source, IReadOnlyList<(int Slot, Compiled Value)> items, string text) : PlanNode(source)
{
    /// <summary>What is computed, and where it goes.</summary>
    public IReadOnlyList<(int Slot, Compiled Value)> Items { get; } = items;

    public override string Name => "Projection";

    public override string Details => text;

    public override void Reads(HashSet<int> slots)
    {
        foreach ((_, Compiled value) in Items)
        {
            slots.UnionWith(value.Slots);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new Project(run, next, Items);

    private sealed class Project(QueryRun run, Operator next, IReadOnlyList<(int Slot, Compiled Value)> items) : Step(run, next)
    {
        public override bool Push()
        {
            for (int i = 0; i < items.Count; i++)
            {
                (int slot, Compiled value) = items[i];
                Run.Slots[slot] = value.Code.Evaluate(Run);
            }

            return Next.Push();
        }
    }
}

/// <summary>A row for each element of a list; none for null, one for a value that is no list.</summary>
internal sealed class UnwindPlan(PlanNode source, Compiled list, int slot, string variable) : PlanNode(source)
{
    public override string Name => "Unwind";

    public override string Details => $"{list.Text} AS {variable}";

    public override void Reads(HashSet<int> slots) => slots.UnionWith(list.Slots);

    protected override Operator Create(QueryRun run, Operator next) => new Unwind(run, next, list.Code, slot);

    private sealed class Unwind(QueryRun run, Operator next, Evaluator list, int slot) : Step(run, next)
    {
        public override bool Push()
        {
            Value value = list.Evaluate(Run);
            if (value.IsNull)
            {
                return true;
            }

            if (value.Kind != ValueKind.List)
            {
                Run.Slots[slot] = value;
                return Next.Push();
            }

            foreach (Value element in value.List)
            {
                Run.Context.Tick();
                Run.Slots[slot] = element;
                if (!Next.Push())
                {
                    return false;
                }
            }

            return true;
        }
    }
}

/// <summary>A path put together from nodes and relationships that each row has.</summary>
/// <param name="source">Before.</param>
/// <param name="slot">Slot of the path.</param>
/// <param name="start">Slot of its first node.</param>
/// <param name="parts">Slots of its relationships, or lists of relationships.</param>
/// <param name="variable">Its name.</param>
internal sealed class PathPlan(PlanNode source, int slot, int start, int[] parts, string variable) : PlanNode(source)
{
    public override string Name => "NamedPath";

    public override string Details => variable;

    public override void Reads(HashSet<int> slots)
    {
        slots.Add(start);
        slots.UnionWith(parts);
    }

    protected override Operator Create(QueryRun run, Operator next) => new MakePath(run, next, slot, start, parts);

    private sealed class MakePath(QueryRun run, Operator next, int slot, int start, int[] parts) : Step(run, next)
    {
        public override bool Push()
        {
            int length = 0;
            foreach (int part in parts)
            {
                ref readonly Value value = ref Run.Slots[part];
                length += value.Kind == ValueKind.List ? value.List.Length : 1;
            }

            var nodes = new int[length + 1];
            var relationships = new int[length];
            nodes[0] = Run.Slots[start].Node;
            int at = 0;
            foreach (int part in parts)
            {
                Value value = Run.Slots[part];
                if (value.Kind == ValueKind.Relationship)
                {
                    Walk(nodes, relationships, ref at, value.Relationship);
                    continue;
                }

                foreach (Value one in value.List)
                {
                    Walk(nodes, relationships, ref at, one.Relationship);
                }
            }

            Run.Slots[slot] = Value.Of(new PathValue(nodes, relationships));
            return Next.Push();
        }

        private void Walk(int[] nodes, int[] relationships, ref int at, int relationship)
        {
            relationships[at] = relationship;
            int source = Run.Graph.SourceOf(relationship);
            nodes[at + 1] = source == nodes[at] ? Run.Graph.TargetOf(relationship) : source;
            at++;
        }
    }
}
