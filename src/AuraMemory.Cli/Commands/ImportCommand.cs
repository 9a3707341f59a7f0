using System.CommandLine;
using AuraMemory.Cli.Output;
using AuraMemory.Cli.Transfer;
using AuraMemory.Client;

namespace AuraMemory.Cli.Commands;

/// <summary><c>import</c>: NDJSON into the service, resumable.</summary>
internal sealed class ImportCommand : ICliCommand
{
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(1);

    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _file = new("file") { Description = "NDJSON file, or - for standard input" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on where FILE.aura-import says an earlier run stopped" };
    private readonly Option<string?> _rejects = new("--rejects")
    {
        Description = "Where refused lines go, with line number and reason (default FILE.rejects.ndjson)",
    };

    private readonly Option<int> _batch = new("--batch") { Description = "Objects a request, 1 to 10000", DefaultValueFactory = _ => 500 };
    private readonly Option<int> _concurrency = new("--concurrency") { Description = "Requests in flight, 1 to 64", DefaultValueFactory = _ => 4 };
    private readonly Option<bool> _shapes = new("--shapes") { Description = "Ask for shape analysis of every object" };

    public ImportCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "import",
            """
            Stores every line of an NDJSON file. A line is an object
            {"key":…,"data":…,"metadata":{…},"relationships":["other_key"],"ttl_seconds":60}; the last three are optional.
            Instead of ttl_seconds a line may have the moment: "expires_at":"2030-01-31T12:00:00Z". What has expired is not stored.
            Lines with the same key are stored in file order. What the service refuses goes to a rejects file.
            An interrupted import goes on with --resume.

            Example: aura-memory import samples/data/activities.ndjson --resume
            """)
        {
            _file, _resume, _rejects, _batch, _concurrency, _shapes,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string file = parse.GetRequiredValue(_file);
        bool fromInput = file == "-";
        bool resume = parse.GetValue(_resume);
        if (fromInput && resume)
        {
            throw new UsageException("--resume needs a file: standard input cannot be read again.");
        }

        ImportSettings settings = Settings(parse);
        using FileStream? opened = fromInput ? null : File.OpenRead(file);
        Stream input = opened ?? _environment.OpenInput();
        ImportCheckpoint? before = opened is null ? null : Checkpoint(file, opened, resume);
        InputPosition start = before?.Position ?? default;
        using var rejects = new RejectsFile(
            parse.GetValue(_rejects) ?? (fromInput ? "aura-import.rejects.ndjson" : file + ".rejects.ndjson"));
        rejects.Restart(start.Lines);
        if (opened is not null)
        {
            opened.Position = start.Offset;
        }

        using AuraMemoryClient client = _globals.Connect(parse);
        var importer = new Importer(client, settings, rejects, start, _environment.Time);
        var reader = new LineReader(input, start.Offset, start.Lines, ImportSettings.LongestLine);
        Action? save = opened is null ? null : () => Save(file, importer);
        var rate = new TransferRate(_environment.Time, opened?.Length, start.Offset);
        var progress = new TransferProgress(_environment.Notes, _environment.Time, parse.GetValue(_globals.Quiet));
        try
        {
            await progress.RunAsync(
                rate,
                () => (importer.Stored, importer.Acknowledged.Position.Offset),
                () => WithCheckpointsAsync(importer.RunAsync(reader, cancellation), save)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AuraMemoryException or OperationCanceledException or IOException)
        {
            save?.Invoke();
            InputPosition at = importer.Acknowledged.Position;
            _environment.Note(opened is null
                ? $"Stopped: everything up to line {at.Lines} is acknowledged."
                : $"Stopped: everything up to line {at.Lines} is acknowledged; the same command with --resume goes on from there.");
            throw;
        }

        if (opened is not null)
        {
            File.Delete(ImportCheckpoint.PathFor(file));
        }

        return Report(parse, importer.Acknowledged.Position, importer.Expired, rejects);
    }

    private ImportSettings Settings(ParseResult parse)
    {
        int batch = parse.GetValue(_batch);
        int concurrency = parse.GetValue(_concurrency);
        return batch is < 1 or > 10_000 ? throw new UsageException("--batch is 1 to 10000.")
            : concurrency is < 1 or > 64 ? throw new UsageException("--concurrency is 1 to 64.")
            : new ImportSettings(batch, concurrency, parse.GetValue(_shapes));
    }

    private ImportCheckpoint? Checkpoint(string file, Stream opened, bool resume)
    {
        ImportCheckpoint? found = ImportCheckpoint.Load(file);
        if (found is null)
        {
            return null;
        }

        if (!resume)
        {
            _environment.Note(
                $"{ImportCheckpoint.PathFor(file)} says line {found.Lines} was reached before; starting over (--resume goes on).");
            return null;
        }

        return found.Matches(opened)
            ? found
            : throw new IOException(
                $"{file} is not the file that was interrupted: delete {ImportCheckpoint.PathFor(file)} and import from the start.");
    }

    private async Task WithCheckpointsAsync(Task import, Action? save)
    {
        if (save is not null)
        {
            using var timer = new PeriodicTimer(CheckpointEvery, _environment.Time);
            while (!import.IsCompleted)
            {
                Task tick = timer.WaitForNextTickAsync().AsTask();
                if (await Task.WhenAny(import, tick).ConfigureAwait(false) == import)
                {
                    break;
                }

                save();
            }
        }

        await import.ConfigureAwait(false);
    }

    private static void Save(string file, Importer importer)
    {
        using FileStream again = File.OpenRead(file);
        ImportCheckpoint.At(again, importer.Acknowledged.Position).Save(file);
    }

    private int Report(ParseResult parse, InputPosition end, long expired, RejectsFile rejects)
    {
        (long _, long lines, long stored, long rejected) = end;
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.Write(_environment, writer =>
            {
                writer.WriteNumber("stored", stored);
                writer.WriteNumber("rejected", rejected);
                writer.WriteNumber("lines", lines);
                writer.WriteString("rejects_file", rejected > 0 ? rejects.Path : null);
            });
        }
        else
        {
            _environment.Print($"{Figures.Count(stored)} stored, {Figures.Count(rejected)} rejected.");
        }

        if (expired > 0 && !parse.GetValue(_globals.Quiet))
        {
            _environment.Note($"{Figures.Count(expired)} had expired and were left out.");
        }

        if (rejected > 0 && !parse.GetValue(_globals.Quiet))
        {
            _environment.Note($"The rejected lines are in {rejects.Path}, each with its number and the reason.");
        }

        return rejected > 0 ? ExitCodes.Failure : ExitCodes.Ok;
    }
}
