using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Engine.Catalog;

/// <summary>Growth of the catalog: one bucket is split for every few objects that come.</summary>
internal sealed unsafe partial class ObjectCatalog
{
    /// <summary>
    /// Splits a bucket when the table is fuller than its target. Called after an insert, with no bucket locked. O(1), a few
    /// cache misses.
    /// </summary>
    public void MaybeGrow()
    {
        uint count = (uint)Volatile.Read(ref _state);
        if (Entries <= count * (CatalogBucket.Slots * TargetFill) || !_growth.TryEnter())
        {
            return;
        }

        try
        {
            count = (uint)_state;
            if (UsedBytes(count, _spillUsed) < _maxBuckets * CatalogBucket.Bytes && Entries > count * (CatalogBucket.Slots * TargetFill))
            {
                Split(count);
            }
        }
        finally
        {
            _growth.Exit();
        }
    }

    /// <summary>An empty overflow bucket, or 0 when there is no memory left for one.</summary>
    internal uint TakeSpill()
    {
        lock (_spillGate)
        {
            uint number = _spillFree;
            if (number != 0)
            {
                CatalogBucket* bucket = Spill(number);
                _spillFree = bucket->Next;
                bucket->Next = 0;
                return number;
            }

            if (UsedBytes((uint)Volatile.Read(ref _state), _spillUsed) >= _maxBuckets * CatalogBucket.Bytes)
            {
                return 0;
            }

            number = _spillUsed;
            _spill.Commit(number * (long)CatalogBucket.SpillBytes, CatalogBucket.SpillBytes);
            Volatile.Write(ref _spillUsed, number + 1);
            return number;
        }
    }

    /// <summary>Copies every slot in use, for audits of a store at rest.</summary>
    internal ulong[] Slots()
    {
        var all = new List<ulong>();
        for (uint i = 0; i < (uint)_state; i++)
        {
            Span<ulong> slots = new ulong[CatalogBucket.Slots];
            int n = Gather((CatalogBucket*)_main.Base + i, ref slots);
            all.AddRange(slots[..n]);
        }

        return [.. all];
    }

    private void Split(uint count)
    {
        // The new bucket is number `count`; it takes its entries from the one that had answered for it.
        long state = _state;
        CatalogBucket* from = Bucket(count, state);
        _main.Commit(count * (long)CatalogBucket.Bytes, CatalogBucket.Bytes);
        CatalogBucket* to = (CatalogBucket*)_main.Base + count;
        uint version = LockForSplit(from);

        Span<ulong> slots = stackalloc ulong[256];
        int n = Gather(from, ref slots);
        foreach (ulong slot in slots[..n])
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(Record(slot));
            }
        }

        Span<ulong> stay = n <= 256 ? stackalloc ulong[256] : new ulong[n];
        Span<ulong> move = n <= 256 ? stackalloc ulong[256] : new ulong[n];
        int staying = 0;
        int moving = 0;
        uint mask = (uint)(state >> 32);
        foreach (ulong slot in slots[..n])
        {
            ulong hash = Hash(RecordLayout.Key(Record(slot)));
            if (((uint)hash & mask) == count)
            {
                move[moving++] = slot;
            }
            else
            {
                stay[staying++] = slot;
            }
        }

        // Both parts fit in the memory the chain had plus the new bucket, so no overflow bucket is asked for in vain.
        Refill(from, stay[..staying]);
        Refill(to, move[..moving]);
        Volatile.Write(ref _state, State(count + 1));
        Volatile.Write(ref from->Version, version + 2);
    }

    private static uint LockForSplit(CatalogBucket* bucket)
    {
        var spin = new SpinWait();
        while (true)
        {
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0 && Interlocked.CompareExchange(ref bucket->Version, version + 1, version) == version)
            {
                return version;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private int Gather(CatalogBucket* bucket, ref Span<ulong> slots)
    {
        int n = 0;
        int size = CatalogBucket.Slots;
        while (true)
        {
            for (int i = 0; i < size; i++)
            {
                if (bucket->Slot[i] != 0)
                {
                    if (n == slots.Length)
                    {
                        var larger = new ulong[n * 2];
                        slots.CopyTo(larger);
                        slots = larger;
                    }

                    slots[n++] = bucket->Slot[i];
                }
            }

            if (bucket->Next == 0)
            {
                return n;
            }

            bucket = Spill(bucket->Next);
            size = CatalogBucket.SpillSlots;
        }
    }

    private void Refill(CatalogBucket* bucket, ReadOnlySpan<ulong> slots)
    {
        int size = CatalogBucket.Slots;
        while (true)
        {
            int here = Math.Min(slots.Length, size);
            for (int i = 0; i < size; i++)
            {
                Volatile.Write(ref bucket->Slot[i], i < here ? slots[i] : 0);
            }

            slots = slots[here..];
            uint next = bucket->Next;
            if (slots.IsEmpty)
            {
                Volatile.Write(ref bucket->Next, 0);
                ReturnSpills(next);
                return;
            }

            if (next == 0)
            {
                next = TakeSpill();
                if (next == 0)
                {
                    // Cannot be reached: a chain that is cut in two needs at most one bucket more than it had, the new one.
                    throw new InvalidOperationException("The catalog ran out of overflow buckets during a split.");
                }

                Volatile.Write(ref bucket->Next, next);
            }

            bucket = Spill(next);
            size = CatalogBucket.SpillSlots;
        }
    }

    private void ReturnSpills(uint first)
    {
        if (first == 0)
        {
            return;
        }

        lock (_spillGate)
        {
            while (first != 0)
            {
                CatalogBucket* bucket = Spill(first);
                uint next = bucket->Next;
                for (int i = 0; i < CatalogBucket.SpillSlots; i++)
                {
                    Volatile.Write(ref bucket->Slot[i], 0);
                }

                bucket->Next = _spillFree;
                _spillFree = first;
                first = next;
            }
        }
    }
}
