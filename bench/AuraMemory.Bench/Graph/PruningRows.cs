using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Bench.Graph;

/// <summary>What it would gain to rule out candidates of a pattern's nodes by degree, triangles, core number and counts of cycles and cliques before matching.</summary>
/// <remarks>
/// These counts (as subgraphs, not induced) do not fall when a pattern is embedded in a graph. The filter is tried in two ways: by labels of the nodes that pass, one a node of the pattern; and on a
/// graph without the nodes that pass for none, which no filter can beat.
/// </remarks>
internal sealed class PruningRows(GraphFolder folder, BenchReport report)
{
    private const int Runs = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly (string Name, int Nodes, (int A, int B)[] Edges)[] Patterns =
    [
        ("triangle", 3, [(0, 1), (1, 2), (2, 0)]),
        ("4-cycle", 4, [(0, 1), (1, 2), (2, 3), (3, 0)]),
        ("diamond", 4, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]),
        ("4-clique", 4, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)]),
        ("house", 5, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 1)]),
        ("5-clique", 5, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3), (0, 4), (1, 4), (2, 4), (3, 4)]),
    ];

    public void Run()
    {
        foreach (string name in (string[])["ca-grqc", "email-eu-core"])
        {
            ReferenceGraph reference = folder.Read(name);
            long[][] counts = Counts(reference.Undirected());
            foreach ((string pattern, int nodes, (int A, int B)[] edges) in Patterns)
            {
                long[][] needs = Counts(AlgorithmGraph.FromEdges(nodes, [.. edges.Select(e => e.A)], [.. edges.Select(e => e.B)], [], Orientation.Undirected));
                PropertyGraph graph = reference.ToPropertyGraph(), reduced = reference.ToPropertyGraph();
                long passing = 0;
                for (int node = 0; node < reference.Count; node++)
                {
                    string[] roles = [.. Enumerable.Range(0, nodes).Where(role => needs[role].Zip(counts[node]).All(p => p.First <= p.Second)).Select(role => "P" + role)];
                    passing += roles.Length;
                    graph.SetLabels(node, ["N", .. roles]);
                    if (roles.Length == 0)
                    {
                        reduced.RemoveNode(node);
                    }
                }

                reduced.Compact();
                Compare(name, pattern, graph, reduced, edges, 1 - ((double)passing / ((long)nodes * reference.Count)));
            }
        }
    }

    private void Compare(string name, string pattern, PropertyGraph graph, PropertyGraph reduced, (int A, int B)[] edges, double removed)
    {
        var bed = new CypherBed(graph, Patience);
        try
        {
            string plain = $"MATCH {string.Join(", ", edges.Select(e => $"(n{e.A})-[:R]-(n{e.B})"))} RETURN count(*)";
            (double without, long all) = Time(bed, plain);
            (double with, long found) = Time(bed, $"MATCH {string.Join(", ", edges.Select(e => $"(n{e.A}:P{e.A})-[:R]-(n{e.B}:P{e.B})"))} RETURN count(*)");
            (double ideal, long rest) = Time(new CypherBed(reduced, Patience), plain);
            if (all != found || all != rest)
            {
                report.Fault($"{pattern} in {name}: {found} and {rest} of {all} are left by the filter.");
            }

            string note = string.Create(CultureInfo.InvariantCulture, $"{removed:P1} of candidates ruled out, {all} matches");
            report.Add(new BenchRow($"{name}: {pattern}, candidates filtered by labels", with, without, "no filter", "ms CPU", null, LessIsBetter: true, note));
            report.Add(new BenchRow($"{name}: {pattern}, without the nodes ruled out", ideal, without, "no filter", "ms CPU", null, LessIsBetter: true, note));
        }
        catch (CypherException e) when (e.Type == "LimitExceeded")
        {
            BenchReport.Progress($"{pattern} in {name} takes longer than {Patience.TotalSeconds} s and is left out.");
        }
    }

    private static (double Milliseconds, long Count) Time(CypherBed bed, string query)
    {
        long count = bed.Rows(query)[0][0].Integer;
        double[] times = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            bed.Rows(query);
            times[i] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        }

        Array.Sort(times);
        return (times[Runs / 2], count);
    }

    /// <summary>Of each node: neighbours, triangles, core number, cycles and cliques of four, as subgraphs.</summary>
    private static long[][] Counts(AlgorithmGraph graph)
    {
        StructureGraph structure = StructureGraph.Of(graph, default);
        var reader = new SignatureReader(structure);
        double[] values = new double[NodeSignature.Length];
        return
        [
            .. Enumerable.Range(0, structure.Simple.Count).Select(node =>
            {
                reader.ReadCounts(node, values, default);
                return new[]
                {
                    (long)values[0], (long)values[3], structure.Core(node), (long)(values[8] + values[12] + values[13] + (3 * values[14])), (long)values[14],
                };
            }),
        ];
    }
}
