using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Search;

/// <summary>Which slot an id is in: an open-addressing table outside the managed heap. Guarded by its owner's lock.</summary>
internal sealed unsafe class SlotTable : IDisposable
{
    private const int EntryBytes = sizeof(ulong) + sizeof(int);

    private readonly MemoryBudget _budget;
    private ulong* _ids;
    private int* _slots;
    private int _mask = -1;

    public SlotTable(MemoryBudget budget) => _budget = budget;

    /// <summary>Ids in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for one more id; false when the budget does not allow it. O(n) when the table must grow.</summary>
    public bool TryReserve()
    {
        int capacity = _mask + 1;
        if ((Count + 1) * 10L <= capacity * 7L)
        {
            return true;
        }

        int larger = Math.Max(64, capacity * 2);
        if (!_budget.TryTake((long)larger * EntryBytes))
        {
            return false;
        }

        ulong* ids = _ids;
        int* slots = _slots;
        _ids = (ulong*)NativeMemory.Alloc((nuint)larger, sizeof(ulong));
        _slots = (int*)NativeMemory.Alloc((nuint)larger, sizeof(int));
        new Span<int>(_slots, larger).Fill(-1);
        _mask = larger - 1;
        for (int i = 0; i < capacity; i++)
        {
            if (slots[i] >= 0)
            {
                int at = Find(ids[i]);
                _ids[at] = ids[i];
                _slots[at] = slots[i];
            }
        }

        NativeMemory.Free(ids);
        NativeMemory.Free(slots);
        _budget.Release((long)capacity * EntryBytes);
        return true;
    }

    /// <summary>Slot of an id; -1 = not there. Expected O(1).</summary>
    public int Get(ulong id) => Count == 0 ? -1 : _slots[Find(id)];

    /// <summary>Puts an id into a slot, after <see cref="TryReserve"/> has said yes.</summary>
    public void Set(ulong id, int slot)
    {
        int at = Find(id);
        Count += _slots[at] < 0 ? 1 : 0;
        _ids[at] = id;
        _slots[at] = slot;
    }

    /// <summary>Takes an id out; later members of its run move up, so that no grave is needed.</summary>
    public void Remove(ulong id)
    {
        int hole = Count == 0 ? -1 : Find(id);
        if (hole < 0 || _slots[hole] < 0)
        {
            return;
        }

        Count--;
        for (int at = (hole + 1) & _mask; _slots[at] >= 0; at = (at + 1) & _mask)
        {
            int home = Home(_ids[at]);
            if (((at - home) & _mask) >= ((at - hole) & _mask))
            {
                _ids[hole] = _ids[at];
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = -1;
    }

    public void Dispose()
    {
        NativeMemory.Free(_ids);
        NativeMemory.Free(_slots);
        _budget.Release((long)(_mask + 1) * EntryBytes);
        _ids = null;
        _slots = null;
        _mask = -1;
        Count = 0;
    }

    private int Find(ulong id)
    {
        int at = Home(id);
        while (_slots[at] >= 0 && _ids[at] != id)
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    private int Home(ulong id) => (int)((id * 0x9E3779B97F4A7C15) >> 32) & _mask;
}
