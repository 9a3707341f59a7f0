using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Signatures;
using AuraMemory.Topology.Tests.Distances;
using CsCheck;

namespace AuraMemory.Topology.Tests.Signatures;

public sealed class SignatureTests
{
    private static readonly Gen<Barcode> Barcodes =
        Gen.Select(BarGenerators.UpTo(30), BarGenerators.UpTo(20), BarGenerators.UpTo(10), (h0, h1, h2) =>
            new Barcode(new Diagram(h0), new Diagram(h1), new Diagram(h2)));

    [Fact]
    public void The_lower_bound_never_exceeds_the_distance() =>
        Gen.Select(Barcodes, Barcodes, Gen.Int[8, 200], Gen.Bool).Sample((a, b, length, componentsOnly) =>
        {
            var layout = new SignatureLayout(length, componentsOnly);
            float[] x = new float[length];
            float[] y = new float[length];
            Signature.Compute(a, layout, x);
            Signature.Compute(b, layout, y);
            int dimensions = componentsOnly ? 1 : 3;
            double first = 0;
            double second = 0;
            double bottleneck = 0;
            for (int dimension = 0; dimension < dimensions; dimension++)
            {
                first += Wasserstein.Distance(a[dimension], b[dimension], 1);
                second += Math.Pow(Wasserstein.Distance(a[dimension], b[dimension], 2), 2);
                bottleneck = Math.Max(bottleneck, Bottleneck.Distance(a[dimension], b[dimension]));
            }

            Assert.True(Signature.LowerBound(layout, x, y, SignatureMetric.Wasserstein1, dimensions) <= first);
            Assert.True(Signature.LowerBound(layout, x, y, SignatureMetric.Wasserstein2, dimensions) <= Math.Sqrt(second));
            Assert.True(Signature.LowerBound(layout, x, y, SignatureMetric.Bottleneck, dimensions) <= bottleneck);
            Assert.Equal(0, Signature.LowerBound(layout, x, x, SignatureMetric.Wasserstein1));
        }, iter: 500);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(4096)]
    public void The_blocks_of_every_layout_are_the_whole_signature(int length)
    {
        foreach (bool componentsOnly in new[] { true, false })
        {
            int next = 0;
            foreach (SignatureBlock block in new SignatureLayout(length, componentsOnly).Blocks)
            {
                Assert.Equal(next, block.Start);
                Assert.True(block.Positives > 0);
                next += block.Length;
            }

            Assert.Equal(length, next);
        }
    }

    [Fact]
    public void The_bound_tells_distant_diagrams_apart()
    {
        var layout = new SignatureLayout(128, componentsOnly: true);
        float[] x = new float[128];
        float[] y = new float[128];
        Signature.Compute(new Barcode(new Diagram([new(0, 1), new(2, 5)])), x);
        Signature.Compute(new Barcode(new Diagram([new(0, 2)])), y);
        Assert.Equal(2, Signature.LowerBound(layout, x, y, SignatureMetric.Wasserstein1), 1e-5);
        Assert.Equal(Math.Sqrt(2.5), Signature.LowerBound(layout, x, y, SignatureMetric.Wasserstein2), 1e-5);
        Assert.Equal(1.5, Signature.LowerBound(layout, x, y, SignatureMetric.Bottleneck), 1e-5);
    }

    [Fact]
    public void The_location_maps_see_where_a_bar_is()
    {
        var layout = new SignatureLayout(128, componentsOnly: true);
        float[] x = new float[128];
        float[] y = new float[128];
        Signature.Compute(new Barcode(new Diagram([new(-1.25, -0.75)])), x);
        Signature.Compute(new Barcode(new Diagram([new(0.75, 1.25)])), y);
        Assert.Equal(0.5, Wasserstein.Distance([new Bar(-1.25, -0.75)], [new Bar(0.75, 1.25)], 1));
        Assert.Equal(0.5, Signature.LowerBound(layout, x, y, SignatureMetric.Wasserstein1), 1e-5);
    }

    [Fact]
    public void Extreme_numbers_stay_finite_and_the_same_barcode_gives_the_same_bytes()
    {
        var barcode = new Barcode(new Diagram([new(-1.7e308, 1.7e308), new(0, 5e-324), new(1e300, double.PositiveInfinity)]));
        float[] x = new float[64];
        float[] y = new float[64];
        Array.Fill(y, float.NaN);
        Signature.Compute(barcode, x);
        Signature.Compute(barcode, y);
        Assert.All(x, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(x, y);
    }

    [Fact]
    public void Lengths_out_of_range_are_refused()
    {
        var barcode = new Barcode(Diagram.Empty);
        Assert.Throws<ArgumentOutOfRangeException>(() => Signature.Compute(barcode, new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Signature.Compute(barcode, new float[4097]));
        Assert.Throws<ArgumentException>(() => Signature.Compute(barcode, new SignatureLayout(16, true), new float[17]));
    }
}
