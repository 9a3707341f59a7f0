using AuraMemory.Graph.Query.Execution;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>A step of a plan. Plans are cached and shared by runs: nothing here changes once planning is over.</summary>
internal abstract class PlanNode(PlanNode? source)
{
    /// <summary>Where its rows come from; null = one empty row.</summary>
    public PlanNode? Source { get; set; } = source;

    /// <summary>Rows expected.</summary>
    public double Rows { get; set; } = source?.Rows ?? 1;

    /// <summary>Its number in the plan, for counting rows.</summary>
    public int Number { get; set; }

    /// <summary>What it does.</summary>
    public abstract string Name { get; }

    /// <summary>To what.</summary>
    public virtual string Details => "";

    /// <summary>Plans that run inside this one.</summary>
    public virtual IReadOnlyList<PlanNode> Inner => [];

    /// <summary>Slots that it reads.</summary>
    public abstract void Reads(HashSet<int> slots);

    /// <summary>Puts another plan in the place of one inside.</summary>
    public virtual void ReplaceInner(int index, PlanNode plan)
    {
    }

    /// <summary>Makes the operators of this step and all before it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="next">Who takes the rows.</param>
    /// <returns>The operator to push the first row into.</returns>
    public Operator Build(QueryRun run, Operator next)
    {
        PlanNode? node = this;
        Operator at = next;
        while (node is not null)
        {
            if (run.RowCounts is not null)
            {
                at = new RowCounter(run, at, node.Number);
            }

            at = node.Create(run, at);
            node = node.Source;
        }

        return at;
    }

    /// <summary>Makes this step's operator.</summary>
    protected abstract Operator Create(QueryRun run, Operator next);
}

/// <summary>Where a plan begins: one row, holding whatever the slots hold already.</summary>
internal sealed class StartPlan() : PlanNode(null)
{
    public override string Name => "Start";

    public override void Reads(HashSet<int> slots)
    {
    }

    protected override Operator Create(QueryRun run, Operator next) => next;
}

/// <summary>A subquery that an expression runs.</summary>
/// <param name="Number">Its number in the query.</param>
/// <param name="Root">Its plan.</param>
/// <param name="ResultSlot">Slot of the column to keep; -1 = only count.</param>
/// <param name="FirstRowOnly">Whether the first row ends it.</param>
internal sealed record SubqueryPlan(int Number, PlanNode Root, int ResultSlot, bool FirstRowOnly)
{
    /// <summary>Its plan.</summary>
    public PlanNode Root { get; set; } = Root;
}
