using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Bench.Graph;

/// <summary>What planning is worth: processor time of plans that keep the written order and know counts only, over that of plans with the catalogue. One engine, the same operators.</summary>
/// <remarks>
/// Plans of a query that are the same are measured once; the different ones in turn, each often enough to take a few milliseconds, and the medians are compared.
/// A plan that hits the limit counts with the limit, so that its ratio is a bound. What is slower than 0.95 times is measured again, three times as long.
/// </remarks>
internal sealed class PlanRows(GraphFolder folder, TimeSpan limit, TimeSpan budget, int shuffles, BenchReport report)
{
    private const double Bar = 0.9;
    private const double CyclicBar = 4;
    private const double BatchMilliseconds = 5;
    private const double Slow = 50;
    private const long LargeGraph = 10_000;
    private const int Written = 0;
    private const double WarmUpSeconds = 10;
    private static readonly PlanningOptions[] Ways =
    [
        new(PlanningKnowledge.Counts, KeepsOrder: true),
        new(PlanningKnowledge.Counts, KeepsOrder: false),
        new(PlanningKnowledge.Wedges, KeepsOrder: false),
        new(PlanningKnowledge.Triangles, KeepsOrder: false),
        PlanningOptions.Default,
    ];

    private readonly List<PlannedQuery> _measured = [];
    private int _endless;

    public void Run()
    {
        WarmUp();
        if (folder.ReadLsqb() is var (social, _))
        {
            foreach (PatternQuery query in LsqbRows.Patterns)
            {
                var random = new Random(1);
                Measure(social, "LSQB", query, query.Text);
                for (int shuffle = 0; shuffle < 2 * shuffles; shuffle++)
                {
                    Measure(social, "LSQB", query, query.Shuffled(random));
                }
            }
        }

        (PropertyGraph Graph, string Name, PatternQuery Query, string Text)[] queries = [.. Queries()];
        new Random(1).Shuffle(queries);
        TimeSpan began = Environment.CpuUsage.TotalTime;
        int tried = 0;
        while (tried < queries.Length && Environment.CpuUsage.TotalTime - began < budget)
        {
            (PropertyGraph graph, string name, PatternQuery query, string text) = queries[tried++];
            Measure(graph, name, query, text);
        }

        BenchReport.Progress($"{tried} of {queries.Length} queries on the graphs of the folder, in random order, until {budget.TotalSeconds} s of processor time were over.");
        Report();
    }

    private IEnumerable<(PropertyGraph Graph, string Name, PatternQuery Query, string Text)> Queries()
    {
        foreach (string name in folder.Names)
        {
            ReferenceGraph reference = folder.Read(name);
            PropertyGraph graph = reference.ToPropertyGraph();
            var random = new Random(1);
            foreach (PatternQuery template in PatternQuery.Templates.SelectMany(t => reference.IsDirected ? new[] { t, t.Directed() } : [t]))
            {
                for (int shuffle = 0; shuffle < (reference.Sources.Length > LargeGraph ? 1 + (shuffles / 2) : shuffles); shuffle++)
                {
                    yield return (graph, name, template, template.Shuffled(random));
                    PatternQuery given = template.From(random, reference.Sources[random.Next(reference.Sources.Length)]);
                    yield return (graph, name, given, given.Shuffled(random));
                }
            }
        }
    }

    // Until all operators are compiled as well as they will be.
    private void WarmUp()
    {
        PropertyGraph graph = folder.Read(folder.Names.First()).ToPropertyGraph();
        TimeSpan began = Environment.CpuUsage.TotalTime;
        while ((Environment.CpuUsage.TotalTime - began).TotalSeconds < WarmUpSeconds)
        {
            foreach (PatternQuery template in PatternQuery.Templates)
            {
                foreach (PlanningOptions way in (PlanningOptions[])[Ways[Written], Ways[^1]])
                {
                    new CypherBed(graph, limit, way, new ProcessorTime()).Milliseconds(template.Text, 3);
                    new CypherBed(graph, limit, way, new ProcessorTime()).Milliseconds(template.From(new Random(1), 1).Text, 3);
                }
            }
        }
    }

    private void Measure(PropertyGraph graph, string name, PatternQuery query, string text)
    {
        CypherBed[] beds = [.. Ways.Select(w => new CypherBed(graph, limit, w, new ProcessorTime()))];
        string[] plans = [.. beds.Select(b => b.Plan(text))];
        int[] first = [.. plans.Select(p => Array.IndexOf(plans, p))];
        double? best = beds[^1].Milliseconds(text, 1);
        if (best is null && (first[Written] == first[^1] || beds[Written].Milliseconds(text, 1) is null))
        {
            _endless++;
            return;
        }

        double?[] times = Interleaved(beds, first, text, best is null or > Slow ? 1 : 3);
        if (times[first[Written]] is { } written && times[first[^1]] is { } planned && written < 0.95 * planned && first[Written] != first[^1])
        {
            times = Interleaved(beds, first, text, 9);
        }

        double bound = limit.TotalMilliseconds;
        double last = times[first[^1]] ?? bound;
        _measured.Add(new PlannedQuery(
            name, query, text, [.. first.Select(f => (times[f] ?? bound) / last)], [.. first.Select(f => times[f] is null)], first[Written] == first[^1], last));
        if ((times[first[Written]] ?? bound) < Bar * last)
        {
            BenchReport.Progress($"{name}, {query.Name}: {times[first[Written]]:F3} ms as written, {last:F3} ms planned\n{text}\n{plans[Written]}\n\n{plans[^1]}");
        }
    }

