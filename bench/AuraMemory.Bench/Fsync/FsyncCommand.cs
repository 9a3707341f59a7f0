using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Load;
using AuraMemory.Bench.Output;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Bench.Fsync;

/// <summary>Group commit beside one writer that syncs every record, and stores in bulk at the default durability.</summary>
internal static class FsyncCommand
{
    private const double GroupGoal = 10;
    private const double BulkGoal = 150_000;

    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        int writers = (int)arguments.Number("writers", 32);
        int size = (int)arguments.Number("size", 100, least: 8);
        int batch = (int)arguments.Number("batch", 1000);
        int runs = (int)arguments.Number("runs", 5);
        double seconds = arguments.Seconds("seconds", 2);
        string root = arguments.Text("folder", Path.GetTempPath());
        arguments.RefuseUnread();
        string folder = Path.Combine(root, "aura-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        try
        {
            await using MemoryStore store = await MemoryStore.OpenAsync(
                new StoreOptions { DataFolder = Path.Combine(folder, "store"), CalibrateAtStart = false }).ConfigureAwait(false);
            using var file = new SyncedFile(Path.Combine(folder, "peer"), size + BenchKey.Bytes);
            var ours = new List<double>();
            var peer = new List<double>();
            var bulk = new List<double>();
            for (int i = 0; i <= runs; i++)
            {
                double grouped = await GroupedAsync(store, writers, size, seconds).ConfigureAwait(false);
                double single = file.Run(seconds);
                double many = await BulkAsync(store, batch, size, seconds).ConfigureAwait(false);
                if (i > 0)
                {
                    ours.Add(grouped);
                    peer.Add(single);
                    bulk.Add(many);
                }
            }

            report.Add(new BenchRow(
                $"synced stores, {writers} writers", Median(ours), Median(peer), "one writer, fdatasync a record", "stores/s", GroupGoal,
                Note: Range(ours) + " against " + Range(peer)));
            report.Add(new BenchRow(
                $"stores in bulk of {batch}, default durability", Median(bulk), BulkGoal, "bar", "stores/s", 1.0, Note: Range(bulk)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> GroupedAsync(MemoryStore store, int writers, int size, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        var tasks = new Task<long>[writers];
        for (int i = 0; i < writers; i++)
        {
            int me = i;
            tasks[i] = Task.Run(() => WriteAsync(store, me, size, start, seconds));
        }

        long stored = 0;
        foreach (Task<long> task in tasks)
        {
            stored += await task.ConfigureAwait(false);
        }

        return stored / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<long> WriteAsync(MemoryStore store, int writer, int size, long start, double seconds)
    {
        var key = new byte[BenchKey.Bytes];
        var value = new byte[size];
        var command = new StoreCommand { Key = key, Data = value, Durability = DurabilityLevel.Fsync };
        long stored = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            uint number = (uint)((writer * 100_000) + (stored % 100_000));
            BenchKey.Write(number, key);
            BenchKey.WriteValue(number, value);
            Check(await store.StoreAsync(command).ConfigureAwait(false));
            stored++;
        }

        return stored;
    }

    private static async Task<double> BulkAsync(MemoryStore store, int batch, int size, double seconds)
    {
        var commands = new StoreCommand[batch];
        long start = Stopwatch.GetTimestamp();
        long stored = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            for (int i = 0; i < batch; i++)
            {
                uint number = (uint)((stored + i) % 1_000_000);
                var key = new byte[BenchKey.Bytes];
                var value = new byte[size];
                BenchKey.Write(number, key);
                BenchKey.WriteValue(number, value);
                commands[i] = new StoreCommand { Key = key, Data = value };
            }

            foreach (StoreOutcome outcome in await store.StoreManyAsync(commands, batch).ConfigureAwait(false))
            {
                Check(outcome);
            }

            stored += batch;
        }

        return stored / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Check(in StoreOutcome outcome)
    {
        if (outcome.Status != WriteStatus.Done)
        {
            throw new BenchException($"A store ended with {outcome.Status}.");
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Range(List<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{values.Min():F0} to {values.Max():F0}");
}
