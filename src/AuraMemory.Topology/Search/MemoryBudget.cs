namespace AuraMemory.Topology.Search;

/// <summary>Counts the bytes an index holds, in the managed heap and outside, and refuses more than its limit. Thread-safe.</summary>
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

    /// <summary>Counts bytes that are held whatever the limit: room of searches and of queues, small beside the entries.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
