using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Shapes;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Bench.Graph;

/// <summary>What signatures of nodes take: processor time of each, of an index and its refresh after one change, of a search; bytes.</summary>
internal sealed class SignatureRows(BenchReport report)
{
    private const int Searches = 500;
    private const int ManyNodes = 20_000;

    public void Run(string name, PropertyGraph graph)
    {
        GraphView view = graph.Snapshot();
        StructureGraph structure = StructureGraph.Of(SignatureTable.Project(view, default), default);
        var reader = new SignatureReader(structure);
        double[] values = new double[NodeSignature.Length];
        int[] nodes = [.. Enumerable.Range(0, structure.Simple.Count).Where(n => structure.Simple.Degree(n) > 0)];
        reader.Read(nodes[0], values, default);
        var times = new (double Milliseconds, int Node)[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            double began = ThreadTime.Milliseconds;
            reader.Read(nodes[i], values, default);
            times[i] = (ThreadTime.Milliseconds - began, nodes[i]);
        }

        Array.Sort(times);
        double total = times.Sum(t => t.Milliseconds);
        (double worst, int dearest) = times[^1];
        Row($"{name}: signature of a node", times[times.Length / 2].Milliseconds, "ms p50", $"p99 {times[(int)(0.99 * times.Length)].Milliseconds:F3}, worst {worst:F3} (degree {structure.Simple.Degree(dearest)}), {nodes.Length} nodes in {total / 1000:F2} s");

        using var index = new SignatureIndex();
        double refreshed = ThreadTime.Milliseconds;
        index.Refresh(view, long.MaxValue);
        Row($"{name}: index made", (ThreadTime.Milliseconds - refreshed) / 1000, "s", $"");
        Row($"{name}: index", (double)index.Bytes / index.Count, "bytes a node", $"{view.RelationshipCount} relationships");
        Search(name, graph, index, nodes);
        Change(name, graph, index, nodes);
    }

    private void Search(string name, PropertyGraph graph, SignatureIndex index, int[] nodes)
    {
        GraphView view = graph.Snapshot();
        var random = new Random(5);
        double[] times = new double[Searches];
        for (int i = 0; i < times.Length; i++)
        {
            int node = nodes[random.Next(nodes.Length)];
            double began = ThreadTime.Milliseconds;
            index.Nearest(view, node, 10, NoLimit, default);
            times[i] = ThreadTime.Milliseconds - began;
        }

        Array.Sort(times);
        Row($"{name}: ten nearest", times[times.Length / 2], "ms p50", $"p99 {times[(int)(0.99 * times.Length)]:F3}");
    }

    private void Change(string name, PropertyGraph graph, SignatureIndex index, int[] nodes)
    {
        var random = new Random(6);
        double[] times = new double[nodes.Length > ManyNodes ? 5 : 21];
        int[] recomputed = new int[times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            graph.AddRelationship(nodes[random.Next(nodes.Length)], nodes[random.Next(nodes.Length)], "R", MapValue.Empty);
            double began = ThreadTime.Milliseconds;
            index.Refresh(graph.Snapshot(), long.MaxValue);
            times[i] = ThreadTime.Milliseconds - began;
            recomputed[i] = index.Recomputed;
        }

        Array.Sort(times);
        Array.Sort(recomputed);
        Row($"{name}: refresh after one relationship", times[times.Length / 2], "ms p50", $"worst {times[^1]:F1}; {recomputed[times.Length / 2]} signatures anew, at most {recomputed[^1]}");
    }

    private static void NoLimit(long bytes)
    {
    }

    private void Row(string name, double value, string unit, FormattableString note) =>
        report.Add(new BenchRow(name, value, null, null, unit, null, LessIsBetter: true, note.ToString(CultureInfo.InvariantCulture)));
}
