using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Processes;
using AuraMemory.Topology;

namespace AuraMemory.Bench.Topology;

/// <summary>Vietoris-Rips persistence: CPU time and memory beside Ripser and GUDHI on the same files, run in turn.</summary>
internal sealed class RipsRows(string folder, int runs, RipserPeer? ripser, GudhiPeer? gudhi, BenchReport report)
{
    private const string Noted = "Ripser, noted figure of another machine";

    /// <summary>Inputs. The figures are Ripser's of 2026-11-23 on an Intel Xeon: quiet CPU seconds, and megabytes where noted.</summary>
    private static readonly Case[] Cases =
    [
        new("sphere_3_192.lower_distance_matrix", 2, 0.74, 69, 1, WithMemory: true),
        new("torus_1000.txt", 1, 2.2, 172, 2),
        new("sphere_1000.txt", 1, 0.37, null, 1),
        new("circle_500.txt", 1, 0.65, 38, 2),
        new("o3_1024.txt", 1, 1.8, 174, 1),
        new("sphere_200.txt", 2, 0.70, 37, null),
        new("circle_100.txt", 2, 0.03, null, 1, Small: true),
        new("torus_100.txt", 2, 0.02, null, 1, Small: true),
        new("sphere_100.txt", 2, 0.05, null, 1, Small: true),
        new("unif4d_100.txt", 2, 0.02, null, 1, Small: true),
        new("circle_1000.txt", 1, 9.3, 275, null, Slow: true),
        new("sphere_2000.txt", 1, 2.27, 138, null, Slow: true),
    ];

    /// <summary>Runs every input, or only those that take Ripser less than a few seconds.</summary>
    public async Task RunAsync(bool slow)
    {
        foreach (Case one in Cases)
        {
            if (slow || !one.Slow)
            {
                await RunAsync(one).ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(Case one)
    {
        string file = Path.Combine(folder, one.File);
        var ours = new List<Sample>();
        var theirs = new List<ChildUsage>();
        Diagram[] diagrams = [];
        for (int i = 0; i < (one.Slow ? 1 : runs); i++)
        {
            ours.Add(await OursAsync(file, one).ConfigureAwait(false));
            if (ripser is not null)
            {
                (ChildUsage usage, diagrams) = await ripser.RunAsync(file, one.Dimension).ConfigureAwait(false);
                theirs.Add(usage);
            }
        }

        string name = $"Rips {one.File.Split('.')[0]}, dimension {one.Dimension}";
        bool here = theirs.Count > 0;
        Check(name, ours[0], diagrams);
        double peer = 1e3 * (here ? Median(theirs.Select(t => t.ProcessorSeconds)) : one.Seconds);
        double first = 1e3 * Median(ours.Select(o => o.First));
        double later = 1e3 * Median(ours.Select(o => o.Later));
        string note = string.Create(CultureInfo.InvariantCulture, $"first in the process {first:F1} ms, later ones {later:F1} ms");

        // Ripser is a program without a warm-up; ours is judged by its first run, except where that is mostly the runtime's compiler.
        report.Add(new BenchRow(name, one.Small ? later : first, peer, here ? "Ripser" : Noted, "ms CPU", one.Goal, LessIsBetter: true, note));
        double memory = Median(ours.Select(o => o.Bytes)) / 1e6;
        double? peerMemory = here ? Median(theirs.Select(t => (double)t.PeakBytes)) / 1e6 : one.Megabytes;
        if (one.WithMemory)
        {
            report.Add(new BenchRow(name + ", memory, bar", memory, one.Megabytes, "bar", "MB", 1, LessIsBetter: true, "beyond the runtime's before"));
        }

        if (!one.Small)
        {
            report.Add(new BenchRow(name + ", memory", memory, peerMemory, here ? "Ripser, whole process" : Noted, "MB", null, LessIsBetter: true));
        }

        if (gudhi is not null && !one.Slow && !RipsInput.IsMatrix(file) && (one.Small || one.File == "circle_500.txt"))
        {
            (double seconds, _) = await gudhi.RipsAsync(file, one.Dimension).ConfigureAwait(false);
            report.Add(new BenchRow(name, one.Small ? later : first, seconds * 1e3, "GUDHI with edge collapse", "ms CPU", null, LessIsBetter: true));
        }
    }

    /// <summary>A fast wrong answer is no answer: number and summed length of the bars must be Ripser's, as far as single precision goes.</summary>
    private void Check(string name, Sample ours, Diagram[] theirs)
    {
        for (int d = 0; d < theirs.Length; d++)
        {
            (int count, double total) = RipsChild.Summary(theirs[d], ours.Longest);
            (int found, double sum) = ours.Bars[d];
            if (Math.Abs(count - found) > 1 + (count / 200) || Math.Abs(total - sum) > 0.01 * Math.Max(total, RipsChild.Blur))
            {
                report.Fault($"{name}: {found} bars of total length {sum} in dimension {d}; Ripser has {count} of {total}.");
            }
        }
    }

    private static async Task<Sample> OursAsync(string file, Case one)
    {
        using Process process = SelfProcess.Start(
            [RipsChild.Command, "--file", file, "--dimension", one.Dimension.ToString(CultureInfo.InvariantCulture), "--later", one.Small ? "21" : "1"],
            redirectInput: false);
        string[] lines = (await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new BenchException($"The computation of {file} ended with {process.ExitCode}.");
        }

        double[] figures = Numbers(lines[0]);
        return new Sample(figures[0], figures[1], figures[2], figures[3], [.. lines.Skip(1).Select(l => ((int)Numbers(l)[0], Numbers(l)[1]))]);
    }

    private static double[] Numbers(string line) => [.. line.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed record Case(
        string File, int Dimension, double Seconds, double? Megabytes, double? Goal, bool WithMemory = false, bool Small = false, bool Slow = false);

    private sealed record Sample(double First, double Later, double Bytes, double Longest, (int Count, double Total)[] Bars);
}
