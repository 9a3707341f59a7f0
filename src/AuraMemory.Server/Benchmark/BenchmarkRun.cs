using System.Diagnostics;
using System.Globalization;
using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http;
using AuraMemory.Server.Http.Requests;

namespace AuraMemory.Server.Benchmark;

internal sealed record Percentiles(double P50, double P99, double P999);

internal sealed record BenchmarkRow(string Metric, double Value, string Unit, Percentiles? Percentiles);

internal sealed record BenchmarkResult(IReadOnlyList<BenchmarkRow> Rows, IReadOnlyList<string> LeftOut, TimeSpan Duration);

/// <summary>Measures the running store with objects of its own.</summary>
/// <remarks>
/// Keys begin with <see cref="ObjectKey.InternalPrefix"/>, which no caller's key can, and are deleted at the end, also when
/// the caller goes away or time runs out. Memory is bounded by <see cref="MostBytes"/> of objects and one number a sample.
/// What could not be measured is left out with its reason; no figure stands for it.
/// </remarks>
internal sealed class BenchmarkRun(IObjectStore store, ShapeBenchmark shapes, BenchmarkRequest request, TimeSpan budget, TimeProvider time)
{
    private const int MostBytes = 16 << 20;
    private const int MostObjects = 64;

    private readonly List<BenchmarkRow> _rows = [];
    private readonly List<string> _leftOut = [];
    private readonly byte[] _data = MakeData(request.DataBytes);
    private readonly byte[][] _keys = MakeKeys(Math.Clamp(MostBytes / request.DataBytes, 4, MostObjects), time.GetTimestamp());

