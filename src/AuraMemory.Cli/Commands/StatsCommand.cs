using System.CommandLine;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;
using Spectre.Console;

namespace AuraMemory.Cli.Commands;

/// <summary><c>stats</c>: the efficiency report.</summary>
internal sealed class StatsCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;

    public StatsCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "stats",
            """
            Shows the efficiency report: hit ratio, latency, bandwidth, movements and the content of every tier, all
            measured since the service was started.

            Example: aura-memory stats --json
            """);
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using AuraMemoryClient client = _globals.Connect(parse);
        if (parse.GetValue(_globals.Json))
        {
            JsonOutput.WriteText(_environment, await client.RawAsync("api/v1/stats/efficiency", cancellation).ConfigureAwait(false));
            return ExitCodes.Ok;
        }

        EfficiencyReport report = await client.EfficiencyAsync(cancellation).ConfigureAwait(false);
        var summary = new Grid().AddColumn().AddColumn();
        Add("hit ratio (l1 to dram)", Figures.Share(report.HitRatio));
        Add("mean read latency", Figures.Nanoseconds(report.AverageLatencyNs));
        Add("effective bandwidth", Figures.Bandwidth(report.EffectiveBandwidthGbps));
        Add("accesses", Figures.Count(report.TotalAccesses));
        Add("promotions / demotions", $"{Figures.Count(report.TierPromotions)} / {Figures.Count(report.TierDemotions)}");
        Add("used of capacity", $"{Figures.Bytes(report.TotalUsageGb * 1e9)} of {Figures.Bytes(report.TotalCapacityGb * 1e9)}");
        Add("nominal cost of a stored GB", $"${Figures.Plain(report.CostPerGbEffective)}");
        Add("shapes in the index", Figures.Count(report.ShapeIndexEntries));
        _environment.Console.Write(summary);
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("tier", "copies", "used", "of", "full", "mean accesses");
        foreach ((string id, TierContent content) in report.TierDistribution)
        {
            table.AddRow(
                new Text(id),
                new Text(Figures.Count(content.Entries)),
                new Text(Figures.Bytes(content.UsageBytes)),
                new Text(Figures.Bytes(content.CapacityBytes)),
                new Text(Figures.Share(content.CapacityBytes > 0 ? (double)content.UsageBytes / content.CapacityBytes : 0)),
                new Text(Figures.Plain(content.AvgAccessCount)));
        }

        _environment.Console.Write(table);
        return ExitCodes.Ok;

        void Add(string name, string value) => summary.AddRow(new Text(name), new Text(value));
    }
}
