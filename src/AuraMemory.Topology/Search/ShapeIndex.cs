using System.Collections.Concurrent;

namespace AuraMemory.Topology.Search;

/// <summary>Shapes of one kind in memory, and the nearest of them to a given one. Thread-safe.</summary>
/// <remarks>
/// <para><b>Parts.</b> Every entry has a slot: a record (<see cref="EntryStore"/>) and a place in up to two proximity graphs, one over
/// signatures, one over diagrams by W1. Nothing an index holds is in the managed heap but queues of slots and what searches
/// work with; those are counted too.</para>
/// <para><b>Writing</b> takes one lock. An entry is (1) written into a slot nobody uses, (2) made alive by its stamp, (3) entered in
/// the table of ids, the entry it replaces dying in the same step, (4) put into the queue of the unlinked, (5) for a new slot, published
/// by the release store of the slot count. From then on searches scan it; <see cref="Maintain"/> moves it from the queue into the graphs.</para>
/// <para><b>Removing</b> makes the stamp even: the entry is no answer any more, but stays a way through the graphs. <see cref="Maintain"/>
/// lets its neighbours link around it and then frees the slot. Entries that the graph of diagrams could not tell apart stand in it as one
/// (<see cref="TwinChains"/>). A slot changes from Pending to Linking to Linked to Free under the lock;
/// one that dies while it waits is freed when its turn comes, one that dies while it is linked is taken out again after that.</para>
/// <para><b>Searching</b> takes the lock only to copy the queue of the unlinked, and does that before it reads the graphs: an entry
/// linked meanwhile is met in the copy. Rows and records may change under a walk; before an entry is measured its bars are copied
/// between two looks at its stamp, and at the end all stamps are looked at again. An entry replaced during the search is answered
/// with its new shape. So no answer was gone before the search began, and none is measured on a torn record.</para>
/// <para><b>Memory</b> is freed only when the index is disposed and the last operation in it has ended: operations are counted, and the
/// last one out frees.</para>
/// </remarks>
public sealed partial class ShapeIndex : IDisposable
{
    private readonly ConcurrentBag<ShapeSearch> _searches = [];
    private readonly ConcurrentBag<SearchScratch> _linkers = [];
    private readonly ReaderWriterLockSlim _linking = new(LockRecursionPolicy.NoRecursion);
    private readonly Lock _writes = new();
    private readonly MemoryBudget _budget;
    private readonly SlotTable _table;
    private readonly LinkQueue _queue;
    private readonly Queue<int> _dead = new();
    private readonly Stack<int> _free = new();
    private int _published;
    private int _listed;
    private int _operations = 1;
    private int _disposed;

