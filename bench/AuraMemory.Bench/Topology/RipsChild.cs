using System.Globalization;
using AuraMemory.Bench.Processes;
using AuraMemory.Topology;
using AuraMemory.Topology.Rips;

namespace AuraMemory.Bench.Topology;

/// <summary>
/// The process that computes one input: what the first computation took (the runtime compiles our code meanwhile) and what it added to
/// the memory the runtime had before it, then what later ones took.
/// </summary>
internal static class RipsChild
{
    public const string Command = "topology-rips-child";

    /// <summary>Bars up to this share of the longest length are left out of the comparison: a peer in single precision blurs them.</summary>
    public const double Blur = 1e-4;

    public static Task<int> RunAsync(BenchArguments arguments)
    {
        var input = new RipsInput(arguments.Text("file", ""));
        int dimension = (int)arguments.Number("dimension", 1, least: 0);
        int later = (int)arguments.Number("later", 3, least: 1);
        ProcessMemory before = ProcessMemory.ReadCollected();
        ProcessMemory.ForgetPeak();
        double first = Timed(input, dimension, out RipsResult result);
        long added = ProcessMemory.Peak() - before.Resident;
        var times = new double[later];
        for (int i = 0; i < later; i++)
        {
            times[i] = Timed(input, dimension, out result);
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {times[later / 2]} {added} {result.Threshold}"));
        for (int d = 0; d <= dimension; d++)
        {
            (int count, double total) = Summary(result.Barcode[d], result.Threshold);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {total}"));
        }

        return Task.FromResult(0);
    }

    /// <summary>Number and summed length of the finite bars that single precision can tell from noise.</summary>
    public static (int Count, double Total) Summary(Diagram diagram, double threshold)
    {
        int count = 0;
        double total = 0;
        foreach (Bar bar in diagram.Finite)
        {
            if (bar.Persistence > Blur * threshold)
            {
                count++;
                total += bar.Persistence;
            }
        }

        return (count, total);
    }

    private static double Timed(RipsInput input, int dimension, out RipsResult result)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        result = input.Compute(dimension);
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
