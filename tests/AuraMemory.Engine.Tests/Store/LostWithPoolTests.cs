using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>What a crash took from the home must not come back from the pool, whenever the pool is opened again.</summary>
public class LostWithPoolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_the_home_lost_does_not_return_from_a_pool_that_was_away_for_a_start(bool away)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Copies locked files.");
        using var living = new TemporaryFolder();
        using var left = new TemporaryFolder();
        byte[] key = ObjectKey.Parse("a");
        await using (MemoryStore store = await OpenAsync(living.Path))
        {
            await StoreAsync(store, key, "\"kept\"", DurabilityLevel.Process);
            await StoreAsync(store, ObjectKey.Parse("b"), "1", DurabilityLevel.Process);

            // Related, so it goes to the home, but without log: a crash takes it from there and leaves the pool's copy.
            StoreOutcome lost = await store.StoreAsync(new StoreCommand
            {
                Key = key,
                Data = "\"lost\""u8.ToArray(),
                Durability = DurabilityLevel.Volatile,
                Relationships = [new Relationship("b", "next", 1)],
            });
            Assert.Equal(WriteStatus.Done, lost.Status);
            Assert.Equal(MigrationStatus.Migrated, (await store.MigrateAsync(key, TierId.PmemWarm, force: true)).Status);
            CopyLocked(living.Path, left.Path);
        }

        string pool = Path.Combine(left.Path, "pmem", "pool.dat");
        if (away)
        {
            File.Move(pool, pool + ".away");
            Directory.CreateDirectory(pool);
            await using (MemoryStore without = await OpenAsync(left.Path))
            {
                Assert.NotNull(without.Parts.PoolFailure);
                Assert.Equal("\"kept\"", Read(without, key));
                await StoreAsync(without, ObjectKey.Parse("c"), "1", DurabilityLevel.Process);
                await without.FlushAsync();
            }

            Directory.Delete(pool);
            File.Move(pool + ".away", pool);
        }

        await using MemoryStore again = await OpenAsync(left.Path);
        Assert.Null(again.Parts.PoolFailure);
        Assert.Equal("\"kept\"", Read(again, key));
        await again.FlushAsync();
        Assert.Null(((AuraMemory.Engine.Durability.Home)again.Parts.Home).UnloggedAfter);
    }

    /// <summary>The runtime respects the lock on the pool's file; a kill, and cp, do not.</summary>
    private static void CopyLocked(string from, string to)
    {
        using var copy = System.Diagnostics.Process.Start("cp", ["-r", from + "/.", to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }

    private static Task<MemoryStore> OpenAsync(string folder) =>
        MemoryStore.OpenAsync(StoreBed.Tiny() with { DataFolder = folder, VolatileWriteBackSeconds = 0 });

    private static async Task StoreAsync(MemoryStore store, byte[] key, string data, DurabilityLevel durability)
    {
        StoreOutcome stored = await store.StoreAsync(
            new StoreCommand { Key = key, Data = System.Text.Encoding.UTF8.GetBytes(data), Durability = durability });
        Assert.Equal(WriteStatus.Done, stored.Status);
    }

    private static string Read(MemoryStore store, byte[] key)
    {
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, store.Read(key, buffer));
        return buffer.DataText();
    }
}
