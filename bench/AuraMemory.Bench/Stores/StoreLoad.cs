using System.Diagnostics;
using System.Globalization;
using AuraMemory.Bench.Load;

namespace AuraMemory.Bench.Stores;

/// <summary>What one timed run did.</summary>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="CpuMicroseconds">Processor time of the process an operation, background threads included.</param>
/// <param name="Wrong">Reads that found nothing or another object's bytes.</param>
internal readonly record struct LoadResult(double PerSecond, double CpuMicroseconds, long Wrong)
{
    public static LoadResult Parse(string line)
    {
        string[] part = line.Split(' ');
        return new LoadResult(
            double.Parse(part[0], CultureInfo.InvariantCulture),
            double.Parse(part[1], CultureInfo.InvariantCulture),
            long.Parse(part[2], CultureInfo.InvariantCulture));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{PerSecond:F0} {CpuMicroseconds:F4} {Wrong}");
}

/// <summary>Timed runs of a mix of reads and writes against one store.</summary>
internal sealed class StoreLoad
{
    public const int GroupSize = 16;
    private const int DrawnKeys = 1 << 22;
    private const int OperationsBetweenLooks = 32;

    private readonly StoreUnderTest _store;
    private readonly uint[][] _keys;
    private readonly int _valueBytes;
    private volatile bool _stop;
    private int _runs;

    public StoreLoad(StoreUnderTest store, uint[][] keys, int valueBytes)
    {
        _store = store;
        _keys = keys;
        _valueBytes = valueBytes;
    }

    /// <summary>The keys each thread will use, drawn before memory is looked at.</summary>
    public static uint[][] DrawKeys(long objects, int threads)
    {
        var zipf = new ZipfKeys(objects);
        var keys = new uint[threads][];
        for (int i = 0; i < threads; i++)
        {
            keys[i] = zipf.Draw(DrawnKeys, 40_000 + i);
        }

        return keys;
    }

    public LoadResult Run(int threads, int writePercent, bool grouped, bool durable, double seconds)
    {
        _stop = false;
        _runs++;
        var workers = new Worker[threads];
        using var gate = new Barrier(threads + 1);
        for (int i = 0; i < threads; i++)
        {
            int seed = (_runs * 64) + i;
            workers[i] = new Worker(this, gate, _keys[i], seed, writePercent, grouped, durable);
            workers[i].Thread.Start();
        }

        gate.SignalAndWait();
        using Process self = Process.GetCurrentProcess();
        TimeSpan cpu = self.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        using (var sleep = new ManualResetEventSlim())
        {
            sleep.Wait(TimeSpan.FromSeconds(seconds));
        }

        _stop = true;
        long operations = 0;
        long wrong = 0;
        foreach (Worker worker in workers)
        {
            worker.Thread.Join();
            if (worker.Failure is { } failure)
            {
                throw new BenchException(failure);
            }

            operations += worker.Operations;
            wrong += worker.Wrong;
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        self.Refresh();
        double cpuSeconds = (self.TotalProcessorTime - cpu).TotalSeconds;
        return new LoadResult(operations / elapsed, cpuSeconds * 1e6 / operations, wrong);
    }

    private sealed class Worker
    {
        private readonly StoreLoad _load;
        private readonly Barrier _gate;
        private readonly uint[] _keys;
        private readonly int _writePercent;
        private readonly bool _grouped;
        private readonly bool _durable;
        private readonly ulong _random;
        private readonly int _at;

        public Worker(StoreLoad load, Barrier gate, uint[] keys, int seed, int writePercent, bool grouped, bool durable)
        {
            _load = load;
            _gate = gate;
            _keys = keys;
            _writePercent = writePercent;
            _grouped = grouped;
            _durable = durable;
            _random = (ulong)(seed + 1) * 0x9E3779B97F4A7C15;

            // Every run begins somewhere else, at a multiple of the group so that no group wraps.
            _at = new Random(seed).Next(keys.Length / GroupSize) * GroupSize;
            Thread = new Thread(Work) { IsBackground = true };
        }

        public Thread Thread { get; }

        public long Operations { get; private set; }

        public long Wrong { get; private set; }

        public string? Failure { get; private set; }

        private void Work()
        {
            using StoreSession session = _load._store.Open(_load._valueBytes, _durable);
            _gate.SignalAndWait();
            try
            {
                if (_grouped)
                {
                    Groups(session);
                }
                else
                {
                    Singles(session);
                }
            }
            catch (Exception e) when (e is BenchException or InvalidOperationException)
            {
                Failure = e.Message;
            }
        }

        private void Singles(StoreSession session)
        {
            uint[] keys = _keys;
            int at = _at;
            ulong random = _random;
            long operations = 0;
            long wrong = 0;
            while (!_load._stop)
            {
                for (int i = 0; i < OperationsBetweenLooks; i++)
                {
                    uint key = keys[at];
                    at = at + 1 == keys.Length ? 0 : at + 1;
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    if ((int)((random >> 33) % 100) < _writePercent)
                    {
                        session.Write(key);
                    }
                    else if (!session.Read(key))
                    {
                        wrong++;
                    }
                }

                operations += OperationsBetweenLooks;
            }

            Operations = operations;
            Wrong = wrong;
        }

        private void Groups(StoreSession session)
        {
            int at = _at;
            long operations = 0;
            long wrong = 0;
            while (!_load._stop)
            {
                wrong += session.ReadGroup(_keys.AsSpan(at, GroupSize));
                at = at + GroupSize == _keys.Length ? 0 : at + GroupSize;
                operations += GroupSize;
            }

            Operations = operations;
            Wrong = wrong;
        }
    }
}
