using System.CommandLine;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;
using Spectre.Console;

namespace AuraMemory.Cli.Commands;

/// <summary><c>tiers</c>: what the contract promises beside what this machine gives.</summary>
internal sealed class TiersCommand : ICliCommand
{
    private const int BarWidth = 10;

    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;

    public TiersCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "tiers",
            """
            Shows the eight tiers: nominal figures beside measured ones, what serves each, and how full it is. "emulated"
            means that the hardware the tier is named after is not what serves it here.

            Example: aura-memory tiers
            """);
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using AuraMemoryClient client = _globals.Connect(parse);
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.WriteText(_environment, await client.RawAsync("api/v1/tiers", cancellation).ConfigureAwait(false));
            return ExitCodes.Ok;
        }

        TiersResponse answer = await client.TiersAsync(cancellation).ConfigureAwait(false);
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("tier", "backend", "latency: nominal", "measured", "bandwidth: nominal", "measured", "used", "of");
        table.Columns[0].NoWrap();
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        table.Columns[5].RightAligned();
        foreach ((string id, TierInfo tier) in answer.Tiers)
        {
            table.AddRow(
                new Text(id),
                new Text($"{tier.Backend} ({(tier.Hardware ? "hardware" : "emulated")})"),
                new Text(Figures.Nanoseconds(tier.Nominal?.LatencyNs)),
                new Text(Figures.Nanoseconds(tier.Measured?.LatencyNs)),
                new Text(Figures.Bandwidth(tier.Nominal?.BandwidthGbps)),
                new Text(Figures.Bandwidth(tier.Measured?.BandwidthGbps)),
                new Text($"{Bar(tier)} {Figures.Bytes(tier.UsageBytes)}"),
                new Text(Figures.Bytes(tier.CapacityBytes)));
        }

        _environment.Console.Write(table);
        foreach ((string id, TierInfo tier) in answer.Tiers)
        {
            if (tier.Warning is { } warning)
            {
                _environment.Print($"{id}: {warning}");
            }
        }

        if (answer.Calibrating)
        {
            _environment.Print("Calibration is running: measured figures are those of the last one.");
        }

        return ExitCodes.Ok;
    }

    private static string Bar(TierInfo tier)
    {
        double share = tier.CapacityBytes > 0 ? Math.Clamp((double)tier.UsageBytes / tier.CapacityBytes, 0, 1) : 0;
        int full = (int)Math.Round(share * BarWidth);
        return new string('#', full) + new string('.', BarWidth - full);
    }
}
