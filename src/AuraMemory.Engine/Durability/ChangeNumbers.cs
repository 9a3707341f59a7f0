using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Durability;

/// <summary>Gives out the numbers of changes: one counter for versions and for the change sequence.</summary>
/// <remarks>
/// Numbers are reserved in the home a million at a time before they are used, so that a crash can lose volatile changes but
/// never lets a number (and so a version, an ETag) be given out twice.
/// </remarks>
internal sealed class ChangeNumbers
{
    private const long ReservedAtOnce = 1_000_000;

    private readonly IHome _home;
    private readonly Lock _gate = new();
    private Counter _counter;
    private long _limit;

    /// <exception cref="IOException">The home could not write the first reservation.</exception>
    public ChangeNumbers(IHome home)
    {
        _home = home;
        _counter.Last = home.FirstFreeNumber - 1;
        Reserve(ahead: 1);
        if (_counter.Last + 1 >= _limit)
        {
            throw new IOException("The home cannot be written: no change numbers could be reserved.");
        }
    }

    /// <summary>The number given out last.</summary>
    public long Last => Volatile.Read(ref _counter.Last);

    /// <summary>The next number. O(1); it waits for the home only when half a million were taken since the mover's last round.</summary>
    public long Take()
    {
        long number = Interlocked.Increment(ref _counter.Last);
        if (number >= Volatile.Read(ref _limit))
        {
            Reserve(ahead: 1);
        }

        return number;
    }

    /// <summary>Reserves early, from a background thread, so that <see cref="Take"/> (often under a bucket lock) does not wait.</summary>
    public void ReserveAhead()
    {
        if (Volatile.Read(ref _limit) - Volatile.Read(ref _counter.Last) < ReservedAtOnce / 2)
        {
            Reserve(ReservedAtOnce / 2);
        }
    }

    private void Reserve(long ahead)
    {
        lock (_gate)
        {
            // When the home cannot be written the number is used all the same: nothing can become durable under it now, and
            // the next successful reservation covers it.
            while (Volatile.Read(ref _counter.Last) >= _limit - ahead)
            {
                long limit = Volatile.Read(ref _counter.Last) + ReservedAtOnce;
                if (!_home.ReserveNumbers(limit))
                {
                    return;
                }

                Volatile.Write(ref _limit, limit);
            }
        }
    }

    /// <summary>Every store writes it: alone in its cache lines, so that the limit and the home beside it stay readable.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counter
    {
        [FieldOffset(128)]
        public long Last;
    }
}
