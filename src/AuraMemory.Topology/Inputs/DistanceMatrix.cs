namespace AuraMemory.Topology.Inputs;

/// <summary>A symmetric matrix of distances with a zero diagonal, kept as its lower triangle.</summary>
/// <remarks>The triangle inequality is not required. Positive infinity means: never joined.</remarks>
public sealed class DistanceMatrix
{
    private readonly double[] _lower;

    /// <summary>Makes a matrix over its lower triangle, which is not copied.</summary>
    /// <param name="lower">Row by row without the diagonal: d(1,0), d(2,0), d(2,1), d(3,0), …; not negative, not NaN.</param>
    /// <param name="count">Number of points, at least 0; <paramref name="lower"/> has count (count - 1) / 2 numbers.</param>
    /// <exception cref="ArgumentException">The length does not fit, or a distance is negative or NaN.</exception>
    public DistanceMatrix(double[] lower, int count)
    {
        ArgumentNullException.ThrowIfNull(lower);
        if (count < 0 || lower.Length != (long)count * (count - 1) / 2)
        {
            throw new ArgumentException($"{lower.Length} numbers are not the lower triangle of a matrix of {count} points.", nameof(lower));
        }

        for (int i = 0; i < lower.Length; i++)
        {
            if (!(lower[i] >= 0))
            {
                throw new ArgumentException($"Distance {i} is {lower[i]}; a distance is a number that is not negative.", nameof(lower));
            }
        }

        _lower = lower;
        Count = count;
    }

    /// <summary>Number of points.</summary>
    public int Count { get; }

    /// <summary>The lower triangle, row by row without the diagonal.</summary>
    public ReadOnlySpan<double> Lower => _lower;

    /// <summary>Distance of two points.</summary>
    public double this[int i, int j] =>
        i == j ? 0 : i > j ? _lower[((long)i * (i - 1) / 2) + j] : _lower[((long)j * (j - 1) / 2) + i];

    /// <summary>Distances from one point to those before it.</summary>
    public ReadOnlySpan<double> RowBelow(int i) => _lower.AsSpan((int)((long)i * (i - 1) / 2), i);
}
