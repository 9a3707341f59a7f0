using System.Text.Json;
using AuraMemory.Topology.Search;
using AuraMemory.Topology.Tests.Reference;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>The neighbour lists of the reference folder; skipped where it is absent.</summary>
public sealed class SearchReferenceTests
{
    private static readonly (string List, ShapeMetric Metric)[] Lists =
        [("W1_inf", ShapeMetric.Wasserstein1), ("W2_inf", ShapeMetric.Wasserstein2), ("bottleneck", ShapeMetric.Bottleneck)];

    /// <summary>
    /// Queries whose bottleneck list is wrong: <c>aura-memory shape verify</c> finds matchings cheaper than what it states, which prove it.
    /// </summary>
    private static readonly string[] RefutedBottlenecks = ["ItalyPowerDemand-17", "ItalyPowerDemand-21", "ItalyPowerDemand-2", "act-a13-8"];

    [Fact]
    public void An_exact_search_gives_the_reference_neighbours()
    {
        int refuted = 0;
        ForEachQuery((index, query, list, metric, id) =>
        {
            ShapeSearchResult result = index.Search(query with { Mode = SearchMode.Exact });
            Assert.True(result.CertifiedExact);
            Assert.Equal(list.Length, result.Hits.Count);
            bool wrong = metric == ShapeMetric.Bottleneck && RefutedBottlenecks.Contains(id);
            refuted += wrong ? 1 : 0;
            for (int i = 0; i < list.Length; i++)
            {
                double actual = result.Hits[i].Distance;
                bool equal = Math.Abs(actual - list[i]) <= 1e-9 * Math.Max(list[i], actual);
                Assert.True(wrong ? actual <= list[i] * (1 + 1e-9) : equal, $"{id}, {metric}, {i + 1}: {actual}, not {list[i]}");
            }
        });
        Assert.Equal(RefutedBottlenecks.Length, refuted);
    }

    [Fact]
    public void An_approximate_search_finds_nearly_all_reference_neighbours()
    {
        int found = 0;
        int all = 0;
        ForEachQuery((index, query, _, _, _) =>
        {
            double last = index.Search(query with { Mode = SearchMode.Exact }).Hits[^1].Distance * (1 + 1e-9);
            ShapeSearchResult result = index.Search(query with { Breadth = 32 });
            Assert.Equal(SearchMode.Approximate, result.Mode);
            found += result.Hits.Count(h => h.Distance <= last);
            all += result.Hits.Count;
        });
        Assert.InRange((double)found / all, 0.95, 1);
    }

    private static void ForEachQuery(Action<ShapeIndex, ShapeQuery, double[], ShapeMetric, string> check)
    {
        int queries = 0;
        foreach (JsonElement set in ReferenceFolder.Document("knn.json").EnumerateArray())
        {
            using var index = new ShapeIndex(new ShapeIndexOptions { SignatureLength = 0, Dimensions = 1, AlwaysExactUpTo = 8, MemoryLimitBytes = 64 << 20 });
            ulong id = 0;
            foreach (JsonElement entry in set.GetProperty("base").EnumerateArray())
            {
                Assert.Equal(AddOutcome.Added, index.Add(id++, [], new Barcode(ReferenceFolder.Diagram(entry.GetProperty("diagram")))));
            }

            Shapes.MaintainAll(index);
            foreach (JsonElement query in set.GetProperty("queries").EnumerateArray())
            {
                foreach ((string list, ShapeMetric metric) in Lists)
                {
                    double[] distances = [.. query.GetProperty("top10").GetProperty(list).EnumerateArray().Select(n => ReferenceFolder.Number(n[1]))];
                    var sought = new ShapeQuery { Barcode = new Barcode(ReferenceFolder.Diagram(query.GetProperty("diagram"))), K = distances.Length, Metric = metric };
                    check(index, sought, distances, metric, query.GetProperty("id").GetString()!);
                    queries++;
                }
            }
        }

        Assert.InRange(queries, 1, int.MaxValue);
    }
}
