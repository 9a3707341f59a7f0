using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Workload;

/// <summary>Everything at once, in as little memory as the store takes: what is read is checked byte by byte.</summary>
/// <remarks>
/// <para>Meant for a managed heap limited from outside (<c>DOTNET_GCHeapHardLimit</c>), so that finalizers run all the time and
/// allocations fail at awkward places. A failed allocation is counted and is no error; a wrong byte, a status that cannot
/// be, any other exception, or the end of the process by a signal is.</para>
/// <para>At the end the store is closed while all others still use it: they must be told so, and nothing worse may happen.</para>
/// </remarks>
internal sealed class StressLoad
{
    private const int Keys = 700;
    private const int ChunkBytes = 64 << 10;
    private const int MostBytes = 4 << 20;

    private readonly MemoryStore _store;
    private readonly Journal _journal;
    private readonly int _mostBytes;
    private readonly int _seed;
    private readonly ConcurrentDictionary<string, long> _notes = new();
    private volatile bool _stop;
    private volatile bool _closing;
    private long _reads;
    private long _bytes;
    private long _writes;
    private long _moves;
    private long _wrong;
    private long _outOfMemory;
    private int _numbers;

    private StressLoad(MemoryStore store, Journal journal, int seed)
    {
        _store = store;
        _journal = journal;
        _seed = seed;
        _mostBytes = Math.Min(MostBytes, store.Options.MaxObjectBytes);
    }

