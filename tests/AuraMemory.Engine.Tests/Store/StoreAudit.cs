using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Checks every invariant between catalog, arenas, pool and home of a store at rest.</summary>
internal static unsafe class StoreAudit
{
    /// <summary>Stops the store's worker and verifies; background steps can still be run by hand afterwards.</summary>
    public static void Verify(MemoryStore store)
    {
        store.Mover.Dispose();
        Assert.Null(store.Mover.Failure);
        MemoryLadder memory = store.Parts.Memory;
        var home = (Home)store.Parts.Home;
        Dictionary<string, (long Version, bool Dirty)> inMemory = Memory(memory);
        foreach ((string key, (long version, bool dirty)) in inMemory)
        {
            home.Stat(ObjectKey.Parse(key), out HomeStat stat);
            Assert.True(
                dirty ? stat.Header.Version <= version : stat.Exists && stat.Header.Version == version,
                $"{key}: memory has {version} (dirty: {dirty}), the home {stat}");
        }

        if (store.Parts.Pool is { } pool)
        {
            Pool(pool, home, inMemory);
        }

        Assert.Equal(0, memory.Leases.Held);
        Assert.Equal(home.Recount().ToString(), home.Counters.ToString());
    }

    private static Dictionary<string, (long Version, bool Dirty)> Memory(MemoryLadder memory)
    {
        var found = new Dictionary<string, (long, bool)>();
        var records = new HashSet<ulong>();
        foreach (Arena arena in memory.Arenas)
        {
            long bytes = 0;
            long entries = 0;
            for (int segment = 0; segment < arena.SegmentCount; segment++)
            {
                Assert.True(arena.StateOf(segment) is not (SegmentState.Claimed or SegmentState.Borrowed), "a segment is still held");
                if (arena.StateOf(segment) is not (SegmentState.Open or SegmentState.Sealed))
                {
                    continue;
                }

                Assert.True(arena.TryBounds(segment, out nint first, out nint end), "an allocation was neither published nor abandoned");
                for (nint at = first; at < end; at += RecordLayout.TotalBytes((byte*)at))
                {
                    byte* record = (byte*)at;
                    if (RecordLayout.Is(record, RecordLayout.Dead))
                    {
                        continue;
                    }

                    entries++;
                    bytes += RecordLayout.TotalBytes(record);
                    string key = ObjectKey.ToText(RecordLayout.Key(record));
                    ulong hash = memory.Catalog.Hash(RecordLayout.Key(record));
                    ulong slot = CatalogSlot.Make(hash, arena.Tier, record - arena.Base);
                    using (CatalogGuard guard = memory.Catalog.Lock(hash))
                    {
                        Assert.True(guard.Find(hash, RecordLayout.Key(record), out byte* linked) == slot && linked == record,
                            $"{key} lies in {arena.Tier} and the catalog does not say so");
                    }

                    Assert.True(records.Add(slot));
                    Assert.True(found.TryAdd(key, (RecordLayout.Version(record), RecordLayout.Is(record, RecordLayout.Dirty))), key);
                }
            }

            Assert.Equal((arena.Tier, bytes, entries), (arena.Tier, arena.LiveBytes, arena.Entries));
            Assert.InRange(bytes, 0, arena.CapacityBytes);
        }

        ulong[] slots = memory.Catalog.Slots();
        Assert.Equal(memory.Catalog.Entries, slots.Length);
        Assert.True(records.SetEquals(slots), "the catalog names a record that is not live");
        return found;
    }

    private static void Pool(PersistentPool pool, Home home, Dictionary<string, (long Version, bool Dirty)> inMemory)
    {
        long cursor = 0;
        int copies = 0;
        while (cursor >= 0)
        {
            copies += pool.Enumerate(ref cursor, 1000, (ReadOnlySpan<byte> key, in ObjectHeader header, int dataBytes, uint accesses) =>
            {
                string name = ObjectKey.ToText(key);
                home.Stat(key, out HomeStat stat);
                Assert.True(stat.Exists && stat.Header.Version == header.Version, $"{name}: pool has {header.Version}, home {stat}");
                if (inMemory.TryGetValue(name, out var held))
                {
                    Assert.Equal((name, held.Version), (name, header.Version));
                }
            });
        }

        Assert.Equal(pool.Usage.Entries, copies);
        Assert.Equal(0, pool.CorruptCopies);
    }
}
