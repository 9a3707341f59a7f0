using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

public class ExpiryAndArchiveTests
{
    private static readonly byte[] Value = StoreBed.Bytes(1, 500);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(TierId.L1Cache, DurabilityLevel.Volatile)]
    [InlineData(TierId.Dram, DurabilityLevel.Process)]
    [InlineData(TierId.PmemWarm, DurabilityLevel.Process)]
    [InlineData(TierId.NvmeCold, DurabilityLevel.Fsync)]
    [InlineData(TierId.HddArchive, DurabilityLevel.Process)]
    public async Task An_object_expires_to_the_millisecond_in_every_tier_and_also_after_a_restart(TierId tier, DurabilityLevel durability)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, durability, Minute, tier: tier);
        bed.Put("stays", Value, durability, tier: tier);
        bed.Advance(Minute - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Value, bed.Get("k"));
        await bed.ReopenAsync();
        Assert.Equal(Value, bed.Get("k"));
        bed.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(bed.Get("k"));
        Assert.Null(bed.Tier("k"));
        Assert.Equal(WriteStatus.NotFound, bed.Delete("k").Status);
        await bed.ReopenAsync();
        Assert.Null(bed.Get("k"));
        Assert.Equal(1, bed.Store.Mover.Expire());
        Assert.Equal(0, bed.Store.Mover.Expire());
        Assert.Equal(Value, bed.Get("stays"));
        Assert.Equal(1, bed.Store.Report().DistinctObjects);
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(TierId.Dram)]
    [InlineData(TierId.NvmeCold)]
    public async Task An_expired_object_that_is_still_in_its_tier_is_not_fetched(TierId tier)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, life: Minute, tier: tier);
        bed.Advance(Minute - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["k"], (await bed.Store.PrefetchAsync(["k"u8.ToArray()], TierId.Dram, recursive: false, maxDepth: 0)).Prefetched);
        bed.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty((await bed.Store.PrefetchAsync(["k"u8.ToArray()], TierId.Dram, recursive: false, maxDepth: 0)).Prefetched);
    }

    [Fact]
    public async Task A_step_of_the_wall_clock_neither_expires_nor_revives()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, life: Minute);
        bed.Time.Step(TimeSpan.FromDays(1));
        Assert.Equal(Value, bed.Get("k"));
        Assert.Equal(0, bed.Store.Mover.Expire());
        bed.Advance(Minute);
        bed.Time.Step(TimeSpan.FromDays(-2));
        Assert.Null(bed.Get("k"));
        Assert.Equal(1, bed.Store.Mover.Expire());
    }

    [Fact]
    public async Task An_expired_volatile_version_does_not_bring_back_the_one_it_replaced()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, tier: TierId.NvmeCold);
        bed.Put("k", StoreBed.Bytes(2, 600), DurabilityLevel.Volatile, Minute);
        bed.Advance(Minute);
        Assert.Null(bed.Get("k"));
        Assert.True(bed.Store.Mover.WriteBackAll());
        Assert.Null(bed.Get("k"));
        await bed.ReopenAsync();
        Assert.Null(bed.Get("k"));
        Assert.Equal(0, bed.Store.Report().DistinctObjects);
    }

    [Fact]
    public async Task A_key_stored_anew_after_its_expiry_has_none_of_the_old_ones_relationships()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        foreach (DurabilityLevel durability in (DurabilityLevel[])[DurabilityLevel.Process, DurabilityLevel.Volatile])
        {
            bed.Put("k", Value, life: Minute, relationships: [new Relationship("other")]);
            Assert.Single(bed.Related("k"));
            bed.Advance(Minute);
            Assert.True(bed.Put("k", StoreBed.Bytes(2, 600), durability).Created);
            Assert.True(bed.Store.Mover.WriteBackAll());
            Assert.Empty(bed.Related("k"));
            bed.Delete("k");
        }
    }

    [Fact]
    public async Task What_is_unread_for_long_moves_to_the_archive_and_comes_back_by_migration()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("unread", Value);
        bed.Put("read", Value);
        bed.Put("cold", Value, tier: TierId.NvmeCold);
        bed.Advance(TimeSpan.FromDays(29));
        Archive(bed);
        Assert.Equal(0, bed.Store.Mover.Archived);
        Assert.Equal(Value, bed.Get("read"));
        Assert.Equal(Value, bed.Get("cold"));
        bed.Put("new", Value);
        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(1, bed.Store.Mover.Archived);
        Assert.Equal(TierId.HddArchive, bed.Tier("unread"));
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "read"));
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "cold"));
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "new"));
        Assert.Equal(Value, bed.Get("unread"));
        Assert.Equal(MigrationStatus.Migrated, bed.Migrate("unread", TierId.NvmeCold).Status);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "unread"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_note_of_use_survives_a_restart()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("cold", Value, tier: TierId.NvmeCold);
        bed.Advance(TimeSpan.FromDays(29));
        Assert.Equal(Value, bed.Get("cold"));
        await bed.ReopenAsync();
        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "cold"));
        bed.Advance(TimeSpan.FromDays(30));
        Archive(bed);
        Assert.Equal(TierId.HddArchive, HomeOf(bed, "cold"));
    }

    [Fact]
    public async Task What_was_read_in_memory_and_then_evicted_stays_out_of_the_archive()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("read", Value);
        bed.Put("unread", Value);
        bed.Advance(TimeSpan.FromDays(29));
        Assert.Equal(Value, bed.Get("read"));
        while (bed.Store.Parts.Memory.Reclaim(TierId.Dram, force: true, mayWriteBack: true))
        {
        }

        Assert.False(bed.Tier("read") is { } tier && tier.IsMemory());
        bed.Migrate("read", TierId.NvmeCold);
        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "read"));
        Assert.Equal(TierId.HddArchive, HomeOf(bed, "unread"));
    }

    [Fact]
    public async Task What_is_moved_home_from_memory_takes_its_last_use_along()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("read", Value);
        bed.Advance(TimeSpan.FromDays(29));
        Assert.Equal(Value, bed.Get("read"));
        bed.Migrate("read", TierId.NvmeCold);
        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "read"));
    }

    [Fact]
    public async Task What_is_read_from_the_pool_only_stays_out_of_the_archive_until_it_is_unread_for_as_long()
    {
        StoreOptions options = StoreBed.Tiny();
        await using StoreBed bed = await StoreBed.OpenAsync(options with
        {
            Tiers = new Dictionary<TierId, TierSetting>(options.Tiers) { [TierId.PmemWarm] = new() { CapacityBytes = 16 << 20 } },
        });
        byte[] large = StoreBed.Bytes(3, 700_000); // in the pool, but too large for DRAM to admit when it is read
        bed.Put("read", large, tier: TierId.PmemWarm);
        bed.Put("passed", large, tier: TierId.PmemWarm);
        bed.Put("unread", large, tier: TierId.PmemWarm);
        bed.Advance(TimeSpan.FromDays(29));
        Assert.Equal(large, bed.Get("read"));
        Assert.Equal(large, bed.Get("passed"));
        Assert.Equal(TierId.PmemWarm, bed.Tier("read"));
        for (int i = 0; i < 40; i++)
        {
            bed.Put("filler" + i, large, tier: TierId.PmemWarm); // the log's tail passes all three, and forgets their marks
        }

        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "read"));
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "passed"));
        Assert.Equal(TierId.HddArchive, HomeOf(bed, "unread"));
        bed.Put("kept", large, tier: TierId.PmemWarm);
        bed.Advance(TimeSpan.FromDays(29));
        Assert.Equal(large, bed.Get("kept"));
        bed.Advance(TimeSpan.FromDays(2));
        Archive(bed);
        Assert.Equal(TierId.NvmeCold, HomeOf(bed, "kept"));
        Assert.Equal(TierId.HddArchive, HomeOf(bed, "read"));
        bed.Advance(TimeSpan.FromDays(31));
        Archive(bed);
        Assert.Equal(TierId.HddArchive, HomeOf(bed, "kept"));
    }

    private static void Archive(StoreBed bed)
    {
        while (!bed.Store.Mover.Archive())
        {
        }
    }

    private static TierId HomeOf(StoreBed bed, string key)
    {
        Assert.Equal(ReadStatus.Found, bed.Store.Parts.Home.Stat(ObjectKey.Parse(key), out HomeStat stat));
        return stat.Tier;
    }
}
