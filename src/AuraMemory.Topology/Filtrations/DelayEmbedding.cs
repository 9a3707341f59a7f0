using System.Numerics;
using System.Runtime.InteropServices;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Delay embedding of a series: point i is (x[i], x[i + delay], …, x[i + (dimension - 1) delay]).</summary>
/// <remarks>
/// A periodic signal becomes a closed curve, which the first homology of its Vietoris-Rips complex shows (Takens, Detecting strange attractors in turbulence,
/// 1981; Perea and Harer, Sliding windows and persistence, 2015).
/// </remarks>
public static class DelayEmbedding
{
    /// <summary>Most lags tried by <see cref="ChooseDelay"/>; bounds its work for slow signals.</summary>
    public const int MostLags = 1024;

    /// <summary>Embeds a series. O(n x dimension).</summary>
    /// <param name="series">Finite samples.</param>
    /// <param name="dimension">Coordinates of a point, 1 to 16.</param>
    /// <param name="delay">Samples between two coordinates, at least 1.</param>
    /// <returns>n - (dimension - 1) x delay points; none when the series is shorter than one window.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The dimension or the delay is out of its range.</exception>
    public static PointCloud Embed(ReadOnlySpan<double> series, int dimension, int delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, PointCloud.MostCoordinates);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, 1);
        long count = Math.Max(0, series.Length - ((dimension - 1L) * delay));
        var coordinates = new double[checked((int)(count * dimension))];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < dimension; k++)
            {
                coordinates[(i * dimension) + k] = series[i + (k * delay)];
            }
        }

        return new PointCloud(coordinates, dimension);
    }

    /// <summary>
    /// The delay told from the series: where the autocorrelation first ceases to be positive (a quarter of the period of a sine, where the curve is roundest), the nearer to zero of
    /// the lags on both sides; where it never does, the lag with the smallest autocorrelation, the first of equal ones. O(n x lags), lags at most 1024 and at most half of what
    /// leaves a single window.
    /// </summary>
    /// <param name="series">Finite samples.</param>
    /// <param name="dimension">Coordinates of a point, at least 2.</param>
    /// <returns>At least 1; 1 for a constant or very short series.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is below 2.</exception>
    public static int ChooseDelay(ReadOnlySpan<double> series, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 2);
        Finite.Require(series, nameof(series));
        int most = Math.Min(MostLags, (series.Length - 1) / (2 * (dimension - 1)));
        if (most <= 1)
        {
            return 1;
        }

        double[]? centred = Centre(series);
        if (centred is null)
        {
            return 1;
        }

        int best = 1;
        double least = double.PositiveInfinity;
        double last = double.PositiveInfinity;
        for (int lag = 1; lag <= most; lag++)
        {
            // The mean, not the sum: a sum over fewer and fewer products would fall with the lag by itself.
            double correlation = Product(centred.AsSpan(0, centred.Length - lag), centred.AsSpan(lag)) / (centred.Length - lag);
            if (correlation <= 0)
            {
                return lag > 1 && last < -correlation ? lag - 1 : lag;
            }

            last = correlation;

            if (correlation < least)
            {
                least = correlation;
                best = lag;
            }
        }

        return best;
    }

    /// <summary>Samples without their mean, scaled to at most 1 so that no square overflows or vanishes; null for a constant.</summary>
    private static double[]? Centre(ReadOnlySpan<double> series)
    {
        double largest = 0;
        foreach (double sample in series)
        {
            largest = Math.Max(largest, Math.Abs(sample));
        }

        if (largest == 0)
        {
            return null;
        }

        double mean = 0;
        foreach (double sample in series)
        {
            mean += sample / largest;
        }

        mean /= series.Length;
        var centred = new double[series.Length];
        double spread = 0;
        for (int i = 0; i < series.Length; i++)
        {
            centred[i] = (series[i] / largest) - mean;
            spread = Math.Max(spread, Math.Abs(centred[i]));
        }

        // The mean of equal numbers is off by a few roundings; such a remainder is no signal.
        if (spread <= 1e-13)
        {
            return null;
        }

        for (int i = 0; i < centred.Length; i++)
        {
            centred[i] /= spread;
        }

        return centred;
    }

    private static double Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> wideA = MemoryMarshal.Cast<double, Vector<double>>(a);
        ReadOnlySpan<Vector<double>> wideB = MemoryMarshal.Cast<double, Vector<double>>(b);
        Vector<double> sums = Vector<double>.Zero;
        for (int i = 0; i < wideA.Length; i++)
        {
            sums += wideA[i] * wideB[i];
        }

        double sum = Vector.Sum(sums);
        for (int i = wideA.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
