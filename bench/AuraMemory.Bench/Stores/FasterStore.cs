using System.Numerics;
using System.Runtime.CompilerServices;
using AuraMemory.Bench.Load;
using FASTER.core;

namespace AuraMemory.Bench.Stores;

/// <summary>The peer: FASTER with its log wholly in memory over a null device, its index at one entry an object and a quarter.</summary>
internal sealed class FasterStore : StoreUnderTest
{
    private const int RecordHeaderBytes = 8;
    private const int LengthBytes = 4;
    private const int IndexEntryBytes = 8;

    private readonly FasterKVSettings<SpanByte, SpanByte> _settings;
    private readonly FasterKV<SpanByte, SpanByte> _store;

    public FasterStore(long objects, int valueBytes)
    {
        long record = (RecordHeaderBytes + LengthBytes + BenchKey.Bytes + LengthBytes + valueBytes + 7) & ~7L;
        _settings = new FasterKVSettings<SpanByte, SpanByte>
        {
            IndexSize = PowerOfTwo(objects * IndexEntryBytes * 5 / 4),
            MemorySize = PowerOfTwo(objects * record * 13 / 10),
            PageSize = 1 << 25,
            SegmentSize = 1 << 30,
            MutableFraction = 0.9,
            LogDevice = new NullDevice(),
        };
        _store = new FasterKV<SpanByte, SpanByte>(_settings);
    }

    public override StoreSession Open(int valueBytes, bool durable) => new Session(_store, valueBytes);

    public override void Dispose()
    {
        _store.Dispose();
        _settings.LogDevice.Dispose();
        _settings.Dispose();
    }

    private static long PowerOfTwo(long atLeast) => (long)BitOperations.RoundUpToPowerOf2((ulong)atLeast);

    private sealed class Functions : SpanByteFunctions<Empty>
    {
    }

    private sealed unsafe class Session : StoreSession
    {
        private readonly ClientSession<SpanByte, SpanByte, SpanByte, SpanByteAndMemory, Empty, Functions> _session;
        private readonly byte[] _keyArray = GC.AllocateArray<byte>(BenchKey.Bytes, pinned: true);
        private readonly byte[] _inArray;
        private readonly byte[] _outArray;
        private readonly byte* _key;
        private readonly byte* _in;
        private readonly byte* _out;
        private readonly int _valueBytes;

        public Session(FasterKV<SpanByte, SpanByte> store, int valueBytes)
        {
            _valueBytes = valueBytes;
            _inArray = GC.AllocateArray<byte>(valueBytes, pinned: true);
            _outArray = GC.AllocateArray<byte>(valueBytes, pinned: true);
            _key = (byte*)Unsafe.AsPointer(ref _keyArray[0]);
            _in = (byte*)Unsafe.AsPointer(ref _inArray[0]);
            _out = (byte*)Unsafe.AsPointer(ref _outArray[0]);
            _session = store.For(new Functions()).NewSession<Functions>();
        }

        public override bool Read(uint number)
        {
            BenchKey.Write(number, _keyArray);
            SpanByte key = SpanByte.FromPointer(_key, BenchKey.Bytes);
            SpanByte input = default;
            var output = new SpanByteAndMemory(SpanByte.FromPointer(_out, _valueBytes));
            Status status = _session.Read(ref key, ref input, ref output);

            // Nothing was evicted from the log, so no read can be pending; one that were would count as missing.
            return status.Found && BenchKey.IsValueOf(number, _outArray);
        }

        public override void Write(uint number)
        {
            BenchKey.Write(number, _keyArray);
            BenchKey.WriteValue(number, _inArray);
            SpanByte key = SpanByte.FromPointer(_key, BenchKey.Bytes);
            SpanByte value = SpanByte.FromPointer(_in, _valueBytes);
            _session.Upsert(ref key, ref value);
        }

        public override void Dispose() => _session.Dispose();
    }
}
