using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>A small random property graph: nodes with none to three labels, self loops and parallel edges, properties of all kinds and properties that are not there.</summary>
/// <remarks>Every node has its own <c>key</c> and every relationship its own <c>rid</c>, by which both sides mean the same one.</remarks>
internal sealed class RandomGraph
{
    /// <summary>Labels that nodes may have.</summary>
    public static readonly string[] Labels = ["A", "B", "C D"];

    /// <summary>Types that relationships may have.</summary>
    public static readonly string[] Types = ["R", "S", "T t"];

    private static readonly string[] Texts = ["", "a", "b", "ab", "A", "é", "𝒳", "it's", " x ", "10"];
    private static readonly double[] Floats = [0.5, -0.5, 1.5, 2.25, -1e10, 1e-3, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly string[] Dates = ["2020-02-29", "1999-12-31", "2020-03-01", "0001-01-01"];
    private static readonly string[] Moments = ["2020-02-29T12:00:00Z", "2020-02-29T13:00:00+01:00", "2021-07-01T00:00:00.5+02:00[Europe/Berlin]"];

    private readonly List<(string[] Labels, MapValue Properties)> _nodes = [];
    private readonly List<(int From, int To, string Type, MapValue Properties)> _relationships = [];

    /// <summary>A graph.</summary>
    public RandomGraph(Random random)
    {
        int nodes = random.Next(1, 14);
        for (int i = 0; i < nodes; i++)
        {
            string[] labels = [.. Labels.Where(_ => random.Next(3) == 0)];
            _nodes.Add((labels, Properties(random, "key", Value.Of("n" + i))));
        }

        int relationships = random.Next(0, 2 * nodes);
        for (int i = 0; i < relationships; i++)
        {
            _relationships.Add((random.Next(nodes), random.Next(nodes), Types[random.Next(Types.Length)], Properties(random, "rid", Value.Of((long)i))));
        }
    }

    /// <summary>The graph, embedded.</summary>
    public GraphView Embedded()
    {
        var graph = new PropertyGraph();
        foreach ((string[] labels, MapValue properties) in _nodes)
        {
            graph.AddNode(labels, properties);
        }

        foreach ((int from, int to, string type, MapValue properties) in _relationships)
        {
            graph.AddRelationship(from, to, type, properties);
        }

        return graph.Snapshot();
    }

    /// <summary>Puts it in place of whatever Neo4j holds.</summary>
    public async Task LoadAsync(PeerSession peer)
    {
        await peer.WriteAsync("MATCH (n) DETACH DELETE n", []);
        foreach (IGrouping<string, (string[] Labels, MapValue Properties)> same in _nodes.GroupBy(n => string.Concat(n.Labels.Select(l => $":`{l}`"))))
        {
            await peer.WriteAsync($"UNWIND $rows AS row CREATE (n{same.Key}) SET n = row", Rows(same.Select(n => (object?)EmbeddedSide.Travelling(n.Properties))));
        }

        foreach (IGrouping<string, (int From, int To, string Type, MapValue Properties)> same in _relationships.GroupBy(r => r.Type))
        {
            await peer.WriteAsync(
                $"UNWIND $rows AS row MATCH (a {{key: row.a}}), (b {{key: row.b}}) CREATE (a)-[r:`{same.Key}`]->(b) SET r = row.p",
                Rows(same.Select(r => (object?)new Dictionary<string, object?> { ["a"] = "n" + r.From, ["b"] = "n" + r.To, ["p"] = EmbeddedSide.Travelling(r.Properties) })));
        }
    }

    private static Dictionary<string, object?> Rows(IEnumerable<object?> rows) => new() { ["rows"] = rows.ToList() };

    private static MapValue Properties(Random random, string identity, Value value)
    {
        List<(string Key, Value Value)> all = [(identity, value)];
        void Maybe(string key, Func<Value> make)
        {
            if (random.Next(3) > 0)
            {
                all.Add((key, make()));
            }
        }

        Maybe("i", () => Value.Of((long)random.Next(-2, 4)));
        Maybe("f", () => Value.Of(Floats[random.Next(Floats.Length)]));
        Maybe("s", () => Value.Of(Texts[random.Next(Texts.Length)]));
        Maybe("b", () => Value.Of(random.Next(2) == 0));
        Maybe("l", () => Value.Of(Enumerable.Range(0, random.Next(4)).Select(_ => Value.Of((long)random.Next(3))).ToArray()));
        Maybe("d", () => TinyGraph.Evaluate($"date('{Dates[random.Next(Dates.Length)]}')"));
        Maybe("t", () => TinyGraph.Evaluate($"datetime('{Moments[random.Next(Moments.Length)]}')"));
        Maybe("u", () => TinyGraph.Evaluate($"duration({{days: {random.Next(3)}, seconds: {random.Next(3)}}})"));
        Maybe("m", () => random.Next(4) switch
        {
            0 => Value.Of(random.Next(2) == 0),
            1 => Value.Of(Texts[random.Next(Texts.Length)]),
            2 => Value.Of(Floats[random.Next(Floats.Length)]),
            _ => Value.Of((long)random.Next(3)),
        });
        return new MapValue([.. all.Select(p => p.Key)], [.. all.Select(p => p.Value)]);
    }
}
