using AuraMemory.Engine.Objects;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>Takes shapes in and out of table, directory and index, so that the three agree.</summary>
/// <remarks>
/// <para>
/// Invariants: for a key, the directory has the entry of the newest version that was kept; the table has its record; the index has its
/// shape unless the entry says otherwise. Older versions never replace newer ones, so keeping is idempotent and may be repeated
/// by whoever comes late. Locks, in this order: the key's stripe, the gate as a reader, then those inside the parts.
/// </para>
/// <para>
/// Keeping: (1) under the stripe, give up when the directory knows this version or a newer one; (2) inside the gate, take a stamp; (3) add
/// to the index; (4) write the record and, in one batch, the removal of what it replaces; when that fails, take (3) back: the change
/// comes again; (5) set the directory; (6) remove the replaced entry from the index. A search between (3) and (5) meets an id that the
/// directory does not know, and passes over it. A crash after (4) is made good at the next start: the record's stamp is
/// above the saved index's.
/// </para>
/// <para>
/// A saved index says "every write up to stamp S is in me": S is read with the gate closed, so no write is between (2) and (6) then.
/// </para>
/// </remarks>
internal sealed class ShapeKeeper : IDisposable
{
    private const int Stripes = 64;
    private const int HandledSlots = 1 << 16;
    private const float LargestNumber = 1e38f;

    private readonly IShapeMathematics _mathematics;
    private readonly int _signatureLength;
    private readonly Lock[] _stripes = new Lock[Stripes];
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly long[] _handled = new long[HandledSlots];
    private long _stamp;
    private long _savedStamp;
    private bool _closed;
    private bool _saving;

    public ShapeKeeper(ShapeTable table, ShapePartitionSet index, IShapeMathematics mathematics, int signatureLength)
    {
        Table = table;
        Index = index;
        _mathematics = mathematics;
        _signatureLength = signatureLength;
        for (int i = 0; i < Stripes; i++)
        {
            _stripes[i] = new Lock();
        }
    }

    public ShapeTable Table { get; }

    public ShapePartitionSet Index { get; }

    public ShapeDirectory Directory { get; } = new();

    /// <summary>Bytes of memory: index and directory.</summary>
    public long UsedBytes => Index.MemoryBytes + Directory.MemoryBytes;

    /// <summary>True while the index is saved: changes of it wait then, so whoever answers a request should not make one.</summary>
    public bool IsSaving
    {
        get => Volatile.Read(ref _saving);
        private set => Volatile.Write(ref _saving, value);
    }

    /// <summary>What was lost or damaged, or fails now; null = nothing.</summary>
    public string? Trouble { get; set; }

    /// <summary>Writes since the index was saved.</summary>
    public long Unsaved => Interlocked.Read(ref _stamp) - Interlocked.Read(ref _savedStamp);

    /// <summary>True when a version was looked at lately and left nothing to keep.</summary>
    public bool IsHandled(long version) => Volatile.Read(ref _handled[version & (HandledSlots - 1)]) == version;

    /// <summary>Notes that a version has nothing to keep; versions are unique, so a slot can be wrong only by forgetting.</summary>
    public void Handled(long version) => Volatile.Write(ref _handled[version & (HandledSlots - 1)], version);

    /// <summary>The signature of a barcode.</summary>
    public float[] Signature(Barcode barcode)
    {
        var signature = new float[_signatureLength];
        _mathematics.Signature(barcode, signature);
        return signature;
    }

