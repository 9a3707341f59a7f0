using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Publishing copies in the memory tiers.</summary>
internal sealed unsafe partial class MemoryLadder
{
    /// <summary>Largest record that is overwritten where it lies, bytes: readers wait while its bucket is locked.</summary>
    private const int OverwriteLimitBytes = 4096;

    private const int AllocationAttempts = 8;
    private const int ChangeLaneMask = 1023;

    /// <summary>Durable changes under way, counted by lane of the key's hash; a lane shared by chance only costs speed.</summary>
    private readonly int[] _changing = new int[ChangeLaneMask + 1];

    /// <summary>Result of a volatile store.</summary>
    internal enum VolatileResult : byte
    {
        /// <summary>Stored.</summary>
        Stored,

        /// <summary>The condition does not hold for the version given back.</summary>
        ConditionFailed,

        /// <summary>The bucket changed since the token was taken: look again.</summary>
        Changed,

        /// <summary>There is no room in memory: store it in the home.</summary>
        NoRoom,

        /// <summary>A durable change of the key is under way, or its expiry has to be settled: take a place in its line.</summary>
        Busy,
    }

    /// <summary>
    /// Says that a durable change of a key has been judged and numbered. Under the key's bucket lock. Until
    /// <see cref="EndChange"/> no volatile store of the key is judged, for it could not see what that change will have done.
    /// </summary>
    public void BeginChange(ulong hash) => Interlocked.Increment(ref _changing[hash & ChangeLaneMask]);

    /// <summary>The change is visible, or has failed.</summary>
    public void EndChange(ulong hash) => Interlocked.Decrement(ref _changing[hash & ChangeLaneMask]);

    /// <summary>Publishes a version that has just been stored, replacing an older copy in whatever memory tier.</summary>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="image">The new version.</param>
    /// <param name="tier">Where the copy is wanted.</param>
    /// <param name="force">True = evict whatever is in the way.</param>
    /// <param name="mayWriteBack">False inside a commit, where volatile objects cannot be written back to make room.</param>
    /// <returns>Placed, or why not; an older copy is gone in every case.</returns>
    public PlaceStatus PutNewer(ulong hash, in ObjectImage image, TierId tier, bool force, bool mayWriteBack)
    {
        int total = TotalBytes(image);
        using (CatalogGuard guard = Catalog.Lock(hash))
        {
            ulong slot = guard.Find(hash, image.Key, out byte* old);
            if (slot != 0)
            {
                if (RecordLayout.Version(old) >= image.Header.Version)
                {
                    return PlaceStatus.Stale;
                }

                if (CatalogSlot.Tier(slot) == tier && total <= OverwriteLimitBytes && RecordLayout.CanOverwrite(old, image))
                {
                    RecordLayout.Overwrite(old, image, 0);
                    DropFromPool(image.Key, image.Header.Version - 1);
                    return PlaceStatus.Placed;
                }
            }
        }

        byte* record = Allocate(tier, total, image, force, mayWriteBack, hash, out PlaceStatus refused);
        if (record is null)
        {
            DropOlder(hash, image.Key, image.Header.Version - 1);
            return refused;
        }

        RecordLayout.Write(record, image, 0, _nowSeconds, 0);
        return Link(hash, image.Key, image.Header.Version, tier, record, total);
    }

