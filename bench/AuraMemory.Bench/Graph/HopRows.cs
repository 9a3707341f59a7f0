using System.Globalization;
using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Graph;

/// <summary>Cypher on a generated graph: hops from seeds, beside Kuzu's prepared queries and igraph's neighbourhoods.</summary>
internal sealed class HopRows(GeneratedGraph graph, int[] seeds, PythonPeer peer, BenchReport report)
{
    private const int MostSeeds = 403;
    private readonly CypherBed _bed = new(ReferenceGraph.Make(graph.Edges.Nodes, graph.Edges.Sources, graph.Edges.Targets));
    private readonly int[] _seeds = [.. Enumerable.Range(0, MostSeeds).Select(i => seeds.Length > 0 ? seeds[i % seeds.Length] : (int)((i * 7919L) % graph.Edges.Nodes))];

    public async Task RunAsync()
    {
        NotedFigures noted = graph.Noted;
        bool isChecked = seeds.Length > 0;
        const string Start = "MATCH (a:N {id: $id})-[:R]->";
        Row("1 hop, count", Start + "(b) RETURN count(*)", 403, noted.KuzuOneHop, 10, isChecked ? noted.OneHop : null);
        Row("1 hop, rows", Start + "(b) RETURN b.id", 403, noted.KuzuOneHopRows, 10, isChecked ? noted.OneHop : null);
        Row("2 hops, count", Start + "()-[:R]->(c) RETURN count(*)", 203, noted.KuzuTwoHops, 10, isChecked ? noted.TwoHops : null);
        Row("2 hops, distinct", Start + "()-[:R]->(c) RETURN count(DISTINCT c)", 203, noted.KuzuTwoHopsDistinct, 10, null);
        Row("3 hops, count", Start + "()-[:R]->()-[:R]->(d) RETURN count(*)", 103, noted.KuzuThreeHops, null, isChecked ? noted.ThreeHops - Repeated(103) : null);
        double distinct = Row("3 hops, distinct", Start + "()-[:R]->()-[:R]->(d) RETURN count(DISTINCT d)", 103, noted.KuzuThreeHopsDistinct, null, null);
        double[] floor = peer.HasIgraph ? await peer.FloorAsync(graph.Edges, _seeds).ConfigureAwait(false) : [noted.FloorOne, noted.FloorTwo, noted.FloorThree];
        report.Add(new BenchRow(
            $"{graph.Name}: 3 hops, distinct, beside the floor", distinct, floor[2] * 3, peer.HasIgraph ? "3 x igraph" : "3 x igraph, noted figure of another machine", "ms p50", 1, LessIsBetter: true));
        Row("walks of 1 or 2 hops", "MATCH (a:N {id: $id})-[:R*1..2]->(b) RETURN count(*)", 203, null, null, null);
        Row("distinct within 3 hops", "MATCH (a:N {id: $id})-[:R*1..3]->(b) RETURN count(DISTINCT b)", 103, null, null, null);
        Row("shortest path of two, up to 6 hops", "MATCH p = shortestPath((a:N {id: $id})-[:R*..6]->(b:N {id: $other})) RETURN length(p)", 203, null, null, null);
        if (noted.TransitiveTriangles is { } triangles)
        {
            Row("triangles a->b->c, a->c", "MATCH (a)-[:R]->(b)-[:R]->(c), (a)-[:R]->(c) RETURN count(*)", 1, 6000, 1, triangles);
        }
    }

    private double Row(string name, string query, int count, double? kuzu, double? goal, long? expected)
    {
        ArraySegment<int> some = new(_seeds, 0, count);
        bool isCount = query.Contains("RETURN count(", StringComparison.Ordinal);
        (_, long sum) = _bed.Each(query, some, isCount);
        if (expected is { } right && right != sum)
        {
            report.Fault($"{graph.Name}, {name}: {sum}; it is {right}.");
        }

        double[] times = _bed.Each(query, some, isCount).Milliseconds;
        double median = times[times.Length / 2];
        string note = string.Create(CultureInfo.InvariantCulture, $"p99 {times[times.Length * 99 / 100]:F3}, sum {sum}");
        report.Add(new BenchRow(
            $"{graph.Name}: {name}", median, kuzu, kuzu is null ? null : "Kuzu, noted figure of another machine", "ms p50", goal, LessIsBetter: true, note));
        return median;
    }

    // The peer's figure counts walks; a relationship may stand twice there only as a->b->a->b.
    private long Repeated(int count)
    {
        var edges = new HashSet<(int, int)>();
        for (int i = 0; i < graph.Edges.Sources.Length; i++)
        {
            edges.Add((graph.Edges.Sources[i], graph.Edges.Targets[i]));
        }

        ILookup<int, int> targets = edges.ToLookup(e => e.Item1, e => e.Item2);
        return _seeds.Take(count).Sum(a => (long)targets[a].Count(b => edges.Contains((b, a))));
    }
}
