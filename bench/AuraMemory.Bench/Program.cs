using AuraMemory.Bench.Fsync;
using AuraMemory.Bench.Graph;
using AuraMemory.Bench.Micro;
using AuraMemory.Bench.Migration;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Rest;
using AuraMemory.Bench.Shapes;
using AuraMemory.Bench.Startup;
using AuraMemory.Bench.Stores;
using AuraMemory.Bench.Topology;

namespace AuraMemory.Bench;

/// <summary>Entry: picks the command, runs it, prints its report.</summary>
internal static class Program
{
    private static readonly Dictionary<string, (string About, Func<BenchArguments, BenchReport, Task> Run)> Commands = new()
    {
        ["stores"] = ("in-process YCSB C, B, A and multi-get beside FASTER, and memory an object", StoresCommand.RunAsync),
        ["rest"] = ("retrieve, bulk retrieve and the throughput claim beside a hand-written Kestrel endpoint", RestCommand.RunAsync),
        ["fsync"] = ("group commit beside one synced writer, and stores in bulk at the default durability", FsyncCommand.RunAsync),
        ["migration"] = ("moves between all ordered pairs of tiers, idle and under load, and what readers notice", MigrationCommand.RunAsync),
        ["micro"] = ("the hot paths one by one, with what they allocate (--filter PATTERN)", MicroCommand.RunAsync),
        ["topology"] = ("persistent homology beside Ripser and GUDHI: CPU time and memory (--data FOLDER, --ripser PATH, --python PATH)", TopologyCommand.RunAsync),
        ["shape-classify"] = ("nearest neighbour by shape beside Euclidean distance on raw values, real labelled sets (--data FOLDER, --set NAMES)", ClassifyCommand.RunAsync),
        ["shape-search"] = ("nearest shapes among many, approximate beside exhaustive: time, recall, memory, build", ShapeSearchCommand.RunAsync),
        ["graph"] = ("the graph: reference answers, algorithms beside numpy and igraph, Cypher beside Kuzu (--data FOLDER, --part NAMES, --scale g1,g2)", GraphCommand.RunAsync),
        ["startup"] = ("from the start of the server to ready, empty and with stored objects", StartupCommand.RunAsync),
    };

    /// <summary>Processes that commands start of this same program.</summary>
    private static readonly Dictionary<string, Func<BenchArguments, Task<int>>> Children = new()
    {
        [StoreChild.Command] = StoreChild.RunAsync,
        [RestPeer.Command] = RestPeer.RunAsync,
        [RestLoad.Command] = RestLoad.RunAsync,
        [RipsChild.Command] = RipsChild.RunAsync,
    };

    private static async Task<int> Main(string[] args)
    {
        string command = args.Length == 0 ? "" : args[0];
        try
        {
            var arguments = new BenchArguments(args.AsSpan(Math.Min(1, args.Length)));
            if (Children.TryGetValue(command, out Func<BenchArguments, Task<int>>? child))
            {
                return await child(arguments).ConfigureAwait(false);
            }

            if (!Commands.TryGetValue(command, out (string About, Func<BenchArguments, BenchReport, Task> Run) found))
            {
                Usage(command);
                return 2;
            }

            var report = new BenchReport(string.Join(' ', args));
            await found.Run(arguments, report).ConfigureAwait(false);
            arguments.RefuseUnread();
            report.Write(Console.Out, arguments.Json);
            return report.IsSound ? 0 : 1;
        }
        catch (BenchException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 2;
        }
    }

    private static void Usage(string command)
    {
        if (command.Length > 0)
        {
            Console.Error.WriteLine($"There is no command '{command}'.");
        }

        Console.Error.WriteLine("usage: AuraMemory.Bench COMMAND [--option value ...] [--json]");
        foreach ((string name, (string about, _)) in Commands)
        {
            Console.Error.WriteLine($"  {name,-12} {about}");
        }
    }
}
