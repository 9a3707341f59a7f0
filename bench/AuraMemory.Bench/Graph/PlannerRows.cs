using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Bench.Graph;

/// <summary>How near the planner's estimates are: rows of patterns of four and five nodes on well-known graphs, estimated beside counted (q-error: the greater over the less).</summary>
internal sealed class PlannerRows(GraphFolder folder, TimeSpan patience, BenchReport report)
{
    private const double MedianBar = 2;
    private const double HighBar = 20;
    private const double FamilyBar = 2.5;
    private static readonly (PlanningKnowledge Knowledge, string Name)[] Knowledge =
    [
        (PlanningKnowledge.Counts, ", from counts alone"),
        (PlanningKnowledge.Wedges, ", and wedges"),
        (PlanningKnowledge.Triangles, ", and triangles"),
        (PlanningKnowledge.FourNodes, ""),
    ];

    public void Run()
    {
        var errors = new List<(string Template, string Graph, double[] Errors)>();
        int skipped = 0;
        foreach (string name in folder.Names)
        {
            ReferenceGraph reference = folder.Read(name);
            PropertyGraph graph = reference.ToPropertyGraph();
            CypherBed[] beds = [.. Knowledge.Select(k => new CypherBed(graph, patience, new PlanningOptions(k.Knowledge, KeepsOrder: false), new ProcessorTime()))];
            foreach (PatternQuery template in PatternQuery.Templates)
            {
                foreach (PatternQuery query in reference.IsDirected ? new[] { template, template.Directed() } : [template])
                {
                    try
                    {
                        double counted = Math.Max(1, beds[^1].Rows(query.Text)[0][0].Integer);
                        double[] estimates = [.. beds.Select(b => Math.Max(1, b.Estimate(query.Text.Replace("count(*)", "1 AS one", StringComparison.Ordinal))))];
                        errors.Add((template.Name, query == template ? name : name + ", directed", [.. estimates.Select(e => Math.Max(e / counted, counted / e))]));
                    }
                    catch (CypherException e) when (e.Type == "LimitExceeded")
                    {
                        skipped++;
                    }
                }
            }
        }

        foreach (IGrouping<string, (string Template, string Graph, double[] Errors)> group in errors.GroupBy(e => e.Template))
        {
            Row($"q-error, {group.Key}", [.. group.Select(e => (e.Template, e.Graph, e.Errors[^1]))], null, FamilyBar);
        }

        for (int i = 0; i < Knowledge.Length; i++)
        {
            List<(string, string, double)> all = [.. errors.Select(e => (e.Template, e.Graph, e.Errors[i]))];
            Row($"q-error, median of all{Knowledge[i].Name}", all, 0.5, i == Knowledge.Length - 1 ? MedianBar : null);
            Row($"q-error, 95th percentile of all{Knowledge[i].Name}", all, 0.95, i == Knowledge.Length - 1 ? HighBar : null);
        }

        BenchReport.Progress($"{errors.Count} patterns counted, {skipped} took longer than {patience.TotalSeconds} s and are left out.");
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
