using AuraMemory.Graph.Query;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Shortest paths under conditions, beside all trails of small graphs.</summary>
public class ShortestPathConditionTests
{
    private const int Longest = 5;

    /// <summary>Conditions as they are written, and what they ask of a trail: its nodes' <c>k</c> and its relationships' <c>w</c>, null where there is none.</summary>
    private static readonly (string Written, Func<long?[], long?[], bool> Holds)[] Conditions =
    [
        ("true", (_, _) => true),
        ("length(p) > 2", (_, w) => w.Length > 2),
        ("length(p) % 2 = 0", (_, w) => w.Length % 2 == 0),
        ("size(r) <> 1 AND size(r) <> 2", (_, w) => w.Length > 2),
        ("all(n IN nodes(p) WHERE n.k < 4)", (k, _) => k.All(v => v < 4)),
        ("none(n IN nodes(p) WHERE n.k = 2)", (k, _) => k.All(v => v is not null and not 2)),
        ("all(x IN relationships(p) WHERE x.w > 0)", (_, w) => w.All(v => v > 0)),
        ("none(x IN r WHERE x.w = 1)", (_, w) => w.All(v => v is not null and not 1)),
        ("all(n IN nodes(p) WHERE n.k >= a.k)", (k, _) => k.All(v => v >= k[0])),
        ("any(n IN nodes(p)[1..-1] WHERE n.k = 3)", (k, _) => k[1..^1].Any(v => v == 3)),
        ("single(x IN relationships(p) WHERE x.w = 2)", (_, w) => w.All(v => v is not null) && w.Count(v => v == 2) == 1),
        ("none(n IN nodes(p) WHERE n.k = 2) AND length(p) >= 3", (k, w) => w.Length >= 3 && k.All(v => v is not null and not 2)),
        ("reduce(s = 0, x IN r | s + coalesce(x.w, 0)) >= 4", (_, w) => w.Sum(v => v ?? 0) >= 4),
        ("all(x IN r WHERE x.w <= b.k) AND size(nodes(p)) > 3", (k, w) => w.All(v => v <= k[^1]) && w.Length > 2),
        ("size([n IN nodes(p) WHERE n.k > 5]) = 2", (k, _) => k.Count(v => v > 5) == 2),
    ];

    [Theory]
    [InlineData("-[r:R*..5]->", Direction.Outgoing)]
    [InlineData("<-[r:R*..5]-", Direction.Incoming)]
    [InlineData("-[r:R*..5]-", Direction.Both)]
    public void The_shortest_trail_is_found_for_which_the_condition_holds(string pattern, Direction direction)
    {
        int found = 0, longer = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            PropertyGraph graph = RandomGraph(seed);
            GraphView view = graph.Snapshot();
            List<int[]>[] trails = Trails(view, direction);
            foreach ((string written, Func<long?[], long?[], bool> holds) in Conditions)
            {
                string where = $"WHERE a <> b AND {written} RETURN a.id, b.id, nodes(p), r";
                ILookup<(long, long), string> all = Ask($"MATCH (a), (b), p = allShortestPaths((a){pattern}(b)) {where}", graph);
                ILookup<(long, long), string> one = Ask($"MATCH (a), (b), p = shortestPath((a){pattern}(b)) {where}", graph);
                for (int pair = 0; pair < trails.Length; pair++)
                {
                    (int a, int b) = (pair / view.NodeNumbers, pair % view.NodeNumbers);
                    List<(int[] Trail, int Length)> fitting = [.. trails[pair].Where(t => Fits(view, a, t, holds)).Select(t => (t, t.Length)).OrderBy(t => t.Length)];
                    string[] expected = [.. fitting.Where(t => t.Length == fitting[0].Length).Select(t => Text(view, a, t.Trail)).Order(StringComparer.Ordinal)];
                    Assert.Equal(expected, all[(a, b)].Order(StringComparer.Ordinal));
                    Assert.Equal(expected.Length == 0 ? 0 : 1, one[(a, b)].Count());
                    Assert.All(one[(a, b)], o => Assert.Contains(o, expected));
                    found += expected.Length;
                    longer += fitting.Count > 0 && fitting[0].Length > trails[pair].Min(t => t.Length) ? 1 : 0;
                }
            }
        }

