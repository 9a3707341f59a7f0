using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Planning;

/// <summary>Syntax by hand, for tests of the planner alone.</summary>
internal static class Patterns
{
    public static NodePattern Node(string? name, string? label = null, string? key = null, long value = 0) =>
        new(name, label is null ? null : new LabelName(label, default), key is null ? null : Map(key, value), null, default);

    public static RelationshipPattern Edge(
        string? name, Direction direction, string[] types, HopRange? range = null, string? key = null, long value = 0) =>
        new(name, Types(types), direction, range, key is null ? null : Map(key, value), null, default);

    public static PathPattern Path(NodePattern first, params (RelationshipPattern Edge, NodePattern Node)[] rest) =>
        new(null, PathSelection.All, [first, .. rest.Select(r => r.Node)], [.. rest.Select(r => r.Edge)], default);

    public static Expression Name(string name) => new VariableExpression(name, default);

    public static Expression Count(string? distinctOf = null) =>
        distinctOf is null ? new CountAllExpression(default) : new FunctionExpression("count", true, [Name(distinctOf)], default);

    public static Projection Project(bool distinct, params (Expression Value, string Name)[] items) =>
        new(distinct, false, [.. items.Select(i => new ProjectionItem(i.Value, i.Name, true, default))], [], null, null, default);

    public static QuerySyntax Ask(params Clause[] clauses) => new(QueryMode.Run, [new SingleQuery(clauses, default)], [], default);

    public static MatchClause Match(params PathPattern[] paths) => new(false, paths, null, default);

    // Random patterns on random graphs may have many matches.
    private static QueryLimits Wide { get; } = new() { Rows = 100_000_000, Memory = 8L << 30, Time = TimeSpan.FromMinutes(2) };

    public static List<Value[]> Run(
        QuerySyntax query, GraphView graph, QueryLimits? limits = null, MapValue? parameters = null, PlanningOptions? options = null)
    {
        CompiledQuery plan = QueryPlanner.Plan(query, graph, new NoProcedures(), options);
        return Run(plan, graph, limits, parameters);
    }

    public static PlanDescription Plan(QuerySyntax query, GraphView graph, PlanningOptions options) =>
        PlanText.Describe(QueryPlanner.Plan(query, graph, new NoProcedures(), options), null);

    public static List<Value[]> Run(CompiledQuery plan, GraphView graph, QueryLimits? limits = null, MapValue? parameters = null)
    {
        var context = new QueryContext(graph, parameters ?? MapValue.Empty, limits ?? Wide, TimeProvider.System, 1, TestContext.Current.CancellationToken);
        var rows = new Rows();
        CypherEngine.Run(plan, context, rows);
        return rows.All;
    }

    private static LabelExpression? Types(string[] types)
    {
        LabelExpression? all = null;
        foreach (string type in types)
        {
            var one = new LabelName(type, default);
            all = all is null ? one : new LabelOr(all, one, default);
        }

        return all;
    }

    private static MapLiteral Map(string key, long value) => new([new MapEntry(key, new Literal(Value.Of(value), default))], default);

    private sealed class Rows : IRowSink
    {
        public List<Value[]> All { get; } = [];

        public void Begin(IReadOnlyList<string> columns)
        {
        }

        public bool Row(ReadOnlySpan<Value> row)
        {
            All.Add(row.ToArray());
            return true;
        }
    }

    private sealed class NoProcedures : IProcedureCatalog
    {
        public IEnumerable<string> Names => [];

        public IProcedure? Find(string name) => null;
    }
}