    /// <summary>Stores a version in memory only; its number is taken under the bucket lock, so that it is the newest.</summary>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="command">What to store.</param>
    /// <param name="expiresAtMs">Expiry, Unix milliseconds; 0 = never.</param>
    /// <param name="token">Moment at which <paramref name="homeVersion"/> was read.</param>
    /// <param name="homeVersion">Version outside memory; 0 = none.</param>
    /// <param name="expectAbsent">True when the key was not in memory a moment ago.</param>
    /// <param name="flags">Flags of the object.</param>
    /// <param name="tier">Where to; the tier of a copy that is overwritten in place when <paramref name="command"/> names none.</param>
    /// <param name="numbers">Gives the version.</param>
    /// <param name="version">The version stored, or the present one when the condition failed.</param>
    /// <param name="created">True when the key was absent.</param>
    public VolatileResult PutVolatile(
        ulong hash, ReadOnlySpan<byte> key, StoreCommand command, long expiresAtMs, in CatalogToken token, long homeVersion,
        bool expectAbsent, ObjectFlags flags, ref TierId tier, Durability.ChangeNumbers numbers, out long version, out bool created)
    {
        var image = new ObjectImage(
            key, new ObjectHeader(0, 0, 0, expiresAtMs, flags), command.Section.Span, command.Data.Span);
        int total = TotalBytes(image);
        byte* record = null;
        while (true)
        {
            // A key that is not in memory needs its record before the lock: taking the lock twice would end the token.
            if (record is null && expectAbsent)
            {
                record = Allocate(tier, total, image, force: false, mayWriteBack: true, hash, out _);
                if (record is null)
                {
                    version = 0;
                    created = false;
                    return VolatileResult.NoRoom;
                }

                RecordLayout.Write(record, image, RecordLayout.Dirty, _nowSeconds, 0);
            }

            using (CatalogGuard guard = Catalog.Lock(hash))
            {
                ulong slot = guard.Find(hash, key, out byte* old);
                bool expired = slot != 0 && RecordLayout.Expires(old)
                    && RecordLayout.Header(old).IsExpired(_clock.NowMs);
                if (expired || Volatile.Read(ref _changing[hash & ChangeLaneMask]) != 0)
                {
                    if (record is not null)
                    {
                        _arenas[(int)tier].Abandon(record, total);
                    }

                    version = 0;
                    created = false;
                    return VolatileResult.Busy;
                }

                long present = slot == 0 ? homeVersion : RecordLayout.Version(old);
                created = present == 0;
                if (slot == 0 && !guard.Matches(token))
                {
                    if (record is not null)
                    {
                        _arenas[(int)tier].Abandon(record, total);
                    }

                    version = 0;
                    return VolatileResult.Changed;
                }

                if (!command.Condition.Holds(present))
                {
                    version = present;
                    if (record is not null)
                    {
                        _arenas[(int)tier].Abandon(record, total);
                    }

                    return VolatileResult.ConditionFailed;
                }

                if (record is null && slot != 0 && total <= OverwriteLimitBytes && RecordLayout.CanOverwrite(old, image)
                    && (command.PreferredTier is null || CatalogSlot.Tier(slot) == tier))
                {
                    tier = CatalogSlot.Tier(slot);
                    version = numbers.Take();
                    RecordLayout.Overwrite(
                        old,
                        new ObjectImage(key, image.Header with { Version = version, Flags = flags | (RecordLayout.Flags(old) & ObjectFlags.HasRelationships) }, image.Metadata, image.Data),
                        RecordLayout.Dirty);
                    DropFromPool(key, version - 1);
                    Lanes.Current.NoteDirty();
                    return VolatileResult.Stored;
                }

                if (record is not null)
                {
                    version = numbers.Take();
                    ObjectFlags all = slot == 0 ? flags : flags | (RecordLayout.Flags(old) & ObjectFlags.HasRelationships);
                    RecordLayout.SetState(record, version, all, RecordLayout.Dirty);
                    _arenas[(int)tier].Publish(record, total);
                    ulong link = CatalogSlot.Make(hash, tier, record - _arenas[(int)tier].Base);
                    if (slot != 0)
                    {
                        RecordLayout.CopyHistory(old, record);
                        guard.Replace(slot, link);
                        _arenas[(int)CatalogSlot.Tier(slot)].MarkDead(old);
                    }
                    else if (!guard.Insert(link))
                    {
                        _arenas[(int)tier].MarkDead(record);
                        return VolatileResult.NoRoom;
                    }

                    DropFromPool(key, version - 1);
                    Lanes.Current.NoteDirty();
                    break;
                }
            }

            expectAbsent = true;
        }

        Catalog.MaybeGrow();
        return VolatileResult.Stored;
    }

