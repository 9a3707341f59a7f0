using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>Writing a batch, and what must be decided under the commit lock.</content>
public sealed partial class Home
{
    private const int RememberedMoves = 64;
    private readonly byte[][] _recentMoves = new byte[RememberedMoves][];
    private long _epoch;
    private byte[]? _moving;

    /// <inheritdoc/>
    /// <remarks>
    /// A batch that would grow the SSD path beyond its budget is refused with <see cref="CommitStatus.NoSpace"/> without
    /// making the home read-only: deletions still succeed.
    /// </remarks>
    public CommitStatus Commit(IHomeBatch batch, bool sync, bool log)
    {
        if (batch is not Batch own || own.Home != this)
        {
            throw new ArgumentException("The batch is another home's.", nameof(batch));
        }

        lock (_commitLock)
        {
            return CommitLocked(own, sync, log, _options.StagePoints, _options.SsdCapacityBytes);
        }
    }

    /// <inheritdoc/>
    public CommitStatus Flush()
    {
        lock (_commitLock)
        {
            if (_health != HomeHealth.Healthy)
            {
                return Refusal();
            }

            DrainTouches(int.MaxValue);
            return FlushLocked();
        }
    }

    private CommitStatus CommitLocked(Batch batch, bool sync, bool log, IStagePoints stages, long ssdCapacityBytes)
    {
        if (_health != HomeHealth.Healthy)
        {
            return Refusal();
        }

        if (batch.Spoiled)
        {
            return CommitStatus.DeviceFailed;
        }

        (int Length, int Count) mark = batch.Image.Mark;
        try
        {
            stages.Reached(StagePoint.BeforeCommit);
            Resolve(batch);
            HomeCounters after = _counters + batch.Added;
            if (after.SsdBytes > ssdCapacityBytes && after.SsdBytes > _counters.SsdBytes)
            {
                return CommitStatus.NoSpace;
            }

            if (!log && MarkUnlogged() is var marked && marked != CommitStatus.Done)
            {
                return marked;
            }

            int touches = AddTouches(batch.Image, TouchesPerCommit);
            CommitStatus status = WriteWithCounters(batch.Image, after, sync, log);
            if (status != CommitStatus.Done)
            {
                return status;
            }

            ForgetTouches(touches);
            Volatile.Write(ref _lastChange, Math.Max(_lastChange, batch.NewestChange));
            if (log)
            {
                _witness?.Ssd.Changed(_lastChange);
            }

            _relationsMayExist |= batch.HasRelations;
            stages.Reached(StagePoint.AfterCommit);
            TrimBeyondRetained();
            return CommitStatus.Done;
        }
        catch (IOException)
        {
            return Failed(RocksFailure.Io);
        }
        finally
        {
            batch.Image.Truncate(mark);
        }
    }

    /// <summary>
    /// Decides, with the state frozen by the lock, what operations on archived objects need: an overwritten one's copy has
    /// to go (a <c>cleanup</c> entry), a deleted one's must stay hidden until it is gone (a grave).
    /// </summary>
    private void Resolve(Batch batch)
    {
        List<Operation> operations = batch.Operations;
        if (batch.Epoch != _epoch)
        {
            CorrectMoved(batch);
        }

        for (int i = 0; i < operations.Count; i++)
        {
            Operation operation = operations[i];
            bool wasArchived = operation.Previous.Exists && operation.Previous.Tier == TierId.HddArchive;
            if (!wasArchived && !(operation.IsDelete && _archiveMayHold))
            {
                continue;
            }

            ReadOnlySpan<byte> key = batch.Key(operation);
            if (wasArchived || key.SequenceEqual(_moving) || ArchiveHolds(key))
            {
                _cleanUpPending = true;
                byte[] copy = key.ToArray();
                batch.Image.Put(CleanUp, copy, []);
                if (operation.IsDelete && IsLast(batch, i))
                {
                    Envelope.WriteGrave(copy, operation.Previous.Header.Version, batch.Image.Put(Objects, copy, Envelope.GraveSize));
                }
            }
        }
    }

