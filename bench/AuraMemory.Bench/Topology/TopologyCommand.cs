using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Topology;

/// <summary>
/// What the topology library takes beside Ripser and GUDHI on the same inputs. Peers that are not installed are replaced by their
/// figures noted elsewhere, and the rows say so.
/// </summary>
internal static class TopologyCommand
{
    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        string data = arguments.Text("data", SharedFolder.Find("data/topology/perf"));
        string[] parts = arguments.List("part", "rips,series,image,distance");
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
                case "series":
                    await new FieldRows(gudhi, report).RunSeriesAsync().ConfigureAwait(false);
                    break;
                case "image":
                    await new FieldRows(gudhi, report).RunImagesAsync().ConfigureAwait(false);
                    break;
                case "distance":
                    await new DistanceRows(gudhi, report).RunAsync().ConfigureAwait(false);
                    break;
                default:
                    throw new BenchException($"There is no part '{part}'; there are rips, series, image, distance.");
            }
        }
    }

    private static string Inputs(string folder)
    {
        if (folder.Length == 0 || !Directory.Exists(folder))
        {
            throw new BenchException($"--data names the folder of the inputs; '{folder}' is none.");
        }

        string inner = Path.Combine(folder, "perf");
        return Directory.Exists(inner) ? inner : folder;
    }
}
