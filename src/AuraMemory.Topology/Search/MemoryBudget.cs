namespace AuraMemory.Topology.Search;

/// <summary>Counts the bytes an index has taken outside the managed heap, and refuses more than its limit. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    /// <summary>Bytes taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes bytes; false, with nothing taken, when the limit would be passed.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
