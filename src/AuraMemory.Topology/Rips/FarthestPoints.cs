using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Rips;

/// <summary>Points chosen to stand for all.</summary>
/// <param name="Points">Indexes of the chosen points in the order in which they were chosen.</param>
/// <param name="CoveringRadius">Largest distance of any point to its nearest chosen one; positive infinity where one cannot be reached.</param>
public sealed record LandmarkChoice(int[] Points, double CoveringRadius);

/// <summary>Farthest-point (maxmin) landmarks: each next one is the point farthest from those chosen so far, the first is point 0.</summary>
/// <remarks>
/// Deterministic: of equally far points the first is taken. The covering radius is at most twice the best possible for that many
/// points (Gonzalez 1985). The Rips diagrams of the landmarks are within a bottleneck distance of twice the covering radius of those of
/// all points, lengths being diameters (Chazal, de Silva, Oudot 2014: Gromov-Hausdorff stability). Choosing stops early when all points
/// coincide with a landmark. O(n m), O(n) memory beside the input.
/// </remarks>
public static class FarthestPoints
{
    /// <summary>Chooses landmarks of a cloud.</summary>
    /// <param name="points">Points.</param>
    /// <param name="count">How many, at least 1; more than there are points means all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static LandmarkChoice Choose(PointCloud points, int count, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        var distances = new PairwiseDistances(points);
        return Choose(points.Count, count, distances.From, cancellation);
    }

    /// <summary>Chooses landmarks of points known by their distances.</summary>
    /// <param name="distances">Distances.</param>
    /// <param name="count">How many, at least 1; more than there are points means all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static LandmarkChoice Choose(DistanceMatrix distances, int count, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(distances);
        return Choose(distances.Count, count, Row, cancellation);

        void Row(int point, Span<double> into)
        {
            distances.RowBelow(point).CopyTo(into);
            for (int i = point; i < into.Length; i++)
            {
                into[i] = distances[i, point];
            }
        }
    }

    private static LandmarkChoice Choose(int points, int count, RowOfDistances row, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (points == 0)
        {
            return new LandmarkChoice([], 0);
        }

        var nearest = new double[points];
        var current = new double[points];
        Array.Fill(nearest, double.PositiveInfinity);
        var chosen = new List<int>(Math.Min(count, points));
        int next = 0;
        double radius = double.PositiveInfinity;
        while (chosen.Count < count && radius > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            chosen.Add(next);
            row(next, current);
            radius = -1;
            for (int i = 0; i < points; i++)
            {
                double distance = Math.Min(nearest[i], current[i]);
                nearest[i] = distance;
                if (distance > radius)
                {
                    radius = distance;
                    next = i;
                }
            }
        }

        return new LandmarkChoice([.. chosen], radius);
    }

    private delegate void RowOfDistances(int point, Span<double> into);
}