    /// <summary>Runs for some seconds.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="journal">Told the figures.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Of the choices.</param>
    /// <param name="setting">0 = tiny tiers; 1 = the tiers a limit of 192 MiB gives; 2 = a large pool and all of it volatile.</param>
    public static async Task<int> RunAsync(string folder, Journal journal, double seconds, int seed, int setting)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, e) => journal.Line($"WRONG unhandled {e.ExceptionObject.ToString()!.ReplaceLineEndings(" ")}");
        StoreOptions options = CrashStore.Options(folder);
        options = setting switch
        {
            0 => options,
            1 => options with { Tiers = new Dictionary<TierId, TierSetting>(), LeaseSeconds = 1, MaxLeases = 8 },
            _ => options with
            {
                Durability = DurabilityLevel.Volatile,
                VolatileWriteBackSeconds = 0.5,
                Tiers = new Dictionary<TierId, TierSetting> { [TierId.PmemWarm] = new() { CapacityBytes = 256 << 20 } },
            },
        };
        MemoryStore store = await MemoryStore.OpenAsync(options);
        var load = new StressLoad(store, journal, seed);
        journal.Line($"OPEN {store.Plan.MemoryLimitBytes} {load._mostBytes}");
        return await load.RunAsync(seconds);
    }

    private async Task<int> RunAsync(double seconds)
    {
        var workers = new List<Thread>();
        Start(workers, 5, Reader);
        Start(workers, 1, BulkReader);
        Start(workers, 2, Writer);
        Start(workers, 1, Deleter);
        Start(workers, 2, Migrator);
        Start(workers, 1, Prefetcher);
        Start(workers, 2, LeaseHolder);
        Start(workers, 1, Looker);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds && Interlocked.Read(ref _wrong) == 0)
        {
            await Task.Delay(100);
        }

        _journal.Line($"CLOSING {Interlocked.Read(ref _wrong)}");
        _closing = true;
        try
        {
            await _store.DisposeAsync();
        }
        catch (OutOfMemoryException e)
        {
            _journal.Line($"NOTE 1 closing ended for want of memory: {e.ToString().ReplaceLineEndings(" ")}");
        }

        _stop = true;
        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        foreach ((string what, long times) in _notes)
        {
            _journal.Line($"NOTE {times} {what}");
        }

        string failure = _store.Mover.Failure?.ToString().ReplaceLineEndings(" ") ?? "well";
        _journal.Line($"DONE {_reads} {_bytes} {_writes} {_moves} {_wrong} {_outOfMemory} {GC.CollectionCount(2)} {_store.Mover.RoundsCutShort} {failure}");
        return _wrong == 0 ? 0 : 4;
    }

    private void Start(List<Thread> workers, int count, Action<Random> work)
    {
        for (int i = 0; i < count; i++)
        {
            var random = new Random((_seed * 1000) + workers.Count);
            var worker = new Thread(() => Run(work, random)) { IsBackground = true };
            workers.Add(worker);
            worker.Start();
        }
    }

    private void Run(Action<Random> work, Random random)
    {
        while (!_stop)
        {
            try
            {
                work(random);
            }
            catch (OutOfMemoryException)
            {
                Interlocked.Increment(ref _outOfMemory); // no more than this: the handler has no memory either
            }
            catch (ObjectDisposedException) when (_closing)
            {
                Note("told that it is closed");
                return;
            }
            catch (Exception e)
            {
                Wrong(e.ToString().ReplaceLineEndings(" "));
            }
        }
    }

    private void Reader(Random random)
    {
        using var buffer = new ObjectBuffer();
        byte[] chunk = new byte[ChunkBytes];
        byte[] scratch = new byte[ChunkBytes];
        for (int i = 0; i < 200 && !_stop; i++)
        {
            int key = Pick(random);
            ReadStatus status = _store.Read(Key(key), buffer);
            Count(status);
            if (status == ReadStatus.Found)
            {
                Check(key, buffer, chunk, scratch);
            }

            if (random.Next(3) == 0)
            {
                buffer.Release();
            }
        }
    }

    private void BulkReader(Random random)
    {
        var batch = new ReadBatch();
        byte[] scratch = new byte[ChunkBytes];
        for (int round = 0; round < 50 && !_stop; round++)
        {
            batch.Clear();
            var keys = new int[random.Next(1, 64)];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = Pick(random);
                batch.Add(Key(keys[i]));
            }

            for (int first = 0; first < keys.Length;)
            {
                int next = _store.ReadMany(batch, first, 1 << 20);
                for (int i = first; i < next; i++)
                {
                    Count(batch.Status(i));
                    if (batch.Status(i) == ReadStatus.Found)
                    {
                        Check(keys[i], batch.Data(i), scratch);
                    }
                }

                first = next;
            }
        }
    }

    private void Writer(Random random)
    {
        byte[] data = new byte[_mostBytes];
        for (int i = 0; i < 100 && !_stop; i++)
        {
            if (random.Next(8) == 0)
            {
                StoreMany(random, data);
                continue;
            }

            StoreCommand command = Command(Pick(random), data, 0, random);
            Count(_store.StoreAsync(command).AsTask().GetAwaiter().GetResult().Status);
        }
    }

    private void StoreMany(Random random, byte[] data)
    {
        var commands = new List<StoreCommand>();
        for (int at = 0; commands.Count < 10;)
        {
            int key = Pick(random);
            StoreCommand command = Command(key, data, at, random, (data.Length - at) / 2);
            at += command.Data.Length;
            if (data.Length - at < 4096)
            {
                break;
            }

            commands.Add(command);
        }

        foreach (StoreOutcome outcome in _store.StoreManyAsync(commands, 4).AsTask().GetAwaiter().GetResult())
        {
            Count(outcome.Status);
        }
    }

    private StoreCommand Command(int key, byte[] data, int at, Random random, int most = int.MaxValue)
    {
        int number;
        int bytes;
        do
        {
            number = Interlocked.Increment(ref _numbers);
            bytes = StressValue.Bytes(key, number, _mostBytes);
        }
        while (bytes > most);
        StressValue.Write(key, number, data.AsSpan(at, bytes));
        return new StoreCommand
        {
            Key = Key(key),
            Data = data.AsMemory(at, bytes),
            Durability = random.Next(3) switch { 0 => DurabilityLevel.Volatile, 1 => DurabilityLevel.Process, _ => null },
            PreferredTier = random.Next(4) == 0 ? (TierId)random.Next(TierIds.Count) : null,
            Relationships = random.Next(6) == 0 ? [new Relationship(Name(Pick(random)), "next", 1)] : [],
            TimeToLive = random.Next(20) == 0 ? TimeSpan.FromSeconds(random.NextDouble() * 2) : null,
        };
    }

    private void Deleter(Random random)
    {
        Count(_store.DeleteAsync(Key(Pick(random))).AsTask().GetAwaiter().GetResult().Status);
        Thread.Yield();
    }

    private void Migrator(Random random)
    {
        MigrationOutcome outcome = _store
            .MigrateAsync(Key(Pick(random)), (TierId)random.Next(TierIds.Count), random.Next(2) == 0).AsTask().GetAwaiter().GetResult();
        Interlocked.Increment(ref _moves);
        if (outcome.Status == MigrationStatus.DeviceFailed && !_closing)
        {
            Wrong("migration: a device failed");
        }
    }

    private void Prefetcher(Random random)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < 5; i++)
        {
            keys.Add(Key(Pick(random)));
        }

        _store.PrefetchAsync(keys, (TierId)random.Next(TierIds.MemoryCount), recursive: true, maxDepth: 2).AsTask().GetAwaiter().GetResult();
        _store.PrefetchRelated(Key(Pick(random)), []);
        Interlocked.Increment(ref _moves);
    }

    /// <summary>Holds what it reads for a while, reads it a piece at a time, and forgets every third without a word.</summary>
    private void LeaseHolder(Random random)
    {
        byte[] chunk = new byte[ChunkBytes];
        byte[] scratch = new byte[ChunkBytes];
        var held = new List<(int Key, ObjectBuffer Buffer)>();
        for (int i = 0; i < 12 && !_stop; i++)
        {
            var buffer = new ObjectBuffer();
            int key = Pick(random);
            ReadStatus status = _store.Read(Key(key), buffer);
            Count(status);
            if (status == ReadStatus.Found)
            {
                held.Add((key, buffer));
            }
        }

        foreach ((int key, ObjectBuffer buffer) in held)
        {
            Check(key, buffer, chunk, scratch);
            if (random.Next(3) != 0)
            {
                buffer.Dispose();
            }
        }
    }

    private void Looker(Random random)
    {
        _store.Describe(Key(Pick(random)), out _, out _, out _);
        _store.Relationships(Key(Pick(random)), RelationshipDirection.Outgoing, 10, []);
        if (random.Next(50) == 0)
        {
            _store.List("", null, null, 100);
            _store.Report();
        }

        Thread.Yield();
    }

    private void Check(int key, ObjectBuffer buffer, byte[] chunk, byte[] scratch)
    {
        int number = -1;
        for (int at = 0; at < buffer.DataBytes; at += chunk.Length)
        {
            Span<byte> piece = chunk.AsSpan(0, Math.Min(chunk.Length, buffer.DataBytes - at));
            if (!buffer.TryCopyData(at, piece))
            {
                Note("lease revoked");
                return;
            }

            if (!Piece(key, ref number, buffer.DataBytes, at, piece, scratch))
            {
                return;
            }
        }
    }

    private void Check(int key, ReadOnlySpan<byte> data, byte[] scratch)
    {
        int number = -1;
        for (int at = 0; at < data.Length; at += scratch.Length)
        {
            if (!Piece(key, ref number, data.Length, at, data.Slice(at, Math.Min(scratch.Length, data.Length - at)), scratch))
            {
                return;
            }
        }
    }

    private bool Piece(int key, ref int number, int total, int at, ReadOnlySpan<byte> piece, byte[] scratch)
    {
        if (at == 0)
        {
            number = StressValue.Number(key, piece);
            if (number < 0 || total != StressValue.Bytes(key, number, _mostBytes))
            {
                Wrong($"key {key}: {total} bytes are no value of it (number {number})");
                return false;
            }
        }

        if (!StressValue.Matches(key, number, total, at, piece, scratch))
        {
            Wrong($"key {key} number {number}: wrong bytes at {at} of {total}");
            return false;
        }

        Interlocked.Add(ref _bytes, piece.Length);
        return true;
    }

    private void Count(ReadStatus status)
    {
        Interlocked.Increment(ref _reads);
        if (status is ReadStatus.Corrupt or ReadStatus.DeviceFailed && !_closing)
        {
            Wrong($"a read ended {status}");
        }
        else if (status == ReadStatus.Throttled)
        {
            Note("read throttled");
        }
    }

    private void Count(WriteStatus status)
    {
        Interlocked.Increment(ref _writes);
        if (status is not (WriteStatus.Done or WriteStatus.NotFound) && !_closing)
        {
            Wrong($"a write ended {status}");
        }
    }

    private void Note(string what) => _notes.AddOrUpdate(what, 1, static (_, times) => times + 1);

    private void Wrong(string what)
    {
        Interlocked.Increment(ref _wrong);
        _journal.Line($"WRONG {what}");
    }

    /// <summary>Half of all choices fall on a tenth of the keys.</summary>
    private static int Pick(Random random) => random.Next(2) == 0 ? random.Next(Keys / 10) : random.Next(Keys);

    private static string Name(int key) => string.Create(CultureInfo.InvariantCulture, $"s{key}");

    private static byte[] Key(int key) => ObjectKey.Parse(Name(key));
}
