using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Distances between few vertices that are spread over a graph, and how far any other vertex is from the nearest of them.</summary>
/// <param name="Distances">Between the landmarks, along shortest paths of the whole graph; positive infinity between components.</param>
/// <param name="CoveringRadius">Largest distance of a vertex to its nearest landmark; positive infinity where a component has none.</param>
internal readonly record struct HopLandmarks(DistanceMatrix Distances, double CoveringRadius)
{
    /// <summary>
    /// Chooses greedily: the first vertex, then always the one furthest from those chosen, of equal ones the first; a vertex that is not reached counts as furthest, so
    /// every component gets a landmark while there are enough (Gonzalez, Clustering to minimize the maximum intercluster distance, 1985). One search of
    /// the graph for each landmark; the matrix of all distances is never built.
    /// </summary>
    /// <param name="graph">At least one vertex.</param>
    /// <param name="count">Most landmarks, at least 1.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static HopLandmarks Choose(WeightedGraph graph, int count, CancellationToken cancellation)
    {
        count = Math.Min(count, graph.Count);
        var paths = new ShortestPaths(graph);
        var chosen = new int[count];
        var lower = new double[(long)count * (count - 1) / 2];
        var nearest = new double[graph.Count];
        var distances = new double[graph.Count];
        Array.Fill(nearest, double.PositiveInfinity);
        int next = 0;
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            chosen[i] = next;
            paths.From(next, distances);
            for (int j = 0; j < i; j++)
            {
                lower[written++] = distances[chosen[j]];
            }

            next = 0;
            for (int vertex = 0; vertex < distances.Length; vertex++)
            {
                nearest[vertex] = Math.Min(nearest[vertex], distances[vertex]);
                if (nearest[vertex] > nearest[next])
                {
                    next = vertex;
                }
            }
        }

        return new HopLandmarks(new DistanceMatrix(lower, count), nearest[next]);
    }
}
