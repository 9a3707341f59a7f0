using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution;

/// <summary>State of one run of a plan: the slots that all its operators share, and what is looked up once a run.</summary>
/// <remarks>
/// Every variable of every scope has a slot of its own, and only the operator that binds it writes there. As rows are pushed depth first, a slot holds
/// its value for as long as anything below needs it; operators that buffer rows put the values back into the slots they took them from.
/// </remarks>
internal sealed class QueryRun
{
    private readonly Subrun?[] _subruns;

    /// <summary>A run of a plan.</summary>
    public QueryRun(CompiledQuery query, QueryContext context)
    {
        Context = context;
        Graph = context.Graph;
        Slots = new Value[query.Slots];
        Tokens = query.Tokens.Count == 0 ? [] : query.Tokens.Resolve(Graph);
        _subruns = query.Subqueries == 0 ? [] : new Subrun?[query.Subqueries];
        RowCounts = query.Mode == Syntax.QueryMode.Profile ? new long[query.Nodes] : null;
    }

    /// <summary>The graph.</summary>
    public GraphView Graph { get; }

    /// <summary>Limits, parameters, clock.</summary>
    public QueryContext Context { get; }

    /// <summary>Values of variables and of what is computed between operators.</summary>
    public Value[] Slots { get; }

    /// <summary>Numbers of labels, types and keys in this graph, in the plan's order; -1 = the graph does not know the name.</summary>
    public int[] Tokens { get; }

    /// <summary>Rows given by each plan node; null when they are not counted.</summary>
    public long[]? RowCounts { get; }

    /// <summary>The operators of a subquery, built when it is first needed.</summary>
    public Subrun Subrun(SubqueryPlan plan) => _subruns[plan.Number] ??= new Subrun(this, plan);
}

/// <summary>A subquery's operators in one run.</summary>
internal sealed class Subrun
{
    private readonly Operator _source;

    /// <summary>Builds them.</summary>
    public Subrun(QueryRun run, SubqueryPlan plan)
    {
        End = new SubqueryEnd(run, plan.ResultSlot, plan.FirstRowOnly);
        _source = plan.Root.Build(run, End);
    }

    /// <summary>Where its rows arrive.</summary>
    public SubqueryEnd End { get; }

    /// <summary>Runs it for what the slots hold now.</summary>
    public void Go()
    {
        End.Reset();
        _source.Begin();
        _source.Push();
        _source.Finish();
    }
}

/// <summary>Takes the rows of a subquery in an expression: counts them, and keeps the values of one column when asked for.</summary>
internal sealed class SubqueryEnd(QueryRun run, int resultSlot, bool firstOnly) : Operator
{
    private List<Value>? _values;
    private long _charged;

    /// <summary>Rows that arrived.</summary>
    public long Rows { get; private set; }

    /// <summary>Values that arrived.</summary>
    public Value[] Values => _values?.ToArray() ?? [];

    /// <summary>Forgets the last use.</summary>
    public void Reset()
    {
        Rows = 0;
        _values = null;
        run.Context.Charge(-_charged);
        _charged = 0;
    }

    public override void Begin()
    {
    }

    public override bool Push()
    {
        run.Context.Tick();
        Rows++;
        if (resultSlot >= 0)
        {
            Value value = run.Slots[resultSlot];
            long bytes = ValueSize.Of(value);
            run.Context.Charge(bytes);
            _charged += bytes;
            (_values ??= []).Add(value);
        }

        return !firstOnly;
    }

    public override void Finish()
    {
    }
}
