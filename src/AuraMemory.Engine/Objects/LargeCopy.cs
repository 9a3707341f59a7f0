namespace AuraMemory.Engine.Objects;

/// <summary>Memory outside the managed heap for one private copy of a large object; dispose it to give it back.</summary>
public abstract class LargeCopy : IDisposable
{
    /// <summary>The memory, at least as long as was asked for.</summary>
    public abstract Span<byte> Memory { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back; idempotent.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Gives out memory for private copies of large objects, within a budget.</summary>
public interface ILargeCopies
{
    /// <summary>Memory for a copy, or null when the budget has no room now.</summary>
    /// <param name="bytes">Length wanted.</param>
    LargeCopy? TryRent(int bytes);
}
