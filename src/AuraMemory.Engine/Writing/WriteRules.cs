using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Writing;

/// <summary>Judging, numbering and publishing of durable changes; used by the committer's leader only.</summary>
internal sealed partial class WriteRules : IWriteRules, IDisposable
{
    /// <summary>Bytes the home adds to an object, for the capacity check; an upper bound.</summary>
    private const int HomeOverheadBytes = 64;

    private readonly StoreOptions _options;
    private readonly StoreClock _clock;
    private readonly IHome _home;
    private readonly MemoryLadder _memory;
    private readonly ChangeNumbers _numbers;
    private readonly ObjectBuffer _buffer = new();
    private long _pendingBytes;

    public WriteRules(
        StoreOptions options, StoreClock clock, IHome home, MemoryLadder memory, ChangeNumbers numbers)
    {
        _options = options;
        _clock = clock;
        _home = home;
        _memory = memory;
        _numbers = numbers;
    }

    /// <inheritdoc/>
    public void Prepare(WriteOperation operation, IHomeBatch batch)
    {
        if (batch.Count == 0)
        {
            _pendingBytes = 0;
        }

        ReadStatus known = _home.Stat(operation.Key.Span, out HomeStat home);
        if (known == ReadStatus.DeviceFailed)
        {
            operation.Status = WriteStatus.DeviceFailed;
            return;
        }

        switch (operation.Kind)
        {
            case WriteKind.Store:
                PrepareStore(operation, operation.Command!, home, batch);
                break;
            case WriteKind.Delete:
                PrepareDelete(operation, home, batch);
                break;
            case WriteKind.Expire:
                PrepareExpire(operation, home, batch);
                break;
            case WriteKind.Relate or WriteKind.Unrelate:
                PrepareRelate(operation, home, batch);
                break;
            default:
                PrepareWriteBack(operation, home, batch);
                break;
        }
    }

