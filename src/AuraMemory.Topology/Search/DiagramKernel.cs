using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>Lower bounds of diagram distances from 128-byte cuts of the diagrams.</summary>
/// <remarks>
/// <para>A cut is two cache lines: the births and the deaths of the 14 longest finite bars in floats (zeros where there are fewer), and
/// of the rest, the tail, what a bound needs: sum and sum of squares of the half-persistences, the largest of them, and the largest
/// magnitude of any coordinate.</para>
/// <para>With d_i = (half-persistence)^q, W_q^q = sum of all d + the cheapest optional matching of r_ij = c_ij^q - d_i - d_j. Numbers
/// u, v &lt;= 0 with u_i + v_j &lt;= r_ij bound that matching from below by their sum (linear programming duality; with v = 0 it is the
/// relaxed bound of Kusner et al. 2015). The tail takes part without being seen: as c &gt;= |h_i - h_j|, a pair of a bar with a bar of the
/// tail saves at most 2 min(h_i, t) (q = 1) or 2 h_i t (q = 2), t being the longest half of the tail; so u_i and v_j are capped by minus
/// that and the tail's own potentials are 0. Pairs within the tails save at most 2 min(T, T') or, by Cauchy-Schwarz, 2 sqrt(S S').
/// What remains of the tails is |T - T'|, or (sqrt S - sqrt S')^2. So the bound holds for whole diagrams, not only for their cuts.</para>
/// <para>The bound is raised by coordinate ascent: with all other u fixed and v the best for them, the best u_i is the second smallest
/// over j of r_ij - v_j, where v_j is taken without row i. Each step costs one row.</para>
/// </remarks>
internal static unsafe class DiagramKernel
{
    /// <summary>Bars in a cut.</summary>
    public const int CutBars = 14;

    /// <summary>Floats of a cut.</summary>
    public const int CutFloats = 32;

    /// <summary>Bytes of a cut.</summary>
    public const int CutBytes = CutFloats * sizeof(float);

    private const int Lanes = 16;
    private const int TailSum = 14;
    private const int TailSquares = 15;
    private const int TailLongest = 30;
    private const int Magnitude = 31;

    /// <summary>Squares of larger coordinates overflow a float; such a diagram is bounded by 0.</summary>
    private const double LargestCoordinate = 1e18;

    private interface IOrder;

    private static Vector512<float> BarLanes { get; } = Vector512.LessThan(
        Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Vector512.Create((float)CutBars));

    /// <summary>Writes the cut of a diagram's finite bars, longest first.</summary>
    public static void Cut(ReadOnlySpan<Bar> bars, float* into)
    {
        new Span<float>(into, CutFloats).Clear();
        double sum = 0;
        double squares = 0;
        double magnitude = 0;
        for (int i = 0; i < bars.Length; i++)
        {
            magnitude = Math.Max(magnitude, Math.Max(Math.Abs(bars[i].Birth), Math.Abs(bars[i].Death)));
            if (i < CutBars)
            {
                into[i] = (float)bars[i].Birth;
                into[Lanes + i] = (float)bars[i].Death;
                continue;
            }

            double half = (bars[i].Death - bars[i].Birth) / 2;
            sum += half;
            squares += half * half;
        }

        if (!(magnitude <= LargestCoordinate))
        {
            new Span<float>(into, CutFloats).Clear();
            into[Magnitude] = float.PositiveInfinity;
            return;
        }

        into[TailSum] = (float)sum;
        into[TailSquares] = (float)squares;
        into[TailLongest] = bars.Length > CutBars
            ? MathF.BitIncrement((float)((bars[CutBars].Death - bars[CutBars].Birth) / 2)) : 0;
        into[Magnitude] = MathF.BitIncrement((float)magnitude);
    }

    /// <summary>Marks a dimension that was not computed.</summary>
    public static void CutNothing(float* into)
    {
        new Span<float>(into, CutFloats).Clear();
        into[Magnitude] = -1;
    }

    /// <summary>True unless the dimension was not computed.</summary>
    public static bool Has(float* cut) => cut[Magnitude] >= 0;

