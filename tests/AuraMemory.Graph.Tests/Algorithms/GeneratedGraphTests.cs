using System.Security.Cryptography;
using System.Text;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Tests.Algorithms;

/// <summary>The first generated graph of the benchmarks: the same edges as other generators of the recipe give, and the answers other systems gave on it.</summary>
public class GeneratedGraphTests
{
    [Fact]
    public void The_graph_of_scale_16_is_the_documented_one_and_gives_the_documented_answers()
    {
        GeneratedEdges edges = RMatGenerator.Generate(16, 1_060_000, 1);
        Assert.Equal((46_895, 965_150), (edges.Nodes, edges.Sources.Length));
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            for (int i = 0; i < edges.Sources.Length; i++)
            {
                hash.AppendData(Encoding.ASCII.GetBytes($"{edges.Sources[i]},{edges.Targets[i]}\n"));
            }

            Assert.StartsWith("ab0f6071", Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal);
        }

        var graph = new PropertyGraph();
        graph.AddNodes(edges.Nodes, ["N"]);
        graph.AddRelationships(edges.Sources, edges.Targets, "R");
        Assert.InRange(graph.Bytes / (double)edges.Sources.Length, 1, 32);
        AlgorithmGraph natural = AlgorithmGraph.Project(graph.Snapshot(), GraphProjection.All);
        Assert.Equal(15_997_956, Triangles.Count(natural, out _));
        Assert.Equal(9, Components.CountDistinct(Components.Compute(natural)));
        AlgorithmGraph undirected = AlgorithmGraph.Project(graph.Snapshot(), new GraphProjection { Orientation = Orientation.Undirected });
        Assert.Equal(Components.Compute(natural), Components.Compute(undirected));
    }
}
