using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Rips;

/// <summary>Which reduced column has a simplex as its pivot: open addressing with linear probing, 12 bytes a slot, at most 60 % full.</summary>
internal sealed unsafe class PivotTable : IDisposable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private const int SmallestBits = 8;

    private NativeBlock<ulong> _keys;
    private NativeBlock<int> _columns;
    private int _shift;

    public PivotTable()
    {
        _shift = 64 - SmallestBits;
        _keys = new NativeBlock<ulong>(1L << SmallestBits, zeroed: true);
        _columns = new NativeBlock<int>(1L << SmallestBits);
    }

    /// <summary>Number of pivots.</summary>
    public int Count { get; private set; }

    /// <summary>Column of a pivot, or -1.</summary>
    /// <param name="key">Simplex; below 2^64 - 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        // 0 marks a free slot, so keys are kept increased by one.
        key++;
        long mask = _keys.Length - 1;
        ulong* keys = _keys.Pointer;
        for (long slot = (long)((key * Multiplier) >> _shift); ; slot = (slot + 1) & mask)
        {
            ulong found = keys[slot];
            if (found == key)
            {
                return _columns.Pointer[slot];
            }

            if (found == 0)
            {
                return -1;
            }
        }
    }

    /// <summary>Adds a pivot that is not in the table.</summary>
    public void Add(ulong key, int column)
    {
        if ((Count + 1) * 5L > _keys.Length * 3)
        {
            Grow();
        }

        Put(key + 1, column);
        Count++;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _columns.Dispose();
    }

    private void Put(ulong stored, int column)
    {
        long mask = _keys.Length - 1;
        long slot = (long)((stored * Multiplier) >> _shift);
        while (_keys.Pointer[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _keys.Pointer[slot] = stored;
        _columns.Pointer[slot] = column;
    }

    private void Grow()
    {
        using NativeBlock<ulong> oldKeys = _keys;
        using NativeBlock<int> oldColumns = _columns;
        _keys = new NativeBlock<ulong>(oldKeys.Length * 2, zeroed: true);
        _columns = new NativeBlock<int>(oldKeys.Length * 2);
        _shift--;
        for (long i = 0; i < oldKeys.Length; i++)
        {
            if (oldKeys.Pointer[i] != 0)
            {
                Put(oldKeys.Pointer[i], oldColumns.Pointer[i]);
            }
        }
    }
}
