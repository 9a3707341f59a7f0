using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine;

/// <summary>Stores that end in memory.</summary>
public sealed partial class MemoryStore
{
    private const int VolatileAttempts = 8;

    /// <summary>
    /// Stores at <see cref="DurabilityLevel.Volatile"/>, with neither metadata nor conditions, and without allocating when the
    /// object is in memory and keeps its size: for programs that embed the store and overwrite much.
    /// </summary>
    /// <param name="key">Key bytes, see <see cref="ObjectKey"/>.</param>
    /// <param name="data">A validated UTF-8 JSON text; copied.</param>
    /// <returns>
    /// As <see cref="StoreAsync"/> would give it, but <see cref="StoreOutcome.LatencyNs"/> is 0 for overwrites that were not
    /// among the sampled ones: reading the clock twice would cost a tenth of them.
    /// </returns>
    /// <remarks>When memory has no room the object is stored in the home, and the calling thread waits for it.</remarks>
    public StoreOutcome StoreVolatile(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return StoreVolatile(key, data, lane);
        }
        finally
        {
            lane.End();
        }
    }

    private StoreOutcome StoreVolatile(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, AccessLane lane)
    {
        bool timed = lane.ShouldTime();
        long start = timed ? Nanoseconds.Now : 0;
        if (data.Length <= _parts.Options.MaxObjectBytes
            && _parts.Memory.TryOverwrite(
                _parts.Memory.Catalog.Hash(key), key, default, data, ObjectFlags.None, null, _parts.Numbers, lane,
                out TierId tier, out long version))
        {
            lane.CountHit((int)tier, StoreOperation.Store, data.Length);
            long ns = 0;
            if (timed)
            {
                ns = Nanoseconds.Since(start);
                lane.CountTime((int)tier, StoreOperation.Store, ns, data.Length);
            }

            return new StoreOutcome(WriteStatus.Done, tier, version, false, data.Length, 0, ns, null);
        }

        ValueTask<StoreOutcome> stored = StoreAsync(
            new StoreCommand { Key = key.ToArray(), Data = data.ToArray(), Durability = DurabilityLevel.Volatile });
        return stored.IsCompletedSuccessfully ? stored.Result : stored.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// True for a store that needs nothing but memory: volatile, with no relationship to keep and no place outside memory.
    /// </summary>
    private bool IsMemoryOnly(StoreCommand command) =>
        (command.Durability ?? _parts.Options.Durability) == DurabilityLevel.Volatile
        && command.Relationships.Count == 0
        && (command.PreferredTier is not { } tier || tier.IsMemory());

    private bool TryStoreVolatile(StoreCommand command, long start, out StoreOutcome outcome)
    {
        ReadOnlySpan<byte> key = command.Key.Span;
        MemoryLadder memory = _parts.Memory;
        ulong hash = memory.Catalog.Hash(key);
        ObjectFlags flags = command.Flags;
        AccessLane lane = _parts.Lanes.Current;
        if (command.Condition.IsNone && command.TimeToLive is null
            && memory.TryOverwrite(
                hash, key, command.Section.Span, command.Data.Span, flags, command.PreferredTier, _parts.Numbers, lane,
                out TierId at, out long overwritten))
        {
            outcome = new StoreOutcome(
                WriteStatus.Done, at, overwritten, false, command.Data.Length, 0, Counted(lane, at, command.Data.Length, start), null);
            return true;
        }

        long expires = command.TimeToLive is { } life
            ? _parts.Clock.NowMs + Math.Max(1, (long)life.TotalMilliseconds)
            : 0;
        for (int attempt = 0; attempt < VolatileAttempts; attempt++)
        {
            CatalogToken token = memory.Catalog.Token(hash);
            bool inMemory = memory.TryDescribe(hash, key, out MemoryEntry entry);
            long homeVersion = 0;
            ObjectFlags kept = ObjectFlags.None;
            if (!inMemory)
            {
                if (_parts.Home.Stat(key, out HomeStat stat) == ReadStatus.DeviceFailed)
                {
                    break;
                }

                if (stat.Exists && stat.Header.IsExpired(_parts.Clock.NowMs))
                {
                    break; // its expiry is settled first, in line: what is volatile always continues what the home has
                }

                homeVersion = stat.Header.Version;
                kept = stat.Header.Flags & ObjectFlags.HasRelationships;
            }

            TierId tier = command.PreferredTier ?? (inMemory ? entry.Tier : TierId.Dram);
            MemoryLadder.VolatileResult result = memory.PutVolatile(
                hash, key, command, expires, token, homeVersion, !inMemory, flags | kept, ref tier, _parts.Numbers, out long version, out bool created);
            switch (result)
            {
                case MemoryLadder.VolatileResult.Stored:
                    long ns = Counted(lane, tier, command.Data.Length, start);
                    outcome = new StoreOutcome(WriteStatus.Done, tier, version, created, command.Data.Length, 0, ns, null);
                    return true;
                case MemoryLadder.VolatileResult.ConditionFailed:
                    outcome = new StoreOutcome(
                        WriteStatus.ConditionFailed, default, version, false, command.Data.Length, 0, Nanoseconds.Since(start), null);
                    return true;
                case MemoryLadder.VolatileResult.NoRoom:
                case MemoryLadder.VolatileResult.Busy:
                    outcome = default;
                    return false;
                default:
                    continue;
            }
        }

        outcome = default;
        return false;
    }

    private static long Counted(AccessLane lane, TierId tier, int bytes, long start)
    {
        lane.CountHit((int)tier, StoreOperation.Store, bytes);
        long ns = Nanoseconds.Since(start);
        if (lane.ShouldTime())
        {
            lane.CountTime((int)tier, StoreOperation.Store, ns, bytes);
        }

        return ns;
    }
}
