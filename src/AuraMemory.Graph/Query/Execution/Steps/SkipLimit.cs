using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Leaves rows out at the beginning, and ends after a number of rows.</summary>
internal sealed class SkipLimitPlan(PlanNode source, RowNumber? skip, RowNumber? limit) : PlanNode(source)
{
    /// <summary>Rows left out; null = none.</summary>
    public RowNumber? Skip { get; } = skip;

    /// <summary>Rows given at most; null = all.</summary>
    public RowNumber? Limit { get; } = limit;

    public override string Name => Skip is null ? "Limit" : Limit is null ? "Skip" : "SkipLimit";

    public override string Details => string.Join(", ", new[] { Skip?.Value.Text, Limit?.Value.Text }.Where(t => t is not null));

    public override void Reads(HashSet<int> slots)
    {
    }

    protected override Operator Create(QueryRun run, Operator next) => new SkipLimit(run, next, Skip, Limit);

    private sealed class SkipLimit(QueryRun run, Operator next, RowNumber? skip, RowNumber? limit) : Step(run, next)
    {
        private long _skip;
        private long _left;

        public override void Begin()
        {
            _skip = skip?.Evaluate(Run) ?? 0;
            _left = limit?.Evaluate(Run) ?? long.MaxValue;
            base.Begin();
        }

        public override bool Push()
        {
            if (_left <= 0)
            {
                return false;
            }

            if (_skip > 0)
            {
                _skip--;
                return true;
            }

            _left--;
            return Next.Push() && _left > 0;
        }
    }
}

/// <summary>How often equal rows are given: once.</summary>
internal sealed class DistinctPlan(PlanNode source, int[] slots, string text) : PlanNode(source)
{
    /// <summary>What makes rows equal.</summary>
    public int[] Columns { get; } = slots;

    public override string Name => "Distinct";

    public override string Details => text;

    public override void Reads(HashSet<int> slots) => slots.UnionWith(Columns);

    protected override Operator Create(QueryRun run, Operator next) => new Distinct(run, next, Columns);

    private sealed class Distinct(QueryRun run, Operator next, int[] columns) : Step(run, next)
    {
        private readonly RowTable _rows = new(run.Context, columns.Length);

        public override void Begin()
        {
            _rows.Clear();
            base.Begin();
        }

        public override bool Push()
        {
            Run.Context.Tick();
            _rows.Find(Run.Slots, columns, out bool added);
            return !added || Next.Push();
        }
    }
}
