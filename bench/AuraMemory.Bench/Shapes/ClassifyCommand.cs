using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Bench.Shapes;

/// <summary>
/// Leave-one-out classification by the nearest neighbour: by W1 of the diagrams (summed over dimensions and, where two are named, over both filtrations), beside the
/// Euclidean distance of the raw values. Every set is taken as it is and once more with each object moved (<see cref="Moved"/>). It shows where shape helps and where it does not;
/// there is no goal.
/// </summary>
internal static class ClassifyCommand
{
    private const int Seed = 20261123;
    private const string Plain = "Euclidean distance on raw values";

    private static readonly Way[] SeriesWays =
    [
        new("sublevel and superlevel", [new() { Filtration = Filtration.Sublevel }, new() { Filtration = Filtration.Superlevel }]),
        new("delay embedding", [new() { Kind = ShapeKind.Delay, MaxDimension = 1 }]),
    ];

    private static readonly Way[] ImageWays =
    [
        new("sublevel and superlevel, top cells", [new() { Filtration = Filtration.Sublevel }, new() { Filtration = Filtration.Superlevel }]),
    ];

    private static readonly Way[] PointWays = [new("Rips to dimension 1", [new() { MaxDimension = 1 }])];

    private static readonly Way[] GraphWays =
    [
        new("degree on cliques", [new() { Filtration = Filtration.Degree }]),
        new("degree on cliques, with essential classes", [new() { Filtration = Filtration.Degree }], Essential: true),
        new("hops to dimension 1", [new() { Filtration = Filtration.Hop, MaxDimension = 1 }]),
    ];

    public static Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        string folder = arguments.Text("data", SharedFolder.Find("data/topology/real"));
        string[] wanted = arguments.List("set", "GunPoint,ArrowHead,ItalyPowerDemand,ECG200,Coffee,Beef,digits,activities,MUTAG,BZR,BZR-atoms");
        arguments.RefuseUnread();
        folder = Directory.Exists(Path.Combine(folder, "real")) ? Path.Combine(folder, "real") : folder;
        if (!Directory.Exists(folder))
        {
            throw new BenchException($"--data names the folder of the labelled sets; '{folder}' is none.");
        }

        foreach (string name in wanted)
        {
            foreach (Moved? moved in (Moved?[])[null, new Moved(Seed)])
            {
                (LabelledSet set, Way[] ways) = name switch
                {
                    "digits" => (LabelledSet.Images(name, Path.Combine(folder, "images_digits8x8.jsonl"), moved), ImageWays),
                    "activities" => (LabelledSet.Points(name, Path.Combine(folder, "points_activities.jsonl"), moved), PointWays),
                    "BZR-atoms" => (LabelledSet.Points(name, Path.Combine(folder, "graphs_BZR.jsonl"), moved), PointWays),
                    "MUTAG" or "BZR" or "PROTEINS" => (LabelledSet.Graphs(name, Path.Combine(folder, $"graphs_{name}.jsonl"), moved), GraphWays),
                    _ => (LabelledSet.Series(name, Path.Combine(folder, $"ucr_{name}.csv"), moved), SeriesWays),
                };
                Run(moved is null ? set : set with { Name = name + " moved" }, ways, report);
            }
        }

        return Task.CompletedTask;
    }

    private static void Run(LabelledSet set, Way[] ways, BenchReport report)
    {
        double plain = Accuracy(set, (i, j, _) => SquaredDistance(set.Items[i].Raw, set.Items[j].Raw));
        double majority = set.Items.GroupBy(i => i.Label).Max(g => g.Count()) / (double)set.Items.Length;
        foreach (Way way in ways)
        {
            Barcode[][] shapes = [.. set.Items.Select(item => way.Options.Select(options => Shape(item, options)).ToArray())];
            double shape = Accuracy(set, (i, j, bound) => Distance(shapes[i], shapes[j], way.Essential, bound));
            report.Add(new BenchRow($"{set.Name}, {way.Name}", shape, plain, Plain, "share right", null, Note: string.Create(
                CultureInfo.InvariantCulture, $"{set.Items.Length} objects, largest class {majority:F2}")));
        }
    }

    private static Barcode Shape(LabelledItem item, ShapeOptions options)
    {
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(item.Json, options, ShapeLimits.Default);
        return outcome.Analysis?.Barcode ?? throw new BenchException($"An object of the set has no shape: {outcome.Reason}");
    }

    private static double Accuracy(LabelledSet set, Func<int, int, double, double> distance)
    {
        int right = 0;
        for (int i = 0; i < set.Items.Length; i++)
        {
            double nearest = double.PositiveInfinity;
            string label = "";
            for (int j = 0; j < set.Items.Length; j++)
            {
                // Of equally near ones the first, as the order of the files has it.
                if (j != i && distance(i, j, nearest) is var found && found < nearest)
                {
                    nearest = found;
                    label = set.Items[j].Label;
                }
            }

            right += label == set.Items[i].Label ? 1 : 0;
        }

        return right / (double)set.Items.Length;
    }

    private static double Distance(Barcode[] a, Barcode[] b, bool essential, double bound)
    {
        double sum = 0;
        for (int way = 0; way < a.Length && sum < bound; way++)
        {
            for (int d = 0; d < Math.Min(a[way].Dimensions, b[way].Dimensions) && sum < bound; d++)
            {
                sum += essential
                    ? Wasserstein.Distance(a[way][d], b[way][d], 1, bound: bound - sum)
                    : Wasserstein.Distance(a[way][d].Finite, b[way][d].Finite, 1, bound: bound - sum);
            }
        }

        return sum;
    }

    private static double SquaredDistance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }

    private sealed record Way(string Name, ShapeOptions[] Options, bool Essential = false);
}
