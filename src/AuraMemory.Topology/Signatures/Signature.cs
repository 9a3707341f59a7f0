namespace AuraMemory.Topology.Signatures;

/// <summary>A vector of fixed length that stands for the finite bars of a barcode and never exaggerates distances.</summary>
/// <remarks>
/// <para>
/// Every block is made by a map f of the plane that is 1-Lipschitz in the maximum norm (hence in the Euclidean one) and 0 on the diagonal:
/// the half-persistence h = (d - b) / 2, or the location map f_c = sign(m - c) min(h, |m - c|) with m = (b + d) / 2. (f_c is
/// m - c clamped to [-h, h]; m - c and h are 1-Lipschitz, and so is a clamp in both its arguments.) The block holds the largest values of f
/// over the diagram, positives falling from its start, negatives towards its end, zeros between, and a tail number: the sum of the positive values left out minus that of the negative ones (a sum of absolute values).
/// </para>
/// <para>
/// Bounds. Pad the two multisets of values by zeros to one size, matching unmatched points with 0. A partial matching of the diagrams
/// costs at least |f(x) - f(y)| a pair, and numbers are matched best in sorted order, so for each block, with differences taken number by number:
/// </para>
/// <list type="bullet">
/// <item>sum of absolute differences, tail included, &lt;= W1. (The tail: |sum x - sum y| &lt;= sum |x - y| over the positions cut off.)</item>
/// <item>root of the sum of squared differences, tail left out, &lt;= W2.</item>
/// <item>largest absolute difference, tail left out, &lt;= bottleneck.</item>
/// </list>
/// <para>
/// So the best block of a dimension bounds that dimension's distance, and these are added over dimensions as the distances are
/// (sum for W1, root of the sum of squares for W2, maximum for bottleneck). Plain Euclidean distance of whole signatures is a ranking, not a bound.
/// </para>
/// <para>
/// Numbers are rounded to the nearest float, those beyond its range clamped (a clamp brings numbers together, never apart);
/// <see cref="LowerBound"/> gives back twice the half unit that rounding may have taken, so it stays a bound.
/// </para>
/// </remarks>
public static class Signature
{
    // Half a unit of a float is at most 2^-24 of it; two numbers are compared, and sums are rounded on top.
    private const double RoundingShare = 1.01 / (1 << 23);

    [ThreadStatic]
    private static double[]? _values;