    /// <summary>Publishes a copy that was read from outside memory, if nothing has happened to the key since the token.</summary>
    public PlaceStatus Fill(
        ulong hash, in ObjectImage image, TierId tier, in CatalogToken token, long accessCount, bool prefetched, bool force)
    {
        int total = TotalBytes(image);
        byte* record = Allocate(tier, total, image, force, mayWriteBack: true, hash, out PlaceStatus refused);
        if (record is null)
        {
            return refused;
        }

        RecordLayout.Write(
            record, image, prefetched ? RecordLayout.Prefetched : 0, _nowSeconds, (uint)Math.Min(accessCount, uint.MaxValue));
        using (CatalogGuard guard = Catalog.Lock(hash))
        {
            if (!guard.Matches(token) || guard.Find(hash, image.Key, out _) != 0)
            {
                _arenas[(int)tier].Abandon(record, total);
                return PlaceStatus.Stale;
            }

            _arenas[(int)tier].Publish(record, total);
            if (!guard.Insert(CatalogSlot.Make(hash, tier, record - _arenas[(int)tier].Base)))
            {
                _arenas[(int)tier].MarkDead(record);
                return PlaceStatus.NoSpace;
            }
        }

        Catalog.MaybeGrow();
        return PlaceStatus.Placed;
    }

    /// <summary>Moves the copy that is in memory to another memory tier; readers see the old one until they see the new one.</summary>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="image">A copy of the version to move.</param>
    /// <param name="tier">Where to.</param>
    /// <param name="force">True = evict whatever is in the way.</param>
    public PlaceStatus Move(ulong hash, in ObjectImage image, TierId tier, bool force)
    {
        int total = TotalBytes(image);
        byte* record = Allocate(tier, total, image, force, mayWriteBack: true, hash, out PlaceStatus refused);
        if (record is null)
        {
            return refused;
        }

        RecordLayout.Write(record, image, 0, _nowSeconds, 0);
        Arena arena = _arenas[(int)tier];
        using CatalogGuard guard = Catalog.Lock(hash);
        ulong slot = guard.Find(hash, image.Key, out byte* old);
        if (slot == 0 || RecordLayout.Version(old) != image.Header.Version || CatalogSlot.Tier(slot) == tier)
        {
            arena.Abandon(record, total);
            return slot != 0 && CatalogSlot.Tier(slot) == tier ? PlaceStatus.AlreadyThere : PlaceStatus.Stale;
        }

        RecordLayout.SetState(record, image.Header.Version, RecordLayout.Flags(old), RecordLayout.StateBits(old));
        RecordLayout.CopyHistory(old, record);
        arena.Publish(record, total);
        guard.Replace(slot, CatalogSlot.Make(hash, tier, record - arena.Base));
        _arenas[(int)CatalogSlot.Tier(slot)].MarkDead(old);
        return PlaceStatus.Placed;
    }

    /// <summary>Drops the copy in memory if its version is at most <paramref name="version"/>.</summary>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="version">Newest version to drop.</param>
    /// <param name="only">Only a copy in this tier; null = any memory tier.</param>
    /// <param name="keepDirty">True = a version that is not in the home yet stays.</param>
    /// <param name="fromPool">True = drop the pool's copy too.</param>
    /// <returns>True when a copy in memory was dropped.</returns>
    public bool Drop(ulong hash, ReadOnlySpan<byte> key, long version, TierId? only, bool keepDirty, bool fromPool)
    {
        using CatalogGuard guard = Catalog.Lock(hash);
        if (fromPool)
        {
            DropFromPool(key, version);
        }

        ulong slot = guard.Find(hash, key, out byte* record);
        if (slot == 0
            || RecordLayout.Version(record) > version
            || (only is { } tier && CatalogSlot.Tier(slot) != tier)
            || (keepDirty && RecordLayout.Is(record, RecordLayout.Dirty)))
        {
            return false;
        }

        Unlink(guard, slot, record);
        return true;
    }

