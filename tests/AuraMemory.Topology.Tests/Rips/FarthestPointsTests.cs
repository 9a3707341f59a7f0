using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;
using CsCheck;

namespace AuraMemory.Topology.Tests.Rips;

public sealed class FarthestPointsTests
{
    private static readonly Gen<PointCloud> Clouds = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 5])
        .SelectMany((n, d) => Gen.Double[-1, 1].Array[n * d].Select(c => new PointCloud(c, d)));

    [Fact]
    public void Each_landmark_is_the_farthest_point_and_the_radius_covers_all() => Gen.Select(Clouds, Gen.Int[1, 12]).Sample(
        (cloud, count) =>
        {
            LandmarkChoice choice = FarthestPoints.Choose(cloud, count);

            Assert.Equal(0, choice.Points[0]);
            Assert.True(choice.Points.Length == Math.Min(count, cloud.Count) || choice.CoveringRadius == 0);
            for (int chosen = 1; chosen <= choice.Points.Length; chosen++)
            {
                double[] nearest = [.. Enumerable.Range(0, cloud.Count).Select(i => choice.Points.Take(chosen).Min(l => Distance(cloud, i, l)))];
                double farthest = chosen < choice.Points.Length ? nearest[choice.Points[chosen]] : choice.CoveringRadius;
                Assert.Equal(nearest.Max(), farthest, 1e-12);
            }
        },
        iter: 200);

    [Fact]
    public void Distances_choose_as_points_do() => Gen.Select(Clouds, Gen.Int[1, 12]).Sample(
        (cloud, count) =>
        {
            LandmarkChoice byPoints = FarthestPoints.Choose(cloud, count);
            LandmarkChoice byDistances = FarthestPoints.Choose(new PairwiseDistances(cloud).Matrix(default), count);

            Assert.Equal(byPoints.Points, byDistances.Points);
            Assert.Equal(byPoints.CoveringRadius, byDistances.CoveringRadius);
        },
        iter: 100);

    [Fact]
    public void Long_bars_of_the_landmarks_are_those_of_all_points_within_the_bound() => Gen.Int[1, 500].Sample(
        seed =>
        {
            var random = new Random(seed);
            var all = new PointCloud([.. Enumerable.Range(0, 120).SelectMany(_ =>
            {
                double angle = random.NextDouble() * Math.Tau;
                return new[] { Math.Cos(angle), Math.Sin(angle) };
            })], 2);
            LandmarkChoice choice = FarthestPoints.Choose(all, 30);
            var few = new PointCloud([.. choice.Points.SelectMany(p => all[p].ToArray())], 2);

            Bar loop = RipsPersistence.Compute(all, 1).Barcode[1].Finite[0];
            Bar kept = RipsPersistence.Compute(few, 1).Barcode[1].Finite[0];

            double bound = 2 * choice.CoveringRadius;
            return Math.Abs(loop.Birth - kept.Birth) <= bound && Math.Abs(loop.Death - kept.Death) <= bound;
        },
        iter: 20);

    [Fact]
    public void Points_that_all_coincide_need_one_landmark()
    {
        LandmarkChoice choice = FarthestPoints.Choose(new PointCloud([.. Enumerable.Repeat(3.5, 60)], 3), 10);

        Assert.Equal([0], choice.Points);
        Assert.Equal(0, choice.CoveringRadius);
    }

    [Fact]
    public void What_cannot_be_reached_is_chosen_and_if_left_out_the_radius_is_infinite()
    {
        var apart = new DistanceMatrix([1, double.PositiveInfinity, double.PositiveInfinity], 3);

        Assert.Equal([0, 2], FarthestPoints.Choose(apart, 2).Points);
        Assert.Equal(1, FarthestPoints.Choose(apart, 2).CoveringRadius);
        Assert.Equal(double.PositiveInfinity, FarthestPoints.Choose(apart, 1).CoveringRadius);
    }

    [Fact]
    public void No_points_have_no_landmarks() => Assert.Empty(FarthestPoints.Choose(new PointCloud([], 2), 5).Points);

    private static double Distance(PointCloud cloud, int i, int j)
    {
        double sum = 0;
        for (int k = 0; k < cloud.Dimension; k++)
        {
            sum += (cloud[i][k] - cloud[j][k]) * (cloud[i][k] - cloud[j][k]);
        }

        return Math.Sqrt(sum);
    }
}
