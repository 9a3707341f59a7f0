using System.Runtime.InteropServices;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Rips;

/// <summary>The barcode of a Vietoris-Rips complex.</summary>
/// <param name="Barcode">Diagrams of dimension 0 to the one asked for.</param>
/// <param name="Threshold">
/// Length at which the filtration ended: the one given, or the enclosing radius min over i of max over j of d(i, j), beyond which
/// nothing changes; where no point reaches all others, the longest finite distance.
/// </param>
public sealed record RipsResult(Barcode Barcode, double Threshold);

/// <summary>Exact persistent homology of Vietoris-Rips complexes over Z/2, dimensions 0 to 2, by diameter.</summary>
/// <remarks>
/// Vertices are born at 0, an edge at its length, a simplex at its longest edge. Values are exact doubles: bars carry lengths of edges
/// as they were given. Deterministic, single-threaded.
/// <para>
/// Memory with n points and m edges within the threshold: 6 n^2 + 40 m bytes, n^2 / 8 more for dimension 2, and the reduced columns,
/// which have at most one entry for each column before it (in practice a few for each bar). Time: O(n^2) for dimension 0; in the
/// worst case cubic in the number of edges (dimension 1) or triangles (dimension 2), in practice close to m n / 8 and m n^2 / 64
/// vector steps. Who cannot afford it takes landmarks (<see cref="FarthestPoints"/>) and a cancellation token.
/// </para>
/// How it works: docs/algorithms/vietoris-rips.md.
/// </remarks>
public static class RipsPersistence
{
    /// <summary>Most points of a complex up to dimension 1.</summary>
    public const int MostPoints = EdgeFiltration.MostVertices;

    /// <summary>Most points of a complex of dimension 2.</summary>
    public const int MostPointsInPlane = 4096;

    /// <summary>Barcode of points under the Euclidean distance.</summary>
    /// <param name="points">Points; two that are too far apart for a double are never joined.</param>
    /// <param name="maxDimension">Highest homology dimension, 0 to 2.</param>
    /// <param name="threshold">Longest edge of the complex; classes alive there are essential. Null = the enclosing radius.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not 0 to 2, the threshold is negative or NaN, or there are too many points.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static RipsResult Compute(PointCloud points, int maxDimension, double? threshold = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        Check(points.Count, maxDimension, threshold);
        return Compute(new PairwiseDistances(points).Matrix(cancellation), maxDimension, threshold, cancellation);
    }

    /// <summary>Barcode of points known by their distances.</summary>
    /// <param name="distances">Distances; the triangle inequality is not required, positive infinity = never joined.</param>
    /// <param name="maxDimension">Highest homology dimension, 0 to 2.</param>
    /// <param name="threshold">Longest edge of the complex; classes alive there are essential. Null = the enclosing radius.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not 0 to 2, the threshold is negative or NaN, or there are too many points.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static RipsResult Compute(DistanceMatrix distances, int maxDimension, double? threshold = null, CancellationToken cancellation = default) =>
        Within(distances, maxDimension, threshold, long.MaxValue, cancellation)!;

    /// <summary>The same, given up when the reductions together take more steps than allowed.</summary>
    /// <param name="distances">Distances.</param>
    /// <param name="maxDimension">Highest homology dimension, 0 to 2.</param>
    /// <param name="threshold">Longest edge of the complex; null = the enclosing radius.</param>
    /// <param name="mostSteps">Most steps, each of some 200 ns and at most 8 bytes kept: a bound on time and memory that does not depend on the machine.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Null when they were not enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Compute(DistanceMatrix, int, double?, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal static unsafe RipsResult? Within(
        DistanceMatrix distances, int maxDimension, double? threshold, long mostSteps, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(distances);
        Check(distances.Count, maxDimension, threshold);
        cancellation.ThrowIfCancellationRequested();
        double end = threshold ?? EnclosingRadius(distances);
        end = threshold is null && double.IsInfinity(end) ? LongestFinite(distances) : end;
        using var edges = new EdgeFiltration(distances, end, cancellation);
        using var joins = new NativeBlock<byte>(edges.Edges);
        var bars = new List<Bar>[maxDimension + 1];
        for (int d = 0; d < bars.Length; d++)
        {
            bars[d] = [];
        }

        edges.Components(bars[0], joins.Pointer);
        if (maxDimension > 0)
        {
            edges.Join();
            using var loops = new EdgeReduction(edges, mostSteps, cancellation);
            if (!loops.Run(joins.Pointer, bars[1]))
            {
                return null;
            }

            if (maxDimension > 1)
            {
                using var voids = new TriangleReduction(edges, loops, mostSteps - loops.Steps, cancellation);
                if (!voids.Run(bars[2]))
                {
                    return null;
                }
            }
        }

        var diagrams = new Diagram[bars.Length];
        for (int d = 0; d < bars.Length; d++)
        {
            diagrams[d] = new Diagram(CollectionsMarshal.AsSpan(bars[d]));
        }

        return new RipsResult(new Barcode(diagrams), end);
    }

    /// <summary>Smallest radius of a ball around a point that has all points: min over i of max over j of d(i, j). O(n^2).</summary>
    /// <param name="distances">Distances.</param>
    /// <returns>0 for fewer than two points; positive infinity where no point reaches all others.</returns>
    public static double EnclosingRadius(DistanceMatrix distances)
    {
        ArgumentNullException.ThrowIfNull(distances);
        var farthest = new double[distances.Count];
        for (int i = 1; i < farthest.Length; i++)
        {
            ReadOnlySpan<double> row = distances.RowBelow(i);
            double own = 0;
            for (int j = 0; j < row.Length; j++)
            {
                own = Math.Max(own, row[j]);
                farthest[j] = Math.Max(farthest[j], row[j]);
            }

            farthest[i] = own;
        }

        double least = farthest.Length == 0 ? 0 : double.PositiveInfinity;
        foreach (double radius in farthest)
        {
            least = Math.Min(least, radius);
        }

        return least;
    }

    private static double LongestFinite(DistanceMatrix distances)
    {
        double longest = 0;
        foreach (double length in distances.Lower)
        {
            longest = double.IsInfinity(length) ? longest : Math.Max(longest, length);
        }

        return longest;
    }

    private static void Check(int points, int maxDimension, double? threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDimension, Barcode.HighestDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points, maxDimension < 2 ? MostPoints : MostPointsInPlane);
        if (threshold is { } given && !(given >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), given, "A threshold is a length that is not negative.");
        }
    }
}
