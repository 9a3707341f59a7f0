using AuraMemory.Topology.Search;
using CsCheck;

namespace AuraMemory.Topology.Tests.Search;

public sealed unsafe class KernelTests
{
    private static readonly Gen<Bar[]> Bars = Gen.Select(
        Gen.OneOf(Gen.Double[-3, 3], Gen.Int[-2, 2].Select(x => (double)x)), Gen.Double[0, 2], (birth, length) => new Bar(birth, birth + length)).Array[0, 50];

    private static readonly Gen<Bar[]> FewBars = Bars.Where(bars => bars.Length <= DiagramKernel.CutBars);

    private static readonly Gen<double> Limits = Gen.OneOf(Gen.Const(0.0), Gen.Const(double.PositiveInfinity), Gen.Double[0, 30]);

    public static TheoryData<ShapeMetric> Metrics => [ShapeMetric.Wasserstein1, ShapeMetric.Wasserstein2, ShapeMetric.Bottleneck];

    [Theory]
    [MemberData(nameof(Metrics))]
    public void No_bound_exceeds_the_exact_distance(ShapeMetric metric) => Gen.Select(Bars, Bars, Limits, Gen.Double[-6, 6]).Sample((a, b, limit, exponent) =>
    {
        var first = new Barcode(Scaled(a, exponent));
        var second = new Barcode(Scaled(b, exponent));
        double exact = Shapes.Distance(first, second, metric);
        Assert.InRange(WithCuts(first[0], second[0], (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, limit)), 0, exact * (1 + 1e-12));
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Nor_where_the_squares_of_lengths_are_subnormal(ShapeMetric metric) =>
        Gen.Select(Gen.Double[0, 1].Array[1, 8], Gen.Double[-24, -17]).Sample((lengths, exponent) =>
        {
            Diagram diagram = new([.. lengths.Select(l => new Bar(0, l * Math.Pow(10, exponent)))]);
            Diagram empty = new([new Bar(1, 1)]);
            double exact = Shapes.Distance(new Barcode(diagram), new Barcode(empty), metric);
            Assert.InRange(WithCuts(diagram, empty, (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, 1)), 0, exact * (1 + 1e-12));
        }, iter: 2000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void The_relaxed_bound_and_its_scalar_twin_agree(ShapeMetric metric) => Gen.Select(Bars, Bars, Gen.Int[0, 1]).Sample((a, b, capped) =>
    {
        float expected = 0;
        float actual = (float)WithCuts(new Diagram(a), new Diagram(b), (x, y) =>
        {
            expected = ScalarTwin.Relaxed(x, y, metric, metric == ShapeMetric.Bottleneck ? 1 : capped);
            return DiagramKernel.Of(x, y, metric, 0, capped, near: false);
        });
        Assert.Equal(expected, actual, 1e-3f);
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Without_tails_the_rank_is_the_distance(ShapeMetric metric) => Gen.Select(FewBars, FewBars, Gen.Double[-6, 6]).Sample((a, b, exponent) =>
    {
        Diagram first = Scaled(a, exponent);
        Diagram second = Scaled(b, exponent);
        double expected = Shapes.Distance(new Barcode(first), new Barcode(second), metric);
        double rank = WithCuts(first, second, (x, y) => DiagramKernel.Rank(x, y, 1, metric, float.PositiveInfinity));
        rank = metric == ShapeMetric.Wasserstein2 ? Math.Sqrt(rank) : rank;
        Assert.Equal(expected, rank, 2e-3 * Math.Pow(10, exponent));
    }, iter: 4000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void A_rank_below_the_limit_is_not_changed_by_it_and_others_are_bounded_by_it(ShapeMetric metric) => Gen.Select(Bars, Bars, Limits).Sample((a, b, limit) =>
    {
        double whole = WithCuts(new Diagram(a), new Diagram(b), (x, y) => DiagramKernel.Rank(x, y, 1, metric, float.PositiveInfinity));
        double limited = WithCuts(new Diagram(a), new Diagram(b), (x, y) => DiagramKernel.Rank(x, y, 1, metric, (float)limit));
        if (limited < limit)
        {
            Assert.Equal(whole, limited);
        }
        else
        {
            Assert.InRange(limited, limit, Math.Max(whole, limit) * (1 + 1e-4));
            Assert.True(whole >= limit * (1 - 1e-4));
        }
    }, iter: 4000);

    [Theory]
    [InlineData(ShapeMetric.Wasserstein1)]
    [InlineData(ShapeMetric.Wasserstein2)]
    public void A_near_rank_is_the_distance_of_the_longest_bars_and_what_it_leaves_out_is_bounded(ShapeMetric metric) => Gen.Select(Bars, Bars).Sample((a, b) =>
    {
        const int Near = 14;
        Barcode first = new(new Diagram(a));
        Barcode second = new(new Diagram(b));
        double expected = Shapes.Distance(new(new Diagram(first[0].Finite[..Math.Min(Near, first[0].Finite.Length)])), new(new Diagram(second[0].Finite[..Math.Min(Near, second[0].Finite.Length)])), metric);
        double rank = WithCuts(first[0], second[0], (x, y) => DiagramKernel.Rank(x, y, 1, metric, float.PositiveInfinity, near: true));
        rank = metric == ShapeMetric.Wasserstein2 ? Math.Sqrt(rank) : rank;
        Assert.Equal(expected, rank, 2e-3);
        if (metric != ShapeMetric.Wasserstein1)
        {
            return;
        }

        double beyond = WithCuts(first[0], second[0], (x, y) => (double)DiagramKernel.BeyondNear(x, 1) + DiagramKernel.BeyondNear(y, 1));
        Assert.InRange(Shapes.Distance(first, second, metric), rank - beyond - 2e-3, rank + beyond + 2e-3);
    }, iter: 2000);

    [Theory]
    [InlineData(ShapeMetric.Wasserstein1, false)]
    [InlineData(ShapeMetric.Wasserstein1, true)]
    [InlineData(ShapeMetric.Wasserstein2, false)]
    [InlineData(ShapeMetric.Wasserstein2, true)]
    public void A_rank_is_the_same_whatever_was_learned_before(ShapeMetric metric, bool near) =>
        Gen.Select(Bars, Bars.Array[1, 12], Gen.Float[-3, 1].Array[DiagramKernel.LearnedFloats], Limits.Select(limit => (float)limit)).Sample((a, others, learned, limit) =>
        {
            fixed (float* known = learned)
            {
                float* taught = known;
                foreach (Bar[] b in others)
                {
                    double alone = WithCuts(new Diagram(a), new Diagram(b), (x, y) => DiagramKernel.Rank(x, y, 1, metric, float.PositiveInfinity, near));
                    double rank = WithCuts(new Diagram(a), new Diagram(b), (x, y) => DiagramKernel.Rank(x, y, 1, metric, limit, near, taught));
                    if (limit > 0 && rank < limit)
                    {
                        Assert.Equal(alone, rank, 1e-4 * Math.Max(1, alone));
                    }
                    else
                    {
                        Assert.InRange(rank, 0, alone + (1e-4 * Math.Max(1, alone)));
                    }
                }
            }
        }, iter: 2000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Dimensions_are_ranked_together(ShapeMetric metric) => Gen.Select(FewBars, FewBars, FewBars, FewBars, Limits).Sample((a, b, c, d, limit) =>
    {
        float* first = stackalloc float[2 * DiagramKernel.CutFloats];
        float* second = stackalloc float[2 * DiagramKernel.CutFloats];
        DiagramKernel.Cut(new Diagram(a).Finite, first);
        DiagramKernel.Cut(new Diagram(b).Finite, first + DiagramKernel.CutFloats);
        DiagramKernel.Cut(new Diagram(c).Finite, second);
        DiagramKernel.Cut(new Diagram(d).Finite, second + DiagramKernel.CutFloats);
        double expected = Shapes.Distance(new Barcode(new Diagram(a), new Diagram(b)), new Barcode(new Diagram(c), new Diagram(d)), metric);
        expected *= metric == ShapeMetric.Wasserstein2 ? expected : 1;
        double rank = DiagramKernel.Rank(first, second, 2, metric, (float)limit);
        if (rank < limit)
        {
            Assert.Equal(expected, rank, 1e-3 * Math.Max(1, expected));
        }
        else
        {
            Assert.InRange(rank, 0, expected + (1e-3 * Math.Max(1, expected)));
        }
    }, iter: 2000);

    [Theory]
    [InlineData(ShapeMetric.Wasserstein1)]
    [InlineData(ShapeMetric.Wasserstein2)]
    [InlineData(ShapeMetric.Bottleneck)]
    public void The_matching_raises_the_relaxed_bound_to_near_the_distance(ShapeMetric metric)
    {
        double relaxed = 0;
        double matched = 0;
        double exact = 0;
        for (int i = 0; i < 200; i++)
        {
            Barcode a = Shapes.Noisy(i);
            Barcode b = Shapes.Noisy(i + 1000);
            exact += Shapes.Distance(a, b, metric);
            double low = WithCuts(a[0], b[0], (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, 0));
            double high = WithCuts(a[0], b[0], (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, double.PositiveInfinity));
            Assert.True(high >= low - 1e-6);
            relaxed += low;
            matched += high;
        }

        Assert.InRange(relaxed / exact, 0.5, 0.9999);
        Assert.InRange(matched / exact, 0.999, 1);
    }

    [Fact]
    public void Coordinates_beyond_floats_are_bounded_by_nothing()
    {
        var huge = new Diagram([new Bar(-1e308, 1e308)]);
        Assert.Equal(0, WithCuts(huge, new Diagram([new Bar(0, 1)]), (x, y) => DiagramKernel.LowerBound(x, y, 1, ShapeMetric.Wasserstein2, double.PositiveInfinity)));
    }

    [Fact]
    public void A_float_split_in_halves_is_put_together_again() => Gen.Float[-3e38f, 3e38f].Sample(x =>
    {
        ushort upper;
        ushort lower;
        VectorKernel.Split([x], &upper, &lower);
        Assert.Equal(BitConverter.SingleToInt32Bits(x), BitConverter.SingleToInt32Bits(VectorKernel.Join(upper, lower)));
    });

    [Theory]
    [InlineData(8)]
    [InlineData(33)]
    [InlineData(128)]
    public void Rounded_vector_distances_are_those_of_the_rounded_numbers(int length)
    {
        float[] a = Shapes.Vector(1, length);
        float[] b = Shapes.Vector(2, length);
        int width = VectorKernel.Width(length);
        var first = new ushort[width];
        var second = new ushort[width];
        var low = new ushort[width];
        var query = new float[width];
        fixed (ushort* x = first, y = second, rest = low)
        fixed (float* q = query)
        {
            VectorKernel.Split(a, x, rest);
            VectorKernel.Split(b, y, rest);
            VectorKernel.Prepare(a, q);
            double between = 0;
            double from = 0;
            for (int i = 0; i < length; i++)
            {
                double rounded = VectorKernel.Join(y[i], 0);
                between += Math.Pow(VectorKernel.Join(x[i], 0) - rounded, 2);
                from += Math.Pow(a[i] - rounded, 2);
            }

            Assert.Equal(between, VectorKernel.Between(x, y, width), 1e-4);
            Assert.Equal(from, VectorKernel.FromQuery(q, y, width), 1e-4);
        }
    }

    private static Diagram Scaled(Bar[] bars, double exponent)
    {
        double scale = Math.Pow(10, exponent);
        return new Diagram([.. bars.Select(x => new Bar(x.Birth * scale, x.Death * scale))]);
    }

    private static double WithCuts(Diagram a, Diagram b, CutFunction function)
    {
        float* first = stackalloc float[DiagramKernel.CutFloats];
        float* second = stackalloc float[DiagramKernel.CutFloats];
        DiagramKernel.Cut(a.Finite, first);
        DiagramKernel.Cut(b.Finite, second);
        return function(first, second);
    }

    private delegate double CutFunction(float* first, float* second);
}
