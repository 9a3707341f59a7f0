using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Tests.Algorithms;

/// <summary>Similar neighbourhoods: a copy of a graph under other names is recognised node by node.</summary>
public class NodeSignatureTests
{
    [Theory]
    [InlineData("dolphins")]
    [InlineData("football")]
    [InlineData("lesmis")]
    public void The_twin_of_a_node_in_a_renamed_copy_has_the_highest_score(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        int count = reference.Count;
        var random = new Random(11);
        int[] twins = [.. Enumerable.Range(count, count)];
        random.Shuffle(twins);
        AlgorithmGraph both = AlgorithmGraph.FromEdges(
            2 * count,
            [.. reference.Sources, .. reference.Sources.Select(node => twins[node])],
            [.. reference.Targets, .. reference.Targets.Select(node => twins[node])],
            [],
            Orientation.Undirected);
        var signatures = new NodeSignatures(both, default);
        for (int node = 0; node < count; node++)
        {
            Assert.Equal(signatures.Describe(node), signatures.Describe(twins[node]));
            IReadOnlyList<(int Node, double Score)> nearest = signatures.Nearest(node, 2 * count);
            Assert.Equal(1.0, nearest[0].Score);
            Assert.Contains(nearest, found => found.Node == twins[node] && found.Score == 1.0);
            Assert.DoesNotContain(nearest, found => found.Node == node);
        }
    }

    [Fact]
    public void Counts_are_those_of_the_definition()
    {
        // A triangle 0-1-2 with a tail 2-3-4.
        AlgorithmGraph graph = AlgorithmGraph.FromEdges(5, [0, 1, 2, 2, 3], [1, 2, 0, 3, 4], [], Orientation.Undirected);
        var signatures = new NodeSignatures(graph, default);
        Assert.Equal(["degree", "triangles", "core", "wedgeEnd", "wedgeCentre", "starCentre", "starLeaf", "pawTail", "pawCentre"], NodeSignatures.Names.Take(9));
        Assert.Equal([3, 1, 2, 3, 3, 1, 0, 0, 1], signatures.Describe(2).Take(9));
        Assert.Equal([2, 0, 1, 2, 1, 0, 1, 1, 0], signatures.Describe(3).Take(9));
    }
}
