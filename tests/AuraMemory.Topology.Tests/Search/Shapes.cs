using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>Shapes to search and the answers a plain loop gives.</summary>
internal static class Shapes
{
    private const int Samples = 60;

    /// <summary>Minima of a noisy sine: about a third as many bars as samples.</summary>
    public static Barcode Noisy(int seed)
    {
        var random = new Random(seed);
        double noise = 0.1 + (0.6 * random.NextDouble());
        double amplitude = 2 * random.NextDouble();
        double frequency = 1 + (5 * random.NextDouble());
        var series = new double[Samples];
        for (int t = 0; t < Samples; t++)
        {
            series[t] = (amplitude * Math.Sin(2 * Math.PI * frequency * t / Samples)) + (noise * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
        }

        return new Barcode(SeriesPersistence.Sublevel(series));
    }

    /// <summary>One of 50 prototypes with its ends moved a little.</summary>
    public static Barcode Clustered(int seed)
    {
        var random = new Random(seed);
        var prototype = new Random(random.Next(50));
        var bars = new Bar[prototype.Next(3, 20)];
        for (int i = 0; i < bars.Length; i++)
        {
            double birth = prototype.NextDouble();
            double death = birth + 0.1 + prototype.NextDouble();
            bars[i] = new Bar(birth + (0.02 * random.NextDouble()), death + (0.02 * random.NextDouble()));
        }

        return new Barcode(new Diagram(bars));
    }

    public static float[] Vector(int seed, int length)
    {
        var random = new Random(seed);
        var cluster = new Random(random.Next(50));
        var vector = new float[length];
        for (int i = 0; i < length; i++)
        {
            vector[i] = (float)(cluster.NextDouble() + (0.2 * random.NextDouble()));
        }

        return vector;
    }

    public static double Distance(Barcode a, Barcode b, ShapeMetric metric)
    {
        double total = 0;
        for (int d = 0; d < Math.Min(a.Dimensions, b.Dimensions); d++)
        {
            total = metric switch
            {
                ShapeMetric.Wasserstein1 => total + Wasserstein.Distance(a[d].Finite, b[d].Finite, 1),
                ShapeMetric.Wasserstein2 => Math.Sqrt((total * total) + Math.Pow(Wasserstein.Distance(a[d].Finite, b[d].Finite, 2), 2)),
                _ => Math.Max(total, Bottleneck.Distance(a[d].Finite, b[d].Finite)),
            };
        }

        return total;
    }

    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }

    public static void MaintainAll(ShapeIndex index)
    {
        while (index.Maintain(1000) > 0)
        {
            // Until nothing waits.
        }
    }
}
