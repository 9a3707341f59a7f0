using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Shapes;

/// <content>What runs in the background: loading, looking after objects, keeping the index linked and saved.</content>
internal sealed partial class ShapeService
{
    private const int LeastUnsaved = 10_000;
    private const int UnsavedShare = 8;
    private const int IndexAgainPage = 4096;
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IndexAgainInterval = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim _wake = new();

    /// <summary>Looks after a key on the caller's thread; a medium that fails is an <see cref="IOException"/>.</summary>
    internal void LookAfter(byte[] key)
    {
        lock (_analysing[(int)System.IO.Hashing.XxHash3.HashToUInt64(key) & (AnalysisStripes - 1)])
        {
            try
            {
                for (int attempt = 0; attempt < LookAttempts && !IsSettled(key); attempt++)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                }
            }
            catch (Exception e) when (e is not (IOException or OperationCanceledException))
            {
                // One object that cannot be kept must not stop the changes after it.
                Interlocked.Increment(ref _failures);
                _keeper.Trouble = $"The shape of an object could not be kept: {e.GetType().Name}.";
            }
        }
    }

    /// <summary>True when nothing has to be computed for a key: the follower need not queue it.</summary>
    internal bool IsCheap(ReadOnlySpan<byte> key, long version) => _keeper.IsHandled(version)
        || (_keeper.Directory.TryGet(key, out ShapeEntry entry)
            ? entry.Version >= version && version != 0
            : _store.Describe(key, out ObjectHeader header, out _, out _) switch
            {
                ReadStatus.Found => (header.Flags & ObjectFlags.ShapeRequested) == 0,
                ReadStatus.NotFound => true,
                _ => false,
            });

    internal Task LookAfterAsync(byte[] key, CancellationToken cancellation) => _workers.RunAsync(key, cancellation);

    private void Look(byte[] key, TaskCompletionSource? done)
    {
        try
        {
            _loaded.Task.Wait(_stop.Token);
            LookAfter(key);
            done?.TrySetResult();
        }
        catch (Exception e)
        {
            // What waits learns why; what does not wait comes again as a change.
            done?.TrySetException(e is OperationCanceledException ? new ObjectDisposedException(nameof(ShapeService)) : e);
        }
    }

    /// <summary>Compares what is kept with what is stored, once; true when they agree and nothing came between.</summary>
    private bool IsSettled(byte[] key)
    {
        bool known = _keeper.Directory.TryGet(key, out ShapeEntry entry);
        ReadStatus status = _store.Describe(key, out ObjectHeader header, out _, out _);
        if (status is ReadStatus.NotFound || (status == ReadStatus.Found && (header.Flags & ObjectFlags.ShapeRequested) == 0))
        {
            if (known && (status == ReadStatus.NotFound || entry.Version <= header.Version))
            {
                _keeper.Forget(key, entry.Version);
            }

            return true;
        }

        if (status == ReadStatus.Corrupt || (status == ReadStatus.Found && known && entry.Version >= header.Version))
        {
            return true;
        }

        if (status == ReadStatus.Found && _keeper.IsHandled(header.Version))
        {
            // An older version whose analysis took longer may have been kept after this one was found to have nothing.
            _keeper.Forget(key, header.Version);
            return true;
        }

        using var buffer = new ObjectBuffer();
        status = status == ReadStatus.Found ? _store.Peek(key, buffer) : status;
        if (status is ReadStatus.DeviceFailed or ReadStatus.Throttled)
        {
            throw new IOException("The store could not be read.");
        }

        if (status != ReadStatus.Found)
        {
            return false;
        }

        long version = buffer.Header.Version;
        uint stored = buffer.Header.StoredSeconds != 0 ? buffer.Header.StoredSeconds : _clock.NowSeconds;
        bool isExpensive = false;
        if (TryOptions(buffer.ShapeOptions, out Topology.ShapeOptions options, out Topology.ShapeOutcome found))
        {
            isExpensive = buffer.DataBytes > LargestInline || Estimate(buffer.Data, options) > _settings.InlineBudget;
            found = Measured(buffer.Data, options, out TimeSpan took);
            isExpensive |= took > _settings.InlineBudget;
        }

        if (_keeper.Keep(key, version, stored, found, keepReason: isExpensive).Status == ShapeStatus.Pending)
        {
            throw new IOException(_keeper.Trouble ?? "The shape could not be kept.");
        }

        return _store.Describe(key, out header, out _, out _) == ReadStatus.Found && header.Version == version;
    }

    private void Load(Func<IChangeFollower, long, Func<long>> follow)
    {
        try
        {
            bool good = _keeper.Table.TryBegin(out long position) && _keeper.Load(_stop.Token);
            if (!good)
            {
                position = -1;
                _keeper.Trouble = _keeper.Table.Reset()
                    ? "The table of shapes was damaged; the shapes are taken again from the store."
                    : "The table of shapes can be neither read nor made anew; shapes cannot be kept.";
            }
            else if (_keeper.Table.Lost is { } lost)
            {
                _keeper.Trouble = $"The table of shapes could not be opened ({lost}); the shapes are taken again from the store.";
            }

            _loaded.TrySetResult();
            _behind = follow(new ShapeFollower(this, _store), position);
        }
        catch (OperationCanceledException)
        {
            _loaded.TrySetCanceled();
        }
        catch (Exception e)
        {
            _keeper.Trouble = $"The shapes could not be loaded: {e.Message}";
            _loaded.TrySetException(e);
        }
    }

    private void Upkeep()
    {
        long lastSave = _time.GetTimestamp();
        long lastAgain = lastSave;
        int again = 0;
        try
        {
            _loaded.Task.Wait(_stop.Token);
            while (!_stop.IsCancellationRequested)
            {
                if (!_keeper.Index.Maintain(_stop.Token))
                {
                    _wake.Wait(IdleWait, _stop.Token);
                }

                if (_keeper.Directory.NotIndexed > 0 && (again != 0 || _time.GetElapsedTime(lastAgain) > IndexAgainInterval))
                {
                    again = _keeper.IndexAgain(again, IndexAgainPage);
                    lastAgain = _time.GetTimestamp();
                }

                if (_time.GetElapsedTime(lastSave) > _settings.SaveInterval)
                {
                    lastSave = _time.GetTimestamp();
                    if (_keeper.Unsaved > Math.Max(LeastUnsaved, _keeper.Index.Count / UnsavedShare))
                    {
                        _keeper.Save();
                    }
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            return;
        }
    }
}
