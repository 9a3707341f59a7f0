using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>Copying what is used in memory into the persistent pool, so that the next start is warm.</summary>
/// <remarks>
/// Eviction fills the pool with what memory has no room for; what memory keeps, the most used, would be missing after a
/// restart. So its copies are written in the background: of records that were read, that the home has, and whose segment is
/// full, which is old enough to be worth it. A bit in the record remembers the copy; an overwrite clears it with the rest of
/// the state. The bit is a hint: the pool may have evicted its copy since.
/// </remarks>
internal sealed unsafe partial class MemoryLadder
{
    /// <summary>Collects the hashes of records in one segment that are worth a copy in the pool.</summary>
    /// <param name="tier">A memory tier.</param>
    /// <param name="segment">Segment number.</param>
    /// <param name="openToo">True = also a segment that is still being filled: at the end of the process.</param>
    /// <param name="into">Receives the hashes.</param>
    public void CollectWarm(TierId tier, int segment, bool openToo, List<ulong> into)
    {
        Arena arena = _arenas[(int)tier];
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            SegmentState state = arena.StateOf(segment);
            if ((state != SegmentState.Sealed && !(openToo && state == SegmentState.Open))
                || !arena.TryBounds(segment, out nint first, out nint end))
            {
                return;
            }

            const ulong Excluded = RecordLayout.Dead | RecordLayout.Dirty | RecordLayout.Pooled;
            for (nint at = first; at < end; at += RecordLayout.TotalBytes((byte*)at))
            {
                byte* record = (byte*)at;
                if ((RecordLayout.StateBits(record) & Excluded) == 0
                    && RecordLayout.AccessCount(record) > 0
                    && RecordLayout.TotalBytes(record) <= arena.SegmentBytes / 2)
                {
                    into.Add(Catalog.Hash(RecordLayout.Key(record)));
                }
            }
        }
        finally
        {
            lane.Exit();
        }
    }

    /// <summary>Copies one object to the pool, unless it is written meanwhile or not in the home yet.</summary>
    /// <param name="hash">Hash of its key.</param>
    /// <param name="buffer">For the copy.</param>
    /// <returns>True when the pool has its present version now.</returns>
    public bool Warm(ulong hash, ObjectBuffer buffer)
    {
        if (_pool is not { } pool)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[ObjectKey.MaxBytes * 2];
        if (!TrySnapshot(hash, buffer, key, out int keyBytes, out CatalogToken token))
        {
            return false;
        }

        ObjectImage image = buffer.Image(key[..keyBytes]);
        PlaceStatus placed = PlaceInPool(
            pool, hash, image, PlaceMode.Admit, (uint)Math.Min(buffer.AccessCount, uint.MaxValue), token, dropFromMemory: false);
        if (placed is not PlaceStatus.Placed and not PlaceStatus.AlreadyThere)
        {
            return false;
        }

        using CatalogGuard guard = Catalog.Lock(hash);
        if (guard.Find(hash, image.Key, out byte* record) != 0 && RecordLayout.Version(record) == image.Header.Version)
        {
            RecordLayout.AddState(record, RecordLayout.Pooled);
        }

        return true;
    }

    /// <summary>Copies an object that the home has, with the moment of its bucket at which it was so.</summary>
    private bool TrySnapshot(ulong hash, ObjectBuffer into, Span<byte> key, out int keyBytes, out CatalogToken token)
    {
        AccessLane lane = Lanes.Current;
        lane.Enter();
        try
        {
            for (int attempt = 0; attempt < OptimisticAttempts; attempt++)
            {
                if (!Catalog.TryFindByHash(hash, out CatalogProbe probe) || RecordLayout.Is(probe.Record, RecordLayout.Dirty))
                {
                    break;
                }

                ReadOnlySpan<byte> found = RecordLayout.Key(probe.Record);
                keyBytes = found.Length;
                if (keyBytes <= key.Length && CopyOut(probe.Record, into))
                {
                    found.CopyTo(key);
                    into.AccessCount = RecordLayout.AccessCount(probe.Record);
                    token = new CatalogToken(probe.Bucket, probe.Version);
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

        keyBytes = 0;
        token = default;
        return false;
    }
}
