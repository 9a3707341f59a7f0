using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Procedures.Algorithms;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Queries on a small graph: ann and bob (:Person) know each other, both like rex (:Dog), and rex is alone but for that.</summary>
internal static class QueryBed
{
    private static readonly CypherEngine Engine = new(new Algorithms());

    /// <summary>The graph.</summary>
    public static PropertyGraph Small()
    {
        var graph = new PropertyGraph();
        graph.AddNode(["Person"], Map(("name", Value.Of("ann")), ("age", Value.Of(40L))));
        graph.AddNode(["Person"], Map(("name", Value.Of("bob")), ("age", Value.Of(30L))));
        graph.AddNode(["Dog"], Map(("name", Value.Of("rex"))));
        graph.AddRelationship(0, 1, "KNOWS", Map(("since", Value.Of(2001L))));
        graph.AddRelationship(1, 0, "KNOWS", MapValue.Empty);
        graph.AddRelationship(0, 2, "LIKES", MapValue.Empty);
        graph.AddRelationship(1, 2, "LIKES", MapValue.Empty);
        return graph;
    }

    /// <summary>Runs a query.</summary>
    public static QueryResult Run(string query, PropertyGraph? graph = null, QueryLimits? limits = null, MapValue? parameters = null) => Engine.Run(
        query, new QueryContext((graph ?? Small()).Snapshot(), parameters ?? MapValue.Empty, limits ?? QueryLimits.Default, TimeProvider.System, 1, CancellationToken.None));

    /// <summary>The one value that a query gives, as text.</summary>
    public static string One(string expression, params (string Name, Value Value)[] parameters) =>
        Assert.Single(Assert.Single(Run($"RETURN {expression} AS x", parameters: Map(parameters)).Rows)).ToString();

    /// <summary>Rows as text, in the order given.</summary>
    public static string[] Rows(string query) => [.. Run(query).Rows.Select(r => string.Join(" ", r))];

    /// <summary>The error of a query: type and detail.</summary>
    public static (string Type, string Detail) Error(string query, QueryLimits? limits = null)
    {
        CypherException error = Assert.Throws<CypherException>(() => Run(query, limits: limits));
        return (error.Type, error.Detail);
    }

    /// <summary>A map of pairs.</summary>
    public static MapValue Map(params (string Name, Value Value)[] entries) => new([.. entries.Select(e => e.Name)], [.. entries.Select(e => e.Value)]);

    private sealed class Algorithms : IProcedureCatalog
    {
        private readonly Dictionary<string, IProcedure> _all = AlgorithmProcedures.All(new ProjectionCatalog(), TimeProvider.System).ToDictionary(p => p.Name);

        public IEnumerable<string> Names => _all.Keys;

        public IProcedure? Find(string name) => _all.GetValueOrDefault(name);
    }
}
