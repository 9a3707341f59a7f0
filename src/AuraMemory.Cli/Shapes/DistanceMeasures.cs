using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Cli.Shapes;

/// <summary>The distances by the names they have in reference files.</summary>
internal static class DistanceMeasures
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["W1_inf", "W2_inf", "W1_2", "W2_2", "bottleneck"];

    /// <summary>Distance by name.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static double Of(string name, Diagram a, Diagram b, double bound, CancellationToken cancellation) => name switch
    {
        "W1_inf" => Wasserstein.Distance(a, b, 1, GroundNorm.Infinity, bound, cancellation),
        "W2_inf" => Wasserstein.Distance(a, b, 2, GroundNorm.Infinity, bound, cancellation),
        "W1_2" => Wasserstein.Distance(a, b, 1, GroundNorm.Euclidean, bound, cancellation),
        "W2_2" => Wasserstein.Distance(a, b, 2, GroundNorm.Euclidean, bound, cancellation),
        "bottleneck" => Bottleneck.Distance(a, b, bound, cancellation),
        _ => throw new FormatException($"there is no distance \"{name}\""),
    };

    /// <summary>Relative deviation; 0 for equal numbers, infinities included.</summary>
    public static double Deviation(double expected, double actual) =>
        expected.Equals(actual) ? 0 : Math.Abs(expected - actual) / Math.Max(Math.Abs(expected), Math.Abs(actual)) is var share && double.IsNaN(share) ? double.PositiveInfinity : share;
}
