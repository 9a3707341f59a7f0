namespace AuraMemory.Graph.Storage;

/// <summary>Numbers that were freed, given out again only when no snapshot is left that knows what they meant before.</summary>
/// <remarks>One writer. A number freed in epoch e is seen by snapshots that ended an epoch before e; it waits until all of those were collected.</remarks>
internal sealed class NumberPool
{
    private readonly Queue<(int Number, long Epoch)> _freed = new();

    /// <summary>One above the highest number given out.</summary>
    public int Next { get; private set; }

    /// <summary>A number.</summary>
    /// <param name="snapshots">Knows the oldest snapshot in use; asked only when there is a number to reuse.</param>
    public int Take(SnapshotRegister snapshots)
    {
        if (_freed.TryPeek(out (int Number, long Epoch) first) && first.Epoch <= snapshots.Oldest())
        {
            return _freed.Dequeue().Number;
        }

        return Next == int.MaxValue ? throw new InvalidOperationException("The graph has no numbers left.") : Next++;
    }

    /// <summary>Numbers in a row that were never given out.</summary>
    public int TakeFresh(int count)
    {
        int first = Next;
        Next = checked(first + count);
        return first;
    }

    /// <summary>Gives a number back.</summary>
    public void Free(int number, long epoch) => _freed.Enqueue((number, epoch));
}

/// <summary>The snapshots that are still in use, known by weak references: nobody has to give a snapshot back.</summary>
internal sealed class SnapshotRegister
{
    private const int Interval = 64;
    private readonly Queue<(long Epoch, WeakReference<GraphSnapshot> View)> _views = new();
    private long _oldest = long.MaxValue;
    private int _asked;

    /// <summary>A snapshot that was just taken.</summary>
    public void Add(long epoch, GraphSnapshot view)
    {
        _views.Enqueue((epoch, new WeakReference<GraphSnapshot>(view)));
        _oldest = Math.Min(_oldest, epoch);
        if (_views.Count % Interval == 0)
        {
            Purge();
        }
    }

    /// <summary>The epoch that the oldest snapshot in use ended, perhaps an older one; the largest number when there is none.</summary>
    public long Oldest()
    {
        if (_asked++ % Interval == 0)
        {
            Purge();
        }

        return _oldest;
    }

    private void Purge()
    {
        while (_views.TryPeek(out (long Epoch, WeakReference<GraphSnapshot> View) first) && !first.View.TryGetTarget(out _))
        {
            _views.Dequeue();
        }

        _oldest = _views.TryPeek(out (long Epoch, WeakReference<GraphSnapshot> View) left) ? left.Epoch : long.MaxValue;
    }
}
