namespace AuraMemory.Bench.Stores;

/// <summary>A store as the in-process load sees it.</summary>
internal abstract class StoreUnderTest : IDisposable
{
    /// <summary>A thread's way into the store.</summary>
    /// <param name="valueBytes">Length of every value.</param>
    /// <param name="durable">True = stores at the store's default durability instead of none.</param>
    public abstract StoreSession Open(int valueBytes, bool durable);

    public abstract void Dispose();
}

/// <summary>One thread's operations.</summary>
internal abstract class StoreSession : IDisposable
{
    /// <summary>Reads an object into the session's buffer and checks its number.</summary>
    /// <returns>False when it is missing or wrong.</returns>
    public abstract bool Read(uint number);

    public abstract void Write(uint number);

    /// <summary>Reads several in one call where the store has one.</summary>
    /// <returns>How many were missing or wrong.</returns>
    public virtual int ReadGroup(ReadOnlySpan<uint> numbers)
    {
        int wrong = 0;
        foreach (uint number in numbers)
        {
            wrong += Read(number) ? 0 : 1;
        }

        return wrong;
    }

    public virtual void Dispose()
    {
    }
}
