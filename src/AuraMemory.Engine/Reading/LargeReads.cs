namespace AuraMemory.Engine.Reading;

/// <summary>Bounds the bytes of large objects that were read from below memory and are still held by their readers.</summary>
/// <remarks>
/// Large objects in memory are leased, not copied; those that come from the pool or a disk must be copied to the managed heap,
/// and a crowd of slow readers could fill it. A reader that finds no room is throttled. One object always fits, however large.
/// </remarks>
internal sealed class LargeReads(long limitBytes)
{
    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes room for an object.</summary>
    public bool TryEnter(int bytes)
    {
        long held = Interlocked.Add(ref _held, bytes);
        if (held <= limitBytes || held == bytes)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>Gives the room back.</summary>
    public void Leave(int bytes) => Interlocked.Add(ref _held, -bytes);
}
