namespace AuraMemory.Topology.Distances;

/// <summary>Half-persistences of two diagrams, sorted and compared: the cheapest lower bound.</summary>
/// <remarks>
/// h(b, d) = (d - b) / 2 moves by at most ||x - y|| when its point moves from x to y, in either norm, and is 0 on the diagonal. So a matching
/// of the diagrams is a matching of two multisets of numbers, padded by zeros, that costs no more pair by pair; and numbers are matched
/// best in sorted order, for every q and for the supremum. Hence W_q &gt;= ||sort h(A) - sort h(B)||_q, and the bottleneck distance is at least the supremum.
/// </remarks>
internal static class HalfPersistences
{
    [ThreadStatic]
    private static double[]? _numbers;

    /// <summary>sum |x_k - y_k|^q over the sorted half-persistences multiplied by 2^exponent. O(n log n); O(n) for sorted bars.</summary>
    public static double PowerDifference(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order, int exponent)
    {
        Span<double> numbers = Sorted(a, b, out _);
        Span<double> x = numbers[..a.Length];
        Span<double> y = numbers[a.Length..];
        double sum = 0;
        for (int k = 0; k < Math.Max(x.Length, y.Length); k++)
        {
            double difference = Math.ScaleB(Math.Abs((k < x.Length ? x[k] : 0) - (k < y.Length ? y[k] : 0)), exponent);
            sum += order == 1 ? difference : difference * difference;
        }

        return sum;
    }

    /// <summary>sup |x_k - y_k| over the sorted half-persistences, and the largest of them.</summary>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static (double Difference, double Largest) SupremumDifference(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b)
    {
        Span<double> numbers = Sorted(a, b, out double largest);
        Span<double> x = numbers[..a.Length];
        Span<double> y = numbers[a.Length..];
        double difference = 0;
        for (int k = 0; k < Math.Max(x.Length, y.Length); k++)
        {
            difference = Math.Max(difference, Math.Abs((k < x.Length ? x[k] : 0) - (k < y.Length ? y[k] : 0)));
        }

        return (difference, largest);
    }

    private static Span<double> Sorted(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, out double largest)
    {
        double[] numbers = _numbers is { } kept && kept.Length >= a.Length + b.Length ? kept : _numbers = new double[Math.Max(64, a.Length + b.Length)];
        Span<double> x = numbers.AsSpan(0, a.Length);
        Span<double> y = numbers.AsSpan(a.Length, b.Length);
        largest = Math.Max(Fill(a, x), Fill(b, y));
        return numbers.AsSpan(0, a.Length + b.Length);
    }

    private static double Fill(ReadOnlySpan<Bar> bars, Span<double> into)
    {
        bool falling = true;
        for (int i = 0; i < bars.Length; i++)
        {
            double half = BottleneckMatching.Half(bars[i]);
            if (!(half >= 0 && half <= double.MaxValue))
            {
                throw new ArgumentException($"({bars[i].Birth}, {bars[i].Death}) is not a finite bar.", nameof(bars));
            }

            into[i] = half;
            falling &= i == 0 || half <= into[i - 1];
        }

        if (!falling)
        {
            into.Sort(static (x, y) => y.CompareTo(x));
        }

        return bars.IsEmpty ? 0 : into[0];
    }
}
