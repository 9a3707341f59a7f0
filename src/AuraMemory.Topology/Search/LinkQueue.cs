namespace AuraMemory.Topology.Search;

/// <summary>Slots in the order in which they wait to be linked. Guarded by its owner's lock.</summary>
/// <remarks>
/// A slot stays in the queue while a linker is at it, so that a search that copies the queue before it walks the graphs meets every
/// entry in one or the other. Positions only grow; the head moves over those that are done.
/// </remarks>
internal sealed class LinkQueue(MemoryBudget budget)
{
    private const int Done = -1;

    private int[] _slots = [];
    private long _head;
    private long _taken;
    private long _tail;

    /// <summary>Slots in the queue, those being linked included.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for one slot more; false when the budget does not allow it.</summary>
    public bool TryReserve()
    {
        if (_tail - _head < _slots.Length)
        {
            return true;
        }

        int length = Math.Max(256, _slots.Length * 2);
        if (!budget.TryTake((length - _slots.Length) * (long)sizeof(int)))
        {
            return false;
        }

        var larger = new int[length];
        for (long i = _head; i < _tail; i++)
        {
            larger[i & (length - 1)] = this[i];
        }

        _slots = larger;
        return true;
    }

    /// <summary>Adds a slot at the end, after <see cref="TryReserve"/> has said yes.</summary>
    public void Add(int slot)
    {
        this[_tail++] = slot;
        Count++;
    }

    /// <summary>Next slot nobody is at, and its position; false = none.</summary>
    public bool TryTake(out int slot, out long position)
    {
        position = _taken;
        slot = _taken < _tail ? this[_taken++] : Done;
        return slot != Done;
    }

    /// <summary>Takes a slot out that was taken.</summary>
    public void Finish(long position)
    {
        this[position] = Done;
        Count--;
        while (_head < _taken && this[_head] == Done)
        {
            _head++;
        }
    }

    /// <summary>Copies the slots in the queue; the number of them.</summary>
    public int CopyTo(ref int[] into)
    {
        if (into.Length < Count)
        {
            into = new int[Math.Max(Count, 2 * into.Length)];
        }

        int count = 0;
        for (long i = _head; i < _tail; i++)
        {
            int slot = this[i];
            if (slot != Done)
            {
                into[count++] = slot;
            }
        }

        return count;
    }

    private ref int this[long position] => ref _slots[position & (_slots.Length - 1)];
}
