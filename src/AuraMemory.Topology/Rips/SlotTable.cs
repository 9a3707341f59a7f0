using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Rips;

/// <summary>Which slot of the column in work a triangle has. Emptied in no time: entries carry the number of the column they are of.</summary>
internal sealed unsafe class SlotTable : IDisposable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private const int SmallestBits = 8;

    private NativeBlock<Entry> _entries = new(1L << SmallestBits, zeroed: true);
    private int _shift = 64 - SmallestBits;
    private int _column = 1;
    private int _count;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _column++;
        _count = 0;
    }

    /// <summary>The value of a triangle, to be read and set; 0 when it is new. Valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* At(ulong triangle)
    {
        if (_count * 2L >= _entries.Length)
        {
            Grow();
        }

        Entry* entry = Probe(triangle);
        if (entry->Column != _column)
        {
            *entry = new Entry { Triangle = triangle, Column = _column };
            _count++;
        }

        return &entry->Slot;
    }

    public void Dispose() => _entries.Dispose();

    private Entry* Probe(ulong triangle)
    {
        long mask = _entries.Length - 1;
        long place = (long)((triangle * Multiplier) >> _shift);
        while (_entries.Pointer[place].Column == _column && _entries.Pointer[place].Triangle != triangle)
        {
            place = (place + 1) & mask;
        }

        return _entries.Pointer + place;
    }

    private void Grow()
    {
        using NativeBlock<Entry> old = _entries;
        _entries = new NativeBlock<Entry>(old.Length * 2, zeroed: true);
        _shift--;
        for (long i = 0; i < old.Length; i++)
        {
            if (old.Pointer[i].Column == _column)
            {
                *Probe(old.Pointer[i].Triangle) = old.Pointer[i];
            }
        }
    }

    private struct Entry
    {
        public ulong Triangle;
        public int Slot;
        public int Column;
    }
}
