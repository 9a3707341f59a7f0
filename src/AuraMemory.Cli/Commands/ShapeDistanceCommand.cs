using System.CommandLine;
using System.Globalization;
using AuraMemory.Cli.Output;
using AuraMemory.Cli.Shapes;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Cli.Commands;

/// <summary><c>shape distance</c>: how far two shapes are apart, and which bars correspond.</summary>
internal sealed class ShapeDistanceCommand : ICliCommand
{
    private const int MostPairsShown = 20;

    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly ShapeFile _files;
    private readonly Argument<string> _a = new("a") { Description = "File with JSON data or saved diagrams, or - for standard input" };
    private readonly Argument<string> _b = new("b") { Description = "Another" };
    private readonly Option<string> _metric = Choice("--metric", "wasserstein or bottleneck", "wasserstein", "bottleneck");
    private readonly Option<string> _order = Choice("--order", "Order of the Wasserstein distance, 1 or 2", "1", "2");
    private readonly Option<string> _norm = Choice("--internal-p", "Norm between points of a diagram, inf or 2", "inf", "2");
    private readonly Option<int?> _dimension = new("--dimension") { Description = "Homology dimension, 0 to 2; all that both have by default", HelpName = "dimension" };

    public ShapeDistanceCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        _files = new ShapeFile(environment);
        Definition = new Command(
            "distance",
            """
            Exact distance of two shapes: Wasserstein of order 1 or 2, or bottleneck. Over several homology dimensions the
            distances are added (order 1), added in squares (order 2), or the largest counts (bottleneck). Classes that never
            die are matched by birth; where their numbers differ the distance is infinite (null in JSON). Needs no service.

            Example: aura-memory shape distance monday.json tuesday.json --metric bottleneck
            """)
        {
            _a, _b, _metric, _order, _norm, _dimension,
        };
        _files.AddTo(Definition);
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        bool bottleneck = parse.GetRequiredValue(_metric) == "bottleneck";
        int order = parse.GetRequiredValue(_order) == "2" ? 2 : 1;
        GroundNorm norm = parse.GetRequiredValue(_norm) == "2" ? GroundNorm.Euclidean : GroundNorm.Infinity;
        if (bottleneck && norm == GroundNorm.Euclidean)
        {
            throw new UsageException("The bottleneck distance is defined with --internal-p inf here.");
        }

        int? only = parse.GetValue(_dimension);
        if (only is < 0 or > Barcode.HighestDimension)
        {
            throw new UsageException("--dimension is 0, 1 or 2.");
        }

        Barcode a = await _files.BarcodeAsync(parse, parse.GetRequiredValue(_a), cancellation).ConfigureAwait(false);
        Barcode b = await _files.BarcodeAsync(parse, parse.GetRequiredValue(_b), cancellation).ConfigureAwait(false);
        var matchings = new List<(int Dimension, DiagramMatching Matching)>();
        double total = 0;
        for (int dimension = only ?? 0; dimension < (only + 1 ?? Math.Min(a.Dimensions, b.Dimensions)); dimension++)
        {
            DiagramMatching matching = bottleneck
                ? Bottleneck.Match(a[dimension], b[dimension], cancellation)
                : Wasserstein.Match(a[dimension], b[dimension], order, norm, cancellation);
            matchings.Add((dimension, matching));
            total = bottleneck ? Math.Max(total, matching.Distance) : order == 1 ? total + matching.Distance : double.Hypot(total, matching.Distance);
        }

        if (parse.GetValue(_globals.Json))
        {
            WriteJson(bottleneck ? "bottleneck" : "wasserstein", bottleneck ? null : order, norm, total, matchings);
        }
        else
        {
            Print(total, matchings);
        }

        return ExitCodes.Ok;
    }

    private void WriteJson(string metric, int? order, GroundNorm norm, double total, List<(int Dimension, DiagramMatching Matching)> matchings) =>
        JsonOutput.Write(_environment, writer =>
        {
            writer.WriteString("metric", metric);
            if (order is { } q)
            {
                writer.WriteNumber("order", q);
            }

            writer.WriteString("internal_p", norm == GroundNorm.Infinity ? "inf" : "2");
            WriteDistance(writer, total);
            writer.WriteStartArray("dimensions");
            foreach ((int dimension, DiagramMatching matching) in matchings)
            {
                writer.WriteStartObject();
                writer.WriteNumber("dimension", dimension);
                WriteDistance(writer, matching.Distance);
                writer.WriteStartArray("matching");
                foreach ((int x, int y, double cost) in matching.Pairs)
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("a", x);
                    writer.WriteNumber("b", y);
                    writer.WriteNumber("cost", cost);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });

    private static void WriteDistance(System.Text.Json.Utf8JsonWriter writer, double distance)
    {
        if (double.IsFinite(distance))
        {
            writer.WriteNumber("distance", distance);
        }
        else
        {
            writer.WriteNull("distance");
        }
    }

    private void Print(double total, List<(int Dimension, DiagramMatching Matching)> matchings)
    {
        _environment.Print(string.Create(CultureInfo.InvariantCulture, $"{total:R}"));
        foreach ((int dimension, DiagramMatching matching) in matchings)
        {
            _environment.Print(string.Create(CultureInfo.InvariantCulture, $"H{dimension}: {matching.Distance:R}"));
            (int A, int B, double Cost)[] dearest = [.. matching.Pairs];
            Array.Sort(dearest, static (x, y) => y.Cost.CompareTo(x.Cost));
            for (int i = 0; i < Math.Min(dearest.Length, MostPairsShown); i++)
            {
                (int x, int y, double cost) = dearest[i];
                _environment.Print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {(x < 0 ? "diagonal" : $"A bar {x}")} - {(y < 0 ? "diagonal" : $"B bar {y}")}: {cost:G8}"));
            }

            if (dearest.Length > MostPairsShown)
            {
                _environment.Print(string.Create(CultureInfo.InvariantCulture, $"  … and {dearest.Length - MostPairsShown} nearer pairs"));
            }
        }
    }

    private static Option<string> Choice(string name, string description, string first, string second)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "name", DefaultValueFactory = _ => first };
        option.AcceptOnlyFromAmong(first, second);
        return option;
    }
}
