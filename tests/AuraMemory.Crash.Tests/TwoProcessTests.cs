using System.Text;
using AuraMemory.Crash.Workload;
using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Crash.Tests;

/// <summary>A data folder belongs to one process.</summary>
public class TwoProcessTests
{
    [Fact]
    public async Task A_second_process_is_told_what_to_do_and_the_first_is_unharmed()
    {
        using var folder = new DataFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
        byte[] key = ObjectKey.Parse("a");
        await store.StoreAsync(new StoreCommand { Key = key, Data = "1"u8.ToArray() });
        using (WorkloadProcess second = WorkloadProcess.Start("hold", folder.Path))
        {
            string? line = await second.LineAsync();
            Assert.StartsWith("REFUSED Locked ", line, StringComparison.Ordinal);
            Assert.Contains("in use by another process", line, StringComparison.Ordinal);
            Assert.Contains("Stop the other one, or choose another folder", line, StringComparison.Ordinal);
            Assert.Equal(3, await second.ExitCodeAsync());
        }

        Assert.Equal(WriteStatus.Done, (await store.StoreAsync(new StoreCommand { Key = key, Data = "2"u8.ToArray(), Durability = DurabilityLevel.Fsync })).Status);
        Assert.Equal(MigrationStatus.Migrated, (await store.MigrateAsync(key, TierId.PmemWarm)).Status);
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, store.Read(key, buffer));
        Assert.Equal("2", Encoding.UTF8.GetString(buffer.Data));
    }

    [Fact]
    public async Task A_folder_that_another_process_holds_is_refused_here_and_free_when_that_one_is_killed()
    {
        using var folder = new DataFolder();
        using (WorkloadProcess first = WorkloadProcess.Start("hold", folder.Path))
        {
            Assert.Equal("OPEN", await first.LineAsync());
            var refused = await Assert.ThrowsAsync<HomeOpenException>(() => MemoryStore.OpenAsync(CrashStore.Options(folder.Path)));
            Assert.Equal(HomeOpenProblem.Locked, refused.Problem);
            Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
            first.Kill();
            await first.ExitCodeAsync();
        }

        await using MemoryStore store = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
        Assert.Equal(WriteStatus.Done, (await store.StoreAsync(new StoreCommand { Key = ObjectKey.Parse("a"), Data = "1"u8.ToArray() })).Status);
    }

    [Fact]
    public async Task A_pool_that_another_store_holds_is_out_of_service_and_the_store_runs_without()
    {
        using var folder = new DataFolder();
        using var other = new DataFolder();
        await using MemoryStore first = await MemoryStore.OpenAsync(CrashStore.Options(folder.Path));
        byte[] key = ObjectKey.Parse("a");
        await first.StoreAsync(new StoreCommand { Key = key, Data = "1"u8.ToArray() });
        Assert.Equal(MigrationStatus.Migrated, (await first.MigrateAsync(key, TierId.PmemWarm)).Status);
        StoreOptions options = CrashStore.Options(other.Path);
        var tiers = new Dictionary<TierId, TierSetting>(options.Tiers)
        {
            [TierId.PmemWarm] = options.Tiers[TierId.PmemWarm] with { Path = first.Plan[TierId.PmemWarm].Path },
        };
        Assert.Throws<PoolOpenException>(() => PersistentPool.Open(
            new PersistentPoolOptions
            {
                Folder = first.Plan[TierId.PmemWarm].Path!,
                CapacityBytes = 4 << 20,
                StoreId = Guid.NewGuid(),
                HashSeed = 1,
            },
            new StoreClock(TimeProvider.System)));
        await using (MemoryStore second = await MemoryStore.OpenAsync(options with { Tiers = tiers }))
        {
            Assert.Equal(WriteStatus.Done, (await second.StoreAsync(new StoreCommand { Key = key, Data = "2"u8.ToArray() })).Status);
            Assert.False(second.Report().Tiers[(int)TierId.PmemWarm].InService);
        }

        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, first.Read(key, buffer));
        Assert.Equal("1", Encoding.UTF8.GetString(buffer.Data));
        Assert.Equal(TierId.PmemWarm, buffer.Tier);
    }
}
