using System.Runtime.CompilerServices;
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
/// <para>The bound is raised by coordinate ascent: with all other u fixed and v the best for them, the best u_i is the second smallest
/// over j of r_ij - v_j, where v_j is taken without row i. Each step costs one row. It starts from the better of the two relaxed bounds,
/// v at its caps or u at its caps: begun from one side only, small diagrams look near to everything.</para>
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

    private const int NearBars = 14;
    private const int TailSum = 14;
    private const int TailSquares = 15;
    private const int TailLongest = 30;
    private const int Magnitude = 31;
    private const float NoSecondBlock = -1;

    /// <summary>Squares of larger coordinates overflow a float; such a diagram is bounded by 0.</summary>
    private const double LargestCoordinate = 1e18;

    private interface IOrder;

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
    public static float Rank(float* first, float* second, int dimensions, ShapeMetric metric, float limit, bool near = false)
    {
        if (dimensions == 1)
        {
            return Has(first) && Has(second) ? Of(first, second, metric, limit, 0, near) : float.PositiveInfinity;
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
                float whole = Of(first + (d * CutFloats), second + (d * CutFloats), metric, limit - others, 0, near);
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

            power += MathF.Max(capped, Sorted(a, b, squared));
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
    internal static float Of(float* first, float* second, ShapeMetric metric, float limit, float capped, bool near) =>
        near || second[TailLongest] == NoSecondBlock
            ? metric switch
            {
                ShapeMetric.Wasserstein1 => Sum<Plain, OneVector>(first, second, limit, capped, near),
                ShapeMetric.Wasserstein2 => Sum<Squared, OneVector>(first, second, limit, capped, near),
                _ => BottleneckKernel.Distance(first, second, limit),
            }
            : metric switch
            {
                ShapeMetric.Wasserstein1 => Sum<Plain, TwoVectors>(first, second, limit, capped, near),
                ShapeMetric.Wasserstein2 => Sum<Squared, TwoVectors>(first, second, limit, capped, near),
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

    [SkipLocalsInit]
    private static float Sum<TOrder, TWidth>(float* first, float* second, float limit, float capped, bool near)
        where TOrder : struct, IOrder
        where TWidth : struct, IRowWidth
    {
        bool squared = typeof(TOrder) == typeof(Squared);
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        Vector512<float> nearBirths = Vector512.Load(second) & NearLanes;
        Vector512<float> nearDeaths = Vector512.Load(second + Lanes) & NearLanes;
        Vector512<float> farBirths = wide ? Vector512.Load(second + Block) : default;
        Vector512<float> farDeaths = wide ? Vector512.Load(second + Block + Lanes) : default;
        Vector512<float> nearHalves = (nearDeaths - nearBirths) * 0.5f;
        Vector512<float> farHalves = (farDeaths - farBirths) * 0.5f;
        Vector512<float> nearDiagonals = squared ? nearHalves * nearHalves : nearHalves;
        Vector512<float> farDiagonals = squared ? farHalves * farHalves : farHalves;
        float ownTail = LongestOfTail(first) * capped;
        float tail = LongestOfTail(second) * capped;
        Vector512<float> longest = Vector512.Create(ownTail);
        Vector512<float> nearCaps = (squared ? nearHalves * longest : Vector512.MinNative(nearHalves, longest)) * -2f;
        Vector512<float> farCaps = (squared ? farHalves * longest : Vector512.MinNative(farHalves, longest)) * -2f;
        Vector512<float>* nearRows = stackalloc Vector512<float>[CutBars];
        Vector512<float>* farRows = stackalloc Vector512<float>[wide ? CutBars : 1];
        float* u = stackalloc float[CutBars];
        float* rowCaps = stackalloc float[CutBars];
        Vector512<float> nearBest = nearCaps;
        Vector512<float> farBest = farCaps;
        float diagonal = Vector512.Sum(wide ? nearDiagonals + farDiagonals : nearDiagonals);
        float sumU = 0;
        float rowSum = 0;
        int n = 0;
        int bars = near || first[TailLongest] == NoSecondBlock ? NearBars : CutBars;
        for (; n < bars; n++)
        {
            int place = PlaceOf(n);
            float half = (first[place + Lanes] - first[place]) * 0.5f;
            if (!(half > 0))
            {
                break;
            }

            float own = squared ? half * half : half;
            float cap = -2 * (squared ? half * tail : half < tail ? half : tail);
            Vector512<float> birth = Vector512.Create(first[place]);
            Vector512<float> death = Vector512.Create(first[place + Lanes]);
            Vector512<float> cost = Vector512.MaxNative(Vector512.Abs(nearBirths - birth), Vector512.Abs(nearDeaths - death));
            Vector512<float> row = (squared ? cost * cost : cost) - (nearDiagonals + Vector512.Create(own));
            Vector512<float> rest = row - nearCaps;
            nearRows[n] = row;
            nearBest = Vector512.MinNative(nearBest, row - Vector512.Create(cap));
            if (wide)
            {
                cost = Vector512.MaxNative(Vector512.Abs(farBirths - birth), Vector512.Abs(farDeaths - death));
                row = (squared ? cost * cost : cost) - (farDiagonals + Vector512.Create(own));
                farRows[n] = row;
                farBest = Vector512.MinNative(farBest, row - Vector512.Create(cap));
                rest = Vector512.MinNative(rest, row - farCaps);
            }

            rowCaps[n] = cap;
            float smallest = LaneSelection.Smallest(rest);
            u[n] = smallest < cap ? smallest : cap;
            diagonal += own;
            sumU += cap;
            rowSum += u[n];
        }

        float columnStart = sumU + Vector512.Sum(wide ? nearBest + farBest : nearBest);
        float rowStart = rowSum + Vector512.Sum(wide ? nearCaps + farCaps : nearCaps);
        float outside = diagonal + (near ? 0 : Tails(first, second, squared));
        float relaxed = outside + MathF.Max(columnStart, rowStart);
        // Squared, a relaxed bound can fall far below 0.
        relaxed = MathF.Max(0, squared ? MathF.Max(relaxed, near ? SortedNear(first, second) : Sorted(first, second, true)) : relaxed);
        if (relaxed >= limit)
        {
            return relaxed;
        }

        Vector512<float>* v = stackalloc Vector512<float>[2];
        v[0] = nearCaps;
        v[1] = farCaps;
        float value = AssignmentKernel.Solve<TWidth>(nearRows, farRows, n, rowCaps, u, v, limit - outside);
        if (capped > 0)
        {
            value = AssignmentKernel.Feasible<TWidth>(nearRows, farRows, n, rowCaps, v);
        }

        return MathF.Max(relaxed, outside + value);
    }

    /// <summary>Distance of the sorted half-persistences, the tails as one coordinate more.</summary>
    private static float Sorted(float* first, float* second, bool squared)
    {
        Vector512<float> near = Apart(first, second, NearLanes);
        Vector512<float> far = ApartFar(first, second);
        return Vector512.Sum(squared ? (near * near) + (far * far) : near + far) + Tails(first, second, squared);
    }

    private static float SortedNear(float* first, float* second)
    {
        Vector512<float> near = Apart(first, second, NearLanes);
        return Vector512.Sum(near * near);
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

    private readonly struct Plain : IOrder;

    private readonly struct Squared : IOrder;
}
