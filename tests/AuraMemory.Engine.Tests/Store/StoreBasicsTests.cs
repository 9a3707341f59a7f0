using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

public class StoreBasicsTests
{
    private static readonly byte[] Key = ObjectKey.Parse("sensor_123");

    public static StoreOptions Small(string folder) => new()
    {
        DataFolder = folder,
        MemoryLimitBytes = 256 << 20,
        CalibrateAtStart = false,
        Tiers = new Dictionary<TierId, TierSetting> { [TierId.PmemWarm] = new() { CapacityBytes = 16 << 20 } },
    };

    public static StoreCommand Command(string key, string json, DurabilityLevel? durability = null) => new()
    {
        Key = ObjectKey.Parse(key),
        Data = Encoding.UTF8.GetBytes(json),
        Durability = durability,
    };

    [Fact]
    public async Task A_volatile_store_of_a_new_key_stays_in_memory()
    {
        using var folder = new TemporaryFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(Small(folder.Path) with { VolatileWriteBackSeconds = 0 });
        StoreOutcome stored = await store.StoreAsync(Command("sensor_123", "[1]", DurabilityLevel.Volatile));
        Assert.Equal(WriteStatus.Done, stored.Status);
        Assert.True(stored.Created);
        Assert.Equal(1, store.Parts.Memory.DirtyStores);
        Assert.Equal(ReadStatus.NotFound, store.Parts.Home.Stat(Key, out _));
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, store.Read(Key, buffer));
    }

    [Theory]
    [InlineData(DurabilityLevel.Volatile)]
    [InlineData(DurabilityLevel.Process)]
    [InlineData(DurabilityLevel.Fsync)]
    public async Task What_was_stored_is_read_back_before_and_after_a_restart(DurabilityLevel durability)
    {
        using var folder = new TemporaryFolder();
        long version;
        await using (MemoryStore store = await MemoryStore.OpenAsync(Small(folder.Path)))
        {
            StoreOutcome stored = await store.StoreAsync(Command("sensor_123", """{"v":[1,2,3]}""", durability));
            Assert.Equal(WriteStatus.Done, stored.Status);
            Assert.Equal(TierId.Dram, stored.Tier);
            Assert.True(stored.Created);
            version = stored.Version;
            using var buffer = new ObjectBuffer { Timed = true };
            Assert.Equal(ReadStatus.Found, store.Read(Key, buffer));
            Assert.Equal("""{"v":[1,2,3]}""", Encoding.UTF8.GetString(buffer.Data));
            Assert.Equal(version, buffer.Header.Version);
            Assert.Equal(1, buffer.AccessCount);
            Assert.True(buffer.LatencyNs > 0);
        }

        await using (MemoryStore store = await MemoryStore.OpenAsync(Small(folder.Path)))
        {
            using var buffer = new ObjectBuffer();
            Assert.Equal(ReadStatus.Found, store.Read(Key, buffer));
            Assert.Equal("""{"v":[1,2,3]}""", Encoding.UTF8.GetString(buffer.Data));
            Assert.Equal(version, buffer.Header.Version);
            DeleteOutcome deleted = await store.DeleteAsync(Key);
            Assert.Equal(WriteStatus.Done, deleted.Status);
            Assert.Equal(ReadStatus.NotFound, store.Read(Key, buffer));
            Assert.Equal(WriteStatus.NotFound, (await store.DeleteAsync(Key)).Status);
        }
    }

    [Fact]
    public async Task An_object_moves_between_every_ordered_pair_of_tiers_and_is_read_from_there()
    {
        using var folder = new TemporaryFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(Small(folder.Path));
        foreach (int size in (int[])[256, 1024, 16 << 10, 256 << 10])
        {
            string json = "\"" + new string('x', size - 2) + "\"";
            string name = "object_" + size;
            byte[] key = ObjectKey.Parse(name);
            await store.StoreAsync(Command(name, json));
            using var buffer = new ObjectBuffer();
            foreach (TierId from in TierIds.All.ToArray())
            {
                foreach (TierId to in TierIds.All.ToArray())
                {
                    if (from == to)
                    {
                        continue;
                    }

                    MigrationOutcome there = await store.MigrateAsync(key, from, force: true);
                    MigrationOutcome moved = await store.MigrateAsync(key, to, force: true);
                    long largest = store.Report().Tiers[(int)to].LargestObjectBytes;
                    if (size + 64 > largest)
                    {
                        Assert.Equal(MigrationStatus.Refused, moved.Status);
                        Assert.Contains(to.Name(), moved.Reason, StringComparison.Ordinal);
                        continue;
                    }

                    Assert.True(moved.Status == MigrationStatus.Migrated || (there.Status == MigrationStatus.Refused && moved.Status == MigrationStatus.AlreadyThere),
                        $"{size} {from}->{to}: {there} then {moved}");
                    Assert.Equal(ReadStatus.Found, store.Describe(key, out _, out int bytes, out TierId tier));
                    Assert.Equal(to, tier);
                    Assert.Equal(size, bytes);
                    Assert.Equal(ReadStatus.Found, store.Read(key, buffer));
                    Assert.Equal(to, buffer.Tier);
                    byte[] copy = new byte[buffer.DataBytes];
                    Assert.True(buffer.TryCopyData(0, copy));
                    Assert.Equal(json, Encoding.UTF8.GetString(copy));
                    buffer.Release();
                }
            }
        }
    }
}