    /// <summary>Keeps what an analysis found.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="version">Version that was analysed.</param>
    /// <param name="storedSeconds">When it was stored.</param>
    /// <param name="found">What was found.</param>
    /// <param name="keepReason">True = also keep why nothing was found: finding that out again would be expensive.</param>
    public ShapeState Keep(ReadOnlySpan<byte> key, long version, uint storedSeconds, ShapeOutcome found, bool keepReason)
    {
        float[] signature = [];
        if (found.Analysis is { } analysis)
        {
            signature = Signature(analysis.Barcode);
            if (!IsWithin(signature))
            {
                found = new ShapeOutcome(null, "Its bars are too long to be compared: the numbers of a signature end at 1e38.");
            }
        }

        lock (StripeOf(key))
        {
            bool known = Directory.TryGet(key, out ShapeEntry old);
            if (known && old.Version >= version)
            {
                return StateOf(old, found.Reason);
            }

            if (found.Analysis is null && !keepReason)
            {
                if (known)
                {
                    Remove(key, old);
                }

                Handled(version);
                return new ShapeState(ShapeStatus.None, found.Reason);
            }

            _gate.EnterReadLock();
            try
            {
                return _closed
                    ? new ShapeState(ShapeStatus.Pending, "The service is shutting down; the shape is taken after the next start.")
                    : KeepInGate(key, version, storedSeconds, found, signature, known ? old : null);
            }
            finally
            {
                _gate.ExitReadLock();
            }
        }
    }

    /// <summary>Removes a key's entry if its version is at most <paramref name="newest"/>.</summary>
    public void Forget(ReadOnlySpan<byte> key, long newest)
    {
        lock (StripeOf(key))
        {
            if (Directory.TryGet(key, out ShapeEntry old) && old.Version <= newest)
            {
                Remove(key, old);
            }
        }
    }

    /// <summary>State of an entry.</summary>
    public static ShapeState StateOf(in ShapeEntry entry, string? reason) =>
        !entry.HasShape ? new ShapeState(ShapeStatus.None, reason)
        : entry.IsIndexed ? new ShapeState(ShapeStatus.Indexed)
        : new ShapeState(ShapeStatus.None, "The shape is kept, but the index has no room for it (setting shape_index_bytes).");

    /// <summary>Puts shapes into the index that had no room before, while there is some.</summary>
    /// <param name="limit">At most so many entries are looked at.</param>
    /// <param name="from">Where to begin in the directory.</param>
    /// <returns>Where to go on; 0 = at the end.</returns>
    public int IndexAgain(int from, int limit)
    {
        var page = new List<KeyValuePair<byte[], ShapeEntry>>();
        int next = Directory.Walk(from, limit, page);
        foreach ((byte[] key, ShapeEntry entry) in page)
        {
            if (!entry.HasShape || entry.IsIndexed || Table.Get(key, out ShapeRecord? record) != ReadStatus.Found || record!.Analysis is not { } analysis)
            {
                continue;
            }

            lock (StripeOf(key))
            {
                if (!Directory.TryGet(key, out ShapeEntry now) || now != entry || record.Version != now.Version)
                {
                    continue;
                }

                _gate.EnterReadLock();
                try
                {
                    if (_closed || !Add(PartitionKey.Of(analysis), now.Version, analysis, Signature(analysis.Barcode)))
                    {
                        return 0;
                    }

                    long stamp = Interlocked.Increment(ref _stamp);
                    Table.Put(key, record with { Stamp = stamp, IsIndexed = true }, null, stamp);
                    Directory.Set(key, now with { IsIndexed = true });
                }
                finally
                {
                    _gate.ExitReadLock();
                }
            }
        }

        return next;
    }

    /// <summary>Fills directory and index from what was saved; before anything else happens.</summary>
    /// <returns>False when the table cannot be read through: nothing is there then, and it has to be reset.</returns>
    public bool Load(CancellationToken cancellation)
    {
        var saved = new Dictionary<PartitionKey, long>();
        foreach (PartitionKey key in Index.Saved())
        {
            Index.Load(key, Table.Identity, Table.Trimmed, out long stamp, out string? damage);
            saved[key] = stamp;
            _stamp = Math.Max(_stamp, stamp);
            Trouble = damage ?? Trouble;
        }

        _savedStamp = _stamp;
        bool whole = Table.Walk(
            (stamp, version, key) =>
            {
                _stamp = Math.Max(_stamp, stamp);
                if (stamp > saved.GetValueOrDefault(key))
                {
                    Index.Remove(key, version);
                }
            },
            (key, head, bytes) => LoadRecord(key, head, bytes, saved),
            cancellation);
        if (!whole)
        {
            Directory.Clear();
            Index.Dispose();
            _stamp = 0;
            _savedStamp = 0;
        }

        return whole;
    }