        Assert.True(found > 1000 && longer > 100, $"{found} paths, {longer} pairs with longer ones: the graphs have too few to say much.");
    }

    [Fact]
    public void On_a_ring_the_other_way_round_is_found_and_no_length_in_between_is_tried()
    {
        var graph = new PropertyGraph();
        for (int i = 0; i < 2000; i++)
        {
            graph.AddNode(["N"], QueryBed.Map(("id", Value.Of((long)i))));
        }

        for (int i = 0; i < 2000; i++)
        {
            graph.AddRelationship(i, (i + 1) % 2000, "R", MapValue.Empty);
        }

        QueryResult ring = QueryBed.Run("MATCH (a {id: 0}), (b {id: 5}), p = shortestPath((a)-[*]-(b)) WHERE length(p) > 5 RETURN length(p) AS l", graph);
        Assert.Equal(1995, ring.Rows[0][0].Integer);
        Assert.Empty(QueryBed.Run("MATCH (a {id: 0}), (b {id: 5}), p = shortestPath((a)-[*]-(b)) WHERE length(p) > 1995 RETURN p", graph).Rows);
        Assert.Empty(QueryBed.Run("MATCH (a {id: 0}), (b {id: 5}), p = shortestPath((a)-[*..1994]-(b)) WHERE length(p) > 5 RETURN p", graph).Rows);
    }

    [Theory]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = shortestPath((a)-[*]-(b)) WHERE length(p) > 1 RETURN length(p) AS l", "2")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = allShortestPaths((a)-[*]-(b)) WHERE length(p) > 1 RETURN count(*) AS c", "2")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = shortestPath((a)-[*]-(b)) WHERE any(r IN relationships(p) WHERE type(r) = 'KNOWS') RETURN length(p) AS l", "2")]
    [InlineData("MATCH (a {name: 'ann'}), p = shortestPath((a)-[*0..]-(a)) WHERE length(p) > 0 RETURN length(p) AS l", "2")]
    [InlineData("MATCH (a {name: 'ann'}), p = shortestPath((a)-[*0..]-(a)) RETURN length(p) AS l", "0")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}) OPTIONAL MATCH p = shortestPath((a)-[*..2]-(b)) WHERE length(p) > 2 RETURN p IS NULL AS n", "true")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = shortestPath((a)-[*]-(b)), q = shortestPath((b)-[*]-(a)) WHERE length(q) > length(p) RETURN length(q) AS l", "2")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = shortestPath((a)-[*]-(b)) WHERE EXISTS { MATCH (a)-[:LIKES]->(b) WHERE length(p) > 1 } RETURN length(p) AS l", "2")]
    [InlineData("MATCH (a {name: 'ann'}), (b {name: 'rex'}), p = shortestPath((a)-[*]-(b)) WHERE all(n IN nodes(p) WHERE (n)-[:LIKES]->() OR n:Dog) AND length(p) > 1 RETURN length(p) AS l", "2")]
    public void Conditions_of_every_kind_are_asked_by_the_search(string query, string expected) => Assert.Equal([expected], QueryBed.Rows(query));

    private static ILookup<(long, long), string> Ask(string query, PropertyGraph graph) => QueryBed.Run(query, graph).Rows.ToLookup(
        r => (r[0].Integer, r[1].Integer), r => Text(r[2].List.Select(n => n.Node), r[3].List.Select(x => x.Relationship)));

    private static string Text(IEnumerable<int> nodes, IEnumerable<int> relationships) => $"{string.Join(' ', nodes)} by {string.Join(' ', relationships)}";

    private static string Text(GraphView view, int start, int[] trail) => Text(Nodes(view, start, trail), trail);

    private static List<int> Nodes(GraphView view, int start, int[] trail)
    {
        List<int> nodes = [start];
        foreach (int relationship in trail)
        {
            nodes.Add(view.SourceOf(relationship) == nodes[^1] ? view.TargetOf(relationship) : view.SourceOf(relationship));
        }

        return nodes;
    }

    private static bool Fits(GraphView view, int start, int[] trail, Func<long?[], long?[], bool> holds)
    {
        int k = view.Keys.Find("k"), w = view.Keys.Find("w");
        return holds(
            [.. Nodes(view, start, trail).Select(n => Number(view.NodeProperty(n, k)))], [.. trail.Select(r => Number(view.RelationshipProperty(r, w)))]);

        static long? Number(Value value) => value.IsNull ? null : value.Integer;
    }

    /// <summary>All trails of up to five relationships, by pairs of different ends.</summary>
    private static List<int[]>[] Trails(GraphView view, Direction direction)
    {
        int nodes = view.NodeNumbers;
        List<int[]>[] found = [.. Enumerable.Range(0, nodes * nodes).Select(_ => new List<int[]>())];
        for (int start = 0; start < nodes; start++)
        {
            Walk(start, start, []);
        }

        return found;

        void Walk(int start, int at, int[] trail)
        {
            if (trail.Length > 0 && at != start)
            {
                found[(start * nodes) + at].Add(trail);
            }

            for (int r = 0; r < view.RelationshipNumbers && trail.Length < Longest; r++)
            {
                (int from, int to) = (view.SourceOf(r), view.TargetOf(r));
                if (trail.Contains(r))
                {
                    continue;
                }

                if (direction != Direction.Incoming && from == at)
                {
                    Walk(start, to, [.. trail, r]);
                }
                else if (direction != Direction.Outgoing && to == at)
                {
                    Walk(start, from, [.. trail, r]);
                }
            }
        }
    }

    private static PropertyGraph RandomGraph(int seed)
    {
        var random = new Random(seed);
        var graph = new PropertyGraph();
        for (int i = 0; i < 7; i++)
        {
            graph.AddNode(["N"], QueryBed.Map(("id", Value.Of((long)i)), ("k", random.Next(6) == 0 ? Value.Null : Value.Of((long)random.Next(8)))));
        }

        for (int i = 0; i < 10; i++)
        {
            Value weight = random.Next(8) == 0 ? Value.Null : Value.Of((long)random.Next(4));
            graph.AddRelationship(random.Next(7), random.Next(7), "R", QueryBed.Map(("w", weight)));
        }

        return graph;
    }
}
