using AuraMemory.Graph.Query.Binding;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Execution;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query;

/// <summary>Answers queries: parses, checks, plans and runs them. Plans are kept by the query's text. Safe for any number of threads.</summary>
/// <param name="procedures">What <c>CALL</c> finds, beside the built-in ones.</param>
public sealed class CypherEngine(IProcedureCatalog procedures)
{
    private readonly IProcedureCatalog _procedures = new BuiltInProcedures(procedures);
    private readonly PlanCache _plans = new();

    /// <summary>What plans are made with; for measuring.</summary>
    internal PlanningOptions Options { get; init; } = PlanningOptions.Default;

    /// <summary>Runs a query and keeps its rows.</summary>
    /// <param name="text">The query.</param>
    /// <param name="context">The graph, parameters and limits of this run.</param>
    /// <exception cref="CypherException">It cannot be answered.</exception>
    public QueryResult Run(string text, QueryContext context)
    {
        var rows = new RowList(context);
        PlanDescription? plan = Run(text, context, rows);
        return new QueryResult(rows.Columns, rows.Rows, plan);
    }

    /// <summary>Runs a query and hands its rows over one by one.</summary>
    /// <param name="text">The query.</param>
    /// <param name="context">The graph, parameters and limits of this run.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <returns>The plan, when <c>EXPLAIN</c> or <c>PROFILE</c> asked for it.</returns>
    /// <exception cref="CypherException">It cannot be answered; rows may have been handed over before.</exception>
    public PlanDescription? Run(string text, QueryContext context, IRowSink sink)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(sink);
        return Run(Compile(text, context), context, sink);
    }

    /// <summary>Runs a plan.</summary>
    internal static PlanDescription? Run(CompiledQuery query, QueryContext context, IRowSink sink)
    {
        if (query.Mode == QueryMode.Explain)
        {
            sink.Begin(query.Columns);
            return PlanText.Describe(query, null);
        }

        foreach (ParameterExpression parameter in query.Parameters)
        {
            if (!context.Parameters.TryGet(parameter.Name, out _))
            {
                throw new CypherException(
                    "ParameterMissing", ErrorPhase.CompileTime, "MissingParameter", $"Parameter ${parameter.Name} is not given.", parameter.Position);
            }
        }

        var run = new QueryRun(query, context);
        sink.Begin(query.Columns);
        Operator first = query.Root.Build(run, new ResultEnd(run, query.ColumnSlots, sink));
        first.Begin();
        first.Push();
        first.Finish();
        return query.Mode == QueryMode.Profile ? PlanText.Describe(query, run.RowCounts) : null;
    }

    private CompiledQuery Compile(string text, QueryContext context)
    {
        if (_plans.Find(text, context.Graph) is { } known)
        {
            return known;
        }

        QuerySyntax syntax = CypherParser.Parse(text, context.Limits);
        _ = SemanticCheck.Check(syntax, _procedures);
        CompiledQuery query = QueryPlanner.Plan(syntax, context.Graph, _procedures, Options);
        _plans.Keep(text, context.Graph, query);
        return query;
    }

    private sealed class RowList(QueryContext context) : IRowSink
    {
        public IReadOnlyList<string> Columns { get; private set; } = [];

        public List<Value[]> Rows { get; } = [];

        public void Begin(IReadOnlyList<string> columns) => Columns = columns;

        public bool Row(ReadOnlySpan<Value> row)
        {
            context.Charge(ValueSize.Of(row));
            Rows.Add(row.ToArray());
            return true;
        }
    }
}
