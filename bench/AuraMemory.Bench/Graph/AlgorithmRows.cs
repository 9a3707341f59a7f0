using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Bench.Graph;

/// <summary>Algorithms on a generated graph beside numpy and igraph: seconds, medians; projecting the graph is a row of its own.</summary>
internal sealed class AlgorithmRows(GeneratedGraph graph, PythonPeer peer, int runs, BenchReport report)
{
    public async Task RunAsync()
    {
        GeneratedEdges edges = graph.Edges;
        GraphView view = ReferenceGraph.Make(edges.Nodes, edges.Sources, edges.Targets).Snapshot();
        AlgorithmGraph natural = AlgorithmGraph.Project(view, GraphProjection.All);
        Row("projecting the graph", Seconds(() => AlgorithmGraph.Project(view, GraphProjection.All)), null, null, null, null);

        double rank = Seconds(() => PageRank.Compute(natural, new PageRankOptions { Tolerance = 0 }));
        double numpy = peer.HasNumpy ? await peer.PageRankAsync(edges, runs).ConfigureAwait(false) : graph.Noted.PageRank;
        Row("PageRank, 20 iterations", rank, numpy, Name("numpy", peer.HasNumpy), 1, null);

        (double Components, double Leiden, double Modularity)? other =
            peer.HasIgraph ? await peer.CommunitiesAsync(edges, Math.Min(runs, 3)).ConfigureAwait(false) : null;
        int count = 0;
        double components = Seconds(() => count = Components.CountDistinct(Components.Compute(natural)));
        Row("weakly connected components", components, other?.Components ?? graph.Noted.Components, Name("igraph", other is not null), 1, $"{count} components");
        if (count != graph.Noted.ComponentCount)
        {
            report.Fault($"{graph.Name}: {count} components; there are {graph.Noted.ComponentCount}.");
        }

        AlgorithmGraph simple = natural.Simple();
        CommunityResult found = null!;
        double leiden = Seconds(() => found = Leiden.Compute(simple, new CommunityOptions()));
        string quality = string.Create(CultureInfo.InvariantCulture, $"modularity {found.Modularity:F4}{(other is { } o ? $", igraph's {o.Modularity:F4}" : "")}");
        Row("Leiden, 2 iterations", leiden, other?.Leiden ?? graph.Noted.Leiden, Name("igraph", other is not null), 1, quality);
        long triangles = 0;
        double listing = Seconds(() => triangles = Triangles.Count(simple, out _));
        Row("triangles of each node", listing, graph.Noted.Triangles, Name("igraph", false), null, $"{triangles} triangles");
    }

    private static string Name(string name, bool isLive) => isLive ? name : name + ", noted figure of another machine";

    private void Row(string name, double ours, double? other, string? peerName, double? goal, string? note) =>
        report.Add(new BenchRow($"{graph.Name}: {name}", ours, other, other is null ? null : peerName, "s", goal, LessIsBetter: true, note));

    private double Seconds(Action work)
    {
        work();
        var times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            long began = Stopwatch.GetTimestamp();
            work();
            times[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        Array.Sort(times);
        return times[runs / 2];
    }
}
