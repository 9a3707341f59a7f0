using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Processes;

namespace AuraMemory.Bench.Rest;

/// <summary>Our REST server beside a hand-written Kestrel endpoint: the same client, in turn, medians of the runs.</summary>
internal static class RestCommand
{
    private const string Peer = "Kestrel by hand";
    private const double ThroughputClaim = 100_000;

    public static Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        long objects = arguments.Number("n", 100_000);
        long small = arguments.Number("size", 100);
        double seconds = arguments.Seconds("seconds", 3);
        int runs = (int)arguments.Number("runs", 3);
        long connections = arguments.Number("connections", 32);
        arguments.RefuseUnread();
        string folder = Directory.CreateTempSubdirectory("aura-bench-").FullName;
        try
        {
            string assembly = ServerProcess.Publish(Path.Combine(folder, "server"));
            using (ServerProcess ours = ServerProcess.StartOurs(assembly, Path.Combine(folder, "small")))
            using (ServerProcess peer = ServerProcess.StartPeer(objects, (int)small))
            {
                Client(ours.Port, "fill", objects, small, connections, 1, seconds);
                foreach ((string load, long group, double goal) in ((string, long, double)[])[("single", 1, 0.85), ("bulk", 1000, 0.8)])
                {
                    var us = new List<double[]>();
                    var them = new List<double[]>();
                    for (int run = 0; run <= runs; run++)
                    {
                        us.Add(Client(ours.Port, load, objects, small, connections, group, seconds));
                        them.Add(Client(peer.Port, load, objects, small, connections, group, seconds));
                    }

                    // The first run of each warms the servers up.
                    us.RemoveAt(0);
                    them.RemoveAt(0);
                    Check(us, report, load);
                    string name = load == "single" ? "single retrieve" : "bulk retrieve of 1000, objects";
                    report.Add(new BenchRow(name, Median(us, 0), Median(them, 0), Peer, "ops/s", goal));
                    report.Add(new BenchRow(
                        name + ", p99 of a request", Median(us, 2), Median(them, 2), Peer, "us", load == "single" ? 1 / 1.5 : null, LessIsBetter: true));
                }
            }

            using ServerProcess claim = ServerProcess.StartOurs(assembly, Path.Combine(folder, "claim"));
            Client(claim.Port, "fill", objects, 1000, connections, 1, seconds);
            var mixed = new List<double[]>();
            for (int run = 0; run <= runs; run++)
            {
                mixed.Add(Client(claim.Port, "mixed", objects, 1000, connections, 100, seconds));
            }

            mixed.RemoveAt(0);
            Check(mixed, report, "mixed");
            report.Add(new BenchRow(
                "95/5 in bulk of 100, 1 KB documents, process durability", Median(mixed, 0), ThroughputClaim, "the claim", "ops/s", 1.0,
                Note: string.Create(CultureInfo.InvariantCulture, $"p99 of a request {Median(mixed, 2):F0} us")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Check(List<double[]> results, BenchReport report, string load)
    {
        double bad = results.Sum(r => r[3]);
        if (bad > 0)
        {
            report.Fault($"{load}: {bad} requests were not answered with 200.");
        }
    }

    private static double Median(List<double[]> results, int column)
    {
        double[] sorted = [.. results.Select(r => r[column]).Order()];
        return sorted[sorted.Length / 2];
    }

    private static double[] Client(int port, string load, long objects, long bytes, long connections, long group, double seconds)
    {
        string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            RestLoad.Command, "--port", Number(port), "--load", load, "--n", Number(objects), "--size", Number(bytes),
            "--connections", Number(connections), "--group", Number(group), "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        using Process client = SelfProcess.Start(arguments, redirectInput: false);
        string line = client.StandardOutput.ReadLine() ?? "";
        client.WaitForExit();
        return client.ExitCode != 0 || line.Length == 0
            ? throw new BenchException($"The client of load '{load}' failed.")
            : load == "fill" ? [] : [.. line.Split(' ').Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
    }
}
