using System.Diagnostics;
using AuraMemory.Bench.Load;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Bench.Migration;

/// <summary>
/// A thread that reads and overwrites other objects while objects move, and in turn reads the one that is moving, to see how
/// long a reader of it is ever held up.
/// </summary>
internal sealed class MigrationLoad : IDisposable
{
    private const int Others = 100_000;
    private readonly MemoryStore _store;
    private readonly Thread _thread;
    private volatile byte[]? _moving;
    private volatile bool _stop;

    public MigrationLoad(MemoryStore store)
    {
        _store = store;
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Nanoseconds of every read of a moving object; after <see cref="Dispose"/>.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>Reads of a moving object that did not find it; after <see cref="Dispose"/>.</summary>
    public long Missing { get; private set; }

    /// <summary>The object to be read; null = none, where a read would itself bring it back to memory.</summary>
    public byte[]? Moving
    {
        set => _moving = value;
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Work()
    {
        using var buffer = new ObjectBuffer();
        Span<byte> key = stackalloc byte[BenchKey.Bytes];
        var value = new byte[100];
        for (uint i = 0; !_stop; i++)
        {
            uint number = 0x8000_0000 + (uint)((i * 2654435761UL) % Others);
            BenchKey.Write(number, key);
            if (i % 20 == 0)
            {
                BenchKey.WriteValue(number, value);
                _store.StoreVolatile(key, value);
            }
            else
            {
                _store.Read(key, buffer);
            }

            if (_moving is { } moving)
            {
                long start = Stopwatch.GetTimestamp();
                ReadStatus status = _store.Read(moving, buffer);
                long ns = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                Missing += status == ReadStatus.Found ? 0 : 1;
                Reads.Add(ns);
                buffer.Release();
            }
        }
    }
}
