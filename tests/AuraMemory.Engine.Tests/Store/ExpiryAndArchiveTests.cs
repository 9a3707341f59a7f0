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
