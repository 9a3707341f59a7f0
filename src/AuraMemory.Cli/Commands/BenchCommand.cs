using System.CommandLine;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;
using Spectre.Console;

namespace AuraMemory.Cli.Commands;

/// <summary><c>bench</c>: lets the running service measure itself.</summary>
internal sealed class BenchCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _type = new("type")
    {
        Description = "latency, throughput, shape_index, tier_migration or full",
        DefaultValueFactory = _ => "full",
    };

    private readonly Option<int> _iterations = new("--iterations") { Description = "100 to 100000", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _size = new("--size") { Description = "Bytes an object, 1 to 1048576", DefaultValueFactory = _ => 1024 };
    private readonly Option<string[]> _tiers = new("--tier") { Description = "Only this tier; may be repeated" };
    private readonly Option<int> _concurrency = new("--concurrency") { Description = "Operations at once, 1 to 100", DefaultValueFactory = _ => 1 };

    public BenchCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "bench",
            """
            Lets the running service measure itself, in a key space of its own that it cleans up. The figures are those of
            the engine inside the service; the network between here and there is not in them.

            Example: aura-memory bench tier_migration --iterations 10000 --tier dram --tier l3_cache
            """)
        {
            _type, _iterations, _size, _tiers, _concurrency,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string[] tiers = parse.GetValue(_tiers) ?? [];
        var request = new BenchmarkRequest
        {
            BenchmarkType = parse.GetRequiredValue(_type),
            Iterations = parse.GetValue(_iterations),
            DataSizeBytes = parse.GetValue(_size),
            TiersToTest = tiers.Length == 0 ? null : tiers,
            ConcurrentOperations = parse.GetValue(_concurrency),
        };
        using AuraMemoryClient client = _globals.Connect(parse, attemptTimeout: TimeSpan.FromMinutes(10));
        BenchmarkResponse answer = await client.BenchmarkAsync(request, cancellation).ConfigureAwait(false);
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.WriteText(_environment, AuraMemoryClient.ToJson(answer));
            return ExitCodes.Ok;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("metric", "value", "unit", "percentiles");
        foreach (BenchmarkResult result in answer.Results)
        {
            var percentiles = new List<string>();
            foreach ((string name, double value) in result.Percentiles ?? new Dictionary<string, double>())
            {
                percentiles.Add($"{name} {Figures.Plain(value)}");
            }

            table.AddRow(
                new Text(result.Metric),
                new Text(result.Value is { } figure ? Figures.Plain(figure) : "n/a"),
                new Text(result.Unit ?? ""),
                new Text(string.Join(", ", percentiles)));
        }

        _environment.Console.Write(table);
        _environment.Print(
            $"{answer.BenchmarkType}, {Figures.Count(answer.Iterations)} iterations, {Figures.Plain(answer.TotalDurationMs)} ms.");
        return ExitCodes.Ok;
    }
}
