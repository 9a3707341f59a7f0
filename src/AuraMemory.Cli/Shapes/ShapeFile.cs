using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>Files that the shape commands read: data of any form, or diagrams saved by <c>shape analyze --json</c>; and what may be said about them.</summary>
internal sealed class ShapeFile
{
    private static readonly string[] Kinds = ["series", "delay", "points", "distances", "grid", "graph"];
    private static readonly string[] Filtrations = ["default", "sublevel", "superlevel", "rips", "degree", "hop"];
    private static readonly string[] CellNames = ["top", "vertices"];

    private readonly CliEnvironment _environment;
    private readonly Option<string?> _kind = Choice("--kind", "What the data is; told from its form by default", Kinds);
    private readonly Option<string?> _filtration = Choice("--filtration", "How the complex grows; the usual one for the kind by default", Filtrations);
    private readonly Option<string?> _cells = Choice("--cells", "What the values of a grid stand on", CellNames);
    private readonly Option<string?> _path = new("--path") { Description = "JSON pointer to the data, for example /readings", HelpName = "pointer" };
    private readonly Option<int?> _maxDimension = new("--max-dimension") { Description = "Highest homology dimension, 0 to 2", HelpName = "dimension" };
    private readonly Option<double?> _threshold = new("--threshold") { Description = "Value at which the filtration ends", HelpName = "value" };
    private readonly Option<int?> _maxPoints = new("--max-points") { Description = "Most points of a Vietoris-Rips complex", HelpName = "count" };

    public ShapeFile(CliEnvironment environment) => _environment = environment;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _kind, _filtration, _cells, _path, _maxDimension, _threshold, _maxPoints })
        {
            command.Add(option);
        }
    }

    /// <summary>Analyses a file.</summary>
    /// <exception cref="UsageException">There is no shape in it, or the options do not fit.</exception>
    public async Task<ShapeAnalysis> AnalyzeAsync(ParseResult parse, string file, CancellationToken cancellation) =>
        Analyze(parse, file, await BytesAsync(file, cancellation).ConfigureAwait(false), cancellation);

    /// <summary>Diagrams of a file: those saved in it, or those of its data.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    public async Task<Barcode> BarcodeAsync(ParseResult parse, string file, CancellationToken cancellation)
    {
        byte[] bytes = await BytesAsync(file, cancellation).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("diagrams", out JsonElement diagrams) && diagrams.ValueKind == JsonValueKind.Object)
            {
                return DiagramJson.ReadBarcode(diagrams);
            }
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or ArgumentException)
        {
            throw new UsageException($"{file}: {wrong.Message}");
        }

        return Analyze(parse, file, bytes, cancellation).Barcode;
    }

    /// <summary>Wire name of a kind.</summary>
    public static string Name(ShapeKind kind) => Kinds[(int)kind];

    /// <summary>Wire name of a filtration.</summary>
    public static string Name(Filtration filtration) => Filtrations[(int)filtration];

    private ShapeAnalysis Analyze(ParseResult parse, string file, byte[] bytes, CancellationToken cancellation)
    {
        var options = new ShapeOptions
        {
            Kind = Index(Kinds, parse.GetValue(_kind)) is { } kind ? (ShapeKind)kind : null,
            Filtration = (Filtration)(Index(Filtrations, parse.GetValue(_filtration)) ?? 0),
            Cells = (GridCells)(Index(CellNames, parse.GetValue(_cells)) ?? 0),
            Path = parse.GetValue(_path),
            MaxDimension = parse.GetValue(_maxDimension),
            Threshold = parse.GetValue(_threshold),
            MaxPoints = parse.GetValue(_maxPoints),
        };

        // Here nobody else waits: what is asked for explicitly is computed, whatever a server would allow.
        ShapeLimits limits = options.MaxPoints is { } points
            ? ShapeLimits.Default with { MaxPointsAsked = points, MaxSteps = long.MaxValue }
            : ShapeLimits.Default;
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(bytes, options, limits, cancellation);
        return outcome.Analysis ?? throw new UsageException($"{file} has no shape: {outcome.Reason}");
    }

    private async Task<byte[]> BytesAsync(string file, CancellationToken cancellation)
    {
        if (file != "-")
        {
            return await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false);
        }

        var all = new MemoryStream();
        await using Stream input = _environment.OpenInput();
        await input.CopyToAsync(all, cancellation).ConfigureAwait(false);
        return all.ToArray();
    }

    private static int? Index(string[] names, string? name) => name is null ? null : Array.IndexOf(names, name);

    private static Option<string?> Choice(string name, string description, string[] values)
    {
        var option = new Option<string?>(name) { Description = string.Create(CultureInfo.InvariantCulture, $"{description}: {string.Join(", ", values)}"), HelpName = "name" };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
