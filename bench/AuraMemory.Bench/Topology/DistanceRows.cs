using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Bench.Topology;

/// <summary>
/// Distances of two random diagrams (birth and death two ordered uniform numbers): exact Wasserstein beside Hera's approximation through GUDHI,
/// exact bottleneck beside GUDHI's.
/// </summary>
internal sealed class DistanceRows(GudhiPeer? gudhi, BenchReport report)
{
    private const int Pairs = 20;
    private const int LargePairs = 2;

    /// <summary>Bars a diagram, bars to beat, and peers' figures noted on 2026-11-23 on an Intel Xeon; CPU milliseconds a pair.</summary>
    private static readonly (int Bars, double WassersteinBar, double Hera, double? BottleneckBar, double? Gudhi)[] Cases =
        [(10, 0.002, 0.093, null, null), (100, 0.5, 3.4, 0.3, 1.6), (1000, 100, 145, 20, 46)];

    public async Task RunAsync()
    {
        foreach ((int bars, double wassersteinBar, double hera, double? bottleneckBar, double? noted) in Cases)
        {
            Bar[][] diagrams = Draw(bars, bars < 1000 ? Pairs : LargePairs);
            PairTimes? peer = gudhi is null ? null : await gudhi.DistancesAsync(diagrams).ConfigureAwait(false);
            Row($"Wasserstein 1, {bars} bars", diagrams, (a, b) => Wasserstein.Distance(a, b, 1), wassersteinBar, "Hera, delta 0.01", hera, peer?.Wasserstein, 0.011);
            if (bottleneckBar is { } bar && noted is { } figure)
            {
                Row($"bottleneck, {bars} bars", diagrams, (a, b) => Bottleneck.Distance(a, b), bar, "GUDHI", figure, peer?.Bottleneck, 1e-9);
            }
        }
    }

    private void Row(
        string name, Bar[][] diagrams, Func<Bar[], Bar[], double> distance, double bar, string peerName, double noted, (double Milliseconds, double Sum)? peer, double tolerance)
    {
        double sum = 0;
        for (int i = 0; i < diagrams.Length; i += 2)
        {
            sum += distance(diagrams[i], diagrams[i + 1]);
        }

        int next = 0;
        double ours = SteadyTime.Milliseconds(() =>
        {
            distance(diagrams[next], diagrams[next + 1]);
            next = (next + 2) % diagrams.Length;
        });
        string note = string.Create(CultureInfo.InvariantCulture, $"exact, mean distance {sum * 2 / diagrams.Length:F6}");
        report.Add(new BenchRow(name, ours, bar, "bar", "ms CPU", 1, LessIsBetter: true, note));
        report.Add(new BenchRow(
            name, ours, peer?.Milliseconds ?? noted, peer is null ? peerName + ", noted figure of another machine" : peerName, "ms CPU", null, LessIsBetter: true));
        if (peer is { } other && Math.Abs(other.Sum - sum) > tolerance * sum)
        {
            report.Fault($"{name}: the distances sum up to {sum}; {peerName} has {other.Sum}.");
        }
    }

    private static Bar[][] Draw(int bars, int pairs)
    {
        var random = new Random(bars);
        var diagrams = new Bar[2 * pairs][];
        for (int i = 0; i < diagrams.Length; i++)
        {
            diagrams[i] = new Bar[bars];
            for (int k = 0; k < bars; k++)
            {
                double one = random.NextDouble();
                double other = random.NextDouble();
                diagrams[i][k] = new Bar(Math.Min(one, other), Math.Max(one, other));
            }
        }

        return diagrams;
    }
}