    public async Task<BenchmarkResult> RunAsync(CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(budget, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await StoreObjectsAsync(both.Token);
            bool full = request.Type == "full";
            if (full || request.Type == "latency")
            {
                await LatencyAsync(both.Token);
            }

            if (full || request.Type == "throughput")
            {
                await ThroughputAsync(both.Token);
            }

            if (full || request.Type == "tier_migration")
            {
                await MigrationAsync(both.Token);
            }

            if (full || request.Type == "shape_index")
            {
                await shapes.RunAsync(Add, _rows.Add, _leftOut.Add, both.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            _leftOut.Add($"what did not fit into {budget.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s (setting benchmark_seconds)");
        }
        finally
        {
            foreach (byte[] key in _keys)
            {
                await store.DeleteAsync(key, cancellation: CancellationToken.None);
            }
        }

        return new BenchmarkResult(_rows, _leftOut, time.GetElapsedTime(started));
    }

    private async Task StoreObjectsAsync(CancellationToken cancellation)
    {
        foreach (byte[] key in _keys)
        {
            StoreOutcome outcome = await store.StoreAsync(new StoreCommand { Key = key, Data = _data }, cancellation);
            if (outcome.Status != WriteStatus.Done)
            {
                _leftOut.Add($"an object could not be stored: {outcome.Status}");
            }
        }
    }

    private async Task LatencyAsync(CancellationToken cancellation)
    {
        foreach (TierId tier in request.Tiers)
        {
            if (await PlaceAsync(tier, cancellation) is not { } placed)
            {
                continue;
            }

            var samples = new List<long>(request.Iterations);
            int elsewhere = Read(placed, tier, samples, cancellation);
            Add($"latency_{tier.Name()}", samples);
            if (elsewhere > 0)
            {
                _leftOut.Add($"latency_{tier.Name()}: {elsewhere} reads were served by another tier and are not counted");
            }
        }
    }

    /// <summary>Moves objects into a tier; null, with the reason noted, when none is there afterwards.</summary>
    private async Task<List<byte[]>?> PlaceAsync(TierId tier, CancellationToken cancellation)
    {
        var placed = new List<byte[]>();
        string? reason = null;
        foreach (byte[] key in _keys)
        {
            MigrationOutcome outcome = await store.MigrateAsync(key, tier, true, "benchmark", cancellation);
            if (outcome.Status is MigrationStatus.Migrated or MigrationStatus.AlreadyThere)
            {
                placed.Add(key);
            }
            else
            {
                reason = outcome.Reason ?? outcome.Status.ToString();
                break;
            }
        }

        if (placed.Count > 0)
        {
            return placed;
        }

        _leftOut.Add($"{tier.Name()}: {reason}");
        return null;
    }

    private int Read(List<byte[]> keys, TierId tier, List<long> samples, CancellationToken cancellation)
    {
        using var buffer = new ObjectBuffer();
        int elsewhere = 0;
        for (int i = 0; i < request.Iterations; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long at = Stopwatch.GetTimestamp();
            ReadStatus status = store.Read(keys[i % keys.Count], buffer);
            long ns = Elapsed.Nanoseconds(at);
            if (status == ReadStatus.Found && buffer.Tier == tier)
            {
                samples.Add(ns);
            }
            else
            {
                elsewhere++;
            }
        }

        return elsewhere;
    }

    private async Task ThroughputAsync(CancellationToken cancellation)
    {
        long done = 0;
        long next = 0;
        long started = Stopwatch.GetTimestamp();
        var workers = new Task[request.Concurrency];
        for (int w = 0; w < workers.Length; w++)
        {
            workers[w] = Task.Run(WorkAsync, cancellation);
        }

        await Task.WhenAll(workers);
        double seconds = Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9);
        _rows.Add(new BenchmarkRow("throughput_mixed_50_50", done / seconds, "ops/s", null));
        _rows.Add(new BenchmarkRow("throughput_bytes", done * (double)request.DataBytes / seconds, "bytes/s", null));

        async Task WorkAsync()
        {
            using var buffer = new ObjectBuffer();
            while (true)
            {
                long i = Interlocked.Increment(ref next) - 1;
                if (i >= request.Iterations)
                {
                    return;
                }

                cancellation.ThrowIfCancellationRequested();
                byte[] key = _keys[i / 2 % _keys.Length];
                bool ok = (i & 1) == 0
                    ? (await store.StoreAsync(new StoreCommand { Key = key, Data = _data }, cancellation)).Status == WriteStatus.Done
                    : store.Read(key, buffer) == ReadStatus.Found;
                if (ok)
                {
                    Interlocked.Increment(ref done);
                }
            }
        }
    }

    private async Task MigrationAsync(CancellationToken cancellation)
    {
        int pairs = request.Tiers.Count * (request.Tiers.Count - 1);
        int rounds = Math.Max(10, request.Iterations / Math.Max(1, pairs));
        foreach (TierId from in request.Tiers)
        {
            foreach (TierId to in request.Tiers)
            {
                if (from != to)
                {
                    await MigratePairAsync(from, to, rounds, cancellation);
                }
            }
        }
    }

    private async Task MigratePairAsync(TierId from, TierId to, int rounds, CancellationToken cancellation)
    {
        var samples = new List<long>(rounds);
        for (int i = 0; i < rounds; i++)
        {
            byte[] key = _keys[i % _keys.Length];
            MigrationOutcome back = await store.MigrateAsync(key, from, true, "benchmark", cancellation);
            MigrationOutcome outcome = await store.MigrateAsync(key, to, true, "benchmark", cancellation);
            if (outcome.Status == MigrationStatus.Migrated && outcome.From == from)
            {
                samples.Add(outcome.DurationNs);
            }
            else if (back.Status == MigrationStatus.Refused || outcome.Status == MigrationStatus.Refused)
            {
                _leftOut.Add($"migration_{from.Name()}_to_{to.Name()}: {outcome.Reason ?? back.Reason ?? "refused"}");
                break;
            }
        }

        Add($"migration_{from.Name()}_to_{to.Name()}", samples);
    }

    private void Add(string metric, List<long> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        samples.Sort();
        double sum = 0;
        foreach (long sample in samples)
        {
            sum += sample;
        }

        _rows.Add(new BenchmarkRow(metric, sum / samples.Count, "ns", new Percentiles(At(0.5), At(0.99), At(0.999))));

        double At(double share) => samples[Math.Clamp((int)Math.Ceiling(share * samples.Count) - 1, 0, samples.Count - 1)];
    }

    private static byte[] MakeData(int bytes)
    {
        byte[] data = new byte[bytes];
        Array.Fill(data, (byte)'1');
        if (bytes >= 2)
        {
            Array.Fill(data, (byte)'x');
            data[0] = data[^1] = (byte)'"';
        }

        return data;
    }

    private static byte[][] MakeKeys(int count, long run)
    {
        byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            keys[i] = [ObjectKey.InternalPrefix, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"benchmark:{run:x}:{i}"))];
        }

        return keys;
    }
}
