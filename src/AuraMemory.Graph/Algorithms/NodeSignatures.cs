namespace AuraMemory.Graph.Algorithms;

/// <summary>Numbers that describe how a node is embedded in the graph, whatever the nodes are called; and the nodes that are embedded most alike.</summary>
/// <remarks>
/// <para>Of every node: degree, triangles, core number, and how often it has each place (orbit) in paths, stars, paws, counted not induced. Of the nearest by these
/// also the Betti numbers of link and ball, which then order them. Values are taken as log(1 + x) and divided by their deviation over the graph.</para>
/// <para>Orbits: N. Przulj, Biological network comparison using graphlet degree distribution, 2007. Betti numbers do not grow with a subgraph, so they order and never rule out.</para>
/// </remarks>
public sealed class NodeSignatures
{
    private const int Counted = 9;
    private const int Shaped = 6;
    private const int BallNodes = 256;
    private const int LinkNodes = 512;
    private const int FewestCandidates = 256;
    private readonly AlgorithmGraph _simple;
    private readonly NeighbourhoodTopology _topology;
    private readonly CancellationToken _cancellation;
    private readonly double[][] _counts;

    /// <summary>Counts for all nodes. O(m * sqrt(m)); 72 bytes a node.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public NodeSignatures(AlgorithmGraph graph, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _simple = graph.Simple();
        _cancellation = cancellation;
        _topology = new NeighbourhoodTopology(_simple, 200_000);
        _counts = new double[Counted][];
        for (int i = 0; i < Counted; i++)
        {
            _counts[i] = new double[_simple.Count];
        }

        Fill();
    }

    /// <summary>Names of the values of <see cref="Describe"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "degree", "triangles", "core", "wedgeEnd", "wedgeCentre", "starCentre", "starLeaf", "pawTail", "pawCentre",
        "linkB0", "linkB1", "ballB0", "ballB1", "ballB2", "ballNodes",
    ];

    /// <summary>The values of a node as they are counted. A Betti number that is out of reach (too many neighbours) is -1.</summary>
    public double[] Describe(int node)
    {
        var values = new double[Counted + Shaped];
        for (int i = 0; i < Counted; i++)
        {
            values[i] = _counts[i][node];
        }

        Shape(node).CopyTo(values, Counted);
        return values;
    }

    /// <summary>The nodes most alike, the most alike first.</summary>
    /// <param name="node">The node; it is not among them.</param>
    /// <param name="k">How many.</param>
    /// <returns>Nodes with a score in (0, 1]: 1 = no difference in any value.</returns>
    public IReadOnlyList<(int Node, double Score)> Nearest(int node, int k)
    {
        double[] scales = new double[Counted];
        for (int i = 0; i < Counted; i++)
        {
            scales[i] = 1 / Deviation(_counts[i]);
        }

        var candidates = new (double Distance, int Node)[_simple.Count];
        for (int other = 0; other < candidates.Length; other++)
        {
            double sum = 0;
            for (int i = 0; i < Counted; i++)
            {
                double difference = (Math.Log(1 + _counts[i][other]) - Math.Log(1 + _counts[i][node])) * scales[i];
                sum += difference * difference;
            }

            candidates[other] = (other == node ? double.PositiveInfinity : sum, other);
        }

        Array.Sort(candidates);
        double[] own = Shape(node);
        int kept = Math.Min(candidates.Length - 1, Math.Max(FewestCandidates, 4 * k));
        for (int c = 0; c < kept; c++)
        {
            _cancellation.ThrowIfCancellationRequested();
            double[] shape = Shape(candidates[c].Node);
            for (int i = 0; i < Shaped; i++)
            {
                double difference = Math.Log(2 + shape[i]) - Math.Log(2 + own[i]);
                candidates[c].Distance += difference * difference;
            }
        }

        Array.Sort(candidates, 0, kept);
        return [.. candidates.Take(Math.Min(k, kept)).Select(c => (c.Node, 1 / (1 + Math.Sqrt(c.Distance))))];
    }

    private static double Deviation(double[] counts)
    {
        double sum = 0, squares = 0;
        foreach (double count in counts)
        {
            double value = Math.Log(1 + count);
            sum += value;
            squares += value * value;
        }

        double variance = (squares / counts.Length) - (sum / counts.Length * (sum / counts.Length));
        return variance > 1e-12 ? Math.Sqrt(variance) : 1;
    }

    private double[] Shape(int node)
    {
        BettiNumbers link = _simple.Degree(node) <= LinkNodes ? _topology.Link(node, _cancellation) : new BettiNumbers(-1, -1, -1);
        BettiNumbers? ball = _topology.Ball(node, BallNodes, out int size, _cancellation);
        return [link.B0, link.B1, ball?.B0 ?? -1, ball?.B1 ?? -1, ball?.B2 ?? -1, size];
    }

    private void Fill()
    {
        Triangles.Count(_simple, out long[] triangles, _cancellation);
        int[] cores = KCore.Compute(_simple);
        for (int node = 0; node < _simple.Count; node++)
        {
            double degree = _simple.Degree(node);
            double ends = 0, leaves = 0, tails = 0;
            foreach (int other in _simple.Row(node))
            {
                double far = _simple.Degree(other);
                ends += far - 1;
                leaves += (far - 1) * (far - 2) / 2;
                tails += triangles[other];
            }

            _counts[0][node] = degree;
            _counts[1][node] = triangles[node];
            _counts[2][node] = cores[node];
            _counts[3][node] = ends;
            _counts[4][node] = degree * (degree - 1) / 2;
            _counts[5][node] = degree * (degree - 1) * (degree - 2) / 6;
            _counts[6][node] = leaves;

            // Each triangle at the node is counted at its two other corners too, where the node is no tail.
            _counts[7][node] = tails - (2 * triangles[node]);
            _counts[8][node] = triangles[node] * (degree - 2);
        }
    }
}
