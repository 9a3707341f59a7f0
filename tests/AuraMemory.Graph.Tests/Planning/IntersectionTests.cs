using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using CsCheck;
using static AuraMemory.Graph.Tests.Planning.Patterns;

namespace AuraMemory.Graph.Tests.Planning;

/// <summary>Patterns with cycles, whose nodes are found by intersecting: the same as walking every relationship as a path of one, which is never intersected.</summary>
public sealed class IntersectionTests
{
    private const string Counted = "MultiwayIntersectCount";
    private static readonly QueryLimits Patient = new() { Rows = 100_000_000, Memory = 8L << 30, Time = TimeSpan.FromSeconds(10) };
    private static readonly string[] Shapes = ["ab bc ca", "ab bc ca ad", "ab bc cd da", "ab bc ca ad de ea", "ab bc cd da ac", "ab bc cd de ea", "ab bc ca bd dc", "aa ab bc ca"];

    private static readonly Gen<(int From, int To)[]> Few = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5]).Array[4, 14];

    // Enough rows that pairs are seen to come again, of loops and parallel relationships too.
    private static readonly Gen<(int From, int To)[]> Many = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[35, 50];

    private static readonly Gen<Written> Pattern =
        from shape in Gen.Int[0, Shapes.Length - 1].Select(i => Shapes[i])
        from directions in Gen.Int[0, 3].Select(i => i < 2 ? Direction.Both : i == 2 ? Direction.Outgoing : Direction.Incoming).Array[8]
        from label in Gen.Int[0, 8]
        from given in Gen.Int[0, 8]
        from clauses in Gen.Int[0, 3].Select(c => c > 1 ? 0 : c + 1).Array[8]
        select new Written(shape, directions, label, given, clauses);

    [Fact]
    public void Matches_of_cycles_are_those_that_walking_each_relationship_finds()
    {
        int counted = 0;
        Gen.Select(Few, Pattern).Sample((edges, pattern) => Compare(edges, pattern, ref counted), iter: 1000, threads: 1);
        Assert.True(counted > 400, $"Only {counted} plans counted an intersection.");
    }

    [Fact]
    public void Matches_of_cycles_are_the_same_when_pairs_of_nodes_come_again_and_again()
    {
        int counted = 0;
        Gen.Select(Many, Pattern).Where(p => p.Item2.Shape.Length < 12 || p.Item2.Given < 5).Sample((edges, pattern) => Compare(edges, pattern, ref counted), iter: 100, threads: 1);
        Assert.True(counted > 20, $"Only {counted} plans counted an intersection.");
    }

    private static void Compare((int From, int To)[] edges, Written pattern, ref int counted)
    {
        GraphView graph = Build(edges);
        string[] names = [.. pattern.Shape.Where(char.IsLetter).Distinct().Select(c => c.ToString())];
        Clause[] written = Of(pattern, null);
        Clause[] walked = Of(pattern, new HopRange(1, 1));
        List<string> expected = Texts(Rows(walked, names, graph, PlanningOptions.Default));
        foreach (PlanningOptions way in (PlanningOptions[])[PlanningOptions.Default, new(PlanningKnowledge.Counts, KeepsOrder: true)])
        {
            Assert.Equal(expected, Texts(Rows(written, names, graph, way)));
            QuerySyntax count = Ask([.. written, new ReturnClause(Project(false, (Count(), "n")), default)]);
            Assert.Equal(expected.Count, Run(count, graph, Patient, options: way)[0][0].Integer);
            QuerySyntax grouped = Ask([.. written, new ReturnClause(Project(false, (Name("a"), "a"), (Count(), "n")), default)]);
            Assert.Equal(
                expected.GroupBy(r => r.Split('|')[0]).Select(g => $"{g.Key}|{g.Count()}").Order(StringComparer.Ordinal),
                Texts(Run(grouped, graph, Patient, options: way)));
            counted += Patterns.Plan(count, graph, way).ToString().Contains(Counted, StringComparison.Ordinal) ? 1 : 0;
        }
    }

    private static List<Value[]> Rows(Clause[] clauses, string[] names, GraphView graph, PlanningOptions way) => Run(
        Ask([.. clauses, new ReturnClause(Project(false, [.. names.Select(n => (Name(n), n))]), default)]), graph, Patient, options: way);

    private static List<string> Texts(List<Value[]> rows) => [.. rows.Select(r => string.Join('|', r)).Order(StringComparer.Ordinal)];

    private static Clause[] Of(Written pattern, HopRange? range)
    {
        string[] edges = pattern.Shape.Split(' ');
        string all = string.Concat(edges);
        return
        [
            .. edges.Select((e, i) => (Clause: pattern.Clauses[i], Path: Path(Node(e[0]), (Edge(null, pattern.Directions[i], ["R"], range), Node(e[1])))))
                .GroupBy(e => e.Clause).Select(g => Match([.. g.Select(e => e.Path)])),
        ];

        NodePattern Node(char name) => Patterns.Node(
            name.ToString(), pattern.Label < all.Length && all[pattern.Label] == name ? "A" : null, pattern.Given < all.Length && all[pattern.Given] == name ? "k" : null, 1);
    }

    private static GraphView Build((int From, int To)[] edges)
    {
        var graph = new PropertyGraph();
        for (int node = 0; node < 10; node++)
        {
            graph.AddNode(node % 2 == 0 ? ["A"] : [], new MapValue(["k"], [Value.Of((long)node)]));
        }

        foreach ((int from, int to) in edges)
        {
            graph.AddRelationship(from, to, "R", MapValue.Empty);
        }

        return graph.Snapshot();
    }

    /// <summary>A pattern, and how it is written.</summary>
    /// <param name="Shape">Its relationships, each as the letters of its two nodes.</param>
    /// <param name="Directions">Of each.</param>
    /// <param name="Label">Letter whose node must have a label; beyond the end: none.</param>
    /// <param name="Given">Letter whose node is given by a property; beyond the end: none.</param>
    /// <param name="Clauses">In which MATCH each relationship stands.</param>
    private sealed record Written(string Shape, Direction[] Directions, int Label, int Given, int[] Clauses);
}
