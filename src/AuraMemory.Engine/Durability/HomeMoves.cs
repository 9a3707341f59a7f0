using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>Moving an object's home, and removing archive copies that nothing refers to.</content>
/// <remarks>
/// To the archive: (1) under the commit lock check the version and log a <c>cleanup</c> entry as intent, (2) write the copy,
/// (3) sync it, (4) under the commit lock check the version again and, in one batch, remove the SSD's entry and the intent and
/// book the totals: this batch is the move. Back: (1) one batch puts the object on the SSD with a <c>cleanup</c> entry: this
/// batch is the move, (2) sync it, (3) remove the copy. A crash anywhere else leaves a hidden copy with its entry.
/// </remarks>
public sealed partial class Home
{
    private const int CleanUpAtOpen = 1024;
    private const long ArchiveRetryMs = 1000;
    private readonly WriteBatchImage _archiveImage = new();
    private bool _cleanUpPending = true;
    private RocksFailure _archiveFailure;
    private long _archiveFailedAtMs;

    /// <inheritdoc/>
    public PlaceStatus Move(ReadOnlySpan<byte> key, long version, TierId target)
    {
        if (!target.IsHome())
        {
            throw new ArgumentOutOfRangeException(nameof(target), target, "Only nvme_cold and hdd_archive can be a home.");
        }

        lock (_moveLock)
        {
            return MoveHolding(key, version, target);
        }
    }

    /// <summary>Removes up to <paramref name="limit"/> archive copies that are hidden for good, with their graves.</summary>
    /// <returns>Keys dealt with; 0 when there is nothing to do, or a medium fails.</returns>
    public int CleanUpArchive(int limit)
    {
        lock (_moveLock)
        {
            var keys = new List<byte[]>();
            lock (_commitLock)
            {
                if (!_cleanUpPending || _health != HomeHealth.Healthy || !ArchiveWritable())
                {
                    return 0;
                }

                _cleanUpPending = false;
                using RocksCursor cursor = _ssd!.Cursor(CleanUp, once: true);
                for (cursor.Seek([]); keys.Count < limit && cursor.Valid; cursor.Next())
                {
                    keys.Add(cursor.Key.ToArray());
                }

                _cleanUpPending = cursor.Valid || cursor.Failure != RocksFailure.None;
            }

            return keys.Count == 0 || RemoveCopies(keys) ? keys.Count : 0;
        }
    }

    /// <summary>Places a copy, which makes that path the object's home, without a change entry.</summary>
    internal PlaceStatus Place(in ObjectImage image, TierId tier)
    {
        lock (_moveLock)
        {
            PlaceStatus placed;
            lock (_commitLock)
            {
                if (_health != HomeHealth.Healthy)
                {
                    return RefusedPlace();
                }

                Entry entry = LookUp(image.Key, null, out HomeStat now);
                if (entry is Entry.Corrupt or Entry.Failed)
                {
                    return PlaceStatus.DeviceFailed;
                }

                long known = now.Header.Version;
                int size = Envelope.Size(image);
                if (known > image.Header.Version || (entry == Entry.Grave && known == image.Header.Version))
                {
                    return PlaceStatus.Stale;
                }

                if (now.Exists && known == image.Header.Version && now.Tier == tier)
                {
                    return PlaceStatus.AlreadyThere;
                }

                if (tier == TierId.HddArchive && !ArchiveFits(image.Key.Length + size - (now.Tier == tier ? now.StoredBytes : 0)))
                {
                    return PlaceStatus.NoSpace;
                }

                placed = PlaceStatus.Placed;
                if (!now.Exists || known != image.Header.Version || now.Tier != TierId.NvmeCold)
                {
                    var stored = new byte[size];
                    Envelope.Write(image, stored);
                    placed = PutOnSsd(image.Key, stored, image.Header, now, tier == TierId.NvmeCold ? _options.SsdCapacityBytes : long.MaxValue);
                }
            }

            return placed == PlaceStatus.Placed && tier == TierId.HddArchive
                ? MoveHolding(image.Key, image.Header.Version, tier)
                : placed;
        }
    }

