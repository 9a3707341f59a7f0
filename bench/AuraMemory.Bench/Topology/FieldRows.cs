using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Topology;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Bench.Topology;

/// <summary>Sublevel sets of series and images: uniform noise, which has the most bars, beside GUDHI's cubical complex.</summary>
internal sealed class FieldRows(GudhiPeer? gudhi, BenchReport report)
{
    private const int Seed = 20261123;

    /// <summary>Inputs; the bars and GUDHI's figures are CPU milliseconds noted on 2026-11-23 on an Intel Xeon.</summary>
    private static readonly (string Name, int[] Extents, double Bar, double Noted)[] Series =
        [("series of 1 000", [1000], 0.08, 0.46), ("series of 100 000", [100_000], 10, 56.8)];

    private static readonly (string Name, int[] Extents, double Bar, double Noted)[] Images =
        [("image 64 x 64", [64, 64], 1.5, 7.2), ("image 256 x 256", [256, 256], 35, 195), ("volume 32 x 32 x 32", [32, 32, 32], 232, 232)];

    public Task RunSeriesAsync() => RunAsync(Series, values => SeriesPersistence.Sublevel(values).Count);

    public async Task RunImagesAsync()
    {
        foreach ((string, int[] Extents, double, double) image in Images)
        {
            await RunAsync([image], values => GridPersistence.Sublevel(new ValueGrid(values, image.Extents), GridCells.Top)[0].Count).ConfigureAwait(false);
        }
    }

    private async Task RunAsync((string Name, int[] Extents, double Bar, double Noted)[] cases, Func<double[], int> compute)
    {
        foreach ((string name, int[] extents, double bar, double noted) in cases)
        {
            var random = new Random(Seed);
            var values = new double[extents.Aggregate(1, (a, b) => a * b)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextDouble();
            }

            int bars = compute(values);
            double ours = SteadyTime.Milliseconds(() => compute(values));
            string note = string.Create(CultureInfo.InvariantCulture, $"uniform noise, {bars} bars of dimension 0");
            report.Add(new BenchRow(name, ours, bar, "bar", "ms CPU", 1, LessIsBetter: true, note));
            if (gudhi is null)
            {
                report.Add(new BenchRow(name, ours, noted, "GUDHI, noted figure of another machine", "ms CPU", null, LessIsBetter: true));
                continue;
            }

            (double peer, int found) = await gudhi.CubicalAsync(values, extents).ConfigureAwait(false);
            report.Add(new BenchRow(name, ours, peer, "GUDHI", "ms CPU", null, LessIsBetter: true));
            if (found != bars)
            {
                report.Fault($"{name}: {bars} bars of dimension 0; GUDHI has {found}.");
            }
        }
    }
}
