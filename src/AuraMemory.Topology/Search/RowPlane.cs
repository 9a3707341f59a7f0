using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Search;

/// <summary>Rows of one fixed size outside the managed heap, addressed by slot; rows never move and are zero when first met.</summary>
/// <remarks>
/// One thread at a time calls <see cref="TryCover"/>; any number of threads use rows meanwhile. A row's address is found through a
/// table of pointers to blocks of 1024 rows. When the table grows it is copied and the old one is kept, so a reader that holds it
/// still sees right addresses of all slots that were covered when it took it. Whoever hands a slot to another thread does so by a
/// release store made after <see cref="TryCover"/>; who got it by an acquire load therefore sees a table that covers it.
/// The first eight blocks are allocated one by one, so that a small index stays small, later ones together, at least eight and up to as many as fill
/// a huge page, but never more than there are: an index is not doubled for it.
/// </remarks>
internal sealed unsafe class RowPlane(int stride, MemoryBudget budget) : IDisposable
{
    private const int Shift = 10;
    private const int BlockRows = 1 << Shift;
    private const int Together = 8;
    private const int HugePage = 2 << 20;
    private const nuint Alignment = 64;
    private const nuint HugeAlignment = HugePage;

    private readonly List<nint> _allocations = [];
    private readonly List<nint> _tables = [];
    private byte** _table;
    private int _tableLength;
    private int _blocks;

    /// <summary>Bytes of a row.</summary>
    public int Stride => stride;

    /// <summary>Slots that have a row.</summary>
    public int Covered => _blocks << Shift;

    /// <summary>Address of a row; the slot must be covered.</summary>
    public byte* this[int slot] => _table[slot >> Shift] + ((nint)(slot & (BlockRows - 1)) * stride);

    /// <summary>Makes rows for all slots below a number; false, with nothing changed, when the budget does not allow it.</summary>
    public bool TryCover(int slots)
    {
        while (Covered < slots)
        {
            int count = _blocks < Together ? 1 : Math.Max(Together, Math.Min(_blocks, HugePage / (BlockRows * stride)));
            long bytes = (long)count * BlockRows * stride;
            if (!budget.TryTake(bytes))
            {
                return false;
            }

            if (_blocks + count > _tableLength)
            {
                GrowTable();
            }

            var memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, count > 1 ? HugeAlignment : Alignment);
            HugePages.Advise(memory, bytes);
            NativeMemory.Clear(memory, (nuint)bytes);
            _allocations.Add((nint)memory);
            for (int i = 0; i < count; i++)
            {
                _table[_blocks + i] = memory + ((long)i * BlockRows * stride);
            }

            _blocks += count;
        }

        return true;
    }

    public void Dispose()
    {
        budget.Release((long)Covered * stride);
        foreach (nint allocation in _allocations)
        {
            NativeMemory.AlignedFree((void*)allocation);
        }

        foreach (nint table in _tables)
        {
            NativeMemory.Free((void*)table);
        }

        _allocations.Clear();
        _tables.Clear();
        _table = null;
        _blocks = _tableLength = 0;
    }

    private void GrowTable()
    {
        int length = Math.Max(64, _tableLength * 2);
        var table = (byte**)NativeMemory.AllocZeroed((nuint)length, (nuint)sizeof(byte*));
        if (_blocks > 0)
        {
            NativeMemory.Copy(_table, table, (nuint)_blocks * (nuint)sizeof(byte*));
        }

        budget.Count((long)length * sizeof(byte*));
        _tables.Add((nint)table);
        // Release: the copied pointers must be seen by who sees the table.
        Thread.MemoryBarrier();
        _table = table;
        _tableLength = length;
    }
}
