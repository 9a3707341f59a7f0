namespace AuraMemory.Topology.Distances;

/// <summary>The power of two by which diagrams are multiplied so that squares of distances neither overflow nor vanish.</summary>
/// <remarks>
/// Let M be the largest half-persistence of both. No optimal pair costs more than 2M, so it is enough that M^2 is in range. A
/// coordinate is at most 2^54 M, for the ends of a bar differ by at least one unit in the last place; so scaling M to about 1 keeps
/// every coordinate finite. A power of two changes no bit of a mantissa; what becomes subnormal is below 2^-900 M.
/// </remarks>
internal static class DiagramScale
{
    private const double Largest = 1e100;
    private const double Smallest = 1e-100;

    /// <summary>The exponent for two diagrams; 0 unless their numbers are extreme.</summary>
    /// <exception cref="ArgumentException">A bar is essential or no bar at all.</exception>
    public static int Of(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b)
    {
        double largest = Math.Max(LargestHalf(a), LargestHalf(b));
        return largest is 0 or (> Smallest and < Largest) ? 0 : -Math.ILogB(largest);
    }

    /// <summary>A bar, scaled.</summary>
    public static (double Birth, double Death) Apply(in Bar bar, int exponent) =>
        exponent == 0 ? (bar.Birth, bar.Death) : (Math.ScaleB(bar.Birth, exponent), Math.ScaleB(bar.Death, exponent));

    /// <summary>A distance of scaled diagrams in the unit of the given ones. Beyond the range of a double it is the largest double: infinity means something else.</summary>
    public static double Undo(double distance, int exponent)
    {
        if (exponent == 0 || double.IsPositiveInfinity(distance))
        {
            return distance;
        }

        return Math.Min(Math.ScaleB(distance, -exponent), double.MaxValue);
    }

    private static double LargestHalf(ReadOnlySpan<Bar> bars)
    {
        double largest = 0;
        foreach (Bar bar in bars)
        {
            double half = (0.5 * bar.Death) - (0.5 * bar.Birth);
            if (!(half >= 0 && half <= double.MaxValue))
            {
                throw new ArgumentException($"({bar.Birth}, {bar.Death}) is not a finite bar.", nameof(bars));
            }

            largest = half > largest ? half : largest;
        }

        // Half of the smallest subnormal is zero; such bars are beyond what a distance can tell.
        return largest;
    }
}
