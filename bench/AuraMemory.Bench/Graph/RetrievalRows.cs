using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Signatures;

namespace AuraMemory.Bench.Graph;

/// <summary>Whether signatures find what they should: copies of 200 ego-nets planted in a graph, with ever more noise; and nodes of the same department.</summary>
/// <remarks>
/// The query is the centre of an ego-net by itself; the node it was taken around is not among the candidates. Where several candidates are equally near, the copy's rank is the middle one of
/// theirs. The same with parts of the signature (weights are beside those of <see cref="SignatureScale"/>, which halve what is not an orbit), and with colour refinement, where candidates are ranked by the rounds that agree.
/// </remarks>
internal sealed class RetrievalRows(GraphFolder folder, BenchReport report)
{
    private const int Planted = 200;
    private const int Rounds = 3;
    private const int Neighbours = 10;

    private static readonly (string Name, double[] Weights)[] Parts =
    [
        ("whole signature", Weights(1, 1, 1, 1, 1)),
        ("all numbers with one weight", Weights(1, 2, 2, 2, 2)),
        ("degree only", [1, .. new double[NodeSignature.Length - 1]]),
        ("orbits only", Weights(1, 0, 0, 0, 0)),
        ("Betti numbers only", [.. Enumerable.Range(0, NodeSignature.Length).Select(i => i is >= NodeSignature.Link and < NodeSignature.BallCycles ? 1.0 : 0)]),
        ("all but orbits", Weights(0, 1, 1, 1, 1)),
    ];

    private static double[] Weights(double orbits, double core, double link, double ball, double curve) =>
    [
        .. Enumerable.Repeat(orbits, OrbitCounts.Orbits), core, link, link, ball, ball, ball, ball, ball, .. Enumerable.Repeat(curve, EulerCurve.Classes),
    ];

    public void Plant(string name)
    {
        ReferenceGraph reference = folder.Read(name);
        AlgorithmGraph simple = reference.Undirected().Simple();
        int[] order = [.. Enumerable.Range(0, reference.Count)];
        new Random(1).Shuffle(order);
        EgoNet[] nets = [.. order.Select(n => EgoNet.Of(simple, n, 20, 256)).OfType<EgoNet>().Take(Planted)];
        foreach (double noise in (double[])[0, 0.01, 0.05, 0.1])
        {
            Plant(name, reference, nets, noise);
        }
    }

    /// <summary>Of the ten nearest, how many have the node's label.</summary>
    public void Purity(string name)
    {
        ReferenceGraph reference = folder.Read(name);
        int[] labels = folder.Communities(name);
        SignatureTable table = Table(reference.Undirected());
        int[] nodes = [.. Enumerable.Range(0, reference.Count).Where(n => table.Graph.Simple.Degree(n) > 0)];
        float[][] rows = Scaled(table, nodes);
        double chance = nodes.GroupBy(n => labels[n]).Sum(g => Math.Pow((double)g.Count() / nodes.Length, 2));
        foreach ((string part, double[] weights) in Parts)
        {
            double sum = 0;
            for (int i = 0; i < nodes.Length; i++)
            {
                IEnumerable<int> nearest = Enumerable.Range(0, nodes.Length).Where(j => j != i).OrderBy(j => Distance(rows[i], rows[j], weights)).ThenBy(j => j).Take(Neighbours);
                sum += nearest.Count(j => labels[nodes[j]] == labels[nodes[i]]) / (double)Neighbours;
            }

            report.Add(new BenchRow(
                $"{name}: same label among the ten nearest, {part}", sum / nodes.Length, chance, "chance", "share", null,
                Note: $"{nodes.Length} nodes, {labels.Distinct().Count()} labels"));
        }
    }

