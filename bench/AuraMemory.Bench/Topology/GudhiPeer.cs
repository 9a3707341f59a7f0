using System.Globalization;
using System.Runtime.InteropServices;
using AuraMemory.Bench.Processes;
using AuraMemory.Topology;

namespace AuraMemory.Bench.Topology;

/// <summary>GUDHI through Python, where it is installed: Rips with edge collapse, its fastest way; imports and reading are not counted.</summary>
internal sealed class GudhiPeer(string python)
{
    private const string Rips = """
        import sys, time, resource
        import numpy, gudhi
        from scipy.spatial.distance import pdist, squareform
        points = numpy.loadtxt(sys.argv[1], delimiter="," if "," in open(sys.argv[1]).readline() else None)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        distances = squareform(pdist(points))
        tree = gudhi.RipsComplex(distance_matrix=distances, max_edge_length=distances.max(axis=1).min()).create_simplex_tree(max_dimension=1)
        tree.collapse_edges(nb_iterations=2)
        tree.expansion(int(sys.argv[2]) + 1)
        tree.compute_persistence(homology_coeff_field=2)
        print(time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
        """;

    private const string Cubical = """
        import sys, time
        import numpy, gudhi
        values = numpy.fromfile(sys.argv[1]).reshape([int(e) for e in sys.argv[2].split("x")])
        times = []
        for _ in range(7):
            start = time.process_time()
            complex = gudhi.CubicalComplex(top_dimensional_cells=values)
            complex.compute_persistence(homology_coeff_field=2)
            times.append(time.process_time() - start)
        print(sorted(times)[3] * 1e3, len(complex.persistence_intervals_in_dimension(0)))
        """;

    private const string Pairs = """
        import sys, time
        import numpy, gudhi, gudhi.hera
        diagrams = numpy.fromfile(sys.argv[1]).reshape(int(sys.argv[2]), -1, 2)
        for distance in (lambda a, b: gudhi.hera.wasserstein_distance(a, b, order=1, internal_p=numpy.inf, delta=0.01), lambda a, b: gudhi.bottleneck_distance(a, b)):
            start, total = time.process_time(), 0
            for i in range(0, len(diagrams), 2):
                total += distance(diagrams[i], diagrams[i + 1])
            print((time.process_time() - start) * 2e3 / len(diagrams), total)
        """;

    /// <summary>The interpreter, if it has GUDHI; else null.</summary>
    public static async Task<GudhiPeer?> FindAsync(string python)
    {
        try
        {
            await ChildUsage.RunAsync(python, "-c", "import gudhi, numpy, scipy").ConfigureAwait(false);
            return new GudhiPeer(python);
        }
        catch (Exception e) when (e is BenchException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Computes a file of points.</summary>
    /// <returns>CPU seconds, and bytes added to the peak of the interpreter.</returns>
    public async Task<(double Seconds, double Bytes)> RipsAsync(string file, int dimension)
    {
        ChildUsage usage = await ChildUsage.RunAsync(python, "-c", Rips, file, dimension.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        string[] parts = usage.Output.Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Sublevel sets of a grid, values as top-dimensional cells.</summary>
    /// <returns>CPU milliseconds, median of seven, and the number of bars of dimension 0.</returns>
    public async Task<(double Milliseconds, int Bars)> CubicalAsync(double[] values, int[] extents)
    {
        double[] printed = await WithFileAsync(values, Cubical, string.Join('x', extents)).ConfigureAwait(false);
        return (printed[0], (int)printed[1]);
    }

    /// <summary>Distances of diagrams 0 and 1, 2 and 3, and so on, all of one size.</summary>
    public async Task<PairTimes> DistancesAsync(Bar[][] diagrams)
    {
        double[] numbers = [.. diagrams.SelectMany(d => d).SelectMany(b => new[] { b.Birth, b.Death })];
        double[] printed = await WithFileAsync(numbers, Pairs, diagrams.Length.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        return new PairTimes((printed[0], printed[1]), (printed[2], printed[3]));
    }

    private async Task<double[]> WithFileAsync(double[] numbers, string script, string argument)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray()).ConfigureAwait(false);
            ChildUsage usage = await ChildUsage.RunAsync(python, "-c", script, file, argument).ConfigureAwait(false);
            return [.. usage.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <summary>What GUDHI took for a pair of diagrams, CPU milliseconds, and the sum of all pairs' distances.</summary>
internal sealed record PairTimes((double Milliseconds, double Sum) Wasserstein, (double Milliseconds, double Sum) Bottleneck);
