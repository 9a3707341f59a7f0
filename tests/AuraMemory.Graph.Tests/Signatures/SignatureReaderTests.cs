using System.Text.Json;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Tests.Algorithms;
using CsCheck;

namespace AuraMemory.Graph.Tests.Signatures;

/// <summary>Signatures beside their definitions: patterns by trying all sets of nodes, the ball by breadth-first search; and what they do not depend on.</summary>
public class SignatureReaderTests
{
    private static readonly Gen<(int Nodes, (int A, int B)[] Edges)> Graphs =
        Gen.Int[2, 10].SelectMany(nodes => Gen.Select(Gen.Int[0, nodes - 1], Gen.Int[0, nodes - 1]).Array[0, 30].Select(edges => (nodes, edges)));

    [Fact]
    public void Orbits_are_those_of_the_definition() => Graphs.Sample(g =>
    {
        AlgorithmGraph graph = Make(g.Nodes, g.Edges);
        var reader = new SignatureReader(StructureGraph.Of(graph, default));
        long[][] expected = Orbits(graph.Simple());
        for (int node = 0; node < g.Nodes; node++)
        {
            Assert.Equal(expected[node].Select(count => (double)count), Read(reader, node).Take(OrbitCounts.Orbits));
        }
    });

    [Fact]
    public void Link_ball_and_curve_are_those_of_the_definition() => Graphs.Sample(g =>
    {
        AlgorithmGraph graph = Make(g.Nodes, g.Edges).Simple();
        var reader = new SignatureReader(StructureGraph.Of(graph, default));
        var topology = new NeighbourhoodTopology(graph);
        int[] cores = KCore.Compute(graph);
        for (int node = 0; node < g.Nodes; node++)
        {
            double[] values = Read(reader, node);
            Assert.Equal(cores[node], values[NodeSignature.Core]);
            BettiNumbers link = topology.Link(node), ball = topology.Ball(node, 256, out _)!.Value;
            int[] members = [.. Enumerable.Range(0, g.Nodes).Where(other => Hops(graph, node, other) <= 2)];
            int edges = members.Sum(a => members.Count(b => a < b && Joined(graph, a, b)));
            Assert.Equal(
                [link.B0, link.B1, ball.B0, ball.B1, ball.B2, edges - members.Length + 1, members.Length],
                values[NodeSignature.Link..NodeSignature.Curve]);
            Assert.Equal(Enumerable.Range(0, EulerCurve.Classes).Select(c => Euler(graph, [.. members.Where(m => EulerCurve.ClassOf(graph.Degree(m)) <= c)])), values[NodeSignature.Curve..]);
        }
    });

    [Theory]
    [MemberData(nameof(ReferenceGraph.Names), MemberType = typeof(ReferenceGraph))]
    public void Orbits_of_all_nodes_add_up_to_the_patterns_of_the_reference(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        StructureGraph graph = StructureGraph.Of(reference.Undirected(), default);
        var reader = new SignatureReader(graph);
        double[] sums = new double[OrbitCounts.Orbits];
        for (int node = 0; node < reference.Count; node++)
        {
            Assert.True(graph.Ends(node) <= OrbitCounts.MostSteps && graph.Triangles(node) <= LinkScan.MostEdges);
            double[] values = new double[NodeSignature.Length];
            reader.ReadCounts(node, values, default);
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        }

        (string Pattern, int Orbit, int Nodes)[] places =
        [
            ("path3", 2, 1), ("triangle", 3, 3), ("path4", 4, 2), ("path4", 5, 2), ("star4", 6, 3), ("star4", 7, 1), ("cycle4", 8, 4),
            ("paw", 9, 1), ("paw", 10, 2), ("paw", 11, 1), ("diamond", 12, 2), ("diamond", 13, 2), ("clique4", 14, 4),
        ];
        JsonElement induced = reference.Answers.GetProperty("motifs").GetProperty("induced");
        Assert.All(places, place => Assert.Equal(place.Nodes * (double)induced.GetProperty(place.Pattern).GetInt64(), sums[place.Orbit]));
    }

    [Theory]
    [InlineData("dolphins")]
    [InlineData("football")]
    [InlineData("email-eu-core")]
    public void Names_of_nodes_do_not_matter(string name)
    {
        ReferenceGraph reference = ReferenceGraph.Read(name);
        int[] names = [.. Enumerable.Range(0, reference.Count)];
        new Random(11).Shuffle(names);
        var first = new SignatureReader(StructureGraph.Of(reference.Undirected(), default));
        var second = new SignatureReader(StructureGraph.Of(
            AlgorithmGraph.FromEdges(reference.Count, [.. reference.Targets.Select(n => names[n])], [.. reference.Sources.Select(n => names[n])], [], Orientation.Natural), default));
        for (int node = 0; node < reference.Count; node += 1 + (reference.Count / 200))
        {
            Assert.Equal(Read(first, node), Read(second, names[node]));
        }
    }

