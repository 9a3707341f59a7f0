using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Topology;

/// <summary>
/// What the topology library takes beside Ripser and GUDHI on the same inputs. Peers that are not installed are replaced by their
/// figures noted elsewhere, and the rows say so.
/// </summary>
internal static class TopologyCommand
{
    private const string DataVariable = "AURA_TOPOLOGY_DATA";

    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        string data = arguments.Text("data", Environment.GetEnvironmentVariable(DataVariable) ?? "");
        string[] parts = arguments.List("part", "rips,levels");
        int runs = (int)arguments.Number("runs", 3);
        bool slow = arguments.Text("slow", "no") == "yes";
        RipserPeer? ripser = RipserPeer.Find(arguments.Text("ripser", ""));
        GudhiPeer? gudhi = await GudhiPeer.FindAsync(arguments.Text("python", "python3")).ConfigureAwait(false);
        arguments.RefuseUnread();
        foreach (string part in parts)
        {
            switch (part)
            {
                case "rips":
                    await new RipsRows(Inputs(data), runs, ripser, gudhi, report).RunAsync(slow).ConfigureAwait(false);
                    break;
                case "levels":
                    LevelSetRows.Run(runs, report);
                    break;
                default:
                    throw new BenchException($"There is no part '{part}'; there are rips and levels.");
            }
        }
    }

    private static string Inputs(string folder)
    {
        if (folder.Length == 0 || !Directory.Exists(folder))
        {
            throw new BenchException($"--data (or {DataVariable}) names the folder of the inputs; '{folder}' is none.");
        }

        string inner = Path.Combine(folder, "perf");
        return Directory.Exists(inner) ? inner : folder;
    }
}
