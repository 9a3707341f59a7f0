using System.Diagnostics;
using System.Globalization;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Workload;

/// <summary>Stores far more than memory may hold while many readers hold large objects; the parent watches what it costs.</summary>
internal static class MemoryLoad
{
    private const int Readers = 64;
    private const int LargeObjects = 256;
    private const int LargeBytes = 1 << 20;
    private const long MostBytes = 2L << 30;

    /// <summary>Runs until two gibibytes are stored or the time is over.</summary>
    public static async Task<int> RunAsync(string folder, Journal journal, long limitBytes, double seconds)
    {
        var options = new StoreOptions { DataFolder = folder, MemoryLimitBytes = limitBytes, CalibrateAtStart = false };
        await using MemoryStore store = await MemoryStore.OpenAsync(options);
        MemoryStore.LimitManagedHeap(store.Plan);
        journal.Line($"OPEN {store.Plan.MemoryLimitBytes}");
        long start = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource();
        byte[] large = Filled(LargeBytes, 'L');
        for (int i = 0; i < LargeObjects; i++)
        {
            await store.StoreAsync(new StoreCommand { Key = Key("large", i), Data = large });
        }

        long read = 0;
        long wrong = 0;
        var readers = new Thread[Readers];
        for (int i = 0; i < Readers; i++)
        {
            int reader = i;
            readers[i] = new Thread(() =>
            {
                using var buffer = new ObjectBuffer();
                byte[] chunk = new byte[64 << 10];
                var random = new Random(reader);
                while (!stop.IsCancellationRequested)
                {
                    ReadStatus status = store.Read(Key("large", random.Next(LargeObjects)), buffer);
                    bool revoked = false;
                    for (int at = 0; status == ReadStatus.Found && !revoked && at < buffer.DataBytes; at += chunk.Length)
                    {
                        Span<byte> part = chunk.AsSpan(0, Math.Min(chunk.Length, buffer.DataBytes - at));
                        revoked = !buffer.TryCopyData(at, part);
                        if (!revoked && !part.SequenceEqual(large.AsSpan(at, part.Length)))
                        {
                            Interlocked.Increment(ref wrong);
                        }
                    }

                    if (status != ReadStatus.Found && status != ReadStatus.Throttled)
                    {
                        Interlocked.Increment(ref wrong);
                    }

                    Interlocked.Increment(ref read);
                    buffer.Release();
                }
            })
            { IsBackground = true };
            readers[i].Start();
        }

        var sizes = new Random(7);
        long stored = 0;
        long objects = 0;
        byte[] data = Filled(LargeBytes, 'd');
        while (stored < MostBytes && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            // Sizes spread evenly over the orders of magnitude from 1 KB to 1 MB.
            int bytes = (int)(1024 * Math.Pow(1024, sizes.NextDouble()));
            data[bytes - 1] = (byte)'"';
            StoreOutcome outcome = await store.StoreAsync(
                new StoreCommand { Key = Key("o", objects), Data = data.AsMemory(0, bytes) });
            data[bytes - 1] = (byte)'d';
            data[^1] = (byte)'"';
            if (outcome.Status != WriteStatus.Done)
            {
                journal.Line($"WRONG store ended {outcome.Status}");
                break;
            }

            stored += bytes;
            objects++;
        }

        await stop.CancelAsync();
        foreach (Thread reader in readers)
        {
            reader.Join();
        }

        StoreReport report = store.Report();
        journal.Line($"DONE {stored} {objects} {read} {wrong} {report.MemoryUsedBytes} {GC.GetTotalMemory(false)} {store.Parts.Home.MemoryBytes}");
        await Console.In.ReadLineAsync(); // the parent reads the peak before the process is gone
        return 0;
    }

    private static byte[] Filled(int bytes, char with)
    {
        var data = new byte[bytes];
        data.AsSpan().Fill((byte)with);
        data[0] = (byte)'"';
        data[^1] = (byte)'"';
        return data;
    }

    private static byte[] Key(string prefix, long number) =>
        ObjectKey.Parse(string.Create(CultureInfo.InvariantCulture, $"{prefix}.{number}"));
}
