using AuraMemory.Bench.Load;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Objects.Json;
using BenchmarkDotNet.Attributes;

namespace AuraMemory.Bench.Micro;

/// <summary>Reads of a store by where the object is, and the check of JSON at the door.</summary>
public class StorePaths
{
    private const int Objects = 4096;
    private const int Batch = 16;
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-bench-").FullName;
    private readonly ObjectBuffer _buffer = new();
    private readonly ReadBatch _batch = new();
    private readonly byte[][] _keys = new byte[Objects][];
    private readonly byte[] _cold = ObjectKey.Parse("cold");
    private readonly byte[] _document = Rest.RestLoad.Document(1, 1024);
    private MemoryStore _store = null!;
    private int _next;

    [GlobalSetup]
    public async Task Open()
    {
        _store = await MemoryStore.OpenAsync(
            new StoreOptions { DataFolder = _folder, CalibrateAtStart = false, MemoryLimitBytes = 1L << 30 }).ConfigureAwait(false);
        for (int i = 0; i < Objects; i++)
        {
            _keys[i] = new byte[BenchKey.Bytes];
            BenchKey.Write((uint)i, _keys[i]);
            await _store.StoreAsync(new StoreCommand { Key = _keys[i], Data = _document }).ConfigureAwait(false);
        }

        await _store.StoreAsync(new StoreCommand { Key = _cold, Data = _document, PreferredTier = TierId.NvmeCold }).ConfigureAwait(false);
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        _buffer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public ReadStatus Read_of_1_KB_in_memory() => _store.Read(Next(), _buffer);

    [Benchmark]
    public ReadStatus Read_of_a_key_that_is_not_there() => _store.Read("nothing"u8, _buffer);

    [Benchmark(OperationsPerInvoke = Batch)]
    public int Read_of_1_KB_in_memory_among_16_at_once()
    {
        _batch.Clear();
        for (int i = 0; i < Batch; i++)
        {
            _batch.Add(Next());
        }

        return _store.ReadMany(_batch);
    }

    [Benchmark]
    public ReadStatus Read_of_1_KB_from_the_home() => _store.Peek(_cold, _buffer);

    [Benchmark]
    public ReadStatus Description_of_an_object_in_memory() => _store.Describe(Next(), out _, out _, out _);

    [Benchmark]
    public bool Check_of_1_KB_of_JSON() => JsonText.TryValidate(_document, out _, 64);

    [Benchmark]
    public async ValueTask<WriteStatus> Store_of_1_KB_volatile() =>
        (await _store.StoreAsync(new StoreCommand { Key = Next(), Data = _document, Durability = DurabilityLevel.Volatile }).ConfigureAwait(false)).Status;

    [Benchmark]
    public async ValueTask<WriteStatus> Store_of_1_KB_at_process_durability() =>
        (await _store.StoreAsync(new StoreCommand { Key = Next(), Data = _document }).ConfigureAwait(false)).Status;

    private byte[] Next() => _keys[_next++ & (Objects - 1)];
}