    private void Plant(string name, ReferenceGraph reference, EgoNet[] nets, double noise)
    {
        var random = new Random(2);
        var sources = new List<int>(reference.Sources);
        var targets = new List<int>(reference.Targets);
        int count = reference.Count;
        int[] copies = new int[nets.Length];
        for (int i = 0; i < nets.Length; i++)
        {
            (EgoNet copy, int centre) = nets[i].Relabelled(noise, random);
            copies[i] = count + centre;
            sources.AddRange(copy.Edges.Select(e => count + e.A));
            targets.AddRange(copy.Edges.Select(e => count + e.B));
            count += copy.Nodes;
        }

        AlgorithmGraph whole = AlgorithmGraph.FromEdges(count, [.. sources], [.. targets], [], Orientation.Undirected);
        SignatureTable table = Table(whole);
        int[] nodes = [.. Enumerable.Range(0, count).Where(n => whole.Degree(n) > 0)];
        SignatureScale scale = SignatureScale.Of(table.Features, row => whole.Degree(row) > 0);
        float[][] rows = Scaled(table, nodes);
        AlgorithmGraph[] alone = [.. nets.Select(n => AlgorithmGraph.FromEdges(n.Nodes, [.. n.Edges.Select(e => e.A)], [.. n.Edges.Select(e => e.B)], [], Orientation.Undirected))];
        float[][] queries = new float[nets.Length][];
        for (int i = 0; i < nets.Length; i++)
        {
            queries[i] = new float[NodeSignature.Length];
            scale.Apply(Table(alone[i]).Row(0), queries[i]);
        }

        string setting = string.Create(CultureInfo.InvariantCulture, $"{name}, {noise:P0} of edges moved");
        foreach ((string part, double[] weights) in Parts)
        {
            Rank(setting, part, nets, copies, nodes, (q, c) => Distance(queries[q], rows[c], weights), noise);
        }

        ulong[][] colours = Colours(whole);
        ulong[][][] own = [.. alone.Select(Colours)];
        Rank(setting, "colour refinement, 3 rounds", nets, copies, nodes, (q, c) => Rounds + 1 - Enumerable.Range(0, Rounds + 1).TakeWhile(r => own[q][r][0] == colours[r][nodes[c]]).Count(), noise);
    }

    private void Rank(string setting, string method, EgoNet[] nets, int[] copies, int[] nodes, Func<int, int, double> distance, double noise)
    {
        double first = 0, ten = 0, reciprocal = 0;
        for (int q = 0; q < nets.Length; q++)
        {
            int copy = Array.BinarySearch(nodes, copies[q]);
            double of = copy < 0 ? double.MaxValue : distance(q, copy);
            int nearer = 0, equal = 0;
            for (int c = 0; c < nodes.Length; c++)
            {
                double other = nodes[c] == nets[q].Centre ? double.PositiveInfinity : distance(q, c);
                nearer += other < of ? 1 : 0;
                equal += other == of ? 1 : 0;
            }

            double rank = nearer + ((equal + 1) / 2.0);
            first += nearer == 0 ? 1 : 0;
            ten += rank <= 10 ? 1 : 0;
            reciprocal += 1 / rank;
        }

        report.Add(new BenchRow(
            $"{setting}: {method}", ten / nets.Length, null, null, "recall at 10", null,
            Note: string.Create(CultureInfo.InvariantCulture, $"mean reciprocal rank {reciprocal / nets.Length:F3}, none nearer {first / nets.Length:F3}")));
        if (noise == 0 && method == Parts[0].Name && first < nets.Length)
        {
            report.Fault("A copy without noise has another signature.");
        }
    }

    private static SignatureTable Table(AlgorithmGraph graph)
    {
        AlgorithmGraph simple = graph.Simple();
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

        return SignatureTable.Of(ReferenceGraph.Make(simple.Count, [.. sources], [.. targets]).Snapshot(), null, default);
    }

    private static float[][] Scaled(SignatureTable table, int[] nodes)
    {
        SignatureScale scale = SignatureScale.Of(table.Features, row => table.Graph.Simple.Degree(row) > 0);
        float[][] rows = new float[nodes.Length][];
        for (int i = 0; i < nodes.Length; i++)
        {
            rows[i] = new float[NodeSignature.Length];
            scale.Apply(table.Row(nodes[i]), rows[i]);
        }

        return rows;
    }

    private static double Distance(float[] a, float[] b, double[] weights)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double difference = weights[i] * ((double)a[i] - b[i]);
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Colours of all nodes after each round of refinement (Weisfeiler, Leman 1968), from one colour for all.</summary>
    private static ulong[][] Colours(AlgorithmGraph graph)
    {
        AlgorithmGraph simple = graph.Simple();
        ulong[][] rounds = new ulong[Rounds + 1][];
        rounds[0] = new ulong[simple.Count];
        for (int round = 1; round <= Rounds; round++)
        {
            rounds[round] = new ulong[simple.Count];
            for (int node = 0; node < simple.Count; node++)
            {
                // A sum does not depend on the order of the neighbours.
                ulong sum = 0;
                foreach (int other in simple.Row(node))
                {
                    sum += Mix(rounds[round - 1][other] + 0x9E3779B97F4A7C15);
                }

                rounds[round][node] = Mix((rounds[round - 1][node] * 31) + sum);
            }
        }

        return rounds;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
