using System.Collections.Concurrent;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>A clock that stands until a test moves it. Timers fire when their time has come; those that a test lets pass fire at once, and the clock jumps to them.</summary>
internal sealed class StagedTime : TimeProvider
{
    private readonly Lock _sync = new();
    private readonly List<StagedTimer> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now = 1;

    /// <summary>Which waits take no time.</summary>
    public Func<TimeSpan, bool> Passes { get; set; } = static _ => false;

    /// <summary>Waits that took no time, in order.</summary>
    public ConcurrentQueue<TimeSpan> Passed { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        StagedTimer[] due;
        lock (_sync)
        {
            _now += by.Ticks;
            due = [.. _timers.Where(t => t.Due <= _now)];
            _timers.RemoveAll(t => t.Due <= _now);
        }

        foreach (StagedTimer timer in due)
        {
            timer.Fire();
        }
    }

    /// <summary>Ends when something waits that is due between these times from now.</summary>
    public async Task AwaitedAsync(TimeSpan from, TimeSpan to)
    {
        while (true)
        {
            Task changed;
            lock (_sync)
            {
                if (_timers.Exists(t => t.Due - _now >= from.Ticks && t.Due - _now <= to.Ticks))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new StagedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class StagedTimer(StagedTime time, Action fire) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._sync)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                if (time.Passes(dueTime))
                {
                    time._now += dueTime.Ticks;
                    time.Passed.Enqueue(dueTime);
                    ThreadPool.QueueUserWorkItem(_ => fire());
                    return true;
                }

                Due = time._now + dueTime.Ticks;
                time._timers.Add(this);
                time._changed.SetResult();
                time._changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._sync)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
