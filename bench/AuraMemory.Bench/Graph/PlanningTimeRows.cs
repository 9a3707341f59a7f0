using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Bench.Graph;

/// <summary>What planning itself takes, parsing included: patterns of two to ten nodes, each planned once, on a graph about which nothing was asked before.</summary>
internal sealed class PlanningTimeRows(GraphFolder folder, BenchReport report)
{
    private const int Patterns = 400;
    private const int Largest = 10;

    public void Run()
    {
        ReferenceGraph reference = folder.Read(folder.Names.Contains("ca-grqc") ? "ca-grqc" : folder.Names.Last());
        Times(reference.ToPropertyGraph(), () => "R", isDirected: false, new Random(1));
        Row("one type, undirected", reference.ToPropertyGraph(), () => "R", false);
        if (folder.ReadLsqb() is not var (social, _))
        {
            return;
        }

        var types = new Random(3);
        string[] names = ["Person_knows_Person", "Person_isLocatedIn_City", "City_isPartOf_Country", "Person_hasInterest_Tag"];
        Row("four types, directed", social, () => names[types.Next(names.Length)], true);
    }

    private void Row(string what, PropertyGraph graph, Func<string> type, bool isDirected)
    {
        (double Time, int Nodes)[] times = Times(graph, type, isDirected, new Random(2));
        double[] sorted = [.. times.Select(t => t.Time).Order()];
        double[] again = [.. Times(graph, type, isDirected, new Random(2)).Select(t => t.Time).Order()];
        (double worst, int nodes) = times.MaxBy(t => t.Time);
        report.Add(new BenchRow(
            $"planning, {what}", sorted[Patterns / 2], null, null, "ms CPU p50", null, LessIsBetter: true,
            string.Create(CultureInfo.InvariantCulture, $"p99 {sorted[Patterns * 99 / 100]:F2}, most {worst:F2} ({nodes} nodes); again, all rates drawn: p50 {again[Patterns / 2]:F2}, p99 {again[Patterns * 99 / 100]:F2}; {Patterns} patterns of 2 to {Largest} nodes")));
    }

    private static (double Time, int Nodes)[] Times(PropertyGraph graph, Func<string> type, bool isDirected, Random random)
    {
        var bed = new CypherBed(graph);
        bed.Plan("MATCH (a) RETURN a"); // the counts of the catalogue are made once a graph
        var times = new (double Time, int Nodes)[Patterns];
        for (int i = 0; i < Patterns; i++)
        {
            int nodes = random.Next(2, Largest + 1);
            string text = Pattern(nodes, type, isDirected, random).Text;
            TimeSpan before = Environment.CpuUsage.TotalTime;
            bed.Plan(text);
            times[i] = ((Environment.CpuUsage.TotalTime - before).TotalMilliseconds, nodes);
        }

        return times;
    }

    /// <summary>A tree, and up to as many further relationships as it has.</summary>
    private static PatternQuery Pattern(int nodes, Func<string> type, bool isDirected, Random random)
    {
        var edges = new List<(string Left, string Right, string Type, bool IsDirected)>();
        for (int i = 1; i < nodes; i++)
        {
            edges.Add(($"n{random.Next(i)}", $"n{i}", type(), isDirected));
        }

        for (int more = random.Next(nodes); more > 0; more--)
        {
            int left = random.Next(nodes), right = random.Next(nodes);
            if (left != right)
            {
                edges.Add(($"n{left}", $"n{right}", type(), isDirected));
            }
        }

        return new PatternQuery("", [.. edges]);
    }
}