    /// <summary>Fills a signature in the layout that its length and the barcode's number of dimensions imply. O(n log n) a block.</summary>
    /// <param name="barcode">Diagrams; essential bars are left out.</param>
    /// <param name="into">8 to 4096 numbers; all are written.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public static void Compute(Barcode barcode, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(barcode);
        Compute(barcode, new SignatureLayout(into.Length, componentsOnly: barcode.Dimensions == 1), into);
    }

    /// <summary>Fills a signature in a given layout.</summary>
    /// <param name="barcode">Diagrams; essential bars are left out.</param>
    /// <param name="layout">Layout.</param>
    /// <param name="into">As many numbers as the layout has; all are written.</param>
    /// <exception cref="ArgumentException">The length is not the layout's.</exception>
    public static void Compute(Barcode barcode, SignatureLayout layout, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(barcode);
        ArgumentNullException.ThrowIfNull(layout);
        if (into.Length != layout.Length)
        {
            throw new ArgumentException($"A signature of this layout has {layout.Length} numbers, not {into.Length}.", nameof(into));
        }

        foreach (ref readonly SignatureBlock block in layout.Blocks)
        {
            Fill(barcode[block.Dimension].Finite, block, into.Slice(block.Start, block.Length));
        }
    }

    /// <summary>A lower bound of the distance of the diagrams behind two signatures: the best block of each dimension, added over dimensions.</summary>
    /// <param name="layout">Layout of both.</param>
    /// <param name="a">A signature.</param>
    /// <param name="b">Another.</param>
    /// <param name="metric">Which distance is bounded.</param>
    /// <param name="dimensions">Homology dimensions that the distance takes into account, 1 to 3: those that both barcodes have.</param>
    /// <exception cref="ArgumentException">A length is not the layout's.</exception>
    public static double LowerBound(SignatureLayout layout, ReadOnlySpan<float> a, ReadOnlySpan<float> b, SignatureMetric metric, int dimensions = 3)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (a.Length != layout.Length || b.Length != layout.Length)
        {
            throw new ArgumentException($"Signatures of this layout have {layout.Length} numbers, not {a.Length} and {b.Length}.", nameof(a));
        }

        Span<double> best = stackalloc double[Barcode.HighestDimension + 1];
        best.Clear();
        foreach (ref readonly SignatureBlock block in layout.Blocks)
        {
            double bound = BlockBound(block, a.Slice(block.Start, block.Length), b.Slice(block.Start, block.Length), metric);
            best[block.Dimension] = Math.Max(best[block.Dimension], bound);
        }

        double total = 0;
        for (int dimension = 0; dimension < Math.Min(dimensions, best.Length); dimension++)
        {
            total = metric switch
            {
                SignatureMetric.Wasserstein1 => total + best[dimension],
                SignatureMetric.Wasserstein2 => total + (best[dimension] * best[dimension]),
                _ => Math.Max(total, best[dimension]),
            };
        }

        return metric == SignatureMetric.Wasserstein2 ? Math.Sqrt(total) : total;
    }

    private static double BlockBound(in SignatureBlock block, ReadOnlySpan<float> a, ReadOnlySpan<float> b, SignatureMetric metric)
    {
        int values = block.Positives + block.Negatives;
        double total = 0;
        for (int i = 0; i < values; i++)
        {
            double difference = Difference(a[i], b[i]);
            total = metric switch
            {
                SignatureMetric.Wasserstein1 => total + difference,
                SignatureMetric.Wasserstein2 => total + (difference * difference),
                _ => Math.Max(total, difference),
            };
        }

        if (metric == SignatureMetric.Wasserstein1 && block.HasTail)
        {
            total += Difference(a[values], b[values]);
        }

        return metric == SignatureMetric.Wasserstein2 ? Math.Sqrt(total) : total;
    }

    private static double Difference(float a, float b)
    {
        double x = a;
        double y = b;
        return Math.Max(0, Math.Abs(x - y) - (RoundingShare * Math.Max(Math.Abs(x), Math.Abs(y))) - float.Epsilon);
    }

    private static void Fill(ReadOnlySpan<Bar> bars, in SignatureBlock block, Span<float> into)
    {
        double[] values = _values is { } kept && kept.Length >= bars.Length ? kept : _values = new double[Math.Max(64, bars.Length)];
        Span<double> all = values.AsSpan(0, bars.Length);
        for (int i = 0; i < bars.Length; i++)
        {
            double half = (0.5 * bars[i].Death) - (0.5 * bars[i].Birth);
            double offset = (0.5 * bars[i].Birth) + (0.5 * bars[i].Death) - block.Center;
            all[i] = double.IsNaN(block.Center) ? half : Math.Clamp(offset, -half, half);
        }

        all.Sort();
        double tail = 0;
        for (int k = 0; k < block.Positives; k++)
        {
            into[k] = k < all.Length ? Narrow(Math.Max(0, all[^(k + 1)])) : 0;
        }

        for (int k = 0; k < block.Negatives; k++)
        {
            into[block.Positives + block.Negatives - 1 - k] = k < all.Length ? Narrow(Math.Min(0, all[k])) : 0;
        }

        if (block.HasTail)
        {
            for (int i = 0; i < all.Length; i++)
            {
                bool shown = all[i] > 0 ? all.Length - i <= block.Positives : i < block.Negatives;
                tail += shown ? 0 : Math.Abs(all[i]);
            }

            into[block.Positives + block.Negatives] = Narrow(tail);
        }
    }

    private static float Narrow(double value) => (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);
}

/// <summary>The distances that a signature bounds.</summary>
public enum SignatureMetric : byte
{
    /// <summary>W1 in either ground norm.</summary>
    Wasserstein1 = 0,

    /// <summary>W2 in either ground norm.</summary>
    Wasserstein2 = 1,

    /// <summary>Bottleneck.</summary>
    Bottleneck = 2,
}