    private static double?[] Interleaved(CypherBed[] beds, int[] first, string text, int rounds)
    {
        int[] different = [.. first.Distinct()];
        var times = new double?[beds.Length];
        var samples = different.ToDictionary(d => d, _ => new List<double>());
        var batch = new Dictionary<int, int>();
        foreach (int plan in different)
        {
            times[plan] = beds[plan].Milliseconds(text, 1);
            batch[plan] = times[plan] is { } one ? (int)Math.Clamp(BatchMilliseconds / Math.Max(one, 0.001), 1, 1000) : 0;
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (int plan in different)
            {
                if (times[plan] is not null && beds[plan].Milliseconds(text, batch[plan]) is { } time)
                {
                    samples[plan].Add(time);
                }
            }
        }

        foreach (int plan in different)
        {
            samples[plan].Sort();
            times[plan] = samples[plan].Count == 0 ? times[plan] : samples[plan][samples[plan].Count / 2];
        }

        return times;
    }

    private void Report()
    {
        Mean("plans, all", _measured, null);
        Mean("plans, cyclic patterns", [.. _measured.Where(m => m.Query.IsCyclic)], CyclicBar);
        Mean("plans, trees", [.. _measured.Where(m => !m.Query.IsCyclic)], null);
        Mean("plans, whole graphs, cyclic", [.. _measured.Where(m => m.Query.IsCyclic && !m.IsFromNode && m.Graph != "LSQB")], null);
        Mean("plans, from a node, cyclic", [.. _measured.Where(m => m.Query.IsCyclic && m.IsFromNode)], null);
        foreach (IGrouping<string, PlannedQuery> lsqb in _measured.Where(m => m.Graph == "LSQB").GroupBy(m => m.Query.Name))
        {
            Mean("plans, " + lsqb.Key, [.. lsqb], null);
        }

        PlannedQuery worst = _measured.MinBy(m => m.Ratio(Written))!;
        int below = _measured.Count(m => m.Ratio(Written) < Bar);
        report.Add(new BenchRow(
            "plans, worst of all", worst.Ratio(Written), Bar, "bar", "x", 1, LessIsBetter: false,
            string.Create(CultureInfo.InvariantCulture, $"{worst.Query.Name} in {worst.Graph}, {worst.Milliseconds:F3} ms planned; {below} of {_measured.Count} below {Bar}")));
        string[] ways = ["", "counts alone", "and wedges", "and triangles", "and patterns of four nodes"];
        for (int way = 1; way < Ways.Length; way++)
        {
            List<PlannedQuery> cyclic = [.. _measured.Where(m => m.Query.IsCyclic)];
            report.Add(new BenchRow(
                $"plans, cyclic, by what is known: {ways[way]}", Geometric(cyclic.Select(m => m.Ratio(Written) / m.Ratio(way))), null, null, "x", null, LessIsBetter: false,
                string.Create(CultureInfo.InvariantCulture, $"worst {cyclic.Min(m => m.Ratio(Written) / m.Ratio(way)):F2}, {cyclic.Count(m => m.IsBound(way))} at the limit")));
        }

        BenchReport.Progress($"{_measured.Count} queries; {_endless} took longer than {limit.TotalSeconds} s both as written and planned, and are left out.");
    }

    private void Mean(string name, List<PlannedQuery> queries, double? bar)
    {
        if (queries.Count == 0)
        {
            return;
        }

        PlannedQuery worst = queries.MinBy(m => m.Ratio(Written))!;
        report.Add(new BenchRow(
            name, Geometric(queries.Select(m => m.Ratio(Written))), bar, bar is null ? null : "bar", "x", bar is null ? null : 1, LessIsBetter: false,
            string.Create(CultureInfo.InvariantCulture, $"{queries.Count} queries, {queries.Count(m => m.IsSame)} with the same plan, {queries.Count(m => m.IsBound(Written))} where the written order hit the limit (bounds); worst {worst.Ratio(Written):F2} ({worst.Query.Name} in {worst.Graph}), best {queries.Max(m => m.Ratio(Written)):F0}")));
    }

    private static double Geometric(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    /// <summary>A query as it was measured.</summary>
    /// <param name="Graph">On what.</param>
    /// <param name="Query">Which.</param>
    /// <param name="Text">As it was written.</param>
    /// <param name="Ratios">Time of each way's plan over that with the catalogue.</param>
    /// <param name="Bounds">Whether that is a bound.</param>
    /// <param name="IsSame">Whether the written order gave the same plan.</param>
    /// <param name="Milliseconds">Of the plan with the catalogue.</param>
    private sealed record PlannedQuery(string Graph, PatternQuery Query, string Text, double[] Ratios, bool[] Bounds, bool IsSame, double Milliseconds)
    {
        public bool IsFromNode => Query.Name.EndsWith("from a node", StringComparison.Ordinal);

        public double Ratio(int way) => Ratios[way];

        public bool IsBound(int way) => Bounds[way];
    }
}
