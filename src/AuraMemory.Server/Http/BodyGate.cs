namespace AuraMemory.Server.Http;

/// <summary>Bounds the bytes of request bodies that are held in memory at once.</summary>
/// <remarks>
/// A body is charged as a whole before its first byte is read, so that no request holds a part while it waits for the rest
/// (which could leave all of them waiting). Waiters are served in order of arrival. Invariant: 0 &lt;= _held &lt;= limit.
/// </remarks>
internal sealed class BodyGate(long limit, TimeSpan wait, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _limit = limit;
    private long _held;

    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes <paramref name="bytes"/> (at most the limit is charged).</summary>
    /// <returns>Bytes charged, to be given back; -1 when they did not become free in time.</returns>
    public ValueTask<long> EnterAsync(long bytes, CancellationToken cancellation)
    {
        long charge = Math.Min(bytes, Volatile.Read(ref _limit));
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && _held + charge <= _limit)
            {
                _held += charge;
                return ValueTask.FromResult(charge);
            }

            waiter = new Waiter(charge);
            _waiters.AddLast(waiter);
        }

        return WaitAsync(waiter, cancellation);
    }

    /// <summary>Lowers the limit; before the first request, so that no charge above it is waiting.</summary>
    public void Lower(long to)
    {
        lock (_lock)
        {
            _limit = Math.Min(_limit, to);
        }
    }

    public void Leave(long charge)
    {
        lock (_lock)
        {
            _held -= charge;
            Admit();
        }
    }

    private async ValueTask<long> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        try
        {
            await waiter.Granted.Task.WaitAsync(wait, time, cancellation);
            return waiter.Charge;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (_waiters.Remove(waiter))
                {
                    Admit();
                    return -1;
                }
            }

            // Granted between the timeout and the lock: the charge is ours after all.
            return waiter.Charge;
        }
    }

    private void Admit()
    {
        while (_waiters.First is { } first && _held + first.Value.Charge <= _limit)
        {
            _held += first.Value.Charge;
            _waiters.RemoveFirst();
            first.Value.Granted.SetResult();
        }
    }

    private sealed class Waiter(long charge)
    {
        public long Charge { get; } = charge;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
