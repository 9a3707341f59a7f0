using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using CsCheck;
using static AuraMemory.Graph.Tests.Planning.Patterns;

namespace AuraMemory.Graph.Tests.Planning;

public sealed class PlannedMatchTests
{
    private static readonly string[] Labels = ["A", "B"];
    private static readonly string[] TypeNames = ["R", "S"];

    private static readonly Gen<PropertyGraph> Graphs =
        from nodes in Gen.Select(Gen.Int[0, 3], Gen.Long[0, 2]).Array[1, 5]
        from edges in Gen.Select(Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 1], Gen.Long[0, 1]).Array[0, 8]
        from indexed in Gen.Bool
        select Build(nodes, edges, indexed);

    private static readonly Gen<NodePattern> Nodes =
        from name in OneOf<string?>("a", "b", "c", "d", null)
        from label in OneOf<string?>(null, null, "A", "B", "Unknown")
        from hasKey in Gen.Int[0, 4]
        from value in Gen.Long[0, 2]
        select Node(name, label == "Unknown" && value > 0 ? null : label, hasKey == 0 ? "k" : null, value);

    private static readonly Gen<RelationshipPattern> Edges =
        from direction in OneOf(Direction.Outgoing, Direction.Incoming, Direction.Both)
        from types in OneOf<string[]>([], ["R"], ["S"], ["R", "S"])
        from kind in Gen.Int[0, 6]
        from least in Gen.Long[0, 2]
        from most in Gen.Long[0, 3]
        from hasKey in Gen.Int[0, 5]
        select Edge(null, direction, types, kind == 0 ? new HopRange(least, most) : kind == 1 ? new HopRange(null, null) : null, hasKey == 0 ? "w" : null);

    private static readonly Gen<PathPattern[]> Pattern =
        (from first in Nodes from rest in Gen.Select(Edges, Nodes).Array[0, 3] select Path(first, [.. rest.Select(r => (r.Item1, r.Item2))])).Array[1, 2];

    // However little the planner knows, and whatever order it takes, the rows are the same.
    private static readonly Gen<PlanningOptions> Ways =
        from knowledge in Gen.Int[0, 3] from keepsOrder in Gen.Bool select new PlanningOptions((PlanningKnowledge)knowledge, keepsOrder);

    [Fact]
    public void Every_plan_gives_the_rows_that_trying_everything_gives()
    {
        Gen.Select(Graphs, Pattern, Ways).Where(p => p.Item2.Sum(q => q.Relationships.Count) <= 4).Sample(
            (graph, paths, way) =>
            {
                GraphView view = graph.Snapshot();
                string[] names = [.. Variables(paths)];
                if (NaiveMatch.Run(view, paths) is not { } naive)
                {
                    return;
                }

                QuerySyntax query = Ask(Match(paths), new ReturnClause(Project(false, [.. names.Select(n => (Name(n), n)), (new Literal(Value.Of(1L), default), "one")]), default));
                List<Value[]> planned = Run(query, view, QueryLimits.Default with { Rows = long.MaxValue }, options: way);
                Assert.Equal(
                    naive.Select(r => string.Join(" ", names.Select(n => r[n].ToString()).Append("1"))).Order(StringComparer.Ordinal),
                    planned.Select(r => string.Join(" ", r)).Order(StringComparer.Ordinal));
            },
            iter: 3000);
    }

    [Fact]
    public void Counts_are_those_of_the_rows_whatever_stands_in_for_them()
    {
        Gen.Select(Graphs, Pattern).Where(p => p.Item2.Sum(q => q.Relationships.Count) <= 4).Sample(
            (graph, paths) =>
            {
                GraphView view = graph.Snapshot();
                if (NaiveMatch.Run(view, paths) is not { } naive)
                {
                    return;
                }

                Assert.Equal(naive.Count, Run(Ask(Match(paths), new ReturnClause(Project(false, (Count(), "n")), default)), view)[0][0].Integer);
                foreach (string name in Variables(paths))
                {
                    var different = naive.Select(r => r[name].Node).Distinct().Order().ToList();
                    Assert.Equal(
                        different.Count, Run(Ask(Match(paths), new ReturnClause(Project(false, (Count(name), "n")), default)), view)[0][0].Integer);
                    Assert.Equal(
                        different, Run(Ask(Match(paths), new ReturnClause(Project(true, (Name(name), "n")), default)), view).Select(r => r[0].Node).Order());
                    Assert.Equal(
                        naive.GroupBy(r => r[name].Node).Select(g => $"{g.Key} {g.Count()}").Order(StringComparer.Ordinal),
                        Run(Ask(Match(paths), new ReturnClause(Project(false, (Name(name), "k"), (Count(), "n")), default)), view)
                            .Select(r => $"{r[0].Node} {r[1].Integer}").Order(StringComparer.Ordinal));
                }
            },
            iter: 2000);
    }

    [Fact]
    public void A_match_after_a_match_goes_on_from_what_is_bound()
    {
        Gen.Select(Graphs, Pattern, Pattern).Where(p => p.Item2.Concat(p.Item3).Sum(q => q.Relationships.Count) <= 4).Sample(
            (graph, first, second) =>
            {
                GraphView view = graph.Snapshot();
                if (NaiveMatch.Run(view, first) is not { } rows || NaiveMatch.Run(view, second) is not { } mores || (long)rows.Count * mores.Count > 100_000)
                {
                    return;
                }

                var expected = new List<string>();
                string[] names = [.. Variables(first).Union(Variables(second))];
                foreach (Dictionary<string, Value> row in rows)
                {
                    foreach (Dictionary<string, Value> more in mores)
                    {
                        if (row.All(v => !more.TryGetValue(v.Key, out Value same) || same.Node == v.Value.Node))
                        {
                            expected.Add(string.Join(" ", names.Select(n => (row.TryGetValue(n, out Value v) ? v : more[n]).Node)));
                        }
                    }
                }

                QuerySyntax query = Ask(
                    Match(first), Match(second), new ReturnClause(Project(false, [.. names.Select(n => (Name(n), n)), (new Literal(Value.Of(1L), default), "one")]), default));
                Assert.Equal(
                    expected.Order(StringComparer.Ordinal),
                    Run(query, view).Select(r => string.Join(" ", r.SkipLast(1).Select(v => v.Node))).Order(StringComparer.Ordinal));
            },
            iter: 1000);
    }

    private static PropertyGraph Build((int Labels, long K)[] nodes, (int From, int To, int Type, long W)[] edges, bool indexed)
    {
        var graph = new PropertyGraph();
        foreach ((int labels, long k) in nodes)
        {
            graph.AddNode([.. Labels.Where((_, i) => (labels >> i & 1) != 0)], new MapValue(["k"], [Value.Of(k)]));
        }

        foreach ((int from, int to, int type, long w) in edges)
        {
            graph.AddRelationship(from % nodes.Length, to % nodes.Length, TypeNames[type], new MapValue(["w"], [Value.Of(w)]));
        }

        if (indexed)
        {
            graph.AddIndex("A", "k");
        }

        return graph;
    }

    private static IEnumerable<string> Variables(PathPattern[] paths) =>
        paths.SelectMany(p => p.Nodes.Select(n => n.Variable)).OfType<string>().Distinct();

    private static Gen<T> OneOf<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
