namespace AuraMemory.Engine.Objects;

/// <summary>The store's clock: wall time read once at start, advanced by the monotonic clock.</summary>
/// <remarks>
/// A step of the system clock (NTP, daylight saving, an operator) must not expire or revive objects, so only the start is
/// taken from the wall. The next start reads the wall again.
/// </remarks>
public sealed class StoreClock
{
    private readonly TimeProvider _time;
    private readonly long _startMs;
    private readonly long _startTimestamp;

    /// <summary>Starts the clock.</summary>
    public StoreClock(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _startTimestamp = time.GetTimestamp();
    }

    /// <summary>The underlying provider, for timers.</summary>
    public TimeProvider Time => _time;

    /// <summary>Unix time, milliseconds.</summary>
    public long NowMs => _startMs + (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    /// <summary>Unix time, seconds.</summary>
    public uint NowSeconds => (uint)(NowMs / 1000);
}
