using System.CommandLine;
using System.Globalization;
using AuraMemory.Cli.Output;
using AuraMemory.Cli.Shapes;
using AuraMemory.Topology;
using AuraMemory.Topology.Drawing;

namespace AuraMemory.Cli.Commands;

/// <summary><c>shape analyze</c>: the diagrams of data in a file.</summary>
internal sealed class ShapeAnalyzeCommand : ICliCommand
{
    private const int MostBarsShown = 12;

    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly ShapeFile _files;
    private readonly Argument<string> _file = new("file") { Description = "File with JSON data, or - for standard input" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Write the persistence diagram and barcode as SVG to this file", HelpName = "out" };
    private readonly Option<string?> _title = new("--title") { Description = "Heading of the picture; the file name by default", HelpName = "text" };
    private readonly Option<double> _noise = new("--persistence-threshold")
    {
        Description = "Share of the scale up to which a bar is noise",
        HelpName = "share",
        DefaultValueFactory = _ => 0.1,
    };

    public ShapeAnalyzeCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        _files = new ShapeFile(environment);
        Definition = new Command(
            "analyze",
            """
            Computes the persistence diagrams of the data in a file: a series, points, distances, an image, a graph. Needs no
            service. With --json the diagrams are written whole, in the form that "shape distance" reads.

            Example: aura-memory shape analyze ring.json --svg ring.svg
            """)
        {
            _file, _svg, _title, _noise,
        };
        _files.AddTo(Definition);
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        double noise = parse.GetValue(_noise);
        if (!(noise >= 0 && noise <= 1))
        {
            throw new UsageException("--persistence-threshold is a share from 0 to 1.");
        }

        string file = parse.GetRequiredValue(_file);
        ShapeAnalysis shape = await _files.AnalyzeAsync(parse, file, cancellation).ConfigureAwait(false);
        if (parse.GetValue(_svg) is { } picture)
        {
            string title = parse.GetValue(_title) ?? (file == "-" ? "standard input" : Path.GetFileName(file));
            await File.WriteAllTextAsync(picture, DiagramSvg.Render(shape, title, noise), cancellation).ConfigureAwait(false);
        }

        if (parse.GetValue(_globals.Json))
        {
            WriteJson(shape, noise);
        }
        else if (!parse.GetValue(_globals.Quiet))
        {
            Print(shape, noise);
        }

        return ExitCodes.Ok;
    }

    private void WriteJson(ShapeAnalysis shape, double noise) => JsonOutput.Write(_environment, writer =>
    {
        (int b0, int b1, int b2) = shape.BettiNumbers(noise);
        writer.WriteString("kind", ShapeFile.Name(shape.Kind));
        writer.WriteString("filtration", ShapeFile.Name(shape.Filtration));
        writer.WriteString("path", shape.Path);
        writer.WriteNumber("points", shape.Points);
        writer.WriteNumber("used_points", shape.UsedPoints);
        writer.WriteNumber("scale", shape.Scale);
        writer.WriteNumber("error_bound", shape.ErrorBound);
        writer.WriteStartArray("betti_numbers");
        writer.WriteNumberValue(b0);
        writer.WriteNumberValue(b1);
        writer.WriteNumberValue(b2);
        writer.WriteEndArray();
        writer.WritePropertyName("diagrams");
        DiagramJson.Write(writer, shape.Barcode);
        writer.WriteStartArray("notes");
        foreach (string note in shape.Notes)
        {
            writer.WriteStringValue(note);
        }

        writer.WriteEndArray();
    });

    private void Print(ShapeAnalysis shape, double noise)
    {
        (int b0, int b1, int b2) = shape.BettiNumbers(noise);
        string where = shape.Path.Length == 0 ? "" : $" at {shape.Path}";
        string used = shape.UsedPoints == shape.Points ? "" : string.Create(CultureInfo.InvariantCulture, $", {shape.UsedPoints} landmarks used");
        _environment.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{ShapeFile.Name(shape.Kind)}{where}, {ShapeFile.Name(shape.Filtration)}: {shape.Points} points{used}"));
        _environment.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"Betti numbers {b0}, {b1}, {b2} (bars longer than {noise * shape.Scale:G6}, {noise:P0} of {shape.Scale:G6})"));
        for (int dimension = 0; dimension < shape.Barcode.Dimensions; dimension++)
        {
            Diagram diagram = shape.Barcode[dimension];
            _environment.Print(string.Create(CultureInfo.InvariantCulture, $"H{dimension}: {diagram.Count} bars, {diagram.Essential.Length} of them without end"));
            int shown = 0;
            foreach (Bar bar in diagram.Essential)
            {
                Show(bar, ref shown);
            }

            foreach (Bar bar in diagram.Finite)
            {
                Show(bar, ref shown);
            }

            if (diagram.Count > MostBarsShown)
            {
                _environment.Print(string.Create(CultureInfo.InvariantCulture, $"  … and {diagram.Count - MostBarsShown} shorter"));
            }
        }

        if (shape.ErrorBound > 0)
        {
            _environment.Print(string.Create(CultureInfo.InvariantCulture, $"Not exact: off by at most {shape.ErrorBound:G4} (bottleneck)."));
        }

        foreach (string note in shape.Notes)
        {
            _environment.Note(note);
        }
    }

    private void Show(Bar bar, ref int shown)
    {
        if (shown++ < MostBarsShown)
        {
            _environment.Print(bar.IsEssential
                ? string.Create(CultureInfo.InvariantCulture, $"  [{bar.Birth:G8}, ∞)")
                : string.Create(CultureInfo.InvariantCulture, $"  [{bar.Birth:G8}, {bar.Death:G8})  length {bar.Persistence:G6}"));
        }
    }
}
