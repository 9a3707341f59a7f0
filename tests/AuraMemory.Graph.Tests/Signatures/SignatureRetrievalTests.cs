using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Tests.Algorithms;

namespace AuraMemory.Graph.Tests.Signatures;

/// <summary>Surroundings of nodes, planted twice under other names beside the graph they were taken from: the index finds one by the other.</summary>
public class SignatureRetrievalTests
{
    private const int Planted = 60;

    [Fact]
    public void A_copy_under_other_names_has_no_distance()
    {
        (PropertyGraph graph, (int First, int Second)[] pairs) = Plant(0);
        using var index = Indexed(graph);
        foreach ((int first, int second) in pairs)
        {
            SimilarNodes found = index.Nearest(graph.Snapshot(), first, 10_000, _ => { }, default)!;
            Assert.Equal(0.0, found.Nodes.Single(f => f.Node == second).Distance);
        }
    }

    /// <summary>With every twentieth edge moved. The degree alone names hundreds of nodes at once.</summary>
    [Fact]
    public void A_copy_with_noise_is_among_the_nearest_far_more_often_than_by_degree()
    {
        (PropertyGraph graph, (int First, int Second)[] pairs) = Plant(0.05);
        using var index = Indexed(graph);
        GraphView view = graph.Snapshot();
        AlgorithmGraph simple = index.Table!.Graph.Simple;
        int found = 0, byDegree = 0;
        foreach ((int first, int second) in pairs)
        {
            found += index.Nearest(view, first, 10, _ => { }, default)!.Nodes.Any(f => f.Node == second) ? 1 : 0;
            int off = Math.Abs(simple.Degree(first) - simple.Degree(second));
            byDegree += Enumerable.Range(0, simple.Count).Count(n => Math.Abs(simple.Degree(first) - simple.Degree(n)) <= off) <= 11 ? 1 : 0;
        }

        Assert.InRange(found, Planted * 4 / 10, Planted);
        Assert.InRange(byDegree, 0, Planted / 10);
    }

    private static SignatureIndex Indexed(PropertyGraph graph)
    {
        var index = new SignatureIndex();
        Assert.True(index.Refresh(graph.Snapshot(), long.MaxValue));
        return index;
    }

    private static (PropertyGraph Graph, (int First, int Second)[] Pairs) Plant(double noise)
    {
        ReferenceGraph reference = ReferenceGraph.Read("ca-grqc");
        AlgorithmGraph simple = reference.Simple();
        var random = new Random(7);
        var graph = new PropertyGraph();
        graph.AddNodes(reference.Count, ["N"]);
        graph.AddRelationships(reference.Sources, reference.Targets, "R");
        var pairs = new List<(int, int)>();
        int[] order = [.. Enumerable.Range(0, reference.Count)];
        random.Shuffle(order);
        foreach (int centre in order)
        {
            int[] near = [.. simple.Row(centre).ToArray().SelectMany(n => simple.Row(n).ToArray().Append(n)).Append(centre).Distinct()];
            if (near.Length is >= 20 and <= 100 && pairs.Count < Planted)
            {
                pairs.Add((Copy(centre, near, 0), Copy(centre, near, noise)));
            }
        }

        return (graph, [.. pairs]);

        int Copy(int centre, int[] near, double moved)
        {
            random.Shuffle(near);
            int first = graph.AddNodes(near.Length, ["N"]);
            var kept = new List<(int A, int B)>();
            for (int a = 0; a < near.Length; a++)
            {
                for (int b = 0; b < a; b++)
                {
                    if (simple.Row(near[a]).BinarySearch(near[b]) >= 0)
                    {
                        kept.Add(random.NextDouble() < moved ? (random.Next(near.Length), random.Next(near.Length)) : (a, b));
                    }
                }
            }

            graph.AddRelationships([.. kept.Select(e => first + e.A)], [.. kept.Select(e => first + e.B)], "R");
            return first + Array.IndexOf(near, centre);
        }
    }
}
