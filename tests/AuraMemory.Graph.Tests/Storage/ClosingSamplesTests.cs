using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Tests.Algorithms;
using AuraMemory.Graph.Tests.Queries;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Storage;

/// <summary>Drawn closing rates beside those that follow from counts, and beside all matches of small graphs.</summary>
public class ClosingSamplesTests
{
    /// <summary>A rate is drawn from 128 closed matches or 16 384 matches: three standard errors of the former.</summary>
    private const double Near = 1.27;

    private static readonly PatternArc[] Wedge = [Arc(0, 1), Arc(1, 2)];
    private static readonly PatternArc[] Path = [Arc(0, 1), Arc(1, 2), Arc(2, 3)];
    private static readonly PatternArc[] Paw = [Arc(0, 1), Arc(1, 2), Arc(2, 0), Arc(2, 3)];
    private static readonly PatternArc[] Diamond = [Arc(0, 1), Arc(1, 2), Arc(2, 0), Arc(2, 3), Arc(3, 0)];

    public static TheoryData<string> Graphs => ReferenceGraph.Names;

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Rates_are_near_those_that_follow_from_counts(string name)
    {
        (PropertyGraph graph, MotifCounts counts) = Simple(name);
        var view = (GraphSnapshot)graph.Snapshot();
        var samples = new ClosingSamples();

        // Walks of three relationships may end where they began.
        Is(Wedge, Arc(0, 2), 3.0 * counts.Triangles / counts.Wedges);
        Is(Path, Arc(0, 3), 8.0 * counts.Cycles / ((2.0 * counts.Paths) + (6.0 * counts.Triangles)));
        Is(Paw, Arc(0, 3), 2.0 * counts.Diamonds / counts.Paws);
        Is(Diamond, Arc(1, 3), 6.0 * counts.Cliques / counts.Diamonds);

        // On to one more node: from the middle, from an end.
        Is(Wedge, Arc(1, 3), 3.0 * counts.Stars / counts.Wedges);
        Is(Wedge, Arc(3, 2), ((2.0 * counts.Paths) + (6.0 * counts.Triangles)) / (2.0 * counts.Wedges));

        void Is(PatternArc[] pattern, PatternArc closing, double expected)
        {
            int draws = 1;
            ClosingSample sample = Assert.NotNull(samples.Of(view, pattern, closing, ref draws));
            Assert.InRange(sample.Rate, expected / Near, expected * Near);
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Rows_expected_of_patterns_of_four_nodes_are_near_those_counted(string name)
    {
        (PropertyGraph graph, MotifCounts counts) = Simple(name);
        Is("(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a)", 8.0 * counts.Cycles);
        Is("(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a), (a)-[:R]-(c)", 4.0 * counts.Diamonds);
        Is("(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a), (a)-[:R]-(c), (b)-[:R]-(d)", 24.0 * counts.Cliques);

        void Is(string pattern, double expected)
        {
            PlanDescription plan = QueryBed.Run($"EXPLAIN MATCH {pattern} RETURN 1 AS one", graph).Plan!;
            Assert.InRange(plan.EstimatedRows, expected / 2.5, expected * 2.5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rates_of_types_and_directions_are_near_those_of_all_matches(int seed)
    {
        var random = new Random(seed);
        PropertyGraph graph = RandomGraph(seed, 12, 70);
        var view = (GraphSnapshot)graph.Snapshot();
        var samples = new ClosingSamples();
        int seen = 0;
        for (int i = 0; i < 40; i++)
        {
            (PatternArc[] pattern, PatternArc closing) = RandomPattern(random);
            (long matches, long closed) = Count(view, pattern, closing);
            int draws = 1;
            ClosingSample? sample = samples.Of(view, pattern, closing, ref draws);
            if (matches < 200 || closed < 50)
            {
                Assert.True(sample is null || matches > 0);
                continue;
            }

            seen++;
            double expected = (double)closed / matches;
            Assert.InRange(Assert.NotNull(sample).Rate, expected / 1.35, expected * 1.35);
        }

        Assert.True(seen > 10, $"Only {seen} patterns occur often enough to compare.");
    }

    [Fact]
    public void However_its_nodes_are_numbered_a_pattern_is_the_same()
    {
        var random = new Random(7);
        var names = new HashSet<string>();
        for (int i = 0; i < 50; i++)
        {
            (PatternArc[] pattern, PatternArc closing) = RandomPattern(random);
            int[] numbers = [.. Enumerable.Range(0, 5)];
            random.Shuffle(numbers.AsSpan(0, 1 + pattern.Append(closing).Max(a => Math.Max(a.From, a.To))));
            PatternArc[] renamed = [.. pattern.Select(Renamed)];
            random.Shuffle(renamed);
            string name = ClosingSamples.Canonical(pattern, closing).Name;
            names.Add(name);
            Assert.Equal(name, ClosingSamples.Canonical(renamed, Renamed(closing)).Name);

            PatternArc Renamed(PatternArc arc)
            {
                PatternArc other = arc with { From = numbers[arc.From], To = numbers[arc.To] };
                return random.Next(2) == 0 ? other : other.Turned();
            }
        }

        Assert.True(names.Count > 40);
        Assert.NotEqual(ClosingSamples.Canonical(Path, Arc(0, 3)).Name, ClosingSamples.Canonical(Paw, Arc(0, 3)).Name);
        Assert.NotEqual(ClosingSamples.Canonical(Wedge, Arc(0, 2)).Name, ClosingSamples.Canonical(Wedge, Arc(0, 2) with { Type = 1 }).Name);
    }

    [Fact]
    public void A_rate_is_kept_until_a_fifth_of_the_relationships_has_changed()
    {
        var graph = new PropertyGraph();
        graph.AddNodes(40, ["N"]);
        for (int i = 0; i < 40; i++)
        {
            graph.AddRelationship(i, (i + 1) % 40, "R", MapValue.Empty);
            graph.AddRelationship(i, (i + 3) % 40, "R", MapValue.Empty);
        }

        int draws = 0;
        IGraphStatistics statistics = graph.CurrentStatistics;
        Assert.Null(statistics.Closing(Wedge, Arc(0, 2), ref draws));
        draws = 5;
        Assert.Equal(0, Assert.NotNull(statistics.Closing(Wedge, Arc(0, 2), ref draws)).Rate);
        Assert.Equal(4, draws);
        for (int i = 0; i < 16; i++)
        {
            graph.AddRelationship(i, (i + 2) % 40, "R", MapValue.Empty);
        }

        Assert.Equal(0, Assert.NotNull(statistics.Closing(Wedge, Arc(0, 2), ref draws)).Rate);
        Assert.Equal(4, draws);
        graph.AddRelationship(16, 18, "R", MapValue.Empty);
        Assert.True(Assert.NotNull(statistics.Closing(Wedge, Arc(0, 2), ref draws)).Rate > 0.1);
        Assert.Equal(3, draws);
        draws = 0;
        Assert.NotNull(statistics.Closing([Wedge[1], Wedge[0]], Arc(2, 0), ref draws));
        Assert.True(graph.CurrentStatistics.Bytes > 16_384);
    }

    private static PatternArc Arc(int from, int to) => new(from, to, 0, Direction.Both);

    private static (PropertyGraph Graph, MotifCounts Counts) Simple(string name)
    {
        AlgorithmGraph simple = ReferenceGraph.Read(name).Simple();
        var sources = new List<int>();
        var targets = new List<int>();
        for (int node = 0; node < simple.Count; node++)
        {
            foreach (int other in simple.Row(node))
            {
                if (other > node)
                {
                    sources.Add(node);
                    targets.Add(other);
                }
            }
        }

        var graph = new PropertyGraph();
        graph.AddNodes(simple.Count, ["N"]);
        graph.AddRelationships([.. sources], [.. targets], "R");
        return (graph, MotifCounts.Count(simple, TestContext.Current.CancellationToken));
    }

    private static PropertyGraph RandomGraph(int seed, int nodes, int relationships)
    {
        var random = new Random(seed);
        var graph = new PropertyGraph();
        graph.AddNodes(nodes, ["N"]);
        for (int i = 0; i < relationships; i++)
        {
            // No loops: the sample leaves them out where a pattern begins.
            int source = random.Next(nodes);
            graph.AddRelationship(source, (source + 1 + random.Next(nodes - 1)) % nodes, random.Next(3) == 0 ? "S" : "R", MapValue.Empty);
        }

        return graph;
    }

    /// <summary>A tree of three or four nodes, sometimes a further relationship in it, and two nodes to join.</summary>
    private static (PatternArc[] Pattern, PatternArc Closing) RandomPattern(Random random)
    {
        int nodes = random.Next(3, 6);
        List<PatternArc> arcs = [.. Enumerable.Range(1, nodes - 1).Select(n => One(random.Next(n), n))];
        List<(int A, int B)> free = [.. from a in Enumerable.Range(0, nodes) from b in Enumerable.Range(a + 1, nodes - a - 1)
            where !arcs.Exists(x => (x.From, x.To) == (a, b) || (x.From, x.To) == (b, a)) select (a, b)];
        (int A, int B)[] pairs = [.. free];
        random.Shuffle(pairs);
        if (pairs.Length > 1 && nodes < 5 && random.Next(2) == 0)
        {
            arcs.Add(One(pairs[1].A, pairs[1].B));
        }

        return ([.. arcs], nodes < 5 && random.Next(4) == 0 ? One(random.Next(nodes), nodes) : One(pairs[0].A, pairs[0].B));

        PatternArc One(int from, int to) => new(from, to, random.Next(-1, 2), (Direction)random.Next(3));
    }

    /// <summary>Matches by trying everything: relationships all different, nodes as they come.</summary>
    private static (long Matches, long Closed) Count(GraphView view, PatternArc[] pattern, PatternArc closing)
    {
        int[] nodes = [-1, -1, -1, -1, -1];
        var used = new HashSet<int>();
        long matches = 0, closed = 0;
        Next(0);
        return (matches, closed);

        void Next(int at)
        {
            if (at > pattern.Length)
            {
                closed++;
                return;
            }

            matches += at == pattern.Length ? 1 : 0;
            PatternArc arc = at == pattern.Length ? closing : pattern[at];
            for (int r = 0; r < view.RelationshipNumbers; r++)
            {
                if ((arc.Type >= 0 && view.TypeOf(r) != arc.Type) || !used.Add(r))
                {
                    continue;
                }

                if (arc.Direction != Direction.Incoming)
                {
                    Try(at, arc, view.SourceOf(r), view.TargetOf(r));
                }

                if (arc.Direction != Direction.Outgoing)
                {
                    Try(at, arc, view.TargetOf(r), view.SourceOf(r));
                }

                used.Remove(r);
            }
        }

        void Try(int at, PatternArc arc, int from, int to)
        {
            (int oldFrom, int oldTo) = (nodes[arc.From], nodes[arc.To]);
            if ((oldFrom < 0 || oldFrom == from) && (oldTo < 0 || oldTo == to))
            {
                (nodes[arc.From], nodes[arc.To]) = (from, to);
                Next(at + 1);
                (nodes[arc.From], nodes[arc.To]) = (oldFrom, oldTo);
            }
        }
    }
}
