using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

public class WarmRestartTests
{
    private const int Objects = 2000;

    [Fact]
    public async Task What_was_read_before_a_restart_is_in_the_pool_after_it_and_what_was_not_is_not()
    {
        using var folder = new TemporaryFolder();
        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            using var buffer = new ObjectBuffer();
            for (int i = 0; i < Objects; i++)
            {
                await store.StoreAsync(StoreCommand.FromText($"o{i}", $"{{\"v\":{i}}}"));
            }

            for (int i = 0; i < Objects / 2; i++)
            {
                Assert.Equal(ReadStatus.Found, store.Read(ObjectKey.Parse($"o{i}"), buffer));
            }
        }

        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            using var buffer = new ObjectBuffer();
            for (int i = 0; i < Objects; i++)
            {
                Assert.Equal(ReadStatus.Found, store.Describe(ObjectKey.Parse($"o{i}"), out _, out _, out TierId tier));
                Assert.Equal(i < Objects / 2 ? TierId.PmemWarm : TierId.NvmeCold, tier);
                Assert.Equal(ReadStatus.Found, store.Read(ObjectKey.Parse($"o{i}"), buffer));
                Assert.Equal($"{{\"v\":{i}}}", buffer.DataText());
                Assert.Equal(i < Objects / 2 ? TierId.PmemWarm : TierId.NvmeCold, buffer.Tier);
            }
        }
    }

    [Fact]
    public async Task A_copy_in_the_pool_never_outlives_the_version_it_is_a_copy_of()
    {
        using var folder = new TemporaryFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path));
        byte[] key = ObjectKey.Parse("k");
        using var buffer = new ObjectBuffer();
        foreach (DurabilityLevel durability in (DurabilityLevel[])[DurabilityLevel.Process, DurabilityLevel.Volatile])
        {
            await store.StoreAsync(StoreBasicsTests.Command("k", "1"));
            store.Read(key, buffer);
            Assert.True(store.Parts.Memory.Warm(store.Parts.Memory.Catalog.Hash(key), buffer));
            Assert.True(store.Parts.Pool!.Contains(key, out _, out _));
            await store.StoreAsync(StoreBasicsTests.Command("k", "2", durability));
            Assert.False(store.Parts.Pool.Contains(key, out _, out _));
        }

        // Not in the home yet: nothing that a crash would lose may be found after it.
        Assert.False(store.Parts.Memory.Warm(store.Parts.Memory.Catalog.Hash(key), buffer));
        await store.FlushAsync();
        Assert.True(store.Parts.Memory.Warm(store.Parts.Memory.Catalog.Hash(key), buffer));
        await store.DeleteAsync(key);
        Assert.False(store.Parts.Pool!.Contains(key, out _, out _));
    }
}
