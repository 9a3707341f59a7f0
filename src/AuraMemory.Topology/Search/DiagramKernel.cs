using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>Lower bounds and ranks of diagram distances from cuts of the diagrams.</summary>
/// <remarks>
/// <para>A cut is four cache lines: the births and the deaths of the 30 longest finite bars in floats (zeros where there are fewer), and
/// of the rest, the tail, what a bound needs: sum and sum of squares of the half-persistences, the largest of them, and the largest
/// magnitude of any coordinate. The first two lines hold 14 bars and all of that, so that of a smaller diagram only these are read.</para>
/// <para>With d_i = (half-persistence)^q, W_q^q = sum of all d + the cheapest optional matching of r_ij = c_ij^q - d_i - d_j. Numbers
/// u, v &lt;= 0 with u_i + v_j &lt;= r_ij bound that matching from below by their sum (linear programming duality; with v = 0 it is the
/// relaxed bound of Kusner et al. 2015). The tail takes part without being seen: as c &gt;= |h_i - h_j|, a pair of a bar with a bar of the
/// tail saves at most 2 min(h_i, t) (q = 1) or 2 h_i t (q = 2), t being the longest half of the tail; so u_i and v_j are capped by minus
/// that and the tail's own potentials are 0. Pairs within the tails save at most 2 min(T, T') or, by Cauchy-Schwarz, 2 sqrt(S S').
/// What remains of the tails is |T - T'|, or (sqrt S - sqrt S')^2. So the bound holds for whole diagrams, not only for their cuts. Where
/// tails are heavy the caps cost much; the sorted half-persistences, also a bound, are then the better one.</para>
/// <para>The bound is raised to the best there is by solving the matching (<see cref="CutMatching"/>), where it is of interest.</para>
/// </remarks>
internal static unsafe class DiagramKernel
{
    /// <summary>Bars in a cut.</summary>
    public const int CutBars = NearBars + Lanes;

    /// <summary>Floats of a cut.</summary>
    public const int CutFloats = 64;

    /// <summary>Bytes of a cut.</summary>
    public const int CutBytes = CutFloats * sizeof(float);

    /// <summary>Bytes of the part of a cut that holds the 14 longest bars.</summary>
    public const int NearBytes = Block * sizeof(float);

    /// <summary>Floats of a vector.</summary>
    internal const int Lanes = 16;

    /// <summary>Where the second block of births stands.</summary>
    internal const int Block = 2 * Lanes;

    /// <summary>Floats that are learned of each dimension of a query.</summary>
    public const int LearnedFloats = 2 * Lanes;

    /// <summary>Bars in the first block.</summary>
    internal const int NearBars = 14;

    /// <summary>In the place of <see cref="TailLongest"/>: all bars are in the first block.</summary>
    internal const float NoSecondBlock = -1;

    /// <summary>Where the half-persistence of the longest bar of the tail stands.</summary>
    internal const int TailLongest = 30;

    private const int TailSum = 14;
    private const int TailSquares = 15;
    private const int Magnitude = 31;

    /// <summary>Squares of larger coordinates overflow a float; such a diagram is bounded by 0.</summary>
    private const double LargestCoordinate = 1e18;