    /// <summary>
    /// Rank of two shapes in a metric: a lower bound up to float rounding, in the metric's own power (squared for W2).
    /// Dimensions that one of them lacks are left out; infinite when none is left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rank(float* first, float* second, int dimensions, ShapeMetric metric, int sweeps)
    {
        float total = 0;
        bool common = false;
        for (int d = 0; d < dimensions; d++, first += CutFloats, second += CutFloats)
        {
            if (Has(first) && Has(second))
            {
                common = true;
                float one = metric switch
                {
                    ShapeMetric.Wasserstein1 => Sum<Plain>(first, second, sweeps),
                    ShapeMetric.Wasserstein2 => Sum<Squared>(first, second, sweeps),
                    _ => Largest(first, second),
                };
                total = metric == ShapeMetric.Bottleneck ? MathF.Max(total, one) : total + one;
            }
        }

        return common ? total : float.PositiveInfinity;
    }

    /// <summary>A lower bound of the distance, float rounding allowed for.</summary>
    /// <remarks>
    /// Rounding moves each of the at most 14 bars of a cut by 2^-24 of the largest magnitude, which changes a distance by at most
    /// 14^(1/q) times that; the arithmetic errs by less than 2^-19 of the sum of all d, since a negative r_ij is smaller than d_i + d_j.
    /// </remarks>
    public static double LowerBound(float* first, float* second, int dimensions, ShapeMetric metric, int sweeps)
    {
        const double Unit = 1.0 / (1 << 23);
        double power = 0;
        double slack = 0;
        double moved = 0;
        for (int d = 0; d < dimensions; d++)
        {
            float* a = first + (d * CutFloats);
            float* b = second + (d * CutFloats);
            if (!Has(a) || !Has(b) || float.IsInfinity(a[Magnitude] + b[Magnitude]))
            {
                continue;
            }

            double rounding = ((double)a[Magnitude] + b[Magnitude]) * Unit;
            double one = Rank(a, b, 1, metric, sweeps);
            if (metric == ShapeMetric.Bottleneck)
            {
                power = Math.Max(power, one - (4 * rounding));
                continue;
            }

            bool squared = metric == ShapeMetric.Wasserstein2;
            power += one;
            slack += (Weight(a, squared) + Weight(b, squared)) * (16 * Unit);
            moved += squared ? 4 * 4 * rounding * rounding : 16 * rounding;
        }

        return metric switch
        {
            ShapeMetric.Bottleneck => Math.Max(0, power),
            ShapeMetric.Wasserstein2 => Math.Max(0, Math.Sqrt(Math.Max(0, power - slack)) - Math.Sqrt(moved)),
            _ => Math.Max(0, power - slack - moved),
        };
    }

    /// <summary>The ascent for one dimension, not vectorised: the twin that tests hold the kernel against.</summary>
    public static float RankScalar(float* first, float* second, ShapeMetric metric, int sweeps)
    {
        if (metric == ShapeMetric.Bottleneck)
        {
            return LargestScalar(first, second);
        }

        bool squared = metric == ShapeMetric.Wasserstein2;
        float diagonal = 0;
        var r = new float[CutBars, CutBars];
        var rowCap = new float[CutBars];
        var columnCap = new float[CutBars];
        for (int i = 0; i < CutBars; i++)
        {
            float h = (first[Lanes + i] - first[i]) / 2;
            float g = (second[Lanes + i] - second[i]) / 2;
            diagonal += squared ? (h * h) + (g * g) : h + g;
            rowCap[i] = squared ? -2 * h * second[TailLongest] : -2 * MathF.Min(h, second[TailLongest]);
            columnCap[i] = squared ? -2 * g * first[TailLongest] : -2 * MathF.Min(g, first[TailLongest]);
            for (int j = 0; j < CutBars; j++)
            {
                float k = (second[Lanes + j] - second[j]) / 2;
                float c = MathF.Max(MathF.Abs(first[i] - second[j]), MathF.Abs(first[Lanes + i] - second[Lanes + j]));
                r[i, j] = squared ? (c * c) - ((h * h) + (k * k)) : c - (h + k);
            }
        }

        var u = (float[])rowCap.Clone();
        for (int s = 0; s < sweeps; s++)
        {
            for (int i = 0; i < CutBars; i++)
            {
                float least = float.PositiveInfinity;
                float second2 = float.PositiveInfinity;
                for (int j = 0; j < CutBars; j++)
                {
                    float v = columnCap[j];
                    for (int k = 0; k < CutBars; k++)
                    {
                        v = k == i ? v : MathF.Min(v, r[k, j] - u[k]);
                    }

                    float t = r[i, j] - v;
                    second2 = MathF.Min(second2, MathF.Max(least, t));
                    least = MathF.Min(least, t);
                }

                u[i] = MathF.Min(rowCap[i], second2);
            }
        }

        float columns = 0;
        float rows = 0;
        for (int i = 0; i < CutBars; i++)
        {
            float v = columnCap[i];
            float w = rowCap[i];
            for (int k = 0; k < CutBars; k++)
            {
                v = MathF.Min(v, r[k, i] - u[k]);
                w = MathF.Min(w, r[i, k] - columnCap[k]);
            }

            columns += u[i] + v;
            rows += columnCap[i] + w;
        }

        return diagonal + (sweeps == 0 ? MathF.Max(columns, rows) : columns) + Tails(first, second, squared);
    }

