using System.Globalization;
using System.Text.Json;
using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Tests.Algorithms;

/// <summary>
/// A graph with reference answers: from <c>AURA_GRAPH_REFERENCE</c>, else a folder <c>shared/data/graph</c> beside any folder above the tests.
/// Tests that need it are skipped where it is absent.
/// </summary>
internal sealed class ReferenceGraph
{
    private ReferenceGraph(string folder)
    {
        Answers = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "reference.json")));
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "edges.csv")).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','))];
        Sources = [.. rows.Select(row => int.Parse(row[0], CultureInfo.InvariantCulture))];
        Targets = [.. rows.Select(row => int.Parse(row[1], CultureInfo.InvariantCulture))];
        Weights = rows.All(row => row.Length > 2) ? [.. rows.Select(row => double.Parse(row[2], CultureInfo.InvariantCulture))] : [];
        PageRanks = [.. File.ReadLines(Path.Combine(folder, "pagerank.csv")).Skip(1).Where(line => line.Length > 0)
            .Select(line => line.Split(',')).Select(row => (double.Parse(row[1], CultureInfo.InvariantCulture), double.Parse(row[2], CultureInfo.InvariantCulture)))];
    }

    public static TheoryData<string> Names =>
        ["karate", "dolphins", "football", "lesmis", "polbooks", "ca-grqc", "email-eu-core", "wiki-vote", "facebook"];

    public JsonElement Answers { get; }

    public int[] Sources { get; }

    public int[] Targets { get; }

    public double[] Weights { get; }

    public (double Normalized, double Gds)[] PageRanks { get; }

    public int Count => Answers.GetProperty("nodes").GetInt32();

    public bool IsDirected => Answers.GetProperty("directed").GetBoolean();

    /// <summary>Reads a graph; skips the test where there is none.</summary>
    public static ReferenceGraph Read(string name)
    {
        string folder = Path.Combine(Find(), name);
        Assert.SkipUnless(Directory.Exists(folder), $"There is no {name} among the reference graphs.");
        return new ReferenceGraph(folder);
    }

    /// <summary>As its own kind of graph: directed ones in their direction.</summary>
    public AlgorithmGraph Natural() => AlgorithmGraph.FromEdges(Count, Sources, Targets, [], IsDirected ? Orientation.Natural : Orientation.Undirected);

    /// <summary>With directions left out.</summary>
    public AlgorithmGraph Undirected() => AlgorithmGraph.FromEdges(Count, Sources, Targets, [], Orientation.Undirected);

    /// <summary>Each joined pair once: what the reference partitions were scored on.</summary>
    public AlgorithmGraph Simple() => Undirected().Simple();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("AURA_GRAPH_REFERENCE") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "graph");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip("The reference graphs are not there; AURA_GRAPH_REFERENCE names their folder.");
        return "";
    }
}