    /// <summary>All bits of the lanes of the first block that hold bars.</summary>
    internal static Vector512<float> NearLanes =>
        Vector512.Create(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0).AsSingle();

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
                into[PlaceOf(i)] = (float)bars[i].Birth;
                into[PlaceOf(i) + Lanes] = (float)bars[i].Death;
                continue;
            }

            double half = (bars[i].Death - bars[i].Birth) / 2;
            sum += half;
            squares += half * half;
        }

        if (!(magnitude <= LargestCoordinate))
        {
            new Span<float>(into, CutFloats).Clear();
            into[TailLongest] = NoSecondBlock;
            into[Magnitude] = float.PositiveInfinity;
            return;
        }

        into[TailSum] = (float)sum;
        into[TailSquares] = (float)squares;
        into[TailLongest] = bars.Length > CutBars
            ? MathF.BitIncrement((float)((bars[CutBars].Death - bars[CutBars].Birth) / 2))
            : bars.Length > NearBars ? 0 : NoSecondBlock;
        into[Magnitude] = MathF.BitIncrement((float)magnitude);
    }

    /// <summary>Marks a dimension that was not computed.</summary>
    public static void CutNothing(float* into)
    {
        new Span<float>(into, CutFloats).Clear();
        into[TailLongest] = NoSecondBlock;
        into[Magnitude] = -1;
    }

    /// <summary>True unless the dimension was not computed.</summary>
    public static bool Has(float* cut) => cut[Magnitude] >= 0;

    /// <summary>
    /// Rank of two shapes in a metric, in the metric's own power (squared for W2): the distance of the cuts and what remains of the
    /// tails, so the distance itself but for floats where neither has a tail. Dimensions that one of them lacks are left out; infinite
    /// when none is left.
    /// </summary>
    /// <param name="limit">From here on the rank is of no interest: what is answered instead is a lower bound of it, not below the limit. With 0 the
    /// answer is the relaxed bound, a fifth of the work.</param>
    /// <param name="near">True: only the 14 longest bars of each are looked at, and no tails, half the memory and a third of the work; the bottleneck
    /// distance looks at all the same.</param>
    /// <param name="learned">What is learned, here and for later calls, of the bars of the first, <see cref="LearnedFloats"/> a dimension: null, or zeros for a new one.</param>
    public static float Rank(float* first, float* second, int dimensions, ShapeMetric metric, float limit, bool near = false, float* learned = null)
    {
        if (dimensions == 1)
        {
            return Has(first) && Has(second) ? Of(first, second, metric, limit, 0, near, learned) : float.PositiveInfinity;
        }

        float* relaxed = stackalloc float[Barcode.HighestDimension + 1];
        float total = 0;
        bool common = false;
        for (int d = 0; d < dimensions; d++)
        {
            float* a = first + (d * CutFloats);
            float* b = second + (d * CutFloats);
            relaxed[d] = Has(a) && Has(b) ? Of(a, b, metric, 0, 0, near) : -1;
            common |= relaxed[d] >= 0;
            total = Together(total, MathF.Max(0, relaxed[d]), metric);
        }

        if (!common)
        {
            return float.PositiveInfinity;
        }

        for (int d = 0; d < dimensions && total < limit; d++)
        {
            if (relaxed[d] >= 0)
            {
                float others = metric == ShapeMetric.Bottleneck ? 0 : total - relaxed[d];
                float whole = Of(first + (d * CutFloats), second + (d * CutFloats), metric, limit - others, 0, near, learned == null ? null : learned + (d * LearnedFloats));
                total = Together(metric == ShapeMetric.Bottleneck ? total : others, whole, metric);
            }
        }

        return total;
    }

    /// <summary>What the bars of a shape beyond the 14 longest of each dimension can at most add to a distance in W1.</summary>
    public static float BeyondNear(float* cuts, int dimensions)
    {
        float sum = 0;
        for (int d = 0; d < dimensions; d++)
        {
            float* cut = cuts + (d * CutFloats);
            Vector512<float> halves = (Vector512.Load(cut + Block + Lanes) - Vector512.Load(cut + Block)) * 0.5f;
            sum += Vector512.Sum(halves) + cut[TailSum];
        }

        return sum;
    }

    /// <summary>A lower bound of the distance, float rounding allowed for.</summary>
    /// <param name="limit">As with <see cref="Rank"/>, but a distance: 0 = the relaxed bounds.</param>
    /// <remarks>
    /// Rounding moves each of the at most 30 bars of a cut by 2^-24 of the largest magnitude, which changes a distance by at most
    /// 30^(1/q) times that; the arithmetic errs by less than 2^-18 of the sum of all d, since a negative r_ij is smaller than d_i + d_j.
    /// </remarks>
    public static double LowerBound(float* first, float* second, int dimensions, ShapeMetric metric, double limit)
    {
        const double Unit = 1.0 / (1 << 23);

        // Squares of tiny lengths are subnormal, where each operation errs by half of the smallest float whatever its result.
        const double Underflow = 4096 * float.Epsilon;
        double power = 0;
        double slack = 0;
        double moved = 0;
        bool squared = metric == ShapeMetric.Wasserstein2;
        float enough = (float)Math.Min(float.MaxValue, squared ? limit * limit : limit);
        for (int d = 0; d < dimensions; d++)
        {
            float* a = first + (d * CutFloats);
            float* b = second + (d * CutFloats);
            if (!Has(a) || !Has(b) || float.IsInfinity(a[Magnitude] + b[Magnitude]))
            {
                continue;
            }

            double rounding = ((double)a[Magnitude] + b[Magnitude]) * Unit;
            float capped = Of(a, b, metric, enough, 1, near: false);
            if (metric == ShapeMetric.Bottleneck)
            {
                power = Math.Max(power, capped - (4 * rounding) - Underflow);
                continue;
            }

            power += MathF.Max(capped, CutMatching.Sorted(a, b, squared));
            slack += ((Weight(a, squared) + Weight(b, squared)) * (32 * Unit)) + Underflow;
            moved += squared ? CutBars * rounding * rounding : CutBars * rounding;
        }

        return metric switch
        {
            ShapeMetric.Bottleneck => Math.Max(0, power),
            ShapeMetric.Wasserstein2 => Math.Max(0, Math.Sqrt(Math.Max(0, power - slack)) - Math.Sqrt(moved)),
            _ => Math.Max(0, power - slack - moved),
        };
    }

    /// <summary>One dimension, not below 0; tails cap the potentials when <paramref name="capped"/> is 1 and not when it is 0.</summary>
    internal static float Of(float* first, float* second, ShapeMetric metric, float limit, float capped, bool near, float* learned = null) =>
        near || (second[TailLongest] == NoSecondBlock && first[TailLongest] == NoSecondBlock)
            ? metric switch
            {
                ShapeMetric.Wasserstein1 => CutMatching.Sum<Plain, OneVector>(first, second, limit, capped, near, learned),
                ShapeMetric.Wasserstein2 => CutMatching.Sum<Squared, OneVector>(first, second, limit, capped, near, learned),
                _ => BottleneckKernel.Distance(first, second, limit),
            }
            : metric switch
            {
                ShapeMetric.Wasserstein1 => CutMatching.Sum<Plain, TwoVectors>(first, second, limit, capped, near, learned),
                ShapeMetric.Wasserstein2 => CutMatching.Sum<Squared, TwoVectors>(first, second, limit, capped, near, learned),
                _ => BottleneckKernel.Distance(first, second, limit),
            };

    /// <summary>Where the birth of a bar stands in a cut; its death stands 16 floats later.</summary>
    internal static int PlaceOf(int bar) => bar < NearBars ? bar : Block + bar - NearBars;

    /// <summary>Half-persistence of the longest bar of the tail; 0 = no tail.</summary>
    internal static float LongestOfTail(float* cut) => MathF.Max(0, cut[TailLongest]);

    /// <summary>What remains of the tails when all pairs within them save as much as they can.</summary>
    internal static float Tails(float* first, float* second, bool squared)
    {
        if (!squared)
        {
            return MathF.Abs(first[TailSum] - second[TailSum]);
        }

        float difference = MathF.Sqrt(first[TailSquares]) - MathF.Sqrt(second[TailSquares]);
        return difference * difference;
    }

    internal static Vector512<float> ApartFar(float* first, float* second) =>
        Apart(first + Block, second + Block, Vector512<float>.AllBitsSet);

    internal static Vector512<float> Apart(float* first, float* second, Vector512<float> lanes)
    {
        Vector512<float> x = (Vector512.Load(first + Lanes) & lanes) - (Vector512.Load(first) & lanes);
        Vector512<float> y = (Vector512.Load(second + Lanes) & lanes) - (Vector512.Load(second) & lanes);
        return Vector512.Abs(x - y) * 0.5f;
    }

    private static float Together(float first, float second, ShapeMetric metric) =>
        metric == ShapeMetric.Bottleneck ? MathF.Max(first, second) : first + second;

    private static double Weight(float* cut, bool squared)
    {
        double sum = squared ? cut[TailSquares] : cut[TailSum];
        for (int i = 0; i < CutBars; i++)
        {
            double half = (cut[PlaceOf(i) + Lanes] - cut[PlaceOf(i)]) / 2.0;
            if (!(half > 0))
            {
                break;
            }

            sum += squared ? half * half : half;
        }

        return sum;
    }
}
