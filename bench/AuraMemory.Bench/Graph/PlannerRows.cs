using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Query;

namespace AuraMemory.Bench.Graph;

/// <summary>How near the planner's estimates are: rows of patterns of four and five nodes on well-known graphs, estimated beside counted (q-error: the greater over the less).</summary>
internal sealed class PlannerRows(GraphFolder folder, BenchReport report)
{
    private const double MedianBar = 2;
    private const double HighBar = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Patterns over undirected relationships; on directed graphs also in their direction.</summary>
    private static readonly (string Name, string Pattern)[] Templates =
    [
        ("triangle", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(a)"),
        ("path of 4", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)"),
        ("star of 4", "(a)-[:R]-(b), (a)-[:R]-(c), (a)-[:R]-(d)"),
        ("paw", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(a), (a)-[:R]-(d)"),
        ("4-cycle", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a)"),
        ("diamond", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a), (a)-[:R]-(c)"),
        ("4-clique", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a), (a)-[:R]-(c), (b)-[:R]-(d)"),
        ("path of 5", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(e)"),
        ("5-cycle", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(e)-[:R]-(a)"),
        ("bull", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(a), (a)-[:R]-(d), (b)-[:R]-(e)"),
        ("house", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(d)-[:R]-(a), (a)-[:R]-(e)-[:R]-(b)"),
        ("bowtie", "(a)-[:R]-(b)-[:R]-(c)-[:R]-(a), (a)-[:R]-(d)-[:R]-(e)-[:R]-(a)"),
    ];

    public void Run()
    {
        var errors = new List<(string Template, string Graph, double Error)>();
        int skipped = 0;
        foreach (string name in folder.Names)
        {
            ReferenceGraph reference = folder.Read(name);
            var bed = new CypherBed(reference.ToPropertyGraph(), Patience);
            foreach ((string template, string pattern) in Templates)
            {
                foreach (string shape in reference.IsDirected ? new[] { pattern, pattern.Replace("]-(", "]->(", StringComparison.Ordinal) } : [pattern])
                {
                    double estimated = Math.Max(1, bed.Estimate($"MATCH {shape} RETURN 1 AS one"));
                    try
                    {
                        double counted = Math.Max(1, bed.Rows($"MATCH {shape} RETURN count(*)")[0][0].Integer);
                        errors.Add((template, name, Math.Max(estimated / counted, counted / estimated)));
                    }
                    catch (CypherException e) when (e.Type == "LimitExceeded")
                    {
                        skipped++;
                    }
                }
            }
        }

        foreach (IGrouping<string, (string Template, string Graph, double Error)> group in errors.GroupBy(e => e.Template))
        {
            Row($"q-error, {group.Key}", [.. group], null, null);
        }

        Row("q-error, median of all", errors, 0.5, MedianBar);
        Row("q-error, 95th percentile of all", errors, 0.95, HighBar);
        BenchReport.Progress($"{errors.Count} patterns counted, {skipped} took longer than {Patience.TotalSeconds} s and are left out.");
    }

    private void Row(string name, List<(string Template, string Graph, double Error)> errors, double? share, double? bar)
    {
        errors.Sort((a, b) => a.Error.CompareTo(b.Error));
        (string template, string graph, double worst) = errors[^1];
        double value = errors[Math.Min(errors.Count - 1, (int)((share ?? 0.5) * errors.Count))].Error;
        report.Add(new BenchRow(
            name, value, bar, bar is null ? null : "bar", share is null ? "median" : "", bar is null ? null : 1, LessIsBetter: true,
            string.Create(CultureInfo.InvariantCulture, $"{errors.Count} patterns, worst {worst:F1} ({template} in {graph})")));
    }
}