    /// <summary>An operation was told where its object lived; a move may have changed that since.</summary>
    private void CorrectMoved(Batch batch)
    {
        bool forgotten = _epoch - batch.Epoch > RememberedMoves;
        for (int i = 0; i < batch.Operations.Count; i++)
        {
            Operation operation = batch.Operations[i];
            ReadOnlySpan<byte> key = batch.Key(operation);
            if ((!forgotten && !MovedSince(batch.Epoch, key)) || !IsFirst(batch, i))
            {
                continue;
            }

            Entry entry = LookUp(key, null, out HomeStat now);
            HomeStat told = operation.Previous;
            if (entry is not (Entry.Corrupt or Entry.Failed)
                && (now.Exists, now.Tier, now.StoredBytes) != (told.Exists, told.Tier, told.StoredBytes))
            {
                if (told.Exists)
                {
                    batch.Added.Add(told.Tier, 1, told.StoredBytes);
                }

                if (now.Exists)
                {
                    batch.Added.Add(now.Tier, -1, now.StoredBytes);
                }

                operation.Previous = now;
                batch.Operations[i] = operation;
            }
        }
    }

    private bool MovedSince(long epoch, ReadOnlySpan<byte> key)
    {
        for (long e = epoch; e < _epoch; e++)
        {
            if (key.SequenceEqual(_recentMoves[e % RememberedMoves]))
            {
                return true;
            }
        }

        return false;
    }

    private void RememberMove(ReadOnlySpan<byte> key)
    {
        _recentMoves[_epoch % RememberedMoves] = key.ToArray();
        Volatile.Write(ref _epoch, _epoch + 1);
    }

    /// <summary>After a reopening everything may differ from what batches in the making were told.</summary>
    private void ForgetMoves() => Volatile.Write(ref _epoch, _epoch + RememberedMoves + 1);

    private static bool IsFirst(Batch batch, int index)
    {
        ReadOnlySpan<byte> key = batch.Key(batch.Operations[index]);
        for (int i = 0; i < index; i++)
        {
            if (key.SequenceEqual(batch.Key(batch.Operations[i])))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLast(Batch batch, int index)
    {
        ReadOnlySpan<byte> key = batch.Key(batch.Operations[index]);
        for (int i = index + 1; i < batch.Operations.Count; i++)
        {
            if (key.SequenceEqual(batch.Key(batch.Operations[i])))
            {
                return false;
            }
        }

        return true;
    }

    private bool ArchiveHolds(ReadOnlySpan<byte> key)
    {
        if (_archive is null)
        {
            return true;
        }

        using PinnedValue value = _archive.Get(Objects, key);
        return value.Found || value.Failure != RocksFailure.None;
    }

    /// <summary>Writes a batch with the totals that hold after it; the totals in memory change only when it succeeded.</summary>
    private CommitStatus WriteWithCounters(WriteBatchImage image, in HomeCounters after, bool sync, bool log)
    {
        after.Write(image.Put(NotesFamily, CountersNote, HomeCounters.Bytes));
        if (_ssd is null || _ssd.Write(image, sync, log) is { } error && Fails(error))
        {
            return Refusal();
        }

        _counters = after;
        return CommitStatus.Done;
    }

    private bool Fails(string error)
    {
        Failed(RocksErrors.Classify(error));
        return true;
    }

    private CommitStatus MarkUnlogged()
    {
        if (_unlogged)
        {
            return CommitStatus.Done;
        }

        _own.Clear();
        _own.Put(NotesFamily, UnloggedNote, _lastChange);
        if (_ssd!.Write(_own, sync: false, log: true) is { } error)
        {
            return Failed(RocksErrors.Classify(error));
        }

        _unlogged = true;
        UnloggedAfter = _lastChange;
        return CommitStatus.Done;
    }

    private CommitStatus FlushLocked()
    {
        string? error;
        if (_unlogged)
        {
            error = _ssd!.FlushBuffers();
            if (error is null && !_lossUnheard)
            {
                _own.Clear();
                _own.Delete(NotesFamily, UnloggedNote);
                error = _ssd.Write(_own, sync: true, log: true);
                _unlogged = error is not null;
                UnloggedAfter = _unlogged ? UnloggedAfter : null;
            }
        }
        else
        {
            error = _ssd!.SyncLog();
        }

        return error is null ? CommitStatus.Done : Failed(RocksErrors.Classify(error));
    }

    private CommitStatus Failed(RocksFailure failure)
    {
        _health = HealthAfter(failure);
        return RocksErrors.ToCommit(failure == RocksFailure.None ? RocksFailure.Io : failure);
    }

    private CommitStatus Refusal() =>
        _health == HomeHealth.ReadOnlyNoSpace ? CommitStatus.NoSpace : CommitStatus.DeviceFailed;
}