    /// <summary>Makes an empty index.</summary>
    /// <param name="options">What it holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ShapeIndex(ShapeIndexOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _budget = new MemoryBudget(options.MemoryLimitBytes);
        _table = new SlotTable(_budget);
        _queue = new LinkQueue(_budget);
        Entries = new EntryStore(options, _budget);
        Twins = new TwinChains(Entries);
        Vectors = options.SignatureLength > 0 ? new ProximityGraph(options.Seed, _budget) : null;
        Diagrams = options.Dimensions > 0 ? new ProximityGraph(options.Seed, _budget) : null;
    }

    /// <summary>What the index was made with.</summary>
    public ShapeIndexOptions Options { get; }

    /// <summary>Entries that can be found.</summary>
    public int Count
    {
        get
        {
            lock (_writes)
            {
                return _table.Count;
            }
        }
    }

    /// <summary>Entries not yet linked and slots not yet taken out: what <see cref="Maintain"/> has to do.</summary>
    public int Waiting
    {
        get
        {
            lock (_writes)
            {
                return _queue.Count + _dead.Count;
            }
        }
    }

    /// <summary>Bytes held: entries and graphs outside the managed heap, queues and the room of searches in it.</summary>
    public long MemoryBytes => _budget.Used;

    internal EntryStore Entries { get; }

    internal TwinChains Twins { get; }

    internal ProximityGraph? Vectors { get; }

    internal ProximityGraph? Diagrams { get; }

    internal int Published => Volatile.Read(ref _published);

    /// <summary>Adds an entry, or replaces the one of the same id. It is found at once. O(bars), without the linking.</summary>
    /// <param name="id">The caller's id.</param>
    /// <param name="signature">As many finite numbers as the options say, each below 3e38 in magnitude.</param>
    /// <param name="barcode">Diagrams, of which the finite bars of the options' dimensions are kept; null = none.</param>
    /// <exception cref="ArgumentException">The signature is not of the index's length or not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public AddOutcome Add(ulong id, ReadOnlySpan<float> signature, Barcode? barcode)
    {
        CheckSignature(signature, nameof(signature));
        Enter();
        try
        {
            lock (_writes)
            {
                return AddLocked(id, signature, barcode);
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Removes an entry: no search that begins later answers it.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool Remove(ulong id)
    {
        Enter();
        try
        {
            lock (_writes)
            {
                int slot = _table.Get(id);
                if (slot < 0)
                {
                    return false;
                }

                _table.Remove(id);
                Bury(slot);
                return true;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The nearest entries. Safe at any time from any number of threads.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <exception cref="ArgumentException">The query lacks what its metric needs, or the index does not serve the metric.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ShapeSearchResult Search(ShapeQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(query);
        Enter();
        try
        {
            if (!_searches.TryTake(out ShapeSearch? search))
            {
                search = new ShapeSearch(this);
            }

            // One that ends in an exception is dropped, so it is not counted while it runs.
            _budget.Release(search.Counted);
            search.Counted = 0;
            ShapeSearchResult result = search.Run(query, cancellation);
            search.Counted = search.Bytes;
            _budget.Count(search.Counted);
            _searches.Add(search);
            return result;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Links entries that wait and takes out removed ones. Several threads may call it at once; with one thread the graphs depend on the
    /// order of the calls and the seed only.
    /// </summary>
    /// <param name="most">Entries to see to before it returns; a few thousand of them take a second.</param>
    /// <param name="cancellation">Looked at between two entries; ends the work without an exception.</param>
    /// <returns>Entries seen to; 0 = nothing waits.</returns>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Maintain(int most, CancellationToken cancellation = default)
    {
        Enter();
        if (!_linkers.TryTake(out SearchScratch? scratch))
        {
            scratch = new SearchScratch { Query = new float[Entries.Width] };
        }


        try
        {
            int done = 0;
            while (done < most && !cancellation.IsCancellationRequested && MaintainOne(scratch))
            {
                done++;
            }

            return done;
        }
        finally
        {
            _budget.Count(scratch.Bytes - scratch.Counted);
            scratch.Counted = scratch.Bytes;
            _linkers.Add(scratch);
            Leave();
        }
    }

    /// <summary>Frees the memory as soon as the operations that run have ended; later ones are refused.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Leave();
        }
    }

    /// <summary>Copies the slots that are not linked yet.</summary>
    internal int CopyWaiting(ref int[] into)
    {
        lock (_writes)
        {
            return _queue.CopyTo(ref into);
        }
    }

    /// <summary>Slot of an id now; -1 = none.</summary>
    internal int SlotOf(ulong id)
    {
        lock (_writes)
        {
            return _table.Get(id);
        }
    }

    private AddOutcome AddLocked(ulong id, ReadOnlySpan<float> signature, Barcode? barcode)
    {
        int bars = 0;
        for (int d = 0; barcode is not null && d < Math.Min(barcode.Dimensions, Options.Dimensions); d++)
        {
            bars += barcode[d].Finite.Length;
        }

        bool again = _free.TryPop(out int slot);
        slot = again ? slot : _published;
        unsafe
        {
            byte* memory = null;
            if (!_table.TryReserve() || !_queue.TryReserve() || (!again && !TryCover(slot)) || (bars > 0 && (memory = Entries.TakeBars(bars)) == null))
            {
                if (again)
                {
                    _free.Push(slot);
                }

                return AddOutcome.NoRoom;
            }

            Entries.State(slot) = SlotState.Pending;
            Entries.Write(slot, id, signature, barcode, memory);
        }

        int old = _table.Get(id);
        _table.Set(id, slot);
        if (old >= 0)
        {
            Bury(old);
        }

        _queue.Add(slot);
        if (!again)
        {
            Volatile.Write(ref _published, slot + 1);
        }

        return old >= 0 ? AddOutcome.Replaced : AddOutcome.Added;
    }

    private bool TryCover(int slot) =>
        Entries.TryCover(slot + 1) && (Vectors is null || CoverOnce(Vectors, slot)) && (Diagrams is null || CoverOnce(Diagrams, slot));

    /// <summary>An earlier try may have covered the slot in one graph before the other had no room.</summary>
    private static bool CoverOnce(ProximityGraph graph, int slot) => graph.Slots > slot || graph.TryCover(slot);

    private void Bury(int slot)
    {
        Entries.Kill(slot);
        if (Entries.State(slot) == SlotState.Linked)
        {
            _dead.Enqueue(slot);
            CountLists();
        }
    }

    private void CountLists()
    {
        int listed = _dead.Capacity + _free.Capacity;
        _budget.Count((listed - _listed) * (long)sizeof(int));
        _listed = listed;
    }

    private bool MaintainOne(SearchScratch scratch)
    {
        _linking.EnterReadLock();
        try
        {
            int slot;
            long position;
            bool alive;
            lock (_writes)
            {
                if (_dead.TryDequeue(out slot))
                {
                    position = -1;
                    alive = false;
                }
                else if (_queue.TryTake(out slot, out position))
                {
                    alive = Entries.IsAlive(slot);
                    Entries.State(slot) = SlotState.Linking;
                }
                else
                {
                    return false;
                }
            }

            if (position < 0)
            {
                if (!TryPassOn(slot, scratch))
                {
                    return true;
                }

                GraphUpkeep.TakeOut(this, slot, scratch);
            }
            else if (alive)
            {
                GraphUpkeep.Link(this, slot, scratch);
            }

            Settle(slot, position, alive);
            return true;
        }
        finally
        {
            _linking.ExitReadLock();
        }
    }

    /// <summary>Puts a slot behind one of equal cuts instead of into the graph of diagrams; false when that one is not fit for it any more.</summary>
    internal bool TryChain(int head, int slot)
    {
        lock (_writes)
        {
            return Twins.TryAdd(head, slot);
        }
    }

    /// <summary>Takes a dead slot out of its chain, or links an heir for the chain behind it; false when the slot must wait for its turn once more.</summary>
    private bool TryPassOn(int slot, SearchScratch scratch)
    {
        int heir;
        lock (_writes)
        {
            if (Twins.IsBehind(slot))
            {
                Twins.Remove(slot);
                return true;
            }

            if (!Twins.TryTakeHeir(slot, out heir))
            {
                _dead.Enqueue(slot);
                CountLists();
                return false;
            }
        }

        if (heir >= 0)
        {
            GraphUpkeep.LinkHeir(this, heir, scratch);
            Settle(heir, -1, true);
            lock (_writes)
            {
                Twins.Leave(slot);
            }
        }

        return true;
    }

    private void Settle(int slot, long position, bool linked)
    {
        lock (_writes)
        {
            if (position >= 0)
            {
                _queue.Finish(position);
            }

            if (!linked)
            {
                Entries.Free(slot);
                _free.Push(slot);
                CountLists();
                return;
            }

            Entries.State(slot) = SlotState.Linked;
            if (!Entries.IsAlive(slot))
            {
                _dead.Enqueue(slot);
                CountLists();
            }
        }
    }
}
