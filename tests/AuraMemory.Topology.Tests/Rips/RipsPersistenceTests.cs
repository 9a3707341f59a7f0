using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;
using AuraMemory.Topology.Tests.Model;
using CsCheck;

namespace AuraMemory.Topology.Tests.Rips;

public sealed class RipsPersistenceTests
{
    /// <summary>Few different lengths, so that nearly everything is a tie; no triangle inequality; some pairs never joined.</summary>
    private static readonly Gen<DistanceMatrix> Tied = Gen.Int[0, 10].SelectMany(n => Gen.Int[0, 5].Select(v => v == 5 ? double.PositiveInfinity : v)
        .Array[n * (n - 1) / 2].Select(lower => new DistanceMatrix(lower, n)));

    private static readonly Gen<DistanceMatrix> Distinct = Gen.Int[0, 10].SelectMany(n => Gen.Double[0, 1].Array[n * (n - 1) / 2].Select(lower => new DistanceMatrix(lower, n)));

    private static readonly Gen<PointCloud> Clouds = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 4])
        .SelectMany((n, d) => Gen.Int[-3, 3].Array[n * d].Select(c => new PointCloud([.. c.Select(x => (double)x)], d)));

    [Fact]
    public void A_matrix_full_of_ties_has_the_bars_of_the_naive_reduction() => Gen.Select(Tied, Gen.Int[0, 2], Gen.Int[-1, 5])
        .Sample((matrix, dimension, threshold) => SameAsModel(matrix, dimension, threshold < 0 ? null : threshold), iter: 2000);

    [Fact]
    public void A_matrix_of_distinct_lengths_has_the_bars_of_the_naive_reduction() => Gen.Select(Distinct, Gen.Int[0, 2], Gen.Double[-0.5, 1])
        .Sample((matrix, dimension, threshold) => SameAsModel(matrix, dimension, threshold < 0 ? null : threshold), iter: 1000);

    [Fact]
    public void Points_on_a_lattice_with_duplicates_have_the_bars_of_the_naive_reduction() => Gen.Select(Clouds, Gen.Int[0, 2]).Sample(
        (cloud, dimension) => Same(
            MatrixReduction.ReduceSimplices(MatrixReduction.Rips(cloud.Count, (i, j) => Distance(cloud, i, j), dimension, null), dimension),
            RipsPersistence.Compute(cloud, dimension).Barcode),
        iter: 500);

    [Theory]
    [InlineData(40, 2, 1)]
    [InlineData(26, 3, 2)]
    [InlineData(70, 2, 1)]
    public void A_larger_cloud_has_the_bars_of_the_naive_reduction(int count, int dimension, int homology)
    {
        PointCloud cloud = Cloud(count, dimension, seed: 7);

        Barcode expected = MatrixReduction.ReduceSimplices(MatrixReduction.Rips(count, (i, j) => Distance(cloud, i, j), homology, 1.2), homology);

        Assert.True(Same(expected, RipsPersistence.Compute(cloud, homology, 1.2).Barcode));
    }

    [Fact]
    public void The_enclosing_radius_cuts_nothing_off() => Gen.Select(Gen.Int[2, 40], Gen.Int[1, 1000]).Sample(
        (count, seed) =>
        {
            PointCloud cloud = Cloud(count, 3, seed);
            return Same(RipsPersistence.Compute(cloud, 2, 1000).Barcode, RipsPersistence.Compute(cloud, 2).Barcode);
        },
        iter: 30);

    [Fact]
    public void Moving_points_by_a_little_moves_bars_by_no_more() => Gen.Select(Gen.Int[5, 30], Gen.Int[1, 1000], Gen.Double[0, 0.2]).Sample(
        (count, seed, shift) =>
        {
            PointCloud cloud = Cloud(count, 2, seed);
            double[] moved = cloud.Coordinates.ToArray();
            var random = new Random(seed);
            for (int i = 0; i < moved.Length; i++)
            {
                moved[i] += (random.NextDouble() - 0.5) * shift;
            }

            // Each end of an edge has moved by at most half the diagonal of the square of changes.
            double bound = shift * Math.Sqrt(2);
            Barcode before = RipsPersistence.Compute(cloud, 2, 10).Barcode;
            Barcode after = RipsPersistence.Compute(new PointCloud(moved, 2), 2, 10).Barcode;
            return Enumerable.Range(0, 3).All(d => Bottleneck.Distance(before[d], after[d]) <= bound * (1 + 1e-9));
        },
        iter: 100);

    [Fact]
    public void The_order_of_the_points_does_not_matter()
    {
        PointCloud cloud = Cloud(120, 3, seed: 3);
        int[] order = [.. Enumerable.Range(0, 120)];
        new Random(5).Shuffle(order);
        var shuffled = new PointCloud([.. order.SelectMany(i => cloud[i].ToArray())], 3);

        Assert.True(Same(RipsPersistence.Compute(cloud, 2).Barcode, RipsPersistence.Compute(shuffled, 2).Barcode));
    }

    [Fact]
    public void No_points_have_no_bars_and_one_point_has_one()
    {
        RipsResult none = RipsPersistence.Compute(new PointCloud([], 2), 2);
        RipsResult one = RipsPersistence.Compute(new PointCloud([4, 5], 2), 2);

        Assert.Equal((0, 0.0), (none.Barcode[0].Count, none.Threshold));
        Assert.Equal([new Bar(0, double.PositiveInfinity)], one.Barcode[0].Bars.ToArray());
        Assert.Equal((3, 0), (one.Barcode.Dimensions, one.Barcode[1].Count + one.Barcode[2].Count));
    }

    [Theory]
    [InlineData(1e308)]
    [InlineData(1e-300)]
    [InlineData(4.9e-320)]
    public void Coordinates_near_the_ends_of_the_range_keep_their_loop(double scale)
    {
        // Coordinates of 0.5, 0.25, … are exact multiples, so the square stays a square however small it is.
        RipsResult result = RipsPersistence.Compute(new PointCloud([0, 0, 0.5 * scale, 0, 0.5 * scale, 0.5 * scale, 0, 0.5 * scale], 2), 1);

        Bar loop = Assert.Single(result.Barcode[1].Bars.ToArray());
        Assert.Equal(0.5 * scale, loop.Birth);
        Assert.Equal(Math.Sqrt(2), loop.Death / loop.Birth, 3);
    }

    [Fact]
    public void Points_too_far_apart_for_a_double_stay_apart()
    {
        RipsResult result = RipsPersistence.Compute(new PointCloud([-1.7e308, 1.7e308], 1), 1);

        Assert.Equal(2, result.Barcode[0].Essential.Length);
        Assert.Equal(0, result.Threshold);
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(3, null)]
    [InlineData(1, -0.5)]
    [InlineData(1, double.NaN)]
    public void What_cannot_be_asked_for_is_refused(int dimension, double? threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RipsPersistence.Compute(Cloud(3, 2, 1), dimension, threshold));

    [Fact]
    public void More_points_than_fit_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => RipsPersistence.Compute(new PointCloud(new double[RipsPersistence.MostPointsInPlane + 1], 1), 2));

    [Fact]
    public void A_cancelled_computation_ends() => Assert.ThrowsAny<OperationCanceledException>(
        () => RipsPersistence.Compute(Cloud(50, 2, 1), 2, null, new CancellationToken(canceled: true)));

    [Fact]
    public void A_computation_that_would_take_long_ends_when_it_is_cancelled()
    {
        var random = new Random(1);
        var lower = new double[600 * 599 / 2];
        for (int i = 0; i < lower.Length; i++)
        {
            lower[i] = random.NextDouble();
        }

        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.ThrowsAny<OperationCanceledException>(() => RipsPersistence.Compute(new DistanceMatrix(lower, 600), 1, null, cancellation.Token));
    }

    private static bool SameAsModel(DistanceMatrix matrix, int dimension, double? threshold) => Same(
        MatrixReduction.ReduceSimplices(MatrixReduction.Rips(matrix.Count, (i, j) => matrix[i, j], dimension, threshold), dimension),
        RipsPersistence.Compute(matrix, dimension, threshold).Barcode);

    private static bool Same(Barcode expected, Barcode actual)
    {
        for (int d = 0; d < expected.Dimensions; d++)
        {
            if (!expected[d].Bars.SequenceEqual(actual[d].Bars))
            {
                return false;
            }
        }

        return expected.Dimensions == actual.Dimensions;
    }

    private static double Distance(PointCloud cloud, int i, int j)
    {
        double sum = 0;
        for (int k = 0; k < cloud.Dimension; k++)
        {
            double difference = cloud[i][k] - cloud[j][k];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }

    private static PointCloud Cloud(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        var coordinates = new double[count * dimension];
        for (int i = 0; i < coordinates.Length; i++)
        {
            coordinates[i] = (random.NextDouble() * 2) - 1;
        }

        return new PointCloud(coordinates, dimension);
    }
}
