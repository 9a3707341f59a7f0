using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine.Movement;

/// <summary>Makes a given tier the fastest one that holds an object. Transactional: readers see the old copy until they see the new one.</summary>
/// <remarks>
/// Between memory tiers: copy, then one relink under the bucket lock (Nomad, OSDI 2024). Down to the pool: the copy is written
/// and published before the one in memory is unlinked. Down to a home: what is not in the home yet is written back first, then
/// faster copies are dropped. An object written meanwhile wins over the migration, which then starts again.
/// </remarks>
internal sealed class Migrator(StoreParts parts)
{
    private const int Attempts = 16;
    private const int LargeMovesAtOnce = 2;

    private readonly MemoryLadder _memory = parts.Memory;
    private readonly SemaphoreSlim _largeMoves = new(LargeMovesAtOnce);
    private long _promotions;
    private long _demotions;

    /// <summary>Objects placed in a faster tier by migration, prefetch or the planner.</summary>
    public long Promotions => Interlocked.Read(ref _promotions);

    /// <summary>Objects moved to a slower tier by migration.</summary>
    public long Demotions => Interlocked.Read(ref _demotions);

    /// <summary>Moves one object; see <see cref="IObjectStore.MigrateAsync"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="target">Where to.</param>
    /// <param name="force">True = evict what is in the way.</param>
    /// <param name="prefetch">True = marked as fetched ahead.</param>
    public async ValueTask<MigrationOutcome> MoveAsync(ReadOnlyMemory<byte> key, TierId target, bool force, bool prefetch)
    {
        long start = Nanoseconds.Now;
        ulong hash = _memory.Catalog.Hash(key.Span);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ReadStatus located = Locate(hash, key.Span, out Place place);
            if (located != ReadStatus.Found)
            {
                return new MigrationOutcome(
                    located == ReadStatus.NotFound ? MigrationStatus.NotFound : MigrationStatus.DeviceFailed,
                    default, default, 0, Nanoseconds.Since(start), located == ReadStatus.NotFound ? null : "The home cannot be read.");
            }

            if (place.Tier == target)
            {
                return Outcome(MigrationStatus.AlreadyThere, place, target, start, null);
            }

            if (place.IsDirty && !target.IsMemory())
            {
                if (!await WriteBackAsync(hash, key, place.Version).ConfigureAwait(false))
                {
                    return Outcome(MigrationStatus.DeviceFailed, place, place.Tier, start, "The home cannot be written.");
                }

                continue;
            }

            PlaceStatus moved = await MoveAsync(hash, key, place, target, force, prefetch).ConfigureAwait(false);
            if (moved is PlaceStatus.Placed or PlaceStatus.AlreadyThere)
            {
                long ns = Nanoseconds.Since(start);
                Count(place.Tier, target, ns, place.DataBytes);
                return new MigrationOutcome(MigrationStatus.Migrated, place.Tier, target, place.DataBytes, ns, null);
            }

            if (moved != PlaceStatus.Stale)
            {
                long? largest = target.IsMemory() ? _memory.Arena(target).LargestRecordBytes : parts.Pool?.LargestObjectBytes;
                return Outcome(
                    moved == PlaceStatus.DeviceFailed ? MigrationStatus.DeviceFailed : MigrationStatus.Refused,
                    place, place.Tier, start, PlacementReasons.Explain(moved, target, largest, place.DataBytes));
            }
        }

