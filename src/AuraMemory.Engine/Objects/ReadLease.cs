namespace AuraMemory.Engine.Objects;

/// <summary>The right to read one object's bytes in place for a bounded time.</summary>
/// <remarks>
/// A tier that wants the memory back may revoke the lease once its deadline has passed; a copy in progress finishes first,
/// so a holder never reads memory that has been given to another object. Holders copy in chunks of at most 64 KiB, which
/// bounds the wait of a revoker.
/// </remarks>
public abstract class ReadLease : IDisposable
{
    /// <summary>Length of the leased data, bytes.</summary>
    public abstract int Bytes { get; }

    /// <summary>Copies <paramref name="destination"/>.Length bytes from <paramref name="offset"/>.</summary>
    /// <returns>False when the lease has been revoked.</returns>
    public abstract bool TryCopy(int offset, Span<byte> destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the lease; idempotent.</summary>
    protected abstract void Dispose(bool disposing);
}
