using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Procedures.Algorithms;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Procedures;

/// <summary>The procedures as <c>CALL</c> calls them, on two triangles joined by a bridge, a tail of two at one, and a node alone.</summary>
public class AlgorithmProcedureTests
{
    private readonly PropertyGraph _graph = new();
    private readonly Dictionary<string, IProcedure> _procedures = AlgorithmProcedures.All(new ProjectionCatalog(), TimeProvider.System).ToDictionary(p => p.Name);

    public AlgorithmProcedureTests()
    {
        for (int i = 0; i < 9; i++)
        {
            _graph.AddNode(i < 8 ? ["Joined"] : ["Alone"], new MapValue(["key"], [Value.Of("k" + i)]));
        }

        (int A, int B, double W)[] edges = [(0, 1, 1), (1, 2, 1), (2, 0, 1), (3, 4, 1), (4, 5, 1), (5, 3, 1), (2, 3, 9), (5, 6, 1), (6, 7, 1)];
        foreach ((int a, int b, double w) in edges)
        {
            _graph.AddRelationship(a, b, a == 2 && b == 3 ? "BRIDGE" : "EDGE", new MapValue(["w"], [Value.Of(w)]));
        }
    }

    [Fact]
    public void Every_procedure_with_a_graph_runs_and_gives_rows_of_the_shape_it_declares()
    {
        foreach (IProcedure procedure in _procedures.Values.Where(p => p.Arguments.Count > 0 && p.Arguments[0].Name == "graph"))
        {
            string name = procedure.Name;
            MapValue settings = name.StartsWith("gds.shortestPath", StringComparison.Ordinal) ? Map(("sourceNode", 0L), ("targetNode", 5L))
                : name.Contains("bfs", StringComparison.Ordinal) || name.Contains("Paths", StringComparison.Ordinal) ? Map(("sourceNode", 0L))
                : MapValue.Empty;
            List<Value[]> rows = Call(name, Value.Of("*"), Value.Of(settings));
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.Equal(procedure.Results.Count, row.Length));
            for (int i = 0; i < procedure.Results.Count; i++)
            {
                foreach (Value value in rows.Select(row => row[i]).Where(value => !value.IsNull))
                {
                    Assert.Equal(procedure.Results[i].Type, value.Kind.ToString().ToUpperInvariant());
                }
            }
        }
    }

    [Fact]
    public void Dijkstra_takes_the_cheap_way_and_gives_the_path_with_its_relationships()
    {
        Value graph = Value.Of(Map(("orientation", "UNDIRECTED"), ("weight", "w")));
        Value[] row = Assert.Single(Call("gds.shortestPath.dijkstra.stream", graph, Value.Of(Map(("sourceNode", 0L), ("targetNode", 4L)))));
        Assert.Equal(11.0, row[3].Float);
        Assert.Equal([0, 2, 3, 4], row[6].Path.Nodes.ToArray());
        Assert.Equal([2, 6, 3], row[6].Path.Relationships.ToArray());
        Assert.Equal("[0, 1, 10, 11]", row[5].ToString());
        Assert.Empty(Call("gds.shortestPath.dijkstra.stream", graph, Value.Of(Map(("sourceNode", 0L), ("targetNode", 8L)))));
    }

    [Fact]
    public void Components_and_communities_follow_labels_types_and_names()
    {
        Assert.Equal(2, Call("gds.wcc.stats", Value.Of("*"))[0][0].Integer);
        Assert.Equal(1, Call("gds.wcc.stats", Value.Of(Map(("labels", "Joined"))))[0][0].Integer);
        Assert.Equal(3, Call("gds.wcc.stats", Value.Of(Map(("types", "EDGE"))))[0][0].Integer);
        Assert.Equal([8, 8], Call("gds.graph.project", Value.Of("mine"), Value.Of("Joined"), Value.Of("EDGE")).Select(r => r.Skip(1).Take(2)).Single().Select(v => (int)v.Integer));
        Assert.Equal(2, Call("gds.wcc.stats", Value.Of("mine"))[0][0].Integer);
        Assert.True(Call("gds.graph.exists", Value.Of("mine"))[0][1].IsTrue);
        Assert.Single(Call("gds.graph.list"));
        Assert.Throws<CypherException>(() => Call("gds.graph.project", Value.Of("mine"), Value.Of("*"), Value.Of("*")));
        Assert.Single(Call("gds.graph.drop", Value.Of("mine")));
        Assert.Throws<CypherException>(() => Call("gds.wcc.stats", Value.Of("mine")));
        Assert.Equal(3, Call("gds.leiden.stats", Value.Of(Map(("labels", "Joined"))))[0][0].Integer);
        Assert.Equal(2L, Call("gds.triangleCount.stats", Value.Of("*"))[0][0].Integer);
    }

    [Fact]
    public void Wrong_arguments_are_refused_with_what_would_be_right()
    {
        Assert.Contains("dampingFactor", Refused("gds.pageRank.stream", Value.Of("*"), Value.Of(Map(("damping", 1L)))), StringComparison.Ordinal);
        Assert.Contains("dampingFactor", Refused("gds.pageRank.stream", Value.Of("*"), Value.Of(Map(("dampingFactor", 2L)))), StringComparison.Ordinal);
        Assert.Contains("gds.graph.project", Refused("gds.wcc.stream", Value.Of("none")), StringComparison.Ordinal);
        Assert.Contains("targetNode", Refused("gds.shortestPath.dijkstra.stream", Value.Of("*"), Value.Of(Map(("sourceNode", 0L)))), StringComparison.Ordinal);
        Assert.Contains("sourceNode", Refused("gds.bfs.stream", Value.Of("*"), Value.Of(Map(("sourceNode", 99L)))), StringComparison.Ordinal);
        Assert.Contains("orientation", Refused("gds.wcc.stream", Value.Of(Map(("orientation", "SIDEWAYS")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_stop_an_algorithm()
    {
        var little = new QueryContext(_graph.Snapshot(), MapValue.Empty, QueryLimits.Default with { Memory = 100 }, TimeProvider.System, 1, default);
        Assert.Equal("LimitExceeded", Assert.Throws<CypherException>(() => Rows("gds.pageRank.stream", little, Value.Of("*"))).Type);
        using var source = new CancellationTokenSource();
        source.Cancel();
        var cancelled = new QueryContext(_graph.Snapshot(), MapValue.Empty, QueryLimits.Default, TimeProvider.System, 1, source.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => Rows("gds.pageRank.stream", cancelled, Value.Of("*")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nodes_in_like_places_are_found_first(bool kept)
    {
        using var index = new SignatureIndex();
        if (kept)
        {
            _graph.SimilarNodes = index;
            index.Refresh(_graph.Snapshot(), 1 << 30);
        }

        // 0 and 1 are exchangeable; 4 is the corner of the other triangle that only differs in what lies two steps away.
        List<Value[]> rows = Call("memory.similarTopology", Value.Of("k0"), Value.Of(3L));
        Assert.Equal([1, 4], rows.Take(2).Select(row => row[0].Node));
        Assert.Equal([1.0, 0.0, 0.0], [rows[0][1].Float, rows[0][3].Float, rows[0][4].Integer]);
        Assert.Equal(1 / (1 + rows[1][3].Float), rows[1][1].Float);
        Assert.Equal(7, Call("memory.similarTopology", Value.Of("k0"), Value.Of(100L)).Count);
        Assert.Empty(Call("memory.similarTopology", Value.Of("k8"), Value.Of(3L)));
        Assert.Contains("no node", Refused("memory.similarTopology", Value.Of("missing"), Value.Of(3L)), StringComparison.Ordinal);
        Assert.Contains("10000", Refused("memory.similarTopology", Value.Of("k0"), Value.Of(0L)), StringComparison.Ordinal);
        _graph.AddRelationship(0, 8, "EDGE", MapValue.Empty);
        Assert.All(Call("memory.similarTopology", Value.Of("k0"), Value.Of(3L)), row => Assert.Equal(kept ? 1 : 0, row[4].Integer));
    }

    [Fact]
    public void A_signature_has_a_name_for_each_number()
    {
        Value[] signature = Assert.Single(Call("memory.topology.signature", Value.Of("k2")));
        Assert.Equal(signature[0].List.Length, signature[1].List.Length);
        Assert.Equal(("degree", 3.0), (signature[0].List[0].Text, signature[1].List[0].Float));
        Assert.Equal(("triangles", 1.0), (signature[0].List[3].Text, signature[1].List[3].Float));
        Assert.All(Assert.Single(Call("memory.topology.signature", Value.Of("k8")))[1].List.ToArray().Take(18), value => Assert.Equal(0.0, value.Float));
        _graph.RemoveNode(8);
        Assert.Contains("no node", Refused("memory.topology.signature", Value.Of(8L)), StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_of_a_large_graph_are_not_computed_for_a_query()
    {
        int first = _graph.AddNodes(TopologyProcedures.MostComputed, ["Many"]);
        _graph.AddRelationship(first, first + 1, "EDGE", MapValue.Empty);
        Assert.Contains("10000", Refused("memory.similarTopology", Value.Of("k0"), Value.Of(3L)), StringComparison.Ordinal);
        using var index = new SignatureIndex();
        _graph.SimilarNodes = index;
        index.Refresh(_graph.Snapshot(), 1 << 30);
        Assert.Equal(3, Call("memory.similarTopology", Value.Of("k0"), Value.Of(3L)).Count);
    }

    private static MapValue Map(params (string Key, object Value)[] entries) =>
        new([.. entries.Select(e => e.Key)], [.. entries.Select(e => e.Value is string text ? Value.Of(text) : Value.Of((long)e.Value))]);

    private string Refused(string name, params Value[] arguments)
    {
        CypherException refused = Assert.Throws<CypherException>(() => Call(name, arguments));
        Assert.Equal("ProcedureError", refused.Type);
        return refused.Message;
    }

    private List<Value[]> Call(string name, params Value[] arguments) =>
        Rows(name, new QueryContext(_graph.Snapshot(), MapValue.Empty, QueryLimits.Default, TimeProvider.System, 1, default), arguments);

    private List<Value[]> Rows(string name, QueryContext context, params Value[] arguments)
    {
        IProcedure procedure = _procedures[name];
        Value[] all = [.. procedure.Arguments.Select((field, i) => i < arguments.Length ? arguments[i] : field.Default ?? Value.Null)];
        List<Value[]> rows = [.. procedure.Call(context, all).Select(row => (Value[])row.Clone())];
        Assert.Equal(0, context.Charged);
        return rows;
    }
}
