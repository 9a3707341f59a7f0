using System.Text.Json;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;
using AuraMemory.Topology.Tests.Reference;

namespace AuraMemory.Topology.Tests.Filtrations;

/// <summary>Every record of the reference folder that is a series, an image or a graph, through the filtration its convention names.</summary>
public sealed class FiltrationReferenceTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Every_record_of_series_images_and_graphs_has_its_bars()
    {
        var seen = new Dictionary<string, int>();
        foreach (JsonElement record in ReferenceFolder.Records("diagrams.jsonl"))
        {
            string convention = record.GetProperty("convention").GetString()!;
            JsonElement diagrams = record.GetProperty("diagrams");
            int dimension = diagrams.EnumerateObject().Max(d => d.Name[0] - '0');
            Barcode? barcode = Compute(convention, record.GetProperty("input"), dimension);
            if (barcode is null)
            {
                continue;
            }

            string kind = record.GetProperty("kind").GetString()!;
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
            foreach (JsonProperty diagram in diagrams.EnumerateObject())
            {
                Same(ReferenceFolder.Diagram(diagram.Value), barcode[diagram.Name[0] - '0'], $"{record.GetProperty("id").GetString()} H{diagram.Name}");
            }
        }

        Assert.Equal(["graph", "image", "series"], seen.Keys.Order());
    }

    private static Barcode? Compute(string convention, JsonElement input, int dimension)
    {
        if (convention.StartsWith("sublevel-H0", StringComparison.Ordinal))
        {
            return new Barcode(SeriesPersistence.Sublevel(Numbers(input, "values")));
        }

        if (convention.StartsWith("superlevel-H0", StringComparison.Ordinal))
        {
            return new Barcode(SeriesPersistence.Superlevel(Numbers(input, "values")));
        }

        if (convention.StartsWith("takens", StringComparison.Ordinal))
        {
            PointCloud points = DelayEmbedding.Embed(Numbers(input, "values"), input.GetProperty("embedDim").GetInt32(), input.GetProperty("tau").GetInt32());
            return RipsPersistence.Compute(points, dimension).Barcode;
        }

        if (convention.StartsWith("cubical", StringComparison.Ordinal))
        {
            int[] extents = [.. input.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())];
            var grid = new ValueGrid(Numbers(input, "rowMajor"), extents);
            return GridPersistence.Sublevel(grid, convention.StartsWith("cubical-T", StringComparison.Ordinal) ? GridCells.Top : GridCells.Vertices);
        }

        if (!input.TryGetProperty("edges", out JsonElement edges))
        {
            return null;
        }

        GraphEdge[] ends = [.. edges.EnumerateArray().Select(e => new GraphEdge(e[0].GetInt32(), e[1].GetInt32()))];
        var graph = new WeightedGraph(input.GetProperty("n").GetInt32(), ends);
        return convention.StartsWith("rips on hop", StringComparison.Ordinal) ? GraphPersistence.HopRips(graph, dimension)
            : convention.Contains("1-dimensional", StringComparison.Ordinal) ? GraphPersistence.DegreeGraph(graph)
            : GraphPersistence.DegreeClique(graph, dimension, 100_000);
    }

    private static double[] Numbers(JsonElement input, string name) => [.. input.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static void Same(Diagram expected, Diagram actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} bars, not {expected.Count}.");
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
