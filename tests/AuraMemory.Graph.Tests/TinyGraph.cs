using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests;

/// <summary>Asks queries of one small graph: <c>(0:A:B {name: 'zero', n: 0})-[0:R {w: 1}]->(1:A {name: 'one', n: 1})-[1:S]->(2:C)</c>, and <c>(2)-[2:R]->(0)</c>.</summary>
internal static class TinyGraph
{
    /// <summary>The clock of all runs.</summary>
    public static DateTimeOffset Moment { get; } = new(2026, 11, 24, 3, 4, 5, 678, TimeSpan.Zero);

    /// <summary>Its engine.</summary>
    public static CypherEngine Engine { get; } = new(new TestProcedures());

    /// <summary>The graph.</summary>
    public static GraphView View { get; } = Build();

    /// <summary>Runs a query.</summary>
    public static QueryResult Run(string query, MapValue? parameters = null, QueryLimits? limits = null) =>
        Engine.Run(query, Context(parameters, limits));

    /// <summary>The value of an expression.</summary>
    public static Value Evaluate(string expression, MapValue? parameters = null) =>
        Assert.Single(Assert.Single(Run("RETURN " + expression, parameters).Rows));

    /// <summary>The refusal of a query.</summary>
    public static CypherException Refusal(string query, MapValue? parameters = null, QueryLimits? limits = null) =>
        Assert.Throws<CypherException>(() => Run(query, parameters, limits));

    /// <summary>A run.</summary>
    public static QueryContext Context(MapValue? parameters = null, QueryLimits? limits = null) =>
        new(View, parameters ?? MapValue.Empty, limits ?? QueryLimits.Default, new StandingClock(), 1, CancellationToken.None);

    /// <summary>Parameters.</summary>
    public static MapValue With(params (string Name, Value Value)[] parameters) =>
        new([.. parameters.Select(p => p.Name)], [.. parameters.Select(p => p.Value)]);

    private static GraphView Build()
    {
        var graph = new PropertyGraph();
        graph.AddNode(["A", "B"], With(("name", Value.Of("zero")), ("n", Value.Of(0L))));
        graph.AddNode(["A"], With(("name", Value.Of("one")), ("n", Value.Of(1L))));
        graph.AddNode(["C"], MapValue.Empty);
        graph.AddRelationship(0, 1, "R", With(("w", Value.Of(1L))));
        graph.AddRelationship(1, 2, "S", MapValue.Empty);
        graph.AddRelationship(2, 0, "R", MapValue.Empty);
        return graph.Snapshot();
    }

    // Its wall clock stands; its stopwatch runs, so that time limits hold.
    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Moment;
    }

    private sealed class TestProcedures : IProcedureCatalog
    {
        private readonly Pairs _pairs = new();

        public IEnumerable<string> Names => [_pairs.Name];

        public IProcedure? Find(string name) => name == _pairs.Name ? _pairs : null;
    }

    // test.pairs(count :: INTEGER, text :: STRING = 'x') :: (number :: INTEGER, text :: STRING)
    private sealed class Pairs : IProcedure
    {
        public string Name => "test.pairs";

        public IReadOnlyList<ProcedureField> Arguments { get; } = [new("count", "INTEGER"), new("text", "STRING", Value.Of("x"))];

        public IReadOnlyList<ProcedureField> Results { get; } = [new("number", "INTEGER"), new("text", "STRING")];

        public IEnumerable<Value[]> Call(QueryContext context, Value[] arguments)
        {
            for (long i = 0; i < arguments[0].Integer; i++)
            {
                context.Tick();
                yield return [Value.Of(i), arguments[1]];
            }
        }
    }
}
