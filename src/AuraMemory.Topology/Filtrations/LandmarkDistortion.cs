using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>How well landmarks stand for all points of a distance matrix.</summary>
internal static class LandmarkDistortion
{
    /// <summary>
    /// Largest difference between the distance of two points and that of their nearest landmarks. Bounds the bottleneck distance of the Rips diagrams, also where the distances
    /// break the triangle inequality: a simplex of the one complex maps to a simplex of the other, at a value at most that much larger. O(n² + n m).
    /// </summary>
    /// <param name="all">Distances of all points.</param>
    /// <param name="landmarks">The chosen points.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>Positive infinity where of two such distances only one is infinite.</returns>
    public static double Of(DistanceMatrix all, ReadOnlySpan<int> landmarks, CancellationToken cancellation)
    {
        var nearest = new int[all.Count];
        for (int point = 0; point < nearest.Length; point++)
        {
            nearest[point] = landmarks[0];
            foreach (int landmark in landmarks)
            {
                // A landmark stands for itself, even where another one coincides with it.
                if (landmark == point || all[point, landmark] < all[point, nearest[point]])
                {
                    nearest[point] = landmark;
                    if (landmark == point)
                    {
                        break;
                    }
                }
            }
        }

        double worst = 0;
        for (int i = 1; i < nearest.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<double> row = all.RowBelow(i);
            for (int j = 0; j < row.Length; j++)
            {
                double other = all[nearest[i], nearest[j]];
                worst = row[j].Equals(other) ? worst : Math.Max(worst, Math.Abs(row[j] - other));
            }
        }

        return worst;
    }

    /// <summary>Distances between the landmarks.</summary>
    public static DistanceMatrix Between(DistanceMatrix all, ReadOnlySpan<int> landmarks)
    {
        var lower = new double[(long)landmarks.Length * (landmarks.Length - 1) / 2];
        int next = 0;
        for (int i = 0; i < landmarks.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                lower[next++] = all[landmarks[i], landmarks[j]];
            }
        }

        return new DistanceMatrix(lower, landmarks.Length);
    }
}