    private static float Sum<TOrder>(float* first, float* second, int sweeps)
        where TOrder : struct, IOrder
    {
        bool squared = typeof(TOrder) == typeof(Squared);
        Vector512<float> births = Vector512.Load(second) & BarLanes;
        Vector512<float> deaths = Vector512.Load(second + Lanes) & BarLanes;
        Vector512<float> halves = (deaths - births) * 0.5f;
        Vector512<float> diagonals = squared ? halves * halves : halves;
        Vector512<float> caps = squared
            ? halves * (-2 * first[TailLongest])
            : Vector512.MinNative(halves, Vector512.Create(first[TailLongest])) * -2f;
        float tail = second[TailLongest];
        Vector512<float>* rows = stackalloc Vector512<float>[CutBars];
        float* u = stackalloc float[CutBars];
        float* rowCaps = stackalloc float[CutBars];
        Vector512<float> best = caps;
        float diagonal = 0;
        float sumU = 0;
        float rowSum = 0;
        int n = 0;
        for (; n < CutBars; n++)
        {
            float birth = first[n];
            float death = first[Lanes + n];
            float half = (death - birth) * 0.5f;
            if (!(half > 0))
            {
                break;
            }

            float own = squared ? half * half : half;
            Vector512<float> cost = Vector512.MaxNative(
                Vector512.Abs(births - Vector512.Create(birth)), Vector512.Abs(deaths - Vector512.Create(death)));
            cost = squared ? cost * cost : cost;
            Vector512<float> row = cost - (diagonals + Vector512.Create(own));
            float cap = squared ? -2 * half * tail : -2 * MathF.Min(half, tail);
            rows[n] = row;
            rowCaps[n] = u[n] = cap;
            diagonal += own;
            sumU += cap;
            best = Vector512.MinNative(best, row - Vector512.Create(cap));
            if (sweeps == 0)
            {
                rowSum += MathF.Min(cap, Smallest(row - caps));
            }
        }

        float value;
        if (sweeps == 0)
        {
            value = MathF.Max(sumU + Vector512.Sum(best), rowSum + Vector512.Sum(caps));
        }
        else
        {
            value = Ascend(rows, rowCaps, u, caps, n, sweeps);
        }

        return diagonal + Vector512.Sum(diagonals) + value + Tails(first, second, squared);
    }

    private static float Ascend(Vector512<float>* rows, float* rowCaps, float* u, Vector512<float> caps, int n, int sweeps)
    {
        Vector512<float>* later = stackalloc Vector512<float>[CutBars + 1];
        Vector512<float> earlier = caps;
        for (int s = 0; s < sweeps; s++)
        {
            later[n] = caps;
            for (int i = n - 1; i > 0; i--)
            {
                later[i] = Vector512.MinNative(later[i + 1], rows[i] - Vector512.Create(u[i]));
            }

            earlier = caps;
            for (int i = 0; i < n; i++)
            {
                Vector512<float> others = Vector512.MinNative(earlier, later[i + 1]);
                u[i] = MathF.Min(rowCaps[i], SecondSmallest(rows[i] - others));
                earlier = Vector512.MinNative(earlier, rows[i] - Vector512.Create(u[i]));
            }
        }

        float sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += u[i];
        }