        return new MigrationOutcome(
            MigrationStatus.Refused, target, target, 0, Nanoseconds.Since(start), "The object is being written all the time.");
    }

    /// <summary>Moves an object that is in memory, named by the hash of its key, to a faster memory tier.</summary>
    public bool Promote(ulong hash, TierId target, ObjectBuffer buffer)
    {
        Span<byte> key = stackalloc byte[ObjectKey.MaxBytes * 2];
        if (!_memory.TryCopyByHash(hash, buffer, key, out int keyBytes, out TierId from) || from == target)
        {
            return false;
        }

        bool moved = _memory.Move(hash, buffer.Image(key[..keyBytes]), target, force: false) == PlaceStatus.Placed;
        if (moved)
        {
            Interlocked.Increment(ref _promotions);
        }

        return moved;
    }

    private async ValueTask<PlaceStatus> MoveAsync(
        ulong hash, ReadOnlyMemory<byte> key, Place place, TierId target, bool force, bool prefetch)
    {
        if (place.DataBytes <= ObjectBuffer.LargeCopyBytes)
        {
            return Move(hash, key.Span, place, target, force, prefetch);
        }

        // A move copies the object: large ones take turns.
        await _largeMoves.WaitAsync().ConfigureAwait(false);
        try
        {
            return Move(hash, key.Span, place, target, force, prefetch);
        }
        finally
        {
            _largeMoves.Release();
        }
    }

    private PlaceStatus Move(ulong hash, ReadOnlySpan<byte> key, in Place place, TierId target, bool force, bool prefetch)
    {
        if (target.IsHome())
        {
            return MoveHome(hash, key, place, target);
        }

        using var buffer = new ObjectBuffer { LargeCopies = parts.LargeReads };
        try
        {
            return MoveCopy(hash, key, place, target, force, prefetch, buffer);
        }
        catch (InsufficientMemoryException)
        {
            return PlaceStatus.NoSpace; // readers of large objects have all the room for copies now
        }
    }

    private PlaceStatus MoveCopy(
        ulong hash, ReadOnlySpan<byte> key, in Place place, TierId target, bool force, bool prefetch, ObjectBuffer buffer)
    {

        CatalogToken token = _memory.Catalog.Token(hash);
        if (place.Tier.IsMemory())
        {
            if (!_memory.TryCopy(hash, key, buffer, out _, out TierId at) || at != place.Tier)
            {
                return PlaceStatus.Stale;
            }

            return target.IsMemory()
                ? _memory.Move(hash, buffer.Image(key), target, force)
                : _memory.MoveToPool(hash, buffer.Image(key), Mode(force), (uint)buffer.AccessCount, token);
        }

        ReadStatus read = place.Tier == TierId.PmemWarm ? parts.Pool!.Read(key, buffer) : parts.Home.Read(key, buffer);
        if (read != ReadStatus.Found)
        {
            return read switch
            {
                ReadStatus.DeviceFailed => PlaceStatus.DeviceFailed,
                ReadStatus.Throttled => PlaceStatus.NoSpace,
                _ => PlaceStatus.Stale,
            };
        }

        ObjectImage image = buffer.Image(key);
        return target.IsMemory()
            ? _memory.Fill(hash, image, target, token, Math.Max(buffer.AccessCount - 1, 0), prefetch, force)
            : _memory.MoveToPool(hash, image, Mode(force), 0, token);
    }

    private PlaceStatus MoveHome(ulong hash, ReadOnlySpan<byte> key, in Place place, TierId target)
    {
        ReadStatus known = parts.Home.Stat(key, out HomeStat home);
        if (known != ReadStatus.Found || home.Header.Version != place.Version)
        {
            return known == ReadStatus.DeviceFailed ? PlaceStatus.DeviceFailed : PlaceStatus.Stale;
        }

        if (home.Tier != target)
        {
            PlaceStatus moved = parts.Home.Move(key, place.Version, target);
            if (moved is not PlaceStatus.Placed and not PlaceStatus.AlreadyThere)
            {
                return moved;
            }
        }

        NoteUse(hash, key, home.Header);
        _memory.Drop(hash, key, place.Version, only: null, keepDirty: true, fromPool: true);
        return PlaceStatus.Placed;
    }

    /// <summary>What the copies to be dropped know of the object's use must not go with them.</summary>
    private void NoteUse(ulong hash, ReadOnlySpan<byte> key, in ObjectHeader header)
    {
        const uint secondsPerDay = 86_400;
        uint since = header.StoredSeconds + secondsPerDay;
        if (_memory.TryDescribe(hash, key, out MemoryEntry entry) && entry.LastAccessSeconds > since)
        {
            parts.Home.Touch(key, entry.LastAccessSeconds);
        }
        else if (parts.Clock.NowSeconds > since && parts.Pool?.TakeUse(key) == true)
        {
            parts.Home.Touch(key, parts.Clock.NowSeconds);
        }
    }

    /// <summary>The fastest place that holds an object now.</summary>
    public ReadStatus Locate(ulong hash, ReadOnlySpan<byte> key, out Place place)
    {
        if (_memory.TryDescribe(hash, key, out MemoryEntry entry))
        {
            place = new Place(entry.Tier, entry.Header.Version, entry.DataBytes, entry.IsDirty, entry.Header);
            return Live(place);
        }

        if (parts.Pool is { } pool && pool.Contains(key, out ObjectHeader header, out int dataBytes))
        {
            place = new Place(TierId.PmemWarm, header.Version, dataBytes, false, header);
            return Live(place);
        }

        ReadStatus known = parts.Home.Stat(key, out HomeStat stat);
        place = new Place(stat.Tier, stat.Header.Version, stat.DataBytes, false, stat.Header);
        return known == ReadStatus.Found ? stat.Exists ? Live(place) : ReadStatus.NotFound : known;
    }

    private ReadStatus Live(in Place place) =>
        place.Header.IsExpired(parts.Clock.NowMs) ? ReadStatus.NotFound : ReadStatus.Found;

    private async ValueTask<bool> WriteBackAsync(ulong hash, ReadOnlyMemory<byte> key, long version)
    {
        WriteOperation operation = WriteOperation.OfVersion(WriteKind.WriteBack, key.ToArray(), hash, version);
        await parts.Committer.SubmitAsync(new[] { operation }).ConfigureAwait(false);
        return operation.Status is WriteStatus.Done or WriteStatus.ConditionFailed;
    }

    private void Count(TierId from, TierId to, long ns, int bytes)
    {
        if (to < from)
        {
            Interlocked.Increment(ref _promotions);
        }
        else
        {
            Interlocked.Increment(ref _demotions);
        }

        AccessLane lane = parts.Lanes.Current;
        lane.CountHit((int)to, StoreOperation.Migrate, bytes);
        lane.CountTime((int)to, StoreOperation.Migrate, ns, bytes);
    }

    private static MigrationOutcome Outcome(MigrationStatus status, in Place from, TierId to, long start, string? reason) =>
        new(status, from.Tier, to, from.DataBytes, Nanoseconds.Since(start), reason);

    private static PlaceMode Mode(bool force) => force ? PlaceMode.Force : PlaceMode.Admit;
}

/// <summary>Where an object is.</summary>
internal readonly record struct Place(TierId Tier, long Version, int DataBytes, bool IsDirty, ObjectHeader Header);
