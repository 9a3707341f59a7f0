using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The similarity score: 1 for equal shapes, falling with the distance towards 0.</summary>
/// <remarks>
/// <para>
/// score(d) = S / (S + d), where S is the query's own distance, in the metric of the search, from the shape without features (the
/// empty diagram; for signatures, the zero vector). So a score does not change when query and objects are scaled alike, it is
/// strictly falling in d, and it reads: 1 = the same; 1/2 = as far from the query as a shape that has none of its features.
/// </para>
/// <para>
/// S: bottleneck, half of the longest finite bar; Wasserstein of order q, (sum of (length/2)^q over all finite bars)^(1/q). For a query
/// without finite bars S is 0: then only distance 0 scores, with 1.
/// </para>
/// </remarks>
internal readonly record struct Similarity(double Scale)
{
    /// <summary>The score for a query.</summary>
    /// <param name="barcode">The query's diagrams.</param>
    /// <param name="signature">The query's signature.</param>
    /// <param name="metric">Metric of the search.</param>
    /// <param name="order">Order of the Wasserstein distance, 1 or 2.</param>
    public static Similarity Of(Barcode barcode, ReadOnlySpan<float> signature, ShapeMetric metric, int order)
    {
        double sum = 0;
        if (metric == ShapeMetric.Euclidean)
        {
            foreach (float value in signature)
            {
                sum += (double)value * value;
            }

            return new Similarity(Math.Sqrt(sum));
        }

        for (int dimension = 0; dimension < barcode.Dimensions; dimension++)
        {
            foreach (Bar bar in barcode[dimension].Finite)
            {
                double half = (bar.Death / 2) - (bar.Birth / 2);
                sum = metric == ShapeMetric.Bottleneck ? Math.Max(sum, half) : sum + (order == 2 ? half * half : half);
            }
        }

        return new Similarity(metric == ShapeMetric.Wasserstein && order == 2 ? Math.Sqrt(sum) : sum);
    }

    /// <summary>Score of a distance, 0 to 1.</summary>
    public double Score(double distance) =>
        distance <= 0 ? 1 : double.IsFinite(distance) ? 1 / (1 + (distance / Scale)) : 0;

    /// <summary>Largest distance with at least this score; positive infinity for 0.</summary>
    /// <param name="score">0 to 1.</param>
    public double Bound(double score) => score <= 0 ? double.PositiveInfinity : score >= 1 ? 0 : Scale * ((1 - score) / score);
}
