using System.Globalization;
using System.Text.Json;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Bench.Graph;

/// <summary>The folder of graphs with reference answers.</summary>
internal sealed class GraphFolder(string folder)
{
    /// <summary>The folder.</summary>
    /// <exception cref="BenchException">It is not there.</exception>
    public string Path => folder.Length > 0 && Directory.Exists(folder)
        ? folder
        : throw new BenchException($"--data names the folder of graphs with reference answers; '{folder}' is none.");

    /// <summary>Names of the graphs that have edges and reference answers, small ones first.</summary>
    public IEnumerable<string> Names => Directory.EnumerateDirectories(Path)
        .Where(d => File.Exists(System.IO.Path.Combine(d, "edges.csv")) && File.Exists(System.IO.Path.Combine(d, "reference.json")))
        .OrderBy(d => new FileInfo(System.IO.Path.Combine(d, "edges.csv")).Length).Select(d => System.IO.Path.GetFileName(d));

    /// <summary>Reads a graph.</summary>
    public ReferenceGraph Read(string name)
    {
        string inside = System.IO.Path.Combine(Path, name);
        JsonElement answers = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(System.IO.Path.Combine(inside, "reference.json")));
        string[][] rows = Csv(System.IO.Path.Combine(inside, "edges.csv"), ',');
        string ranks = System.IO.Path.Combine(inside, "pagerank.csv");
        return new ReferenceGraph(
            name, answers, [.. rows.Select(r => int.Parse(r[0], CultureInfo.InvariantCulture))], [.. rows.Select(r => int.Parse(r[1], CultureInfo.InvariantCulture))],
            File.Exists(ranks) ? [.. Csv(ranks, ',').Select(r => (Number(r[1]), Number(r[2])))] : []);
    }

    /// <summary>Reads the class that each node is known to belong to.</summary>
    public int[] Communities(string name) => [.. Csv(System.IO.Path.Combine(Path, name, "nodes.csv"), ',').Select(r => int.Parse(r[^1], CultureInfo.InvariantCulture))];

    /// <summary>Reads the seeds of queries on a generated graph; empty when there are none.</summary>
    public int[] Seeds(string graph)
    {
        string file = System.IO.Path.Combine(folder, "tools", graph + "_seeds.txt");
        return File.Exists(file)
            ? [.. File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))]
            : [];
    }

    /// <summary>Reads the social part of LSQB as a property graph, with its expected counts by name of the query; null when it is not in the folder.</summary>
    public (PropertyGraph Graph, Dictionary<string, long> Expected)? ReadLsqb()
    {
        if (Directory.EnumerateDirectories(Path, "lsqb-*").Order(StringComparer.Ordinal).FirstOrDefault() is not { } inside)
        {
            BenchReport.Progress("The folder has no lsqb-*: its queries are left out.");
            return null;
        }

        JsonElement meta = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(System.IO.Path.Combine(inside, "meta.json")));
        var graph = new PropertyGraph();
        var numbers = new Dictionary<(string Label, string Id), int>();
        foreach (string label in (string[])["Person", "City", "Country", "Tag"])
        {
            foreach (string[] row in Csv(System.IO.Path.Combine(inside, label + ".csv"), '|'))
            {
                numbers[(label, row[0])] = graph.AddNode([label], new MapValue(["id"], [Value.Of(long.Parse(row[0], CultureInfo.InvariantCulture))]));
            }
        }

        foreach (string file in Directory.EnumerateFiles(inside, "*_*_*.csv"))
        {
            string type = System.IO.Path.GetFileNameWithoutExtension(file);
            string[] parts = type.Split('_');
            string[][] rows = Csv(file, '|');
            graph.AddRelationships([.. rows.Select(r => numbers[(parts[0], r[0])])], [.. rows.Select(r => numbers[(parts[2], r[1])])], type);
        }

        return (graph, meta.GetProperty("expected").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetInt64()));
    }

    private static string[][] Csv(string file, char separator) =>
        [.. File.ReadLines(file).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(separator))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A graph and what other libraries found in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Answers">Reference answers.</param>
/// <param name="Sources">Where edges begin.</param>
/// <param name="Targets">Where they end.</param>
/// <param name="PageRanks">Of each node, in both conventions; empty when there are none.</param>
internal sealed record ReferenceGraph(string Name, JsonElement Answers, int[] Sources, int[] Targets, (double Normalized, double Gds)[] PageRanks)
{
    /// <summary>Nodes.</summary>
    public int Count => Answers.GetProperty("nodes").GetInt32();

    /// <summary>Whether edges have a direction.</summary>
    public bool IsDirected => Answers.GetProperty("directed").GetBoolean();

    /// <summary>As its own kind of graph.</summary>
    public AlgorithmGraph Natural() => AlgorithmGraph.FromEdges(Count, Sources, Targets, [], IsDirected ? Orientation.Natural : Orientation.Undirected);

    /// <summary>With directions left out.</summary>
    public AlgorithmGraph Undirected() => AlgorithmGraph.FromEdges(Count, Sources, Targets, [], Orientation.Undirected);

    /// <summary>As a property graph: nodes <c>(:N {id})</c> with an index, edges <c>[:R]</c>.</summary>
    public PropertyGraph ToPropertyGraph() => Make(Count, Sources, Targets);

    /// <summary>A property graph of edges: nodes <c>(:N {id})</c> with an index, edges <c>[:R]</c>.</summary>
    public static PropertyGraph Make(int nodes, int[] sources, int[] targets)
    {
        var graph = new PropertyGraph();
        for (int i = 0; i < nodes; i++)
        {
            graph.AddNode(["N"], new MapValue(["id"], [Value.Of((long)i)]));
        }

        graph.AddIndex("N", "id");
        graph.AddRelationships(sources, targets, "R");
        return graph;
    }
}