    /// <summary>Two hubs with the same neighbours: the cycles of four at each are far more than are followed.</summary>
    [Fact]
    public void Beyond_the_caps_numbers_say_so()
    {
        const int Leaves = OrbitCounts.MostSteps;
        int[] leaves = [.. Enumerable.Range(2, Leaves)];
        var reader = new SignatureReader(StructureGraph.Of(
            AlgorithmGraph.FromEdges(Leaves + 2, [.. leaves, .. leaves], [.. Enumerable.Repeat(0, Leaves), .. Enumerable.Repeat(1, Leaves)], [], Orientation.Natural), default));
        double[] leaf = Read(reader, 2), hub = Read(reader, 0);
        Assert.Equal([2, 2, -1, -1, -1, -1, 257], [leaf[0], .. leaf[NodeSignature.Link..NodeSignature.BallNodes].Where((_, i) => i is 0 or > 1), leaf[NodeSignature.BallNodes]]);
        Assert.Equal(0, leaf[8]);
        Assert.Equal((double)Leaves * (Leaves - 1) / 2, hub[2]);
        Assert.Equal(Leaves, hub[NodeSignature.Link]);
        Assert.Equal(-1, hub[NodeSignature.Link + 1]);
        Assert.Equal((double)Leaves * (Leaves - 1) / 2, hub[8]);
    }

    /// <summary>A clique whose links have more edges than are kept: what cannot be counted must not spoil what can.</summary>
    [Fact]
    public void A_clique_beyond_the_caps_has_a_signature_that_can_be_compared()
    {
        const int Nodes = 800;
        (int A, int B)[] edges = [.. Enumerable.Range(0, Nodes).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)))];
        double[] values = Read(new SignatureReader(StructureGraph.Of(Make(Nodes, edges), default)), 5);
        Assert.Equal([Nodes - 1, (Nodes - 1) * (Nodes - 2) / 2, Nodes - 1, 1, -1], [values[0], values[3], values[NodeSignature.Core], values[NodeSignature.Link], values[NodeSignature.Link + 1]]);
        Assert.All(values.Take(OrbitCounts.Orbits), count => Assert.True(count >= 0));
        float[] features = new float[NodeSignature.Length];
        NodeSignature.ToFeatures(values, features);
        Assert.All(features, feature => Assert.True(float.IsFinite(feature)));
    }

    private static double[] Read(SignatureReader reader, int node)
    {
        double[] values = new double[NodeSignature.Length];
        reader.Read(node, values, default);
        Assert.Equal(NodeSignature.Length, NodeSignature.Names.Count);
        return values;
    }

    private static AlgorithmGraph Make(int nodes, (int A, int B)[] edges) =>
        AlgorithmGraph.FromEdges(nodes, [.. edges.Select(e => e.A)], [.. edges.Select(e => e.B)], [], Orientation.Natural);

    private static bool Joined(AlgorithmGraph simple, int a, int b) => simple.Row(a).Contains(b);

    private static int Hops(AlgorithmGraph simple, int from, int to) =>
        from == to ? 0 : Joined(simple, from, to) ? 1 : simple.Row(from).ToArray().Any(via => Joined(simple, via, to)) ? 2 : int.MaxValue;

    private static double Euler(AlgorithmGraph simple, int[] nodes)
    {
        double sum = nodes.Length;
        for (int i = 0; i < nodes.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                sum -= Joined(simple, nodes[i], nodes[j]) ? 1 : 0;
                for (int k = 0; k < j; k++)
                {
                    sum += Joined(simple, nodes[i], nodes[j]) && Joined(simple, nodes[i], nodes[k]) && Joined(simple, nodes[j], nodes[k]) ? 1 : 0;
                }
            }
        }

        return sum;
    }

    private static long[][] Orbits(AlgorithmGraph simple)
    {
        long[][] counts = [.. Enumerable.Range(0, simple.Count).Select(_ => new long[OrbitCounts.Orbits])];
        for (int set = 1; set < 1 << simple.Count; set++)
        {
            int[] nodes = [.. Enumerable.Range(0, simple.Count).Where(n => (set >> n & 1) != 0)];
            if (nodes.Length is < 2 or > 4 || !IsConnected(simple, nodes))
            {
                continue;
            }

            int[] degrees = [.. nodes.Select(a => nodes.Count(b => Joined(simple, a, b)))];
            for (int i = 0; i < nodes.Length; i++)
            {
                counts[nodes[i]][Place(nodes.Length, degrees.Sum() / 2, degrees.Max(), degrees[i])]++;
            }
        }

        return counts;
    }

    private static bool IsConnected(AlgorithmGraph simple, int[] nodes)
    {
        var met = new HashSet<int> { nodes[0] };
        for (int round = 0; round < nodes.Length; round++)
        {
            met.UnionWith(nodes.Where(n => met.Any(m => Joined(simple, n, m))));
        }

        return met.Count == nodes.Length;
    }

    private static int Place(int nodes, int edges, int most, int degree) => (nodes, edges, most) switch
    {
        (2, _, _) => 0,
        (3, 2, _) => degree,
        (3, _, _) => 3,
        (_, 3, 3) => degree == 1 ? 6 : 7,
        (_, 3, _) => 3 + degree,
        (_, 4, 2) => 8,
        (_, 4, _) => 8 + degree,
        (_, 5, _) => 10 + degree,
        _ => 14,
    };
}
