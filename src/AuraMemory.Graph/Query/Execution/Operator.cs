namespace AuraMemory.Graph.Query.Execution;

/// <summary>A step of a running plan. Rows are pushed: what a row holds is in the run's slots when <see cref="Push"/> is called.</summary>
/// <remarks>
/// <para>1. <see cref="Begin"/> once before the first row of a use (an operator in a subquery is used many times), forgetting what an earlier use left.</para>
/// <para>2. <see cref="Push"/> for each row. False says that no further row can make a difference: callers stop and return false as well.</para>
/// <para>3. <see cref="Finish"/> once, also after a stop: whoever kept rows back gives them now.</para>
/// </remarks>
internal abstract class Operator
{
    /// <summary>Before the first row.</summary>
    public abstract void Begin();

    /// <summary>Takes the row in the slots.</summary>
    public abstract bool Push();

    /// <summary>After the last row.</summary>
    public abstract void Finish();
}

/// <summary>An operator that gives rows to another.</summary>
internal abstract class Step(QueryRun run, Operator next) : Operator
{
    /// <summary>The run.</summary>
    protected QueryRun Run { get; } = run;

    /// <summary>Who takes its rows.</summary>
    protected Operator Next { get; } = next;

    public override void Begin() => Next.Begin();

    public override void Finish() => Next.Finish();
}

/// <summary>Counts rows for <c>PROFILE</c>.</summary>
internal sealed class RowCounter(QueryRun run, Operator next, int node) : Step(run, next)
{
    public override bool Push()
    {
        Run.RowCounts![node]++;
        return Next.Push();
    }
}
