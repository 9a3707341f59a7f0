using AuraMemory.Bench.Load;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Bench.Stores;

/// <summary>Our store, all in memory: volatile stores, no write-back, a limit that holds everything in DRAM.</summary>
internal sealed class AuraStore : StoreUnderTest
{
    private readonly MemoryStore _store;
    private readonly string _folder;

    public AuraStore(long objects, int valueBytes, string folder)
    {
        _folder = folder;

        // DRAM gets about half of the limit; twice the records and a margin leaves nothing to evict.
        long records = objects * (BenchKey.Bytes + valueBytes + 28L + 16L);
        _store = MemoryStore.OpenAsync(new StoreOptions
        {
            DataFolder = folder,
            Durability = DurabilityLevel.Process,
            MemoryLimitBytes = (records * 3) + (1L << 30),
            VolatileWriteBackSeconds = 0,
            CalibrateAtStart = false,
        }).GetAwaiter().GetResult();
    }

    public override StoreSession Open(int valueBytes, bool durable) => new Session(_store, valueBytes, durable);

    public override void Dispose()
    {
        // The measurement is over: writing millions of volatile objects back would only cost time, so the process just ends.
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Session : StoreSession
    {
        private readonly MemoryStore _store;
        private readonly ObjectBuffer _buffer = new();
        private readonly ReadBatch _batch = new();
        private readonly byte[] _key = new byte[BenchKey.Bytes];
        private readonly byte[] _value;
        private readonly StoreCommand _command;
        private readonly bool _durable;

        public Session(MemoryStore store, int valueBytes, bool durable)
        {
            _store = store;
            _value = new byte[valueBytes];
            _durable = durable;

            // One command is used again and again: each store has ended before the next one changes its bytes.
            _command = new StoreCommand
            {
                Key = _key,
                Data = _value,
                Durability = durable ? DurabilityLevel.Process : DurabilityLevel.Volatile,
            };
        }

        public override bool Read(uint number)
        {
            Span<byte> key = stackalloc byte[BenchKey.Bytes];
            BenchKey.Write(number, key);
            return _store.Read(key, _buffer) == ReadStatus.Found && BenchKey.IsValueOf(number, _buffer.Data);
        }

        public override void Write(uint number)
        {
            BenchKey.Write(number, _key);
            BenchKey.WriteValue(number, _value);
            if (!_durable)
            {
                StoreOutcome kept = _store.StoreVolatile(_key, _value);
                if (kept.Status != WriteStatus.Done)
                {
                    throw new BenchException($"A store ended with {kept.Status}.");
                }

                return;
            }

            ValueTask<StoreOutcome> stored = _store.StoreAsync(_command);
            StoreOutcome outcome = stored.IsCompletedSuccessfully ? stored.Result : stored.AsTask().GetAwaiter().GetResult();
            if (outcome.Status != WriteStatus.Done)
            {
                throw new BenchException($"A store ended with {outcome.Status}.");
            }
        }

        public override int ReadGroup(ReadOnlySpan<uint> numbers)
        {
            Span<byte> key = stackalloc byte[BenchKey.Bytes];
            _batch.Clear();
            foreach (uint number in numbers)
            {
                BenchKey.Write(number, key);
                _batch.Add(key);
            }

            _store.ReadMany(_batch);
            int wrong = 0;
            for (int i = 0; i < numbers.Length; i++)
            {
                wrong += _batch.Status(i) == ReadStatus.Found && BenchKey.IsValueOf(numbers[i], _batch.Data(i)) ? 0 : 1;
            }

            return wrong;
        }

        public override void Dispose() => _buffer.Dispose();
    }
}
