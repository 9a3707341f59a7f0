using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Search;

/// <summary>Pieces of memory of many sizes outside the managed heap, in units of 16 bytes; a freed piece is used again for the same size.</summary>
/// <remarks>
/// One thread at a time allocates and frees. Memory is given back to the system only by <see cref="Dispose"/>: a reader that still
/// holds the address of a freed piece reads other bytes, never unmapped ones, and learns from the slot's stamp that they are not its.
/// </remarks>
internal sealed unsafe class BlockArena(MemoryBudget budget) : IDisposable
{
    /// <summary>Allocation unit in bytes.</summary>
    public const int Unit = 16;

    private const int SegmentBytes = 256 << 10;

    private readonly List<(nint Address, long Bytes)> _segments = [];
    private readonly Dictionary<int, Stack<nint>> _free = [];
    private byte* _next;
    private long _left;

    /// <summary>A piece of at least so many bytes, not cleared; null when the budget does not allow it.</summary>
    public byte* TryTake(int bytes)
    {
        int units = (bytes + Unit - 1) / Unit;
        if (_free.TryGetValue(units, out Stack<nint>? pieces) && pieces.TryPop(out nint piece))
        {
            return (byte*)piece;
        }

        long needed = (long)units * Unit;
        if (needed > _left)
        {
            long segment = Math.Max(needed, SegmentBytes);
            if (!budget.TryTake(segment))
            {
                return null;
            }

            KeepRest();
            _next = (byte*)NativeMemory.AlignedAlloc((nuint)segment, 64);
            _left = segment;
            _segments.Add(((nint)_next, segment));
        }

        byte* taken = _next;
        _next += needed;
        _left -= needed;
        return taken;
    }

    /// <summary>Gives a piece back that was taken with the same size.</summary>
    public void Return(byte* piece, int bytes)
    {
        if (piece != null)
        {
            Free((bytes + Unit - 1) / Unit, (nint)piece);
        }
    }

    public void Dispose()
    {
        foreach ((nint address, long bytes) in _segments)
        {
            NativeMemory.AlignedFree((void*)address);
            budget.Release(bytes);
        }

        _segments.Clear();
        _free.Clear();
        _left = 0;
    }

    private void KeepRest()
    {
        if (_left >= Unit)
        {
            Free((int)(_left / Unit), (nint)_next);
        }
    }

    private void Free(int units, nint piece)
    {
        if (!_free.TryGetValue(units, out Stack<nint>? pieces))
        {
            _free.Add(units, pieces = new Stack<nint>());
        }

        int before = pieces.Capacity;
        pieces.Push(piece);
        budget.Count((pieces.Capacity - before) * (long)sizeof(nint));
    }
}