    /// <summary>Drops an object from the path that is its home, without a change entry.</summary>
    internal bool Drop(ReadOnlySpan<byte> key, long version, TierId tier)
    {
        lock (_moveLock)
        {
            lock (_commitLock)
            {
                if (_health != HomeHealth.Healthy
                    || LookUp(key, null, out HomeStat now) != Entry.Object || now.Tier != tier || now.Header.Version > version)
                {
                    return false;
                }

                using var batch = new Batch(this);
                batch.Drop(key, now);
                if (CommitLocked(batch, sync: false, log: true, NoStagePoints.Instance, long.MaxValue) != CommitStatus.Done)
                {
                    return false;
                }

                RememberMove(key);
            }

            if (_archiveMayHold && ArchiveWritable())
            {
                RemoveCopies([key.ToArray()]);
            }

            return true;
        }
    }

    private PlaceStatus MoveHolding(ReadOnlySpan<byte> key, long version, TierId target)
    {
        try
        {
            return target == TierId.HddArchive ? MoveToArchive(key, version) : MoveToSsd(key, version);
        }
        catch (IOException)
        {
            return PlaceStatus.DeviceFailed;
        }
        finally
        {
            lock (_commitLock)
            {
                _moving = null;
            }
        }
    }

    private PlaceStatus MoveToArchive(ReadOnlySpan<byte> key, long version)
    {
        if (!ArchiveWritable())
        {
            return RocksErrors.ToPlace(_archiveFailure);
        }

        HomeStat stat;
        lock (_commitLock)
        {
            if (CheckMove(key, version, TierId.HddArchive, out stat) is { } no)
            {
                return no;
            }

            if (!ArchiveFits(stat.StoredBytes))
            {
                return PlaceStatus.NoSpace;
            }

            // What was not logged would survive in the archive while its change entry is lost.
            if (stat.Header.Version > (UnloggedAfter ?? long.MaxValue) && FlushLocked() != CommitStatus.Done)
            {
                return RefusedPlace();
            }

            _archiveImage.Clear();
            using (PinnedValue value = _ssd!.Get(Objects, key))
            {
                _archiveImage.Put(ObjectsFamily, key, value.Found ? value.Bytes : []);
            }

            _archiveMayHold = true;
            _cleanUpPending = true;
            _moving = key.ToArray();
            _own.Clear();
            _own.Put(CleanUp, key, []);
            if (WriteWithCounters(_own, _counters, sync: false, log: true) != CommitStatus.Done)
            {
                return RefusedPlace();
            }
        }

        if (ArchiveFails(_archive!.Write(_archiveImage, sync: false, log: true)))
        {
            return RocksErrors.ToPlace(_archiveFailure);
        }

        _options.StagePoints.Reached(StagePoint.MoveTargetWritten);
        if (ArchiveFails(_archive.SyncLog()))
        {
            return RocksErrors.ToPlace(_archiveFailure);
        }

        _options.StagePoints.Reached(StagePoint.MoveTargetSynced);
        bool stale = false;
        lock (_commitLock)
        {
            if (CheckMove(key, version, TierId.HddArchive, out stat) is { } no)
            {
                if (no != PlaceStatus.Stale)
                {
                    return no;
                }

                stale = true;
            }
            else
            {
                HomeCounters after = _counters;
                after.Add(TierId.NvmeCold, -1, stat.StoredBytes);
                after.Add(TierId.HddArchive, 1, stat.StoredBytes);
                _own.Clear();
                _own.Delete(ObjectsFamily, key);
                _own.Delete(Touched, key);
                _own.Delete(CleanUp, key);
                if (WriteWithCounters(_own, after, sync: false, log: true) != CommitStatus.Done)
                {
                    return RefusedPlace();
                }

                RememberMove(key);
            }
        }

        if (stale)
        {
            RemoveCopies([key.ToArray()]);
            return PlaceStatus.Stale;
        }

        _options.StagePoints.Reached(StagePoint.MoveSourceRemoved);
        return PlaceStatus.Placed;
    }

    private PlaceStatus MoveToSsd(ReadOnlySpan<byte> key, long version)
    {
        byte[]? stored = null;
        if (_archive is { } archive)
        {
            // Nobody else writes the archive while the move lock is held: the copy stays what it is.
            using PinnedValue value = archive.Get(Objects, key);
            stored = value.Found ? value.Bytes.ToArray() : null;
        }

        lock (_commitLock)
        {
            if (CheckMove(key, version, TierId.NvmeCold, out HomeStat stat) is { } no)
            {
                return no;
            }

            PlaceStatus placed = stored is null
                ? PlaceStatus.DeviceFailed
                : PutOnSsd(key, stored, stat.Header, stat, _options.SsdCapacityBytes);
            if (placed != PlaceStatus.Placed)
            {
                return placed;
            }
        }

        _options.StagePoints.Reached(StagePoint.MoveTargetWritten);
        lock (_commitLock)
        {
            if (FlushLocked() != CommitStatus.Done)
            {
                return RefusedPlace();
            }
        }

        _options.StagePoints.Reached(StagePoint.MoveTargetSynced);
        if (ArchiveWritable())
        {
            RemoveCopies([key.ToArray()]);
        }

        _options.StagePoints.Reached(StagePoint.MoveSourceRemoved);
        return PlaceStatus.Placed;
    }

