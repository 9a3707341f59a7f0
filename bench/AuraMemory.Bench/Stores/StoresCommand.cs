using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Processes;

namespace AuraMemory.Bench.Stores;

/// <summary>
/// In-process YCSB beside FASTER: each store in a process of its own, timed runs in turn, medians of the runs.
/// </summary>
internal static class StoresCommand
{
    private const string Peer = "FASTER 2.6.5";
    private const double BytesGoal = 150;

    public static Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        string objects = arguments.Number("n", 5_000_000, least: 1000).ToString(CultureInfo.InvariantCulture);
        string size = arguments.Number("size", 100, least: 8).ToString(CultureInfo.InvariantCulture);
        double seconds = arguments.Seconds("seconds", 2);
        int runs = (int)arguments.Number("runs", 5);
        int[] threads = [.. arguments.List("threads", "1,2").Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
        string[] parts = arguments.List("part", "memory,C,B,A,multiget,process");
        arguments.RefuseUnread();
        string most = threads.Max().ToString(CultureInfo.InvariantCulture);
        BenchReport.Progress($"loading {objects} objects of {size} bytes into each store");
        using var ours = new SelfProcess(StoreChild.Command, "--engine", "aura", "--n", objects, "--size", size, "--threads", most);
        using var peer = new SelfProcess(StoreChild.Command, "--engine", "faster", "--n", objects, "--size", size, "--threads", most);
        foreach (string part in parts)
        {
            if (part == "memory")
            {
                Memory(ours.First, peer.First, report);
                continue;
            }

            foreach (int count in threads)
            {
                Compare(part, count, seconds, runs, ours, peer, report);
            }
        }

        return Task.CompletedTask;
    }

    private static void Memory(string ours, string peer, BenchReport report)
    {
        double[] us = Figures(ours);
        double[] them = Figures(peer);
        string note = string.Create(CultureInfo.InvariantCulture, $"bar <= {BytesGoal:F0}; shared memory {us[1]:F1} beside; load {us[2] / 1e6:F2} Mops/s, peer {them[2] / 1e6:F2}");
        report.Add(new BenchRow("anonymous memory per object", us[0], them[0], Peer, "bytes", null, LessIsBetter: true, note));
        report.Add(new BenchRow(
            "anonymous memory per object, bar", us[0], BytesGoal, "bar", "bytes", 1.0, LessIsBetter: true));
    }

    private static void Compare(
        string part, int threads, double seconds, int runs, SelfProcess ours, SelfProcess peer, BenchReport report)
    {
        (string name, string us, string them, double? goal) = part switch
        {
            "C" => ("C (reads)", "C", "C", 1.25),
            "B" => ("B (95 % reads)", "B", "B", 1.25),
            "A" => ("A (50 % reads), volatile", "A", "A", 1.0),
            "multiget" => ("multi-get of 16, keys", "multiget", "C", 4.0),
            "process" => ("A (50 % reads), process durability", "A", "A", (double?)null),
            _ => throw new BenchException($"There is no part '{part}'; there are memory, C, B, A, multiget and process."),
        };
        string durability = part == "process" ? "process" : "volatile";
        string Line(string load) => string.Create(CultureInfo.InvariantCulture, $"{load} {threads} {durability} {seconds}");
        ours.Ask(Line(us));
        peer.Ask(Line(them));
        var mine = new List<LoadResult>();
        var theirs = new List<LoadResult>();
        for (int i = 0; i < runs; i++)
        {
            mine.Add(LoadResult.Parse(ours.Ask(Line(us))));
            theirs.Add(LoadResult.Parse(peer.Ask(Line(them))));
        }

        Check(name, "our store", mine, report);
        Check(name, Peer, theirs, report);
        double cpuOurs = Median(mine.Select(r => r.CpuMicroseconds));
        double cpuPeer = Median(theirs.Select(r => r.CpuMicroseconds));
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{Range(mine)} against {Range(theirs)} Mops/s; cpu {cpuOurs:F3} against {cpuPeer:F3} us/op");
        report.Add(new BenchRow(
            $"{name}, {threads} {(threads == 1 ? "thread" : "threads")}",
            Median(mine.Select(r => r.PerSecond)),
            Median(theirs.Select(r => r.PerSecond)),
            part == "multiget" ? Peer + " single get" : Peer,
            "ops/s",
            goal,
            Note: note));
    }

    private static void Check(string name, string store, List<LoadResult> results, BenchReport report)
    {
        long wrong = results.Sum(r => r.Wrong);
        if (wrong > 0)
        {
            report.Fault($"{name}: {store} gave {wrong} missing or wrong objects.");
        }
    }

    private static string Range(List<LoadResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{results.Min(r => r.PerSecond) / 1e6:F2} to {results.Max(r => r.PerSecond) / 1e6:F2}");

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static double[] Figures(string line) => [.. line.Split(' ').Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
}
