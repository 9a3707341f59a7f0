using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Rows of a plan inside; where it has none for a row, the row with nulls.</summary>
internal sealed class OptionalPlan(PlanNode source, PlanNode inner, int[] introduced) : PlanNode(source)
{
    private readonly PlanNode[] _inner = [inner];

    public override string Name => "OptionalApply";

    public override IReadOnlyList<PlanNode> Inner => _inner;

    public override void ReplaceInner(int index, PlanNode plan) => _inner[index] = plan;

    public override void Reads(HashSet<int> slots)
    {
        for (PlanNode? node = _inner[0]; node is not null; node = node.Source)
        {
            node.Reads(slots);
        }
    }

    protected override Operator Create(QueryRun run, Operator next)
    {
        var end = new OptionalEnd(run, next);
        return new Optional(run, next, _inner[0].Build(run, end), end, introduced);
    }

    private sealed class Optional(QueryRun run, Operator next, Operator inner, OptionalEnd end, int[] introduced) : Step(run, next)
    {
        public override void Begin()
        {
            inner.Begin();
            base.Begin();
        }

        public override bool Push()
        {
            end.Found = false;
            bool wants = inner.Push();
            if (end.Found)
            {
                return wants;
            }

            foreach (int slot in introduced)
            {
                Run.Slots[slot] = Value.Null;
            }

            return Next.Push();
        }
    }

    private sealed class OptionalEnd(QueryRun run, Operator next) : Step(run, next)
    {
        public bool Found { get; set; }

        public override void Begin()
        {
        }

        public override bool Push()
        {
            Found = true;
            return Next.Push();
        }

        public override void Finish()
        {
        }
    }
}

/// <summary>Rows of several plans, one after the other, with their columns in common slots.</summary>
/// <param name="source">Before.</param>
/// <param name="branches">The plans, and the slots of their columns.</param>
/// <param name="columns">Slots of the common columns.</param>
internal sealed class UnionPlan(PlanNode source, IReadOnlyList<(PlanNode Plan, int[] Columns)> branches, int[] columns) : PlanNode(source)
{
    private readonly PlanNode[] _plans = [.. branches.Select(b => b.Plan)];

    public override string Name => "Union";

    public override IReadOnlyList<PlanNode> Inner => _plans;

    public override void ReplaceInner(int index, PlanNode plan) => _plans[index] = plan;

    public override void Reads(HashSet<int> slots)
    {
        foreach ((_, int[] own) in branches)
        {
            slots.UnionWith(own);
        }
    }

    protected override Operator Create(QueryRun run, Operator next)
    {
        var built = new (Operator, BranchEnd)[_plans.Length];
        for (int i = 0; i < built.Length; i++)
        {
            var end = new BranchEnd(run, next, branches[i].Columns, columns);
            built[i] = (_plans[i].Build(run, end), end);
        }

        return new Union(run, next, built);
    }

    // A branch may want no more because of a LIMIT of its own; only what follows the union ends them all.
    private sealed class Union(QueryRun run, Operator next, (Operator Begin, BranchEnd End)[] branches) : Step(run, next)
    {
        public override bool Push()
        {
            foreach ((Operator branch, BranchEnd end) in branches)
            {
                end.IsEnough = false;
                branch.Begin();
                branch.Push();
                branch.Finish();
                if (end.IsEnough)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class BranchEnd(QueryRun run, Operator next, int[] from, int[] to) : Step(run, next)
    {
        /// <summary>Whether what follows wants no more rows.</summary>
        public bool IsEnough { get; set; }

        public override void Begin()
        {
        }

        public override bool Push()
        {
            for (int i = 0; i < from.Length; i++)
            {
                Run.Slots[to[i]] = Run.Slots[from[i]];
            }

            IsEnough = !Next.Push();
            return !IsEnough;
        }

        public override void Finish()
        {
        }
    }
}
