using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;
using CsCheck;

namespace AuraMemory.Topology.Tests.Filtrations;

/// <summary>Diagrams of two functions are no further apart than the functions (Cohen-Steiner, Edelsbrunner, Harer 2007); what stands for more is within its bound.</summary>
public sealed class StabilityTests
{
    private const double Rounding = 1e-12;

    [Fact]
    public void Series() => Gen.Select(Gen.Double[-3, 3], Gen.Double[-0.5, 0.5]).Array[2, 40].Sample(
        pairs => Stable(
            new Barcode(SeriesPersistence.Sublevel([.. pairs.Select(p => p.Item1)])),
            new Barcode(SeriesPersistence.Sublevel([.. pairs.Select(p => p.Item1 + p.Item2)])),
            pairs.Max(p => Math.Abs(p.Item2))),
        iter: 500);

    [Fact]
    public void Images() => Gen.Select(Gen.Select(Gen.Double[-3, 3], Gen.Double[-0.5, 0.5]).Array[30], Gen.Bool).Sample(
        (pairs, top) => Stable(Image([.. pairs.Select(p => p.Item1)], top), Image([.. pairs.Select(p => p.Item1 + p.Item2)], top), pairs.Max(p => Math.Abs(p.Item2))),
        iter: 300);

    [Fact]
    public void Pooled_volumes_are_within_their_deviation() => Gen.Select(Gen.Double[-3, 3].Array[3 * 4 * 5], Gen.Bool).Sample(
        (values, top) =>
        {
            GridCells cells = top ? GridCells.Top : GridCells.Vertices;
            var grid = new ValueGrid(values, 3, 4, 5);
            PooledGrid pooled = GridPooling.Halve(grid);
            Stable(GridPersistence.Sublevel(grid, cells), GridPersistence.Sublevel(pooled.Grid, cells), pooled.Deviation);
        },
        iter: 100);

    [Fact]
    public void Landmarks_are_within_their_distortion_and_twice_the_covering_radius() => Gen.Select(Gen.Double[-1, 1].Array[40], Gen.Int[4, 12]).Sample(
        (coordinates, most) =>
        {
            string json = $"[{string.Join(',', Enumerable.Range(0, 20).Select(i => FormattableString.Invariant($"[{coordinates[2 * i]:R},{coordinates[(2 * i) + 1]:R}]")))}]";
            ShapeAnalysis all = Analyze(json, null);
            ShapeAnalysis few = Analyze(json, most);
            Assert.Equal((20, most), (few.Points, few.UsedPoints));
            Stable(all.Barcode, few.Barcode, few.ErrorBound);

            double Distance(int i, int j) => Math.Sqrt(Math.Pow(coordinates[2 * i] - coordinates[2 * j], 2) + Math.Pow(coordinates[(2 * i) + 1] - coordinates[(2 * j) + 1], 2));
            string matrix = $"{{\"distances\":[{string.Join(',', Enumerable.Range(0, 20).Select(i => $"[{string.Join(',', Enumerable.Range(0, 20).Select(j => FormattableString.Invariant($"{Distance(i, j):R}")))}]"))}]}}";
            ShapeAnalysis fewOfMatrix = Analyze(matrix, most);
            Assert.Equal((ShapeKind.Distances, most), (fewOfMatrix.Kind, fewOfMatrix.UsedPoints));
            Stable(all.Barcode, fewOfMatrix.Barcode, fewOfMatrix.ErrorBound);
            Assert.True(fewOfMatrix.ErrorBound <= few.ErrorBound + Rounding);
        },
        iter: 60);

    [Fact]
    public void Bars_left_out_are_within_the_bound_and_accounted_for()
    {
        string json = $"[{string.Join(',', Enumerable.Range(0, 200).Select(i => ((i * 37) % 101).ToString()))}]";
        ShapeAnalysis all = Analyze(json, null);
        ShapeAnalysis few = ShapeAnalyzer.Analyze(System.Text.Encoding.UTF8.GetBytes(json), ShapeOptions.Default, new ShapeLimits { MaxBars = 5 }).Analysis!;

        Assert.Equal(5, few.Barcode[0].Finite.Length);
        Assert.Equal(all.Barcode[0].Essential.ToArray(), few.Barcode[0].Essential.ToArray());
        Stable(all.Barcode, few.Barcode, few.ErrorBound);
        Assert.Equal(all.Barcode[0].Finite[5..].ToArray().Sum(b => b.Persistence / 2), few.DroppedHalfPersistence, 9);
    }

    private static ShapeAnalysis Analyze(string json, int? mostPoints) => ShapeAnalyzer.Analyze(
        System.Text.Encoding.UTF8.GetBytes(json), new ShapeOptions { MaxPoints = mostPoints, MaxDimension = 1 }, ShapeLimits.Default).Analysis!;

    private static Barcode Image(double[] values, bool top) =>
        GridPersistence.Sublevel(new ValueGrid(values, 5, 6), top ? GridCells.Top : GridCells.Vertices);

    private static void Stable(Barcode a, Barcode b, double bound)
    {
        for (int d = 0; d < Math.Min(a.Dimensions, b.Dimensions); d++)
        {
            double distance = Bottleneck.Distance(a[d], b[d]);
            Assert.True(distance <= bound + Rounding, $"H{d}: {distance} is beyond {bound}.");
        }
    }
}
