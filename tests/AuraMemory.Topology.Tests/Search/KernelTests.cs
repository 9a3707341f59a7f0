using AuraMemory.Topology.Search;
using CsCheck;

namespace AuraMemory.Topology.Tests.Search;

public sealed unsafe class KernelTests
{
    private static readonly Gen<Bar[]> Bars = Gen.Select(
        Gen.OneOf(Gen.Double[-3, 3], Gen.Int[-2, 2].Select(x => (double)x)), Gen.Double[0, 2], (birth, length) => new Bar(birth, birth + length)).Array[0, 50];

    public static TheoryData<ShapeMetric> Metrics => [ShapeMetric.Wasserstein1, ShapeMetric.Wasserstein2, ShapeMetric.Bottleneck];

    [Theory]
    [MemberData(nameof(Metrics))]
    public void No_bound_exceeds_the_exact_distance(ShapeMetric metric) => Gen.Select(Bars, Bars, Gen.Int[0, 3], Gen.Double[-6, 6]).Sample((a, b, sweeps, exponent) =>
    {
        double scale = Math.Pow(10, exponent);
        var first = new Barcode(new Diagram([.. a.Select(x => new Bar(x.Birth * scale, x.Death * scale))]));
        var second = new Barcode(new Diagram([.. b.Select(x => new Bar(x.Birth * scale, x.Death * scale))]));
        double exact = Shapes.Distance(first, second, metric);
        Assert.InRange(WithCuts(first[0], second[0], (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, sweeps)), 0, exact * (1 + 1e-12));
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void The_kernel_and_its_scalar_twin_agree(ShapeMetric metric) => Gen.Select(Bars, Bars, Gen.Int[0, 3], Gen.Int[0, 1]).Sample((a, b, sweeps, capped) =>
    {
        float expected = 0;
        float actual = (float)WithCuts(new Diagram(a), new Diagram(b), (x, y) =>
        {
            expected = ScalarTwin.Of(x, y, metric, sweeps, metric == ShapeMetric.Bottleneck ? 1 : capped);
            return DiagramKernel.Of(x, y, metric, sweeps, capped);
        });
        Assert.Equal(expected, actual, 1e-3f);
    }, iter: 2000);

    [Theory]
    [InlineData(ShapeMetric.Wasserstein1)]
    [InlineData(ShapeMetric.Wasserstein2)]
    public void Each_sweep_raises_the_bound_and_two_come_near_the_distance(ShapeMetric metric)
    {
        double[] sums = new double[4];
        double exact = 0;
        for (int i = 0; i < 200; i++)
        {
            Barcode a = Shapes.Noisy(i);
            Barcode b = Shapes.Noisy(i + 1000);
            exact += Shapes.Distance(a, b, metric);
            double before = 0;
            for (int sweeps = 1; sweeps < 4; sweeps++)
            {
                double bound = WithCuts(a[0], b[0], (x, y) => DiagramKernel.LowerBound(x, y, 1, metric, sweeps));
                Assert.True(bound >= before - 1e-4);
                before = bound;
                sums[sweeps] += bound;
            }
        }

        Assert.InRange(sums[2] / exact, 0.9, 1);
    }

    [Fact]
    public void Coordinates_beyond_floats_are_bounded_by_nothing()
    {
        var huge = new Diagram([new Bar(-1e308, 1e308)]);
        Assert.Equal(0, WithCuts(huge, new Diagram([new Bar(0, 1)]), (x, y) => DiagramKernel.LowerBound(x, y, 1, ShapeMetric.Wasserstein2, 2)));
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
