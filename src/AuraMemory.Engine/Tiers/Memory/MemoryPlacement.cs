using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Placement across the boundary of memory: the pool below it, and objects known only by hash.</summary>
internal sealed unsafe partial class MemoryLadder
{
    /// <summary>Share of DRAM that one object may take without being asked for there.</summary>
    private const int LargestShare = 16;

    /// <summary>
    /// Where a new version goes when the caller names no tier: where its old copy is, else DRAM, else (an object that would
    /// displace a sixteenth of DRAM) the home.
    /// </summary>
    public TierId InitialTier(ulong hash, in ObjectImage image)
    {
        if (TryDescribe(hash, image.Key, out MemoryEntry entry) && TotalBytes(image) <= _arenas[(int)entry.Tier].CapacityBytes / 4)
        {
            return entry.Tier;
        }

        return TotalBytes(image) <= _arenas[(int)TierId.Dram].CapacityBytes / LargestShare ? TierId.Dram : TierId.NvmeCold;
    }

    /// <summary>True when a cold object that was read may be copied to DRAM.</summary>
    public bool AdmitsToDram(in ObjectImage image) =>
        TotalBytes(image) <= _arenas[(int)TierId.Dram].CapacityBytes / LargestShare;

    /// <summary>The version of a key that counts now, under its bucket lock; 0 = absent or expired.</summary>
    /// <param name="guard">The lock.</param>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="homeVersion">Version outside memory; 0 = none.</param>
    /// <param name="nowMs">Now, Unix milliseconds.</param>
    /// <param name="expired">Version in memory that has expired; 0 = none.</param>
    public long PresentVersion(
        in CatalogGuard guard, ulong hash, ReadOnlySpan<byte> key, long homeVersion, long nowMs, out long expired)
    {
        expired = 0;
        if (guard.Find(hash, key, out byte* record) == 0)
        {
            return homeVersion;
        }

        if (!RecordLayout.Header(record).IsExpired(nowMs))
        {
            return RecordLayout.Version(record);
        }

        expired = RecordLayout.Version(record);
        return 0;
    }

    /// <summary>Copies an object into the pool, published only if nothing newer came meanwhile.</summary>
    public PlaceStatus PlaceInPool(ulong hash, in ObjectImage image, PlaceMode mode, uint accessCount)
    {
        if (_pool is not { } pool)
        {
            return PlaceStatus.DeviceFailed;
        }

        CatalogToken token = Catalog.Token(hash);
        return PlaceInPool(pool, hash, image, mode, accessCount, token, dropFromMemory: false);
    }

    /// <summary>Copies an object, read after <paramref name="token"/> was taken, into the pool, and drops it from memory.</summary>
    public PlaceStatus MoveToPool(ulong hash, in ObjectImage image, PlaceMode mode, uint accessCount, in CatalogToken token) =>
        _pool is { } pool
            ? PlaceInPool(pool, hash, image, mode, accessCount, token, dropFromMemory: true)
            : PlaceStatus.DeviceFailed;

    /// <summary>Finds an object by the hash of its key and copies it with its key; for the mover, which has only hashes.</summary>
    public bool TryCopyByHash(ulong hash, ObjectBuffer into, Span<byte> key, out int keyBytes, out TierId tier)
    {
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            while (true)
            {
                if (!Catalog.TryFindByHash(hash, out CatalogProbe probe))
                {
                    keyBytes = 0;
                    tier = default;
                    return false;
                }

                ReadOnlySpan<byte> found = RecordLayout.Key(probe.Record);
                keyBytes = found.Length;
                if (keyBytes <= key.Length && CopyOut(probe.Record, into))
                {
                    found.CopyTo(key);
                    into.AccessCount = RecordLayout.AccessCount(probe.Record);
                    tier = probe.Tier;
                    if (probe.IsValid)
                    {
                        return true;
                    }
                }
            }
        }
        finally
        {
            lane.Exit();
        }
    }

    /// <summary>Size and tier of the object with this hash, for planning.</summary>
    public bool TrySizeByHash(ulong hash, out int totalBytes, out TierId tier)
    {
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            if (Catalog.TryFindByHash(hash, out CatalogProbe probe))
            {
                totalBytes = RecordLayout.TotalBytes(probe.Record);
                tier = probe.Tier;
                return probe.IsValid;
            }

            totalBytes = 0;
            tier = default;
            return false;
        }
        finally
        {
            lane.Exit();
        }
    }

    /// <summary>Mean access count of the first live records met in a tier: an estimate for reports.</summary>
    public double MeanAccessCount(TierId tier, int sample)
    {
        Arena arena = _arenas[(int)tier];
        AccessLane lane = Lanes.Current;
        long sum = 0;
        int met = 0;
        for (int segment = 0; segment < arena.SegmentCount && met < sample; segment++)
        {
            lane.Enter();
            try
            {
                if (arena.StateOf(segment) is SegmentState.Open or SegmentState.Sealed
                    && arena.TryBounds(segment, out nint first, out nint end))
                {
                    for (nint at = first; at < end && met < sample; at += RecordLayout.TotalBytes((byte*)at))
                    {
                        if (!RecordLayout.Is((byte*)at, RecordLayout.Dead))
                        {
                            sum += RecordLayout.AccessCount((byte*)at);
                            met++;
                        }
                    }
                }
            }
            finally
            {
                lane.Exit();
            }
        }

        return met == 0 ? 0 : (double)sum / met;
    }

    private PlaceStatus PlaceInPool(
        PersistentPool pool, ulong hash, in ObjectImage image, PlaceMode mode, uint accessCount, in CatalogToken token, bool dropFromMemory)
    {
        bool written = pool.TryWrite(image, mode, accessCount, out PoolTicket ticket, out PlaceStatus status);
        if (!written && status != PlaceStatus.AlreadyThere)
        {
            return status;
        }

        using CatalogGuard guard = Catalog.Lock(hash);
        if (!guard.Matches(token))
        {
            ulong now = guard.Find(hash, image.Key, out byte* present);
            bool same = now != 0 && RecordLayout.Version(present) == image.Header.Version;
            if (!same)
            {
                if (written)
                {
                    pool.Abandon(ticket);
                }

                return PlaceStatus.Stale;
            }
        }

        if (written)
        {
            status = pool.Publish(ticket);
            if (status != PlaceStatus.Placed)
            {
                return status;
            }
        }

        if (dropFromMemory)
        {
            ulong slot = guard.Find(hash, image.Key, out byte* record);
            if (slot != 0)
            {
                if (RecordLayout.Version(record) != image.Header.Version || RecordLayout.Is(record, RecordLayout.Dirty))
                {
                    return PlaceStatus.Stale;
                }

                Unlink(guard, slot, record);
            }
        }

        return status;
    }
}
