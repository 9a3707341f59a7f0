using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Topology;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Bench.Topology;

/// <summary>Sub-level sets of series, images and volumes: processor time of warm code beside GUDHI's, of which figures noted elsewhere are shown.</summary>
/// <remarks>
/// The inputs are seeded uniform noise, the hard case: a third of the samples are minima. The noted figures are GUDHI 3.7.1's CubicalComplex through
/// Python on an Intel Xeon, 2026-11-23; goals are the ratios to them that the issue sets.
/// </remarks>
internal static class LevelSetRows
{
    private const string Noted = "GUDHI 3.7.1, noted figure of another machine";
    private const double MillisecondsABatch = 60;

    public static void Run(int runs, BenchReport report)
    {
        Series(1000, 0.46, 0.46 / 0.08, runs, report);
        Series(100_000, 56.8, 56.8 / 10, runs, report);
        Grid("image 64 x 64", [64, 64], 7.2, 7.2 / 1.5, runs, report);
        Grid("image 256 x 256", [256, 256], 195, 195.0 / 35, runs, report);
        Grid("volume 32 x 32 x 32", [32, 32, 32], 232, null, runs, report);
    }

    private static void Series(int count, double peer, double goal, int runs, BenchReport report)
    {
        double[] samples = Noise(count);
        Add(string.Create(CultureInfo.InvariantCulture, $"series of {count}, dimension 0"), () => SeriesPersistence.Sublevel(samples).Count, peer, goal, runs, report);
    }

    private static void Grid(string name, int[] extents, double peer, double? goal, int runs, BenchReport report)
    {
        double[] values = Noise(extents.Aggregate(1, (a, b) => a * b));
        var grid = new ValueGrid(values, extents);
        Add(name + ", top cells, all dimensions", () => GridPersistence.Sublevel(grid, GridCells.Top)[1].Count, peer, goal, runs, report);
        Add(name + ", vertices, all dimensions", () => GridPersistence.Sublevel(grid, GridCells.Vertices)[1].Count, peer, goal, runs, report);
    }

    private static double[] Noise(int count)
    {
        var random = new Random(count);
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextDouble();
        }

        return values;
    }

    private static void Add(string name, Func<int> work, double peer, double? goal, int runs, BenchReport report)
    {
        int bars = work();
        int repeats = 1;

        // Until the compiler has done its best, and a batch is long beside the clock of the processor time.
        while (Batch(work, repeats) < MillisecondsABatch)
        {
            repeats *= 2;
        }

        Batch(work, repeats);
        double[] times = [.. Enumerable.Range(0, Math.Max(runs, 5)).Select(_ => Batch(work, repeats) / repeats).Order()];
        report.Add(new BenchRow(name, times[times.Length / 2], peer, Noted, "ms CPU", goal, LessIsBetter: true,
            string.Create(CultureInfo.InvariantCulture, $"best {times[0]:F3} ms, {bars} bars")));
    }

    private static double Batch(Func<int> work, int repeats)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        for (int i = 0; i < repeats; i++)
        {
            work();
        }

        self.Refresh();
        return (self.TotalProcessorTime - before).TotalMilliseconds;
    }
}
