using AuraMemory.Topology;
using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Signatures;
using BenchmarkDotNet.Attributes;

namespace AuraMemory.Bench.Micro;

/// <summary>Shapes of a series of a hundred values, and what is computed of them.</summary>
public class ShapePaths
{
    private const int Length = 100;
    private readonly double[] _series = Series(1);
    private readonly Diagram _one = SeriesPersistence.Sublevel(Series(1));
    private readonly Diagram _other = SeriesPersistence.Sublevel(Series(2));
    private readonly float[] _signature = new float[128];

    [Benchmark]
    public Diagram Diagram_of_a_series_of_100() => SeriesPersistence.Sublevel(_series);

    [Benchmark]
    public double Wasserstein_distance_of_two_such_diagrams() => Wasserstein.Distance(_one, _other, 1);

    [Benchmark]
    public double Bottleneck_distance_of_two_such_diagrams() => Bottleneck.Distance(_one, _other);

    [Benchmark]
    public float Signature_of_such_a_diagram()
    {
        Signature.Compute(new Barcode([_one]), _signature);
        return _signature[0];
    }

    private static double[] Series(int seed)
    {
        var random = new Random(seed);
        var series = new double[Length];
        for (int i = 0; i < Length; i++)
        {
            series[i] = Math.Sin(i / 8.0) + random.NextDouble();
        }

        return series;
    }
}
