using System.Globalization;
using System.Text.Json;

namespace AuraMemory.Bench.Shapes;

/// <summary>One labelled object: as JSON for the analysis, and as a vector for the plain distance.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Json">What is analysed, UTF-8.</param>
/// <param name="Raw">Its raw values; of a graph its adjacency matrix, vertices as they come.</param>
internal sealed record LabelledItem(string Label, byte[] Json, double[] Raw);

/// <summary>A labelled set of the folder <c>real</c>, as it is or moved.</summary>
/// <param name="Name">Name without its prefix.</param>
/// <param name="Items">All its objects.</param>
internal sealed record LabelledSet(string Name, LabelledItem[] Items)
{
    /// <summary>Series: rows of <c>label,v1,v2,…</c>.</summary>
    public static LabelledSet Series(string name, string file, Moved? moved) => new(name, [.. File.ReadLines(file).Where(l => l.Length > 0).Select(line =>
    {
        int comma = line.IndexOf(',', StringComparison.Ordinal);
        double[] values = [.. line[(comma + 1)..].Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        values = moved?.Series(values) ?? values;
        return new LabelledItem(line[..comma], JsonSerializer.SerializeToUtf8Bytes(values), values);
    })]);

    /// <summary>Square images: <c>label, width, height, pixels</c>.</summary>
    public static LabelledSet Images(string name, string file, Moved? moved) => new(name, [.. Records(file).Select(record =>
    {
        int side = record.GetProperty("width").GetInt32();
        double[] pixels = Numbers(record.GetProperty("pixels"));
        pixels = moved?.Image(pixels, side) ?? pixels;
        return new LabelledItem(Label(record), JsonSerializer.SerializeToUtf8Bytes(new { width = side, height = side, pixels }), pixels);
    })]);

    /// <summary>Point clouds: <c>label, points</c>; the raw vector is the coordinates in their order, cut to the shortest of the set.</summary>
    public static LabelledSet Points(string name, string file, Moved? moved)
    {
        JsonElement[] records = [.. Records(file)];
        int shortest = records.Min(r => r.GetProperty("points").GetArrayLength());
        return new LabelledSet(name, [.. records.Select(record =>
        {
            double[][] points = [.. record.GetProperty("points").EnumerateArray().Select(Numbers)];
            points = moved is null ? points : [.. moved.Order(points.Length).Select(i => points[i])];
            return new LabelledItem(Label(record), JsonSerializer.SerializeToUtf8Bytes(points), [.. points.Take(shortest).SelectMany(p => p)]);
        })]);
    }

    /// <summary>Graphs: <c>label, n, edges</c>.</summary>
    public static LabelledSet Graphs(string name, string file, Moved? moved)
    {
        JsonElement[] records = [.. Records(file)];
        int most = records.Max(r => r.GetProperty("n").GetInt32());
        return new LabelledSet(name, [.. records.Select(record =>
        {
            int n = record.GetProperty("n").GetInt32();
            int[] numbers = moved?.Order(n) ?? [.. Enumerable.Range(0, n)];
            int[][] edges = [.. record.GetProperty("edges").EnumerateArray().Select(e => new[] { numbers[e[0].GetInt32()], numbers[e[1].GetInt32()] })];
            var adjacency = new double[most * most];
            foreach (int[] edge in edges)
            {
                adjacency[(edge[0] * most) + edge[1]] = 1;
                adjacency[(edge[1] * most) + edge[0]] = 1;
            }

            return new LabelledItem(Label(record), JsonSerializer.SerializeToUtf8Bytes(new { n, edges }), adjacency);
        })]);
    }

    private static IEnumerable<JsonElement> Records(string file) =>
        File.ReadLines(file).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize<JsonElement>(l));

    private static string Label(JsonElement record) => record.GetProperty("label").ToString();

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];
}
