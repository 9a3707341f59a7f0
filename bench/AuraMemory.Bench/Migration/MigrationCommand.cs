using System.Globalization;
using AuraMemory.Bench.Load;
using AuraMemory.Bench.Output;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Bench.Migration;

/// <summary>Time from the decision to visible of moves between all ordered pairs of tiers, idle and under load.</summary>
internal static class MigrationCommand
{
    private const int Keys = 64;
    private const int ShownSize = 1024;
    private const double MemoryGoalUs = 5;

    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        int[] sizes = [.. arguments.List("sizes", "256,1024,16384,262144").Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        int moves = (int)arguments.Number("moves", 2000, least: Keys);
        int slowMoves = (int)arguments.Number("slow-moves", 200);
        string[] loads = arguments.List("load", "idle,load");
        string root = arguments.Text("folder", Path.GetTempPath());
        TierId[] tiers = [.. arguments.List("tiers", string.Join(',', Array.ConvertAll([.. TierIds.All], t => t.Name()))).Select(Tier)];
        arguments.RefuseUnread();
        string folder = Path.Combine(root, "aura-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        try
        {
            await using MemoryStore store = await MemoryStore.OpenAsync(
                new StoreOptions { DataFolder = folder, CalibrateAtStart = false, MemoryLimitBytes = 2L << 30 }).ConfigureAwait(false);
            int set = 0;
            foreach (int size in sizes)
            {
                foreach (string load in loads)
                {
                    using MigrationLoad? background = load == "load" ? new MigrationLoad(store) : null;
                    foreach (TierId from in tiers)
                    {
                        foreach (TierId to in tiers)
                        {
                            if (from != to)
                            {
                                int count = from.IsMemory() && to.IsMemory() ? moves : slowMoves;

                                // Objects of its own for each pair: what the pair before has made hot is no matter of this one.
                                byte[][] keys = await StoreAsync(store, set++, size).ConfigureAwait(false);
                                await PairAsync(store, keys, from, to, size, load, count, background, report).ConfigureAwait(false);
                            }
                        }
                    }

                    background?.Dispose();
                    Stalls(background, size, report);
                }
            }
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<byte[][]> StoreAsync(MemoryStore store, int set, int size)
    {
        var keys = new byte[Keys][];
        for (int i = 0; i < Keys; i++)
        {
            uint number = (uint)((set * Keys) + i);
            keys[i] = new byte[BenchKey.Bytes];
            var value = new byte[size];
            BenchKey.Write(number, keys[i]);
            BenchKey.WriteValue(number, value);
            StoreOutcome outcome = await store.StoreAsync(new StoreCommand { Key = keys[i], Data = value }).ConfigureAwait(false);
            if (outcome.Status != WriteStatus.Done)
            {
                throw new BenchException($"A store ended with {outcome.Status}.");
            }
        }

        return keys;
    }

    private static async Task PairAsync(
        MemoryStore store, byte[][] keys, TierId from, TierId to, int size, string load, int count, MigrationLoad? background,
        BenchReport report)
    {
        string name = $"{from.Name()} to {to.Name()}, {Size(size)}, {load}";
        bool inMemory = from.IsMemory() && to.IsMemory();
        var times = new List<double>(count);
        int warm = count / 10;
        for (int i = 0; i < count + warm; i++)
        {
            byte[] key = keys[i % keys.Length];
            MigrationOutcome there = await store.MigrateAsync(key, from, force: true).ConfigureAwait(false);
            if (there.Status is not MigrationStatus.Migrated and not MigrationStatus.AlreadyThere)
            {
                report.Add(new BenchRow(name + ", p99.9", null, null, null, "us", null, Note: there.Reason));
                return;
            }

            background?.Moving = inMemory ? key : null;
            MigrationOutcome moved = await store.MigrateAsync(key, to, force: true).ConfigureAwait(false);
            if (moved.Status is not MigrationStatus.Migrated and not MigrationStatus.AlreadyThere)
            {
                background?.Moving = null;
                report.Add(new BenchRow(name + ", p99.9", null, null, null, "us", null, Note: moved.Reason));
                return;
            }

            // The store's own mover may have been there first: then this was another pair's move.
            if (i >= warm && moved.Status == MigrationStatus.Migrated && moved.From == from)
            {
                times.Add(moved.DurationNs / 1000.0);
            }
        }

        background?.Moving = null;
        if (times.Count == 0)
        {
            report.Add(new BenchRow(name + ", p99.9", null, null, null, "us", null, Note: "every object had left the tier before its move"));
            return;
        }

        times.Sort();
        bool held = inMemory && size == ShownSize;
        report.Add(new BenchRow(name + ", p50", At(times, 0.5), null, null, "us", null));
        report.Add(new BenchRow(name + ", p99", At(times, 0.99), null, null, "us", null));
        report.Add(new BenchRow(
            name + ", p99.9", At(times, 0.999), held ? MemoryGoalUs : null, held ? "bar" : null, "us", held ? 1.0 : null, LessIsBetter: true,
            Note: string.Create(CultureInfo.InvariantCulture, $"{times.Count} moves")));
    }

    private static void Stalls(MigrationLoad? background, int size, BenchReport report)
    {
        if (background is null || background.Reads.Count == 0)
        {
            return;
        }

        List<double> reads = background.Reads.ConvertAll(ns => ns / 1000.0);
        reads.Sort();
        string name = $"read of the object that moves between memory tiers, {Size(size)}";
        report.Add(new BenchRow(name + ", p50", At(reads, 0.5), null, null, "us", null));
        report.Add(new BenchRow(name + ", p99.9", At(reads, 0.999), null, null, "us", null));
        report.Add(new BenchRow(
            name + ", longest", reads[^1], null, null, "us", null,
            Note: string.Create(CultureInfo.InvariantCulture, $"{reads.Count} reads; the scheduler's pauses are among them")));
        if (background.Missing > 0)
        {
            report.Fault($"{background.Missing} reads did not find an object that was moving.");
        }
    }

    private static TierId Tier(string name) =>
        TierIds.TryParse(name, out TierId tier) ? tier : throw new BenchException($"'{name}' is not a tier.");

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    private static string Size(int bytes) => bytes < 1024 ? $"{bytes} B" : $"{bytes / 1024} KB";
}
