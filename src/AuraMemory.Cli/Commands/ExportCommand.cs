using System.CommandLine;
using System.Text.Json;
using AuraMemory.Cli.Output;
using AuraMemory.Cli.Transfer;
using AuraMemory.Client;

namespace AuraMemory.Cli.Commands;

/// <summary><c>export</c>: the objects as NDJSON, resumable.</summary>
internal sealed class ExportCommand : ICliCommand
{
    private const int TailChunkBytes = 1 << 16;

    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _file = new("file")
    {
        Description = "File to write, or - for standard output",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string?> _prefix = new("--prefix") { Description = "Only keys that begin with this" };
    private readonly Option<string?> _tier = new("--tier") { Description = "Only objects whose fastest tier this is" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on behind the last whole line of FILE.part" };
    private readonly Option<int> _batch = new("--batch") { Description = "Keys a page, 1 to 10000", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _concurrency = new("--concurrency") { Description = "Reads in flight, 1 to 64", DefaultValueFactory = _ => 16 };

    public ExportCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "export",
            """
            Writes objects as NDJSON that "import" reads. The file appears when it is complete; until then its content is in
            FILE.part, from which an interrupted export goes on with --resume. An object with a time to live has
            the moment at which it expires in "expires_at"; "import" restores it.

            Example: aura-memory export backup.ndjson --prefix sensor_
            """)
        {
            _file, _prefix, _tier, _resume, _batch, _concurrency,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string file = parse.GetRequiredValue(_file);
        bool resume = parse.GetValue(_resume);
        int batch = parse.GetValue(_batch);
        if (batch is < 1 or > 10_000)
        {
            throw new UsageException("--batch is 1 to 10000.");
        }

        int concurrency = parse.GetValue(_concurrency);
        if (concurrency is < 1 or > 64)
        {
            throw new UsageException("--concurrency is 1 to 64.");
        }

        using AuraMemoryClient client = _globals.Connect(parse);
        var exporter = new Exporter(client, parse.GetValue(_prefix), parse.GetValue(_tier), batch, concurrency);
        if (file == "-")
        {
            if (resume)
            {
                throw new UsageException("--resume needs a file.");
            }

            await using Stream output = _environment.OpenOutput();
            await ShowAsync(parse, exporter, output, null, cancellation).ConfigureAwait(false);
            await output.FlushAsync(cancellation).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        string part = file + ".part";
        await using (var output = new FileStream(
            part, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, TailChunkBytes))
        {
            string? after = resume ? Continue(output, part) : null;
            await ShowAsync(parse, exporter, output, after, cancellation).ConfigureAwait(false);
            output.Flush(flushToDisk: true);
        }

        File.Move(part, file, overwrite: true);
        if (!parse.GetValue(_globals.Quiet))
        {
            _environment.Note($"{Figures.Count(exporter.Objects)} objects written to {file}.");
        }

        return ExitCodes.Ok;
    }

    private Task ShowAsync(ParseResult parse, Exporter exporter, Stream output, string? after, CancellationToken cancellation) =>
        new TransferProgress(_environment.Notes, _environment.Time, parse.GetValue(_globals.Quiet)).RunAsync(
            new TransferRate(_environment.Time, null, 0),
            () => (exporter.Objects, exporter.Bytes),
            () => exporter.RunAsync(output, after, cancellation));

    /// <summary>Cuts a torn last line off, stands behind the last whole one and returns its key; null when there is none.</summary>
    private static string? Continue(FileStream file, string path)
    {
        long end = LastFeed(file, file.Length) + 1;
        file.SetLength(end);
        file.Position = end;
        if (end == 0)
        {
            return null;
        }

        long begin = LastFeed(file, end - 1) + 1;
        byte[] line = new byte[end - begin];
        file.Position = begin;
        file.ReadExactly(line);
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            return parsed.RootElement.GetProperty("key").GetString();
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException($"{path} does not end with an exported line: delete it and export from the start.", wrong);
        }
    }

    /// <summary>Offset of the last line feed before <paramref name="before"/>; -1 when there is none.</summary>
    private static long LastFeed(FileStream file, long before)
    {
        byte[] chunk = new byte[TailChunkBytes];
        while (before > 0)
        {
            int length = (int)Math.Min(chunk.Length, before);
            file.Position = before - length;
            file.ReadExactly(chunk, 0, length);
            int feed = chunk.AsSpan(0, length).LastIndexOf((byte)'\n');
            if (feed >= 0)
            {
                return before - length + feed;
            }

            before -= length;
        }

        return -1;
    }
}