        return sum + Vector512.Sum(earlier);
    }

    /// <summary>Bottleneck: every bar goes to the diagonal or to some bar of the other side, seen or in its tail.</summary>
    private static float Largest(float* first, float* second)
    {
        Vector512<float> births = Vector512.Load(second) & BarLanes;
        Vector512<float> deaths = Vector512.Load(second + Lanes) & BarLanes;
        Vector512<float> halves = (deaths - births) * 0.5f;
        Vector512<float> ownBirths = Vector512.Load(first) & BarLanes;
        Vector512<float> ownHalves = ((Vector512.Load(first + Lanes) & BarLanes) - ownBirths) * 0.5f;
        Vector512<float> nearest = Vector512.MaxNative(Vector512<float>.Zero, halves - Vector512.Create(first[TailLongest]));
        Vector512<float> sorted = Vector512.Abs(halves - ownHalves);
        float largest = 0;
        for (int i = 0; i < CutBars; i++)
        {
            float birth = first[i];
            float death = first[Lanes + i];
            float half = (death - birth) * 0.5f;
            if (!(half > 0))
            {
                break;
            }

            Vector512<float> cost = Vector512.MaxNative(
                Vector512.Abs(births - Vector512.Create(birth)), Vector512.Abs(deaths - Vector512.Create(death)));
            nearest = Vector512.MinNative(nearest, cost);
            float own = MathF.Max(0, half - second[TailLongest]);
            largest = MathF.Max(largest, MathF.Min(own, Smallest(cost)));
        }

        Vector512<float> both = Vector512.MaxNative(nearest, sorted);
        return MathF.Max(largest, -Smallest(-both));
    }

    private static float LargestScalar(float* first, float* second)
    {
        float largest = 0;
        for (int side = 0; side < 2; side++)
        {
            for (int i = 0; i < CutBars; i++)
            {
                float half = (first[Lanes + i] - first[i]) / 2;
                float other = (second[Lanes + i] - second[i]) / 2;
                float nearest = MathF.Max(0, half - second[TailLongest]);
                for (int j = 0; j < CutBars && half > 0; j++)
                {
                    nearest = MathF.Min(nearest, MathF.Max(MathF.Abs(first[i] - second[j]), MathF.Abs(first[Lanes + i] - second[Lanes + j])));
                }

                largest = MathF.Max(largest, MathF.Max(nearest, MathF.Abs(half - other)));
            }

            float* swapped = first;
            first = second;
            second = swapped;
        }

        return largest;
    }

    private static float Tails(float* first, float* second, bool squared)
    {
        if (!squared)
        {
            return MathF.Abs(first[TailSum] - second[TailSum]);
        }

        float difference = MathF.Sqrt(first[TailSquares]) - MathF.Sqrt(second[TailSquares]);
        return difference * difference;
    }

    private static double Weight(float* cut, bool squared)
    {
        double sum = squared ? cut[TailSquares] : cut[TailSum];
        for (int i = 0; i < CutBars; i++)
        {
            double half = (cut[Lanes + i] - cut[i]) / 2.0;
            sum += squared ? half * half : half;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Smallest(Vector512<float> x)
    {
        Vector256<float> y = Vector256.MinNative(x.GetLower(), x.GetUpper());
        Vector128<float> z = Vector128.MinNative(y.GetLower(), y.GetUpper());
        z = Vector128.MinNative(z, Vector128.Shuffle(z, Vector128.Create(2, 3, 0, 1)));
        z = Vector128.MinNative(z, Vector128.Shuffle(z, Vector128.Create(1, 0, 3, 2)));
        return z.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SecondSmallest(Vector512<float> x)
    {
        Vector256<float> low = Vector256.MinNative(x.GetLower(), x.GetUpper());
        Vector256<float> high = Vector256.MaxNative(x.GetLower(), x.GetUpper());
        Vector128<float> l = Vector128.MinNative(low.GetLower(), low.GetUpper());
        Vector128<float> h = Vector128.MinNative(
            Vector128.MaxNative(low.GetLower(), low.GetUpper()), Vector128.MinNative(high.GetLower(), high.GetUpper()));
        (l, h) = Merge(l, h, Vector128.Shuffle(l, Vector128.Create(2, 3, 0, 1)), Vector128.Shuffle(h, Vector128.Create(2, 3, 0, 1)));
        (_, h) = Merge(l, h, Vector128.Shuffle(l, Vector128.Create(1, 0, 3, 2)), Vector128.Shuffle(h, Vector128.Create(1, 0, 3, 2)));
        return h.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Merge(
        Vector128<float> low, Vector128<float> high, Vector128<float> otherLow, Vector128<float> otherHigh) =>
        (Vector128.MinNative(low, otherLow),
         Vector128.MinNative(Vector128.MaxNative(low, otherLow), Vector128.MinNative(high, otherHigh)));

    private readonly struct Plain : IOrder;

    private readonly struct Squared : IOrder;
}
