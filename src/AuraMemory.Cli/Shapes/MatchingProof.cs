using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Cli.Shapes;

/// <summary>Proof that a reference distance is too large: a matching that costs less, added up from the definition.</summary>
/// <remarks>
/// A distance is the least cost over all matchings, so one cheaper matching refutes a stated distance, whoever found it. Nothing of the library is trusted
/// here but the pairs it names: that they use every bar once is checked, and what they cost is computed anew.
/// </remarks>
internal static class MatchingProof
{
    /// <summary>True when a matching costs clearly less than the stated distance.</summary>
    public static bool Refutes(string measure, Diagram a, Diagram b, double stated, CancellationToken cancellation) =>
        Cost(measure, a, b, cancellation) < stated * (1 - BarComparison.Tolerance);

    /// <summary>Cost of the library's matching by the definition; positive infinity when it is no matching.</summary>
    public static double Cost(string measure, Diagram a, Diagram b, CancellationToken cancellation)
    {
        bool bottleneck = measure == "bottleneck";
        int order = measure.StartsWith("W2", StringComparison.Ordinal) ? 2 : 1;
        GroundNorm norm = measure.EndsWith("_2", StringComparison.Ordinal) ? GroundNorm.Euclidean : GroundNorm.Infinity;
        DiagramMatching matching = bottleneck ? Bottleneck.Match(a, b, cancellation) : Wasserstein.Match(a, b, order, norm, cancellation);
        var usedA = new bool[a.Count];
        var usedB = new bool[b.Count];
        double total = 0;
        foreach ((int x, int y, _) in matching.Pairs)
        {
            if ((x < 0 && y < 0) || (x >= 0 && usedA[x]) || (y >= 0 && usedB[y]))
            {
                return double.PositiveInfinity;
            }

            double cost = x < 0 ? ToDiagonal(b.Bars[y], norm) : y < 0 ? ToDiagonal(a.Bars[x], norm) : Between(a.Bars[x], b.Bars[y], norm);
            total = bottleneck ? Math.Max(total, cost) : total + (order == 1 ? cost : cost * cost);
            if (x >= 0)
            {
                usedA[x] = true;
            }

            if (y >= 0)
            {
                usedB[y] = true;
            }
        }

        bool whole = !usedA.AsSpan().Contains(false) && !usedB.AsSpan().Contains(false);
        return !whole ? double.PositiveInfinity : !bottleneck && order == 2 ? Math.Sqrt(total) : total;
    }

    private static double ToDiagonal(Bar bar, GroundNorm norm) => bar.Persistence / (norm == GroundNorm.Infinity ? 2 : Math.Sqrt(2));

    private static double Between(Bar x, Bar y, GroundNorm norm)
    {
        double births = Math.Abs(x.Birth - y.Birth);
        if (x.IsEssential || y.IsEssential)
        {
            return x.IsEssential == y.IsEssential ? births : double.PositiveInfinity;
        }

        double deaths = Math.Abs(x.Death - y.Death);
        return norm == GroundNorm.Infinity ? Math.Max(births, deaths) : Math.Sqrt((births * births) + (deaths * deaths));
    }
}