    /// <summary>Saves the index, and forgets the removals it knows of.</summary>
    public void Save()
    {
        _gate.EnterWriteLock();
        long stamp = _stamp;
        _gate.ExitWriteLock();
        IsSaving = true;
        string? failure = Index.Save(Table.Identity, stamp);
        IsSaving = false;
        if (failure is not null)
        {
            Trouble = $"The index could not be saved ({failure}); the next start links it again.";
            return;
        }

        Interlocked.Exchange(ref _savedStamp, stamp);
        Table.TrimRemovals(stamp);
    }

    /// <summary>Lets nothing more in, and waits for what is under way.</summary>
    public void Close()
    {
        _gate.EnterWriteLock();
        _closed = true;
        _gate.ExitWriteLock();
    }

    /// <summary>Frees the index; nobody may search any more.</summary>
    public void Dispose()
    {
        Index.Dispose();
        _gate.Dispose();
    }

    private ShapeState KeepInGate(ReadOnlySpan<byte> key, long version, uint storedSeconds, in ShapeOutcome found, float[] signature, ShapeEntry? old)
    {
        long stamp = Interlocked.Increment(ref _stamp);
        PartitionKey partition = found.Analysis is null ? default : PartitionKey.Of(found.Analysis);
        bool indexed = found.Analysis is null || Add(partition, version, found.Analysis, signature);
        var record = new ShapeRecord(version, stamp, storedSeconds, found.Analysis, found.Reason, indexed);
        if (!Table.Put(key, record, old, stamp))
        {
            if (found.Analysis is not null && indexed)
            {
                Index.Remove(partition, version);
            }

            Trouble = "The table of shapes cannot be written; shapes are kept again when it can.";
            return new ShapeState(ShapeStatus.Pending, Trouble);
        }

        var entry = new ShapeEntry(version, storedSeconds, partition, found.Analysis is not null, indexed);
        Directory.Set(key, entry);
        if (old is { HasShape: true, IsIndexed: true } replaced)
        {
            Index.Remove(replaced.Partition, replaced.Version);
        }

        return StateOf(entry, found.Reason);
    }

    private bool Add(PartitionKey partition, long version, ShapeAnalysis analysis, float[] signature) =>
        Index.Add(partition, version, signature, analysis.Barcode, Directory.MemoryBytes);

    private static bool IsWithin(ReadOnlySpan<float> signature)
    {
        foreach (float number in signature)
        {
            if (!(MathF.Abs(number) <= LargestNumber))
            {
                return false;
            }
        }

        return true;
    }

    private void Remove(ReadOnlySpan<byte> key, in ShapeEntry old)
    {
        _gate.EnterReadLock();
        try
        {
            if (_closed)
            {
                return;
            }

            // A record that cannot be removed comes back after a restart, is met by a search, found stale and removed then.
            long stamp = Interlocked.Increment(ref _stamp);
            Table.Put(key, null, old, stamp);
            Directory.Remove(key, old.Version);
            if (old is { HasShape: true, IsIndexed: true })
            {
                Index.Remove(old.Partition, old.Version);
            }
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    private void LoadRecord(byte[] key, in ShapeHead head, byte[] bytes, Dictionary<PartitionKey, long> saved)
    {
        _stamp = Math.Max(_stamp, head.Stamp);
        bool indexed = head.IsIndexed;
        if (head.HasShape && (!indexed || head.Stamp > saved.GetValueOrDefault(head.Partition)))
        {
            if (ShapeRecord.Read(bytes)?.Analysis is not { } analysis)
            {
                return; // as if it were not there: the next look at the object makes it again
            }

            indexed = Add(head.Partition, head.Version, analysis, Signature(analysis.Barcode));
        }

        Directory.Set(key, new ShapeEntry(head.Version, head.StoredSeconds, head.Partition, head.HasShape, indexed));
    }

    private Lock StripeOf(ReadOnlySpan<byte> key) => _stripes[(int)System.IO.Hashing.XxHash3.HashToUInt64(key) & (Stripes - 1)];
}