    /// <summary>Says that something happened to a key outside memory, so that copies read before it are not published.</summary>
    public void Invalidate(ulong hash, ReadOnlySpan<byte> key, long version) => DropOlder(hash, key, version);

    /// <summary>Sets or clears flags and state of the copy in memory if it still is <paramref name="version"/>.</summary>
    public void Update(ulong hash, ReadOnlySpan<byte> key, long version, ObjectFlags addFlags, ulong clearState)
    {
        using CatalogGuard guard = Catalog.Lock(hash);
        if (guard.Find(hash, key, out byte* record) != 0 && RecordLayout.Version(record) == version)
        {
            RecordLayout.SetState(
                record, version, RecordLayout.Flags(record) | addFlags, RecordLayout.StateBits(record) & ~clearState);
        }
    }

    private static int TotalBytes(in ObjectImage image) => RecordLayout.TotalBytes(
        image.Key.Length, image.Header.ExpiresAtMs != 0, image.Metadata.Length, image.Data.Length);

    /// <summary>
    /// Removes the pool's copy; under the key's bucket lock, like every publication there: otherwise a copy of an older
    /// version could be published, or read and published in memory, between the two.
    /// </summary>
    private void DropFromPool(ReadOnlySpan<byte> key, long version)
    {
        if (_pool is { } pool && !pool.IsEmpty)
        {
            pool.Drop(key, version);
        }
    }

    private void DropOlder(ulong hash, ReadOnlySpan<byte> key, long version)
    {
        using CatalogGuard guard = Catalog.Lock(hash);
        DropFromPool(key, version);
        ulong slot = guard.Find(hash, key, out byte* record);
        if (slot != 0 && RecordLayout.Version(record) <= version)
        {
            Unlink(guard, slot, record);
        }
    }

    private void Unlink(in CatalogGuard guard, ulong slot, byte* record)
    {
        guard.Remove(slot);
        _arenas[(int)CatalogSlot.Tier(slot)].MarkDead(record);
    }

    private PlaceStatus Link(ulong hash, ReadOnlySpan<byte> key, long version, TierId tier, byte* record, int total)
    {
        Arena arena = _arenas[(int)tier];
        using (CatalogGuard guard = Catalog.Lock(hash))
        {
            ulong slot = guard.Find(hash, key, out byte* old);
            if (slot != 0 && RecordLayout.Version(old) >= version)
            {
                arena.Abandon(record, total);
                return PlaceStatus.Stale;
            }

            arena.Publish(record, total);
            DropFromPool(key, version - 1);
            ulong link = CatalogSlot.Make(hash, tier, record - arena.Base);
            if (slot != 0)
            {
                RecordLayout.CopyHistory(old, record);
                guard.Replace(slot, link);
                _arenas[(int)CatalogSlot.Tier(slot)].MarkDead(old);
            }
            else if (!guard.Insert(link))
            {
                arena.MarkDead(record);
                return PlaceStatus.NoSpace;
            }
        }

        Catalog.MaybeGrow();
        return PlaceStatus.Placed;
    }

    /// <summary>Takes memory in a tier, making room when there is none.</summary>
    private byte* Allocate(
        TierId tier, int total, in ObjectImage image, bool force, bool mayWriteBack, ulong hash, out PlaceStatus refused)
    {
        Arena arena = _arenas[(int)tier];
        if (total > arena.LargestRecordBytes)
        {
            refused = PlaceStatus.TooLarge;
            return null;
        }

        refused = PlaceStatus.NoSpace;
        ArenaQueue queue = InitialQueue(tier, hash);
        int attempts = force ? (arena.SegmentCount * 4) + AllocationAttempts : AllocationAttempts;
        for (int i = 0; i < attempts; i++)
        {
            byte* record = Catalog.IsFull ? null : arena.TryAllocate(total, queue, useReserve: force && i > arena.SegmentCount);
            if (record is not null)
            {
                return record;
            }

            if (!Reclaim(tier, force, mayWriteBack) && !force)
            {
                break;
            }
        }

        return null;
    }
}
