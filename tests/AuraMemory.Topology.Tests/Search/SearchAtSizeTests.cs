using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>What <c>bench shape-search --entries 20000</c> measures, with the recall asserted: exhaustive exact search beside approximate.</summary>
public sealed class SearchAtSizeTests
{
    private const int Entries = 20_000;
    private const int Queries = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recall_among_20000_is_that_of_the_goal_for_every_metric(bool clustered)
    {
        using var index = new ShapeIndex(new ShapeIndexOptions { SignatureLength = 128, Dimensions = 1, MemoryLimitBytes = 128 << 20 });
        Func<int, Barcode> barcode = clustered ? Shapes.Clustered : Shapes.Noisy;
        for (int i = 0; i < Entries; i++)
        {
            Assert.Equal(AddOutcome.Added, index.Add((ulong)i, Shapes.Vector(i, 128), barcode(i)));
        }

        var builders = new Thread[2];
        for (int t = 0; t < builders.Length; t++)
        {
            builders[t] = new Thread(() => Shapes.MaintainAll(index));
            builders[t].Start();
        }

        Array.ForEach(builders, b => b.Join());
        foreach (ShapeMetric metric in ShapeIndexTests.Metrics)
        {
            int found = 0;
            for (int q = 0; q < Queries; q++)
            {
                var query = new ShapeQuery { Barcode = barcode(-1 - q), Signature = Shapes.Vector(-1 - q, 128), Metric = metric };
                double last = index.Search(query with { Mode = SearchMode.Exact }).Hits[^1].Distance * (1 + 1e-9);
                ShapeSearchResult result = index.Search(query);
                Assert.Equal(SearchMode.Approximate, result.Mode);
                found += result.Hits.Count(h => h.Distance <= last);
            }

            Assert.True(found >= 0.95 * 10 * Queries, $"{metric}: {found} of {10 * Queries}");
        }
    }
}
