using System.Text.Json;
using AuraMemory.Topology;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;

namespace AuraMemory.Cli.Shapes;

/// <summary>Computes what a record of diagrams.jsonl asks for: its kind, convention and input decide.</summary>
internal static class ReferenceInput
{
    private const int MostSimplices = 50_000_000;

    /// <summary>The barcode of an input, up to a dimension.</summary>
    /// <exception cref="FormatException">The record does not say what to compute.</exception>
    public static Barcode Compute(string kind, string convention, JsonElement input, int dimension, CancellationToken cancellation) => kind switch
    {
        "pointcloud" => RipsPersistence.Compute(Points(Member(input, "points")), dimension, Threshold(input), cancellation).Barcode,
        "distancematrix" => RipsPersistence.Compute(Distances(Member(input, "lowerDistanceMatrix")), dimension, Threshold(input), cancellation).Barcode,
        "series" => Series(convention, input, dimension, cancellation),
        "image" => Grid(convention, input, cancellation),
        "graph" => Graph(convention, input, dimension, cancellation),
        _ => throw new FormatException($"\"{kind}\" is no kind of input"),
    };

    private static Barcode Series(string convention, JsonElement input, int dimension, CancellationToken cancellation)
    {
        double[] values = Numbers(Member(input, "values"));
        return Word(convention) switch
        {
            "sublevel" => new Barcode(SeriesPersistence.Sublevel(values)),
            "superlevel" => new Barcode(SeriesPersistence.Superlevel(values)),
            "takens" => RipsPersistence.Compute(
                DelayEmbedding.Embed(values, Member(input, "embedDim").GetInt32(), Member(input, "tau").GetInt32()), dimension, Threshold(input), cancellation).Barcode,
            _ => throw Unknown(convention),
        };
    }

    private static Barcode Grid(string convention, JsonElement input, CancellationToken cancellation)
    {
        GridCells cells = convention.StartsWith("cubical-T", StringComparison.Ordinal) ? GridCells.Top
            : convention.StartsWith("cubical-V", StringComparison.Ordinal) ? GridCells.Vertices
            : throw Unknown(convention);
        int[] extents = Array.ConvertAll(Numbers(Member(input, "shape")), extent => (int)extent);
        double[] values = Numbers(Member(input, "rowMajor"));
        bool superlevel = convention.Contains("superlevel", StringComparison.Ordinal);
        if (extents.Length == 1)
        {
            // On a line both kinds of cells have the components of the path, and nothing above them.
            return new Barcode(superlevel ? SeriesPersistence.Superlevel(values) : SeriesPersistence.Sublevel(values));
        }

        var grid = new ValueGrid(values, extents);
        return superlevel ? GridPersistence.Superlevel(grid, cells, cancellation) : GridPersistence.Sublevel(grid, cells, cancellation);
    }

    private static Barcode Graph(string convention, JsonElement input, int dimension, CancellationToken cancellation)
    {
        JsonElement list = Member(input, "edges");
        var edges = new List<GraphEdge>(list.GetArrayLength());
        foreach (JsonElement edge in list.EnumerateArray())
        {
            edges.Add(new GraphEdge(edge[0].GetInt32(), edge[1].GetInt32(), edge.GetArrayLength() > 2 ? DiagramJson.Number(edge[2]) : 1));
        }

        var graph = new WeightedGraph(Member(input, "n").GetInt32(), edges.ToArray());
        return convention.StartsWith("rips on hop distance", StringComparison.Ordinal) ? GraphPersistence.HopRips(graph, dimension, Threshold(input), cancellation)
            : convention.StartsWith("degree sublevel on the 1-dimensional graph", StringComparison.Ordinal) ? GraphPersistence.DegreeGraph(graph)
            : convention.StartsWith("degree sublevel on the clique complex", StringComparison.Ordinal)
                ? GraphPersistence.DegreeClique(graph, dimension, MostSimplices, cancellation)
            : throw Unknown(convention);
    }

    private static PointCloud Points(JsonElement points)
    {
        var all = new List<double>();
        int dimension = 0;
        foreach (JsonElement point in points.EnumerateArray())
        {
            int length = point.GetArrayLength();
            if (dimension != 0 && length != dimension)
            {
                throw new FormatException($"points of {dimension} and of {length} coordinates");
            }

            dimension = length;
            foreach (JsonElement coordinate in point.EnumerateArray())
            {
                all.Add(DiagramJson.Number(coordinate));
            }
        }

        return new PointCloud([.. all], Math.Max(dimension, 1));
    }

    private static DistanceMatrix Distances(JsonElement rows)
    {
        var all = new List<double>();
        int count = 0;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.GetArrayLength() != count)
            {
                throw new FormatException($"row {count} of a lower triangle has {row.GetArrayLength()} numbers");
            }

            foreach (JsonElement distance in row.EnumerateArray())
            {
                all.Add(distance.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : DiagramJson.Number(distance));
            }

            count++;
        }

        return new DistanceMatrix([.. all], count);
    }

    private static double[] Numbers(JsonElement list)
    {
        var numbers = new double[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement number in list.EnumerateArray())
        {
            numbers[i++] = DiagramJson.Number(number);
        }

        return numbers;
    }

    private static double? Threshold(JsonElement input) =>
        input.TryGetProperty("threshold", out JsonElement threshold) && threshold.ValueKind != JsonValueKind.Null ? DiagramJson.Number(threshold) : null;

    private static JsonElement Member(JsonElement input, string name) =>
        input.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException($"the input has no \"{name}\"");

    private static string Word(string convention)
    {
        int end = convention.AsSpan().IndexOfAny('-', '(', ' ');
        return end < 0 ? convention : convention[..end];
    }

    private static FormatException Unknown(string convention) => new($"the convention \"{convention}\" is not known");
}
