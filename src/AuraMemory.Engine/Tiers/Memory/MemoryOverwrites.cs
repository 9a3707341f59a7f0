using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>The shortest way of a volatile store: over the version that is in memory, where it lies.</summary>
internal sealed unsafe partial class MemoryLadder
{
    /// <summary>
    /// Overwrites an object that is in memory, has no expiry and keeps its size; unconditional. One hash, one bucket lock.
    /// </summary>
    /// <param name="hash">Hash of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="metadata">Metadata; empty = none.</param>
    /// <param name="data">Data.</param>
    /// <param name="flags">Flags to add to those the object has.</param>
    /// <param name="only">Only where the copy is in this tier; null = any.</param>
    /// <param name="numbers">Gives the version, under the lock: it is the newest of the key.</param>
    /// <param name="lane">The caller's lane.</param>
    /// <param name="tier">Where it lies.</param>
    /// <param name="version">Version stored.</param>
    /// <returns>False when it has to go the long way, <see cref="PutVolatile"/>; nothing has changed then.</returns>
    public bool TryOverwrite(
        ulong hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> data, ObjectFlags flags, TierId? only,
        ChangeNumbers numbers, AccessLane lane, out TierId tier, out long version)
    {
        tier = default;
        version = 0;
        if ((long)metadata.Length + data.Length > OverwriteLimitBytes - RecordLayout.FixedBytes - ObjectKey.MaxBytes)
        {
            return false;
        }

        // The record is on its way while the lock is taken: the locked instruction would wait for nothing else.
        Catalog.Approach(hash, out _);
        using CatalogGuard guard = Catalog.Lock(hash);
        ulong slot = guard.Find(hash, key, out byte* record);
        if (slot == 0
            || Volatile.Read(ref _changing[hash & ChangeLaneMask]) != 0
            || !RecordLayout.Fits(record, metadata.Length, data.Length))
        {
            return false;
        }

        tier = CatalogSlot.Tier(slot);
        if (only is { } wanted && wanted != tier)
        {
            return false;
        }

        version = numbers.Take();
        RecordLayout.Overwrite(
            record, metadata, data, version, flags | (RecordLayout.Flags(record) & ObjectFlags.HasRelationships), RecordLayout.Dirty);
        DropFromPool(key, version - 1);
        lane.NoteDirty();
        return true;
    }
}
