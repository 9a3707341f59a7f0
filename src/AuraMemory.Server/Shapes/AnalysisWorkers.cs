using System.Threading.Channels;

namespace AuraMemory.Server.Shapes;

/// <summary>A few threads that look after objects one by one, and the bounded queue in front of them.</summary>
/// <remarks>
/// The threads are not the pool's: an analysis computes for long, and requests must find a free thread meanwhile. The queue holds keys,
/// not data. Who offers and finds it full is told so and leaves the object to the follower; the follower waits for a place, which holds
/// up nobody but itself. At the end what is queued is dropped: the follower's position has not passed it.
/// </remarks>
internal sealed class AnalysisWorkers : IAsyncDisposable
{
    private readonly Channel<Work> _queue;
    private readonly Action<byte[], TaskCompletionSource?> _look;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private int _pending;

    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="capacity">Keys that may wait.</param>
    /// <param name="look">Looks after the object of a key and completes the source, if any; must not throw.</param>
    public AnalysisWorkers(int threads, int capacity, Action<byte[], TaskCompletionSource?> look)
    {
        _look = look;
        _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(capacity) { SingleReader = threads == 1 });
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = "shape analysis", Priority = ThreadPriority.BelowNormal };
            _threads[i].Start();
        }
    }

    /// <summary>Keys that wait or are looked after.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Queues a key; false when the queue is full or has ended.</summary>
    public bool TryPost(byte[] key)
    {
        // Counted before it can be taken out, so that the count is never zero while something is to be done.
        Interlocked.Increment(ref _pending);
        if (_queue.Writer.TryWrite(new Work(key, null)))
        {
            return true;
        }

        Interlocked.Decrement(ref _pending);
        return false;
    }

    /// <summary>Queues a key, waiting for a place; the task ends when the object has been looked after, or with the reason why not.</summary>
    public async Task RunAsync(byte[] key, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Increment(ref _pending);
        try
        {
            await _queue.Writer.WriteAsync(new Work(key, done), cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _pending);
            throw;
        }

        await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        while (_queue.Reader.TryRead(out Work left))
        {
            Interlocked.Decrement(ref _pending);
            left.Done?.TrySetException(new ObjectDisposedException(nameof(AnalysisWorkers)));
        }

        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                ValueTask<Work> next = _queue.Reader.ReadAsync(_stop.Token);
                Work work = next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult();
                try
                {
                    _look(work.Key, work.Done);
                }
                finally
                {
                    Interlocked.Decrement(ref _pending);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return;
        }
    }

    private readonly record struct Work(byte[] Key, TaskCompletionSource? Done);
}
