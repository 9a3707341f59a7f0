using System.Globalization;
using AuraMemory.Bench.Processes;

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
}
