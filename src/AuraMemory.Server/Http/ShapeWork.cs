using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http;

/// <summary>Runs the computations of shapes that requests ask for, so that no number of them keeps others from being served.</summary>
/// <remarks>
/// A short one (by its estimate) runs at once where it was asked for: handing it over would cost more. A longer one runs on a
/// thread of its own, outside the pool that serves requests; at most <c>threads</c> run at a time, at most
/// <see cref="MostWaiting"/> wait, each for at most <c>wait</c>, and what is beyond is refused with 503.
/// Every one ends after <c>limit</c>: the mathematics looks at its cancellation token, so a slot is never held for good.
/// Invariant: 0 &lt;= running &lt;= threads; a slot is given back in the finally block of the one that took it.
/// </remarks>
internal sealed class ShapeWork(int threads, TimeSpan limit, TimeSpan wait, TimeProvider time) : IDisposable
{
    /// <summary>Longest estimate that runs at once, nanoseconds: 1 ms, about what a bulk request takes.</summary>
    public const long ShortNs = 1_000_000;

    private const int MostWaiting = 256;
    private const int RetrySeconds = 2;

    private readonly SemaphoreSlim _slots = new(threads);
    private int _waiting;

    /// <summary>Computations that run on threads of their own now.</summary>
    public int Running => threads - _slots.CurrentCount;

    /// <summary>Computes; exactly one of the result and the problem is there.</summary>
    /// <param name="estimateNs">What it will roughly take, nanoseconds.</param>
    /// <param name="work">Computes; throws <see cref="OperationCanceledException"/> when its token asks it to end.</param>
    /// <param name="cancellation">The caller has gone away.</param>
    /// <exception cref="OperationCanceledException">The caller has gone away.</exception>
    public ValueTask<(T? Result, Problem? Problem)> RunAsync<T>(
        long estimateNs, Func<CancellationToken, T> work, CancellationToken cancellation)
        where T : class => RunAsync(estimateNs, c => new ValueTask<T>(work(c)), cancellation);

    /// <summary>The same for work that may wait for something on its way.</summary>
    public async ValueTask<(T? Result, Problem? Problem)> RunAsync<T>(
        long estimateNs, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
        where T : class
    {
        if (estimateNs <= ShortNs)
        {
            return await LimitedAsync(work, cancellation);
        }

        if (!await EnterAsync(cancellation))
        {
            return (null, new Problem(
                ProblemType.ShapesBusy, "As many shapes are being computed as may be at a time (setting shape_request_threads); nothing was done.",
                RetryAfterSeconds: RetrySeconds));
        }

        try
        {
            // Not awaited on that thread: what comes after the first wait would run on the pool after all.
            return await Task.Factory.StartNew(
                () => LimitedAsync(work, cancellation).AsTask().GetAwaiter().GetResult(), CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async ValueTask<bool> EnterAsync(CancellationToken cancellation)
    {
        if (_slots.Wait(0, CancellationToken.None))
        {
            return true;
        }

        try
        {
            using var patience = new CancellationTokenSource(wait, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            if (Interlocked.Increment(ref _waiting) > MostWaiting)
            {
                return false;
            }

            await _slots.WaitAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<(T? Result, Problem? Problem)> LimitedAsync<T>(
        Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
        where T : class
    {
        using var over = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        try
        {
            return (await work(both.Token), null);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (null, new Problem(
                ProblemType.TooMuchWork,
                FormattableString.Invariant(
                    $"The shape was not computed within {limit.TotalSeconds} s (setting shape_request_seconds). Ask for fewer points (max_points) or a lower dimension (max_dimension).")));
        }
    }
}
