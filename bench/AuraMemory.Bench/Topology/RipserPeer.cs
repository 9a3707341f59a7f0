using System.Globalization;
using AuraMemory.Bench.Processes;
using AuraMemory.Topology;

namespace AuraMemory.Bench.Topology;

/// <summary>Ripser as a process: what it took, and the bars it printed.</summary>
internal sealed class RipserPeer(string program)
{
    /// <summary>The program given, or one on the path; null where there is none.</summary>
    public static RipserPeer? Find(string given)
    {
        if (given.Length > 0)
        {
            return File.Exists(given) ? new RipserPeer(given) : throw new BenchException($"There is no program '{given}'.");
        }

        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            string path = Path.Combine(folder, "ripser");
            if (File.Exists(path))
            {
                return new RipserPeer(path);
            }
        }

        return null;
    }

    /// <summary>Computes one file.</summary>
    /// <returns>What it took, and its diagrams of dimension 0 and up.</returns>
    public async Task<(ChildUsage Usage, Diagram[] Diagrams)> RunAsync(string file, int dimension)
    {
        string format = RipsInput.IsMatrix(file) ? "lower-distance" : "point-cloud";
        ChildUsage usage = await ChildUsage.RunAsync(
            program, "--dim", dimension.ToString(CultureInfo.InvariantCulture), "--format", format, file).ConfigureAwait(false);
        var bars = new List<List<Bar>>();
        foreach (string line in usage.Output.Split('\n'))
        {
            if (line.StartsWith("persistence intervals in dim", StringComparison.Ordinal))
            {
                bars.Add([]);
            }
            else if (bars.Count > 0 && line.StartsWith(" [", StringComparison.Ordinal))
            {
                string[] ends = line[2..^1].Split(',');
                double death = string.IsNullOrWhiteSpace(ends[1]) ? double.PositiveInfinity : double.Parse(ends[1], CultureInfo.InvariantCulture);
                bars[^1].Add(new Bar(double.Parse(ends[0], CultureInfo.InvariantCulture), death));
            }
        }

        return (usage, [.. bars.Select(b => new Diagram(b.ToArray()))]);
    }
}
