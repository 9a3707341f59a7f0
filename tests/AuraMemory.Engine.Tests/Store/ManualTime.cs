namespace AuraMemory.Engine.Tests.Store;

/// <summary>A clock that stands still until a test moves it; wall and monotonic time apart, because only one of them may step.</summary>
public sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        _wall += by;
        Interlocked.Add(ref _ticks, by.Ticks);
    }

    /// <summary>The wall clock is set; no time passes.</summary>
    public void Step(TimeSpan by) => _wall += by;
}
