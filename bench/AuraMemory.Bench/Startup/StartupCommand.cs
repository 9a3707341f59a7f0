using System.Globalization;
using AuraMemory.Bench.Load;
using AuraMemory.Bench.Output;
using AuraMemory.Bench.Processes;
using AuraMemory.Engine;

namespace AuraMemory.Bench.Startup;

/// <summary>Time from starting the published server to its first good answer of <c>/health/ready</c>.</summary>
internal static class StartupCommand
{
    private const double EmptyGoalMs = 300;
    private const double StoredGoalMs = 2000;

    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        int runs = (int)arguments.Number("runs", 10);
        long objects = arguments.Number("objects", 1_000_000, least: 0);
        arguments.RefuseUnread();
        string folder = Directory.CreateTempSubdirectory("aura-bench-").FullName;
        try
        {
            string assembly = ServerProcess.Publish(Path.Combine(folder, "server"));
            var ours = new List<double>();
            var peer = new List<double>();
            for (int i = 0; i <= runs; i++)
            {
                using (ServerProcess server = ServerProcess.StartOurs(assembly, Path.Combine(folder, "empty" + i.ToString(CultureInfo.InvariantCulture))))
                {
                    ours.Add(server.ReadyMilliseconds);
                }

                using ServerProcess other = ServerProcess.StartPeer(0, 100);
                peer.Add(other.ReadyMilliseconds);
            }

            Add(report, "empty folder to ready", ours, EmptyGoalMs, peer);
            if (objects > 0)
            {
                string data = Path.Combine(folder, "stored");
                BenchReport.Progress($"storing {objects} objects");
                await StoreAsync(data, objects).ConfigureAwait(false);
                var stored = new List<double>();
                for (int i = 0; i < Math.Min(runs, 5); i++)
                {
                    using ServerProcess server = ServerProcess.StartOurs(assembly, data);
                    stored.Add(server.ReadyMilliseconds);
                }

                Add(report, $"{objects} stored objects to ready", stored, StoredGoalMs, null);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Add(BenchReport report, string name, List<double> times, double goal, List<double>? peer)
    {
        double[] sorted = [.. (peer is null ? times : times.Skip(1)).Order()];
        double median = sorted[sorted.Length / 2];
        string note = string.Create(CultureInfo.InvariantCulture, $"{sorted[0]:F0} to {sorted[^1]:F0} ms");
        report.Add(new BenchRow(name, median, goal, "bar", "ms", 1.0, LessIsBetter: true, note));
        if (peer is not null)
        {
            double[] others = [.. peer.Skip(1).Order()];
            report.Add(new BenchRow(name, median, others[others.Length / 2], "Kestrel by hand, not ready-to-run", "ms", null, LessIsBetter: true));
        }
    }

    private static async Task StoreAsync(string folder, long objects)
    {
        const int Batch = 1000;
        await using MemoryStore store = await MemoryStore.OpenAsync(
            new StoreOptions { DataFolder = folder, CalibrateAtStart = false }).ConfigureAwait(false);
        for (long first = 0; first < objects; first += Batch)
        {
            var commands = new StoreCommand[Math.Min(Batch, objects - first)];
            for (int i = 0; i < commands.Length; i++)
            {
                var key = new byte[BenchKey.Bytes];
                BenchKey.Write((uint)(first + i), key);
                commands[i] = new StoreCommand { Key = key, Data = Rest.RestLoad.Document(first + i, 100) };
            }

            await store.StoreManyAsync(commands, Batch).ConfigureAwait(false);
        }
    }
}
