namespace AuraMemory.Graph.Signatures;

/// <summary>What signatures are divided by before they are compared: the standard deviation of each number over the nodes of a graph.</summary>
/// <remarks>
/// A scale is fixed when an index is built, so that distances do not move with every change of the graph. It has drifted when a deviation is by more than a quarter above or below
/// the one it was made of. Deviations below <see cref="Least"/> count as that, so that a number nearly all nodes share does not outweigh the others. (Means do not matter to distances.)
/// What is beside the orbits counts half: a single relationship moves many of those numbers at once.
/// </remarks>
internal sealed class SignatureScale
{
    private const double Least = 0.1;
    private const double BesideOrbits = 0.5;
    private const double MostDrift = 1.25;
    private readonly double[] _deviations;

    private SignatureScale(double[] deviations) => _deviations = deviations;

    /// <summary>The scale of rows of features. O(rows).</summary>
    /// <param name="features">Rows of <see cref="NodeSignature.Length"/> numbers.</param>
    /// <param name="counts">Whether a row counts.</param>
    public static SignatureScale Of(ReadOnlySpan<float> features, Func<int, bool> counts)
    {
        var sums = new double[NodeSignature.Length];
        var squares = new double[NodeSignature.Length];
        int rows = 0;
        for (int row = 0; row * NodeSignature.Length < features.Length; row++)
        {
            if (!counts(row))
            {
                continue;
            }

            rows++;
            ReadOnlySpan<float> values = features.Slice(row * NodeSignature.Length, NodeSignature.Length);
            for (int i = 0; i < values.Length; i++)
            {
                sums[i] += values[i];
                squares[i] += (double)values[i] * values[i];
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            double mean = sums[i] / Math.Max(1, rows);
            sums[i] = Math.Max(Least, Math.Sqrt(Math.Max(0, (squares[i] / Math.Max(1, rows)) - (mean * mean))));
        }

        return new SignatureScale(sums);
    }

    /// <summary>Whether another scale, of the graph as it is now, is too far from this one.</summary>
    public bool HasDrifted(SignatureScale now)
    {
        for (int i = 0; i < _deviations.Length; i++)
        {
            double ratio = now._deviations[i] / _deviations[i];
            if (ratio is > MostDrift or < 1 / MostDrift)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Divides, and weighs.</summary>
    public void Apply(ReadOnlySpan<float> features, Span<float> into)
    {
        for (int i = 0; i < _deviations.Length; i++)
        {
            into[i] = (float)((i < OrbitCounts.Orbits ? 1 : BesideOrbits) * features[i] / _deviations[i]);
        }
    }
}
