using System.CommandLine;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Commands;

/// <summary><c>ls</c>: keys in order.</summary>
internal sealed class ListCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string?> _prefix = new("prefix") { Description = "Only keys that begin with this", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _tier = new("--tier") { Description = "Only objects whose fastest tier this is, for example dram" };
    private readonly Option<int> _limit = new("--limit") { Description = "At most so many; 0 = all", DefaultValueFactory = _ => 1000 };
    private readonly Option<bool> _long = new("--long", "-l") { Description = "Also size, tier and version" };

    public ListCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "ls",
            """
            Lists keys in byte order, one a line; with --json one JSON object a line.

            Example: aura-memory ls sensor_ --tier dram --long
            """)
        {
            _prefix, _tier, _limit, _long,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        int limit = parse.GetValue(_limit);
        if (limit < 0)
        {
            throw new UsageException("--limit is 0 (all) or more.");
        }

        bool json = parse.GetValue(_globals.Json);
        bool details = parse.GetValue(_long);
        long left = limit == 0 ? long.MaxValue : limit;
        using AuraMemoryClient client = _globals.Connect(parse);
        int pageSize = (int)Math.Min(left, 1000);
        await foreach (ObjectEntry entry in client.ListAsync(
            parse.GetValue(_prefix), parse.GetValue(_tier), pageSize, cancellation).ConfigureAwait(false))
        {
            if (left-- == 0)
            {
                if (!parse.GetValue(_globals.Quiet))
                {
                    _environment.Note($"There are more: --limit 0 lists all.");
                }

                break;
            }

            if (json)
            {
                JsonOutput.Write(_environment, writer =>
                {
                    writer.WriteString("key", entry.Key);
                    writer.WriteNumber("size_bytes", entry.SizeBytes);
                    writer.WriteString("tier", entry.Tier);
                    writer.WriteNumber("version", entry.Version);
                });
            }
            else
            {
                // Straight to the writer: a console would wrap long keys and break scripts.
                _environment.Console.Profile.Out.Writer.WriteLine(details
                    ? $"{Figures.Bytes(entry.SizeBytes),10}  {entry.Tier,-12} {entry.Version,12}  {entry.Key}"
                    : entry.Key);
            }
        }

        return ExitCodes.Ok;
    }
}
