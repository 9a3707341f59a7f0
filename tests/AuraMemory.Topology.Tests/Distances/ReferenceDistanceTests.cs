using System.Text.Json;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Topology.Tests.Distances;

public sealed class ReferenceDistanceTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void All_reference_pairs_have_the_reference_distances()
    {
        int checkedPairs = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Reference", "distances.jsonl")))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            JsonElement root = record.RootElement;
            string id = root.GetProperty("id").GetString()!;
            Diagram a = Read(root.GetProperty("A"));
            Diagram b = Read(root.GetProperty("B"));
            Near(id, root.GetProperty("W1_inf"), Wasserstein.Distance(a, b, 1));
            Near(id, root.GetProperty("W2_inf"), Wasserstein.Distance(a, b, 2));
            Near(id, root.GetProperty("W1_2"), Wasserstein.Distance(a, b, 1, GroundNorm.Euclidean));
            Near(id, root.GetProperty("W2_2"), Wasserstein.Distance(a, b, 2, GroundNorm.Euclidean));
            Near(id, root.GetProperty("bottleneck"), Bottleneck.Distance(a, b));
            checkedPairs++;
        }

        Assert.Equal(40, checkedPairs);
    }

    private static void Near(string id, JsonElement expected, double actual)
    {
        double value = expected.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : expected.GetDouble();
        Assert.True(value.Equals(actual) || Math.Abs(value - actual) <= Tolerance * Math.Max(value, actual), $"{id}: {actual}, not {value}");
    }

    private static Diagram Read(JsonElement bars) => new(bars.EnumerateArray()
        .Select(bar => new Bar(bar[0].GetDouble(), bar[1].ValueKind == JsonValueKind.Null ? double.PositiveInfinity : bar[1].GetDouble()))
        .ToArray());
}
