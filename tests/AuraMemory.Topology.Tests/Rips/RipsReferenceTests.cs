using System.Text.Json;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;
using AuraMemory.Topology.Tests.Reference;

namespace AuraMemory.Topology.Tests.Rips;

public sealed class RipsReferenceTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Every_record_of_points_and_distances_has_its_bars_and_its_threshold()
    {
        int records = 0;
        foreach (JsonElement record in ReferenceFolder.Records("diagrams.jsonl"))
        {
            JsonElement input = record.GetProperty("input");
            JsonElement diagrams = record.GetProperty("diagrams");
            int dimension = diagrams.EnumerateObject().Max(d => d.Name[0] - '0');
            string convention = record.GetProperty("convention").GetString()!;
            double? threshold = input.TryGetProperty("threshold", out JsonElement given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : null;
            RipsResult result;
            if (convention == "rips-euclidean")
            {
                double[][] points = [.. input.GetProperty("points").EnumerateArray().Select(p => p.EnumerateArray().Select(x => x.GetDouble()).ToArray())];
                result = RipsPersistence.Compute(new PointCloud([.. points.SelectMany(p => p)], points[0].Length), dimension, threshold);
            }
            else if (convention == "rips-distance-matrix")
            {
                double[] lower = [.. input.GetProperty("lowerDistanceMatrix").EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(ReferenceFolder.Number)];
                result = RipsPersistence.Compute(new DistanceMatrix(lower, (int)(1 + Math.Sqrt(1 + (8.0 * lower.Length))) / 2), dimension, threshold);
            }
            else
            {
                continue;
            }

            string id = record.GetProperty("id").GetString()!;
            records++;
            Close(record.GetProperty("usedThreshold").GetDouble(), result.Threshold, id);
            foreach (JsonProperty diagram in diagrams.EnumerateObject())
            {
                Same(ReferenceFolder.Diagram(diagram.Value), result.Barcode[diagram.Name[0] - '0'], $"{id} H{diagram.Name}");
            }
        }

        Assert.True(records > 0, "The reference folder has no Rips record.");
    }

    private static void Same(Diagram expected, Diagram actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} bars, not {expected.Count}.");

        // In the order of births and deaths: the canonical order breaks ties by lengths that differ in their last digits.
        Bar[] wanted = [.. expected.Bars.ToArray().OrderBy(b => b.Birth).ThenBy(b => b.Death)];
        Bar[] found = [.. actual.Bars.ToArray().OrderBy(b => b.Birth).ThenBy(b => b.Death)];
        for (int i = 0; i < wanted.Length; i++)
        {
            Close(wanted[i].Birth, found[i].Birth, what);
            Close(wanted[i].Death, found[i].Death, what);
        }
    }

    private static void Close(double expected, double actual, string what) => Assert.True(
        expected.Equals(actual) || Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: {actual}, not {expected}.");
}
