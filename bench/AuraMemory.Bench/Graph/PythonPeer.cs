using System.Globalization;
using System.Runtime.InteropServices;
using AuraMemory.Bench.Processes;
using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Bench.Graph;

/// <summary>numpy and igraph through Python, where they are installed; imports, reading and building the graph are not counted.</summary>
internal sealed class PythonPeer
{
    private const string Edges = """
        import sys, time
        import numpy
        e = numpy.fromfile(sys.argv[1], dtype=numpy.int32).reshape(2, -1)
        n, runs = int(sys.argv[2]), int(sys.argv[3])
        def measure(work):
            times = []
            for _ in range(runs):
                start = time.perf_counter()
                work()
                times.append(time.perf_counter() - start)
            return sorted(times)[runs // 2]

        """;

    private const string PageRank = Edges + """
        out = numpy.bincount(e[0], minlength=n).astype(float)
        share = numpy.where(out > 0, out, 1)
        def work():
            p = numpy.full(n, 0.15)
            for _ in range(20):
                p = 0.15 + 0.85 * numpy.bincount(e[1], weights=(p / share)[e[0]], minlength=n)
            return p
        print(measure(work))
        """;

    private const string Igraph = Edges + """
        import igraph
        directed = igraph.Graph(n=n, edges=e.T.tolist(), directed=True)
        simple = directed.as_undirected()
        print(measure(lambda: directed.connected_components(mode="weak") if hasattr(directed, "connected_components") else directed.clusters(mode="weak")))
        found = simple.community_leiden(objective_function="modularity", n_iterations=2)
        print(measure(lambda: simple.community_leiden(objective_function="modularity", n_iterations=2)), found.modularity)
        """;

    private const string Floor = Edges + """
        import igraph
        g = igraph.Graph(n=n, edges=e.T.tolist(), directed=True)
        seeds = numpy.fromfile(sys.argv[4], dtype=numpy.int32).tolist()
        for hops in (1, 2, 3):
            times = []
            for s in seeds[:100]:
                start = time.perf_counter()
                g.neighborhood_size(s, order=hops, mode="out")
                times.append(time.perf_counter() - start)
            print(sorted(times)[len(times) // 2] * 1e3)
        """;

    private readonly string _python;

    private PythonPeer(string python, bool hasNumpy, bool hasIgraph) => (_python, HasNumpy, HasIgraph) = (python, hasNumpy, hasIgraph);

    /// <summary>Whether numpy is there.</summary>
    public bool HasNumpy { get; }

    /// <summary>Whether numpy and igraph are there.</summary>
    public bool HasIgraph { get; }

    /// <summary>Looks for the interpreter and its modules.</summary>
    public static async Task<PythonPeer> FindAsync(string python) =>
        new(python, await HasAsync(python, "numpy").ConfigureAwait(false), await HasAsync(python, "numpy, igraph").ConfigureAwait(false));

    /// <summary>Twenty iterations of PageRank with numpy, single-threaded: seconds, median.</summary>
    public async Task<double> PageRankAsync(GeneratedEdges edges, int runs) => (await RunAsync(PageRank, edges, runs).ConfigureAwait(false))[0];

    /// <summary>Seconds of weakly connected components, seconds of Leiden with two iterations, and Leiden's modularity, by igraph.</summary>
    public async Task<(double Components, double Leiden, double Modularity)> CommunitiesAsync(GeneratedEdges edges, int runs)
    {
        double[] printed = await RunAsync(Igraph, edges, runs).ConfigureAwait(false);
        return (printed[0], printed[1], printed[2]);
    }

    /// <summary>Milliseconds of a neighbourhood of one, two and three hops, medians, by igraph.</summary>
    public Task<double[]> FloorAsync(GeneratedEdges edges, int[] seeds) => RunAsync(Floor, edges, 1, seeds);

    private async Task<double[]> RunAsync(string script, GeneratedEdges edges, int runs, int[]? seeds = null)
    {
        string file = Path.GetTempFileName();
        string seedFile = Path.GetTempFileName();
        try
        {
            byte[] bytes = [.. MemoryMarshal.AsBytes(edges.Sources.AsSpan()), .. MemoryMarshal.AsBytes(edges.Targets.AsSpan())];
            await File.WriteAllBytesAsync(file, bytes).ConfigureAwait(false);
            await File.WriteAllBytesAsync(seedFile, MemoryMarshal.AsBytes((seeds ?? []).AsSpan()).ToArray()).ConfigureAwait(false);
            ChildUsage usage = await ChildUsage.RunAsync(
                _python, "-c", script, file, edges.Nodes.ToString(CultureInfo.InvariantCulture), runs.ToString(CultureInfo.InvariantCulture), seedFile).ConfigureAwait(false);
            return [.. usage.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        }
        finally
        {
            File.Delete(file);
            File.Delete(seedFile);
        }
    }

    private static async Task<bool> HasAsync(string python, string modules)
    {
        try
        {
            await ChildUsage.RunAsync(python, "-c", "import " + modules).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is BenchException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
