namespace AuraMemory.Topology.Search;

/// <content>Saving in slices while the index is in use, and taking over what was loaded.</content>
public sealed partial class ShapeIndex
{
    /// <summary>
    /// Writes the index, so that <see cref="ShapeIndexFile.Load"/> need not build the graphs again. Searches go on; changes wait for
    /// slices of 256 slots, well below a millisecond each, never for the stream.
    /// </summary>
    /// <remarks>
    /// What is changed while it is saved is in the file as it was before or after, each entry for itself; whoever follows a sequence of
    /// changes plays back what came after the save began. All entries that were there throughout are in the file.
    /// </remarks>
    /// <param name="to">Where to; not closed.</param>
    /// <exception cref="IOException">The stream fails.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream to)
    {
        ArgumentNullException.ThrowIfNull(to);
        Enter();
        try
        {
            int slots = Published;
            using var writer = new ShapeIndexWriter(this, slots, to);
            for (int from = 0; from < slots; from += ShapeIndexWriter.SlotsPerSlice)
            {
                _linking.EnterWriteLock();
                try
                {
                    lock (_writes)
                    {
                        writer.Take(from);
                    }
                }
                finally
                {
                    _linking.ExitWriteLock();
                }

                writer.Flush();
            }

            writer.Finish();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Makes room for slots of a file that is loaded; false = not within the budget.</summary>
    internal bool TryCoverForLoad(int slots)
    {
        for (int slot = Published; slot < slots; slot++)
        {
            if (!TryCover(slot))
            {
                return false;
            }

            _published = slot + 1;
        }

        return true;
    }

    /// <summary>
    /// Puts twins of a file behind heads of equal cuts. Heads and twins were written at different times, so a twin may have none: it waits to be linked. Before
    /// <see cref="TryAdopt"/>; O(twins).
    /// </summary>
    internal void AdoptTwins(List<int> heads, List<int> behind)
    {
        var headOf = new Dictionary<ulong, int>();
        foreach (int slot in heads)
        {
            if (Entries.IsAlive(slot))
            {
                headOf.TryAdd(Entries.HashOfCuts(slot), slot);
            }
        }

        foreach (int slot in behind)
        {
            if (!headOf.TryGetValue(Entries.HashOfCuts(slot), out int head) || !Twins.TryAdd(head, slot))
            {
                Entries.State(slot) = SlotState.Pending;
            }
        }
    }

    /// <summary>Takes over a slot whose record and rows were loaded, in order; false = no room.</summary>
    internal bool TryAdopt(int slot)
    {
        SlotState state = Entries.State(slot);
        if (Entries.IsAlive(slot))
        {
            if (!_table.TryReserve())
            {
                return false;
            }

            // An id is twice in the file when it was replaced during the save; slots were written in order, so the later one is the newer.
            int old = _table.Get(Entries.Id(slot));
            _table.Set(Entries.Id(slot), slot);
            if (old >= 0)
            {
                Bury(old);
            }
        }

        if (state == SlotState.Pending)
        {
            if (!_queue.TryReserve())
            {
                return false;
            }

            _queue.Add(slot);
        }
        else if (state == SlotState.Free)
        {
            _free.Push(slot);
        }
        else if (!Entries.IsAlive(slot))
        {
            _dead.Enqueue(slot);
        }

        CountLists();
        return true;
    }

    /// <summary>Makes sure, after a load, that a graph is entered by a slot that is in it.</summary>
    internal void AdoptEntry<TFilter>(ProximityGraph? graph, long entry, TFilter linked)
        where TFilter : struct, ISlotFilter
    {
        if (graph is not null)
        {
            graph.Entry = entry;
            if (entry < 0 || Entries.State((int)entry) != SlotState.Linked || graph.LevelOf((int)entry) != (int)(entry >> 32))
            {
                graph.ReplaceEntry((int)entry, Published, linked);
            }
        }
    }
}
