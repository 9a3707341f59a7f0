using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Tests.Algorithms;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Storage;

/// <summary>The catalogue beside counts by definition, beside reference answers, and kept up beside counted anew.</summary>
public class MotifCatalogueTests
{
    public static TheoryData<string> Graphs => ReferenceGraph.Names;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_catalogue_equals_counts_by_definition(int seed)
    {
        PropertyGraph graph = RandomGraph(seed, nodes: 14, relationships: 60);
        GraphView view = graph.Snapshot();
        MotifCatalogue catalogue = graph.CurrentStatistics;
        int[] labels = [.. Enumerable.Range(-1, view.Labels.Count + 1)], types = [.. Enumerable.Range(-1, view.Types.Count + 1)];
        (int S, int T, int Type)[] edges = [.. Enumerable.Range(0, view.RelationshipNumbers).Select(r => (view.SourceOf(r), view.TargetOf(r), view.TypeOf(r)))];
        foreach (int type in types)
        {
            foreach (int a in labels)
            {
                foreach (int b in labels)
                {
                    Assert.Equal(edges.Count(e => Is(e.Type, type) && Has(e.S, a) && Has(e.T, b)), catalogue.Relationships(a, type, b));
                }

                foreach (int other in types)
                {
                    foreach (Direction first in Enum.GetValues<Direction>())
                    {
                        foreach (Direction second in Enum.GetValues<Direction>())
                        {
                            double expected = Enumerable.Range(0, 14).Where(n => Has(n, a)).Sum(n => (double)Degree(n, type, first) * Degree(n, other, second));
                            Assert.Equal(expected, catalogue.Wedges(a, type, first, other, second));
                        }
                    }
                }
            }
        }

        for (int a = 0; a < view.Types.Count; a++)
        {
            for (int b = 0; b < view.Types.Count; b++)
            {
                for (int c = 0; c < view.Types.Count; c++)
                {
                    Assert.Equal(RateByDefinition(a, b, c), catalogue.ClosingRate(a, b, c), 1e-12);
                }
            }
        }

        bool Has(int node, int label) => label < 0 || view.LabelsOf(node).Contains(label);
        bool Is(int type, int asked) => asked < 0 || type == asked;
        int Degree(int node, int type, Direction direction) => edges.Count(e => Is(e.Type, type)
            && ((direction != Direction.Incoming && e.S == node) || (direction != Direction.Outgoing && e.T == node)))
            + (direction == Direction.Both ? edges.Count(e => Is(e.Type, type) && e.S == node && e.T == node) : 0);
        bool Joined(int u, int v, int type) => edges.Any(e => e.Type == type && ((e.S == u && e.T == v) || (e.S == v && e.T == u)));
        double RateByDefinition(int a, int b, int c)
        {
            int wedges = 0, closed = 0;
            for (int centre = 0; centre < 14; centre++)
            {
                for (int u = 0; u < 14; u++)
                {
                    for (int v = 0; v < 14; v++)
                    {
                        if (u != v && u != centre && v != centre && Joined(centre, u, a) && Joined(centre, v, b))
                        {
                            wedges++;
                            closed += Joined(u, v, c) ? 1 : 0;
                        }
                    }
                }
            }

            return wedges == 0 ? 0 : (double)closed / wedges;
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void The_catalogue_agrees_with_the_reference_answers(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        MotifTables tables = Load(reference).CurrentStatistics.Tables;
        Assert.Equal(reference.Answers.GetProperty("triangles").GetInt64(), tables.AllTriangles);
        Assert.Equal(reference.Answers.GetProperty("motifs").GetProperty("noninduced").GetProperty("wedge").GetInt64(), tables.AllSimpleWedges);
    }

    [Fact]
    public void Ten_thousand_edits_later_it_equals_one_counted_anew()
    {
        ReferenceGraph reference = ReferenceGraph.Read("ca-grqc");
        PropertyGraph graph = Load(reference);
        Edit(graph, graph.CurrentStatistics, new Random(9), 10_000, reference.Sources.Length, 5242);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Edits_of_labels_types_loops_and_nodes_are_followed(int seed)
    {
        PropertyGraph graph = RandomGraph(seed, nodes: 30, relationships: 200);
        Edit(graph, graph.CurrentStatistics, new Random(seed), 2_000, 200, 30);
    }

    [Fact]
    public void A_catalogue_that_was_sampled_is_near_the_counted_one()
    {
        ReferenceGraph reference = ReferenceGraph.Read("facebook");
        var view = (GraphSnapshot)Load(reference).Snapshot();
        MotifTables counted = MotifCounting.Count(view, long.MaxValue), drawn = MotifCounting.Count(view, 0);
        Assert.Equal(counted.AllSimpleWedges, drawn.AllSimpleWedges);
        Assert.InRange((double)drawn.AllTriangles / counted.AllTriangles, 0.95, 1.05);
    }

    [Fact]
    public void Distinct_values_are_known_from_an_index_and_estimated_without()
    {
        var graph = new PropertyGraph();
        for (int i = 0; i < 5000; i++)
        {
            graph.AddNode(["A"], new MapValue(["few", "all"], [Value.Of((long)(i % 10)), Value.Of((long)i)]));
        }

        var view = graph.Snapshot();
        Assert.Equal(10, view.Statistics!.DistinctValues(0, view.Keys.Find("few")), 1.0);
        Assert.InRange(view.Statistics!.DistinctValues(0, view.Keys.Find("all")), 4500, 5500);
        graph.AddIndex("A", "few");
        Assert.Equal(10, graph.Snapshot().Statistics!.DistinctValues(0, view.Keys.Find("few")));
    }

    private static PropertyGraph Load(ReferenceGraph reference)
    {
        var graph = new PropertyGraph();
        graph.AddNodes(reference.Count, ["N"]);
        graph.AddRelationships(reference.Sources, reference.Targets, "R");
        return graph;
    }

    private static PropertyGraph RandomGraph(int seed, int nodes, int relationships)
    {
        var random = new Random(seed);
        var graph = new PropertyGraph();
        for (int i = 0; i < nodes; i++)
        {
            graph.AddNode([.. new[] { "A", "B" }.Where(_ => random.Next(2) == 0)], MapValue.Empty);
        }

        for (int i = 0; i < relationships; i++)
        {
            graph.AddRelationship(random.Next(nodes), random.Next(nodes), "RST"[random.Next(3)].ToString(), MapValue.Empty);
        }

        return graph;
    }

    private static void Edit(PropertyGraph graph, MotifCatalogue kept, Random random, int edits, int relationships, int nodes)
    {
        var live = Enumerable.Range(0, relationships).ToList();
        for (int i = 0; i < edits; i++)
        {
            int at = random.Next(live.Count);
            if (random.Next(2) == 0)
            {
                graph.RemoveRelationship(live[at]);
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
            }
            else
            {
                live.Add(graph.AddRelationship(random.Next(nodes), random.Next(nodes), random.Next(4) == 0 ? "S" : "R", MapValue.Empty));
            }

            if (i % 50 == 0)
            {
                graph.SetLabels(random.Next(nodes), random.Next(2) == 0 ? ["A"] : ["A", "N"]);
            }
        }

        graph.RemoveNode(nodes - 1);
        Assert.Same(kept, graph.CurrentStatistics);
        MotifTables anew = MotifCounting.Count((GraphSnapshot)graph.Snapshot(), long.MaxValue);
        MotifTables tables = kept.Tables;
        Assert.Equal(anew.AllTriangles, tables.AllTriangles);
        Assert.Equal(anew.AllSimpleWedges, tables.AllSimpleWedges);
        Assert.Equal(anew.Relationships.OrderBy(e => e.Key), tables.Relationships.OrderBy(e => e.Key));
        Assert.Equal(anew.Wedges.OrderBy(e => e.Key), tables.Wedges.OrderBy(e => e.Key));
        Assert.Equal(anew.SimpleWedges.OrderBy(e => e.Key), tables.SimpleWedges.OrderBy(e => e.Key));
        Assert.Equal(anew.Triangles.OrderBy(e => e.Key), tables.Triangles.OrderBy(e => e.Key));
        Assert.Equal(
            anew.Degrees.OrderBy(e => e.Key).Select(e => (e.Key, string.Join(' ', e.Value.OrderBy(d => d.Key)))),
            tables.Degrees.OrderBy(e => e.Key).Select(e => (e.Key, string.Join(' ', e.Value.OrderBy(d => d.Key)))));
    }
}