    /// <summary>Why a move cannot go on; null when it can.</summary>
    private PlaceStatus? CheckMove(ReadOnlySpan<byte> key, long version, TierId target, out HomeStat stat)
    {
        stat = default;
        return _health != HomeHealth.Healthy
            ? RefusedPlace()
            : LookUp(key, null, out stat) switch
            {
                Entry.Corrupt or Entry.Failed => PlaceStatus.DeviceFailed,
                Entry.Object when stat.Header.Version == version => stat.Tier == target ? PlaceStatus.AlreadyThere : null,
                _ => PlaceStatus.Stale,
            };
    }

    private PlaceStatus PutOnSsd(ReadOnlySpan<byte> key, byte[] stored, in ObjectHeader header, in HomeStat previous, long capacityBytes)
    {
        using var batch = new Batch(this);
        batch.PutStored(key, stored, header, previous);
        CommitStatus status = CommitLocked(batch, sync: false, log: true, NoStagePoints.Instance, capacityBytes);
        if (status == CommitStatus.Done)
        {
            RememberMove(key);
        }

        return status switch
        {
            CommitStatus.Done => PlaceStatus.Placed,
            CommitStatus.NoSpace => PlaceStatus.NoSpace,
            _ => PlaceStatus.DeviceFailed,
        };
    }

    /// <summary>
    /// Deletes the archive's copies of keys for which the SSD has an entry. Holding the move lock, an entry can change but not
    /// vanish while the copy is there: a deletion would leave a grave.
    /// </summary>
    private bool RemoveCopies(List<byte[]> keys)
    {
        _archiveImage.Clear();
        lock (_commitLock)
        {
            if (_health != HomeHealth.Healthy || FlushLocked() != CommitStatus.Done)
            {
                return false;
            }

            for (int i = keys.Count - 1; i >= 0; i--)
            {
                switch (Fetch(_ssd, TierId.NvmeCold, keys[i], null, out _))
                {
                    case Entry.Object or Entry.Grave:
                        _archiveImage.Delete(ObjectsFamily, keys[i]);
                        break;
                    case Entry.Corrupt or Entry.Failed:
                        keys.RemoveAt(i);
                        break;
                }
            }
        }

        if (_archiveImage.Count > 0)
        {
            Interlocked.Increment(ref _archiveRemovals);
            if (ArchiveFails(_archive!.Write(_archiveImage, sync: true, log: true)))
            {
                _cleanUpPending = true;
                return false;
            }
        }

        lock (_commitLock)
        {
            if (_health != HomeHealth.Healthy)
            {
                return false;
            }

            _own.Clear();
            foreach (byte[] key in keys)
            {
                if (Fetch(_ssd, TierId.NvmeCold, key, null, out _) == Entry.Grave)
                {
                    _own.Delete(ObjectsFamily, key);
                }

                _own.Delete(CleanUp, key);
            }

            return WriteWithCounters(_own, _counters, sync: false, log: true) == CommitStatus.Done;
        }
    }

    private bool ArchiveFits(long moreBytes) => _counters.ArchiveBytes + moreBytes <= _options.ArchiveCapacityBytes;

    private bool ArchiveFails(string? error)
    {
        if (error is null)
        {
            return false;
        }

        _archiveFailure = RocksErrors.Classify(error);
        _archiveFailedAtMs = _clock.NowMs;
        return true;
    }

    /// <summary>True when the archive takes writes; after a failure it is reopened, at most once a second. The caller holds the move lock.</summary>
    private bool ArchiveWritable()
    {
        if (_archiveFailure == RocksFailure.None)
        {
            return _archive is not null;
        }

        lock (_commitLock)
        {
            if (_disposed || _clock.NowMs - _archiveFailedAtMs < ArchiveRetryMs)
            {
                return false;
            }

            _archiveFailedAtMs = _clock.NowMs;
            return ReopenArchive();
        }
    }

    private PlaceStatus RefusedPlace() =>
        _health == HomeHealth.ReadOnlyNoSpace ? PlaceStatus.NoSpace : PlaceStatus.DeviceFailed;
}