    /// <inheritdoc/>
    public void Publish(WriteOperation operation)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        switch (operation.Kind)
        {
            case WriteKind.Store:
                PublishStore(operation, operation.Command!);
                break;
            case WriteKind.WriteBack when operation.Header.IsExpired(_clock.NowMs):
                _memory.Drop(operation.Hash, key, operation.Version, only: null, keepDirty: false, fromPool: true);
                break;
            case WriteKind.WriteBack:
                _memory.Update(operation.Hash, key, operation.Version, ObjectFlags.None, Catalog.RecordLayout.Dirty);
                break;
            case WriteKind.Relate or WriteKind.Unrelate:
                break; // no copy of the object is older for it
            default:
                // An expiry drops nothing newer than what expired: a volatile store may have come after it.
                long newest = operation.Kind == WriteKind.Expire ? operation.ExpectedVersion : operation.Version;
                _memory.Drop(operation.Hash, key, newest, only: null, keepDirty: false, fromPool: true);
                break;
        }
    }

    /// <inheritdoc/>
    public bool Reconcile(WriteOperation operation)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        ReadStatus known = _home.Stat(key, out HomeStat home);
        if (known is ReadStatus.DeviceFailed or ReadStatus.Corrupt)
        {
            return false;
        }

        // Also volatile copies: the operation was the later one. A write-back changes nothing but where the object is.
        bool isRemoval = operation.Kind is WriteKind.Delete or WriteKind.Expire;
        if (isRemoval && !home.Exists)
        {
            long newest = operation.Kind == WriteKind.Expire ? operation.ExpectedVersion : operation.Version;
            _memory.Drop(operation.Hash, key, newest, only: null, keepDirty: false, fromPool: true);
        }
        else if (operation.Kind == WriteKind.Store && home.Exists && home.Header.Version >= operation.Version)
        {
            _memory.Drop(operation.Hash, key, home.Header.Version - 1, only: null, keepDirty: false, fromPool: true);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Settle(WriteOperation operation)
    {
        if (operation.IsUnderWay)
        {
            operation.IsUnderWay = false;
            _memory.EndChange(operation.Hash);
        }
    }

    public void Dispose() => _buffer.Dispose();

    private void PrepareStore(WriteOperation operation, StoreCommand command, in HomeStat home, IHomeBatch batch)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        long now = _clock.NowMs;
        bool homeExpired = home.Exists && home.Header.IsExpired(now);
        if (!TakeNumber(operation, command.Condition, homeExpired ? 0 : home.Header.Version, now, out long expiredVersion))
        {
            return;
        }

        // The home's version, or the volatile one above it; one known to memory only has left nothing but relationships.
        bool expired = operation.Created && (home.Exists || (expiredVersion != 0 && batch.IsRelated(key)));
        long size = key.Length + command.Section.Length + command.Data.Length + HomeOverheadBytes;
        TierUsage ssd = _home.Ssd.Usage;
        if (ssd.UsedBytes + _pendingBytes + size > ssd.CapacityBytes)
        {
            operation.Status = WriteStatus.NoSpace;
            return;
        }

        if (command.Relationships.Count > 0 && !FitsRelationships(key, command.Relationships, expired))
        {
            operation.Status = WriteStatus.TooManyRelationships;
            return;
        }

        HomeStat previous = home;
        if (expired)
        {
            batch.Delete(key, home.Exists ? home : KnownToMemory(expiredVersion), ChangeKind.Expired, operation.Version);
            operation.Version = _numbers.Take();
            previous = default;
        }

        ObjectFlags flags = command.Flags
            | (command.Relationships.Count > 0 ? ObjectFlags.HasRelationships : previous.Header.Flags & ObjectFlags.HasRelationships);
        uint seconds = (uint)(now / 1000);
        operation.Header = new ObjectHeader(
            operation.Version,
            previous.Exists ? previous.Header.CreatedSeconds : seconds,
            seconds,
            command.TimeToLive is { } life ? now + Math.Max(1, (long)life.TotalMilliseconds) : 0,
            flags);
        batch.Put(
            new ObjectImage(key, operation.Header, command.Section.Span, command.Data.Span), previous, operation.Version);
        if (command.Relationships.Count > 0)
        {
            batch.Relate(key, command.Relationships, operation.Version, _numbers.Take());
            operation.RelationshipsStored = command.Relationships.Count;
        }

        _pendingBytes += size;
        operation.InBatch = true;
        operation.Status = WriteStatus.Done;
    }

    private void PrepareDelete(WriteOperation operation, in HomeStat home, IHomeBatch batch)
    {
        long now = _clock.NowMs;
        bool expired = home.Exists && home.Header.IsExpired(now);
        if (!TakeNumber(operation, operation.Condition, expired ? 0 : home.Header.Version, now, out _))
        {
            return;
        }

        if (operation.Created)
        {
            // Absent, or expired: what has expired is for the expiry scan to settle.
            operation.Status = WriteStatus.NotFound;
            return;
        }

        if (home.Exists || batch.IsRelated(operation.Key.Span))
        {
            batch.Delete(
                operation.Key.Span, home.Exists ? home : KnownToMemory(operation.PresentVersion), ChangeKind.Deleted, operation.Version);
            operation.InBatch = true;
        }

        operation.Status = WriteStatus.Done;
    }

    private void PrepareExpire(WriteOperation operation, in HomeStat home, IHomeBatch batch)
    {
        if (!home.Exists || home.Header.Version != operation.ExpectedVersion || !home.Header.IsExpired(_clock.NowMs)
            || (_memory.TryDescribe(operation.Hash, operation.Key.Span, out MemoryEntry entry) && entry.Header.Version > home.Header.Version))
        {
            // Gone, or replaced in time: also by a volatile store, which inherits the relationships.
            operation.Status = WriteStatus.ConditionFailed;
            return;
        }

        operation.Version = _numbers.Take();
        batch.Delete(operation.Key.Span, home, ChangeKind.Expired, operation.Version);
        operation.InBatch = true;
        operation.Status = WriteStatus.Done;
    }

    private void PrepareWriteBack(WriteOperation operation, in HomeStat home, IHomeBatch batch)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        if (!_memory.TryCopy(operation.Hash, key, _buffer, out ulong state, out _)
            || (state & Catalog.RecordLayout.Dirty) == 0
            || _buffer.Header.Version < home.Header.Version)
        {
            operation.Status = WriteStatus.ConditionFailed;
            return;
        }

        if (_buffer.Header.IsExpired(_clock.NowMs))
        {
            if (home.Exists || batch.IsRelated(key))
            {
                // The home's older version was replaced by the one that expired: it must not come back.
                batch.Delete(
                    key, home.Exists ? home : KnownToMemory(_buffer.Header.Version), ChangeKind.Expired, _numbers.Take());
                operation.Header = _buffer.Header;
                operation.Version = _buffer.Header.Version;
                operation.InBatch = true;
                operation.Status = WriteStatus.Done;
                return;
            }

            _memory.Drop(operation.Hash, key, _buffer.Header.Version, only: null, keepDirty: false, fromPool: true);
            operation.Status = WriteStatus.ConditionFailed;
            return;
        }

        // It continues what the home has, even if that has expired meanwhile: over an expired version nothing volatile is stored.
        HomeStat previous = home;
        uint seconds = _clock.NowSeconds;
        var header = _buffer.Header with
        {
            CreatedSeconds = previous.Exists ? previous.Header.CreatedSeconds : seconds,
            StoredSeconds = seconds,
            Flags = _buffer.Header.Flags | (previous.Header.Flags & ObjectFlags.HasRelationships),
        };
        try
        {
            _options.StagePoints.Reached(StagePoint.BeforeWriteBack);
        }
        catch (IOException)
        {
            operation.Status = WriteStatus.DeviceFailed;
            return;
        }

        batch.Put(new ObjectImage(key, header, _buffer.Section, _buffer.Data), previous, _numbers.Take());
        operation.Header = header;

        // The object may have been stored again since it was queued: what counts is the version that was copied.
        operation.Version = header.Version;
        operation.InBatch = true;
        operation.Status = WriteStatus.Done;
    }

    /// <summary>
    /// Judges the condition and takes the number in one step with respect to volatile stores of the same key, which take
    /// theirs under the same bucket lock. Volatile stores of the key then wait in line until this change is visible.
    /// </summary>
    private bool TakeNumber(
        WriteOperation operation, WriteCondition condition, long homeVersion, long nowMs, out long expiredVersion)
    {
        using Catalog.CatalogGuard guard = _memory.Catalog.Lock(operation.Hash);
        long present = _memory.PresentVersion(guard, operation.Hash, operation.Key.Span, homeVersion, nowMs, out expiredVersion);
        if (!condition.Holds(present))
        {
            operation.Version = present;
            operation.Status = WriteStatus.ConditionFailed;
            return false;
        }

        _memory.BeginChange(operation.Hash);
        operation.IsUnderWay = true;
        operation.Created = present == 0;
        operation.PresentVersion = present;
        operation.Version = _numbers.Take();
        return true;
    }

    private static HomeStat KnownToMemory(long version) =>
        new(false, default, new ObjectHeader(version, 0, 0, 0, ObjectFlags.None), 0, 0);

    private void PublishStore(WriteOperation operation, StoreCommand command)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        var image = new ObjectImage(key, operation.Header, command.Section.Span, command.Data.Span);
        TierId wanted = command.PreferredTier ?? _memory.InitialTier(operation.Hash, image);
        operation.Tier = TierId.NvmeCold;
        if (wanted.IsMemory())
        {
            PlaceStatus placed = _memory.PutNewer(operation.Hash, image, wanted, force: false, mayWriteBack: false);
            if (placed is not PlaceStatus.Placed and not PlaceStatus.Stale && wanted != TierId.Dram)
            {
                operation.PlacementReason = command.PreferredTier is null ? null : PlacementReasons.Explain(placed, wanted, _memory, image);
                wanted = TierId.Dram;
                placed = _memory.PutNewer(operation.Hash, image, wanted, force: false, mayWriteBack: false);
            }
            else if (placed is not PlaceStatus.Placed and not PlaceStatus.Stale && command.PreferredTier is not null)
            {
                operation.PlacementReason = PlacementReasons.Explain(placed, wanted, _memory, image);
            }

            operation.Tier = placed is PlaceStatus.Placed or PlaceStatus.Stale ? wanted : TierId.NvmeCold;
        }
        else
        {
            _memory.Invalidate(operation.Hash, key, operation.Version - 1);
        }

        if (wanted == TierId.PmemWarm)
        {
            PlaceStatus placed = _memory.PlaceInPool(operation.Hash, image, PlaceMode.Admit, 0);
            operation.Tier = placed is PlaceStatus.Placed or PlaceStatus.AlreadyThere ? TierId.PmemWarm : TierId.NvmeCold;
            operation.PlacementReason = operation.Tier == TierId.PmemWarm ? null : PlacementReasons.Explain(placed, wanted, _memory, image);
        }
        else if (wanted == TierId.HddArchive)
        {
            PlaceStatus placed = _home.Move(key, operation.Version, TierId.HddArchive);
            operation.Tier = placed is PlaceStatus.Placed or PlaceStatus.AlreadyThere ? TierId.HddArchive : TierId.NvmeCold;
            operation.PlacementReason = operation.Tier == TierId.HddArchive ? null : PlacementReasons.Explain(placed, wanted, _memory, image);
        }
    }
}
