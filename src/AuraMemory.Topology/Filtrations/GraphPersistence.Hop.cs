using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;

namespace AuraMemory.Topology.Filtrations;

public static partial class GraphPersistence
{
    /// <summary>Vietoris-Rips complex of the hop distance (lengths are summed where edges have any); vertices without a path between them are never joined.</summary>
    /// <param name="graph">The graph. O(n²) distances are kept: for large graphs use landmarks.</param>
    /// <param name="maxDimension">Highest dimension, 0 to 2.</param>
    /// <param name="threshold">Longest distance that joins; null = nothing is cut.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static Barcode HopRips(WeightedGraph graph, int maxDimension, double? threshold = null, CancellationToken cancellation = default) =>
        RipsPersistence.Compute(HopDistances(graph), maxDimension, threshold, cancellation).Barcode;

    /// <summary>Distances between all vertices along shortest paths; positive infinity where there is none. O(n (n + m)), with lengths O(n m log n).</summary>
    /// <param name="graph">The graph.</param>
    public static DistanceMatrix HopDistances(WeightedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var paths = new ShortestPaths(graph);
        var lower = new double[(long)graph.Count * (graph.Count - 1) / 2];
        var distances = new double[graph.Count];
        int written = 0;
        for (int i = 1; i < graph.Count; i++)
        {
            paths.From(i, distances);
            distances.AsSpan(0, i).CopyTo(lower.AsSpan(written));
            written += i;
        }

        return new DistanceMatrix(lower, graph.Count);
    }
}
