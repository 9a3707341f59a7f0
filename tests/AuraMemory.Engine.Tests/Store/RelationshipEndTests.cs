using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>A relationship ends with either end, wherever the end was known.</summary>
public class RelationshipEndTests
{
    private static readonly byte[] Value = StoreBed.Bytes(1, 200);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Deleting_an_object_that_only_memory_knows_ends_its_incoming_relationships()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("target", Value, DurabilityLevel.Volatile);
        bed.Put("source", Value, relationships: [new Relationship("target")]);
        long before = bed.Store.Parts.Home.LastChangeNumber;
        Assert.Equal(WriteStatus.Done, bed.Delete("target").Status);
        Assert.Empty(bed.Related("source"));
        Assert.Empty(bed.Related("target", RelationshipDirection.Incoming));
        Assert.True(bed.Store.Parts.Home.LastChangeNumber > before); // followers learn of it
        Assert.Null(bed.Get("target"));

        bed.Put("lone", Value, DurabilityLevel.Volatile);
        before = bed.Store.Parts.Home.LastChangeNumber;
        Assert.Equal(WriteStatus.Done, bed.Delete("lone").Status);
        Assert.Equal(before, bed.Store.Parts.Home.LastChangeNumber); // nothing durable was there
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task Deleting_one_in_the_same_group_as_the_assertion_ends_it_too()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("target", Value, DurabilityLevel.Volatile);
        Task<DeleteOutcome>? deleted = null;
        bed.Stages.Once(StagePoint.BeforeCommit, () =>
        {
            // Both wait while another commit is under way, and form the next group.
            _ = bed.Store.StoreAsync(StoreBasicsTests.Command("source", "1") with { Relationships = [new Relationship("target")] }).AsTask();
            deleted = bed.Store.DeleteAsync(ObjectKey.Parse("target")).AsTask();
        });
        bed.Put("first", Value);
        Assert.Equal(WriteStatus.Done, (await deleted!).Status);
        Assert.Empty(bed.Related("source"));
    }

    [Fact]
    public async Task The_expiry_of_one_ends_them_when_it_is_met()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("target", Value, DurabilityLevel.Volatile, Minute);
        bed.Put("source", Value, relationships: [new Relationship("target")]);
        bed.Advance(Minute);
        Assert.True(bed.Store.Mover.WriteBackAll());
        Assert.Empty(bed.Related("source"));
        Assert.Null(bed.Get("target"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(DurabilityLevel.Volatile)]
    [InlineData(DurabilityLevel.Process)]
    public async Task A_store_over_an_expired_volatile_version_inherits_no_relationships(DurabilityLevel durability)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, relationships: [new Relationship("other")]);
        bed.Put("k", Value, DurabilityLevel.Volatile, Minute);
        bed.Put("memory", Value, DurabilityLevel.Volatile, Minute);
        bed.Put("source", Value, relationships: [new Relationship("k"), new Relationship("memory")]);
        Assert.Single(bed.Related("k"));
        bed.Advance(Minute);
        Assert.True(bed.Put("k", Value, durability).Created);
        Assert.True(bed.Put("memory", Value, durability).Created);
        Assert.Empty(bed.Related("k"));
        Assert.Empty(bed.Related("source"));
        Assert.True(bed.Store.Mover.WriteBackAll());
        bed.Store.Mover.Expire();
        Assert.Equal(Value, bed.Get("k"));
        Assert.Equal(Value, bed.Get("memory"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(DurabilityLevel.Volatile)]
    [InlineData(DurabilityLevel.Process)]
    public async Task What_is_asserted_towards_or_from_an_expired_key_outlives_the_scan(DurabilityLevel durability)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("target", Value, durability, Minute);
        bed.Put("source", Value, durability, Minute);
        bed.Put("old", Value, relationships: [new Relationship("target")]);
        bed.Advance(Minute);
        bed.Put("source", Value, relationships: [new Relationship("target")]);
        bed.Store.Mover.Expire();
        Assert.True(bed.Store.Mover.WriteBackAll());
        Assert.Equal(["target"], bed.Related("source").ConvertAll(r => r.Target));
        Assert.Empty(bed.Related("old"));
        bed.Put("target", Value, durability);
        bed.Store.Mover.Expire();
        Assert.Single(bed.Related("source"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_volatile_store_in_time_keeps_relationships_when_the_version_below_it_outlives_its_time()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, life: Minute, relationships: [new Relationship("other")]);
        byte[] newer = StoreBed.Bytes(2, 300);
        bed.Put("k", newer, DurabilityLevel.Volatile);
        bed.Advance(Minute);
        Assert.Equal(0, bed.Store.Mover.Expire());
        Assert.Single(bed.Related("k"));
        Assert.Equal(newer, bed.Get("k"));
        await bed.ReopenAsync();
        Assert.Equal(newer, bed.Get("k"));
        Assert.Single(bed.Related("k"));
        Assert.Equal(0, bed.Store.Mover.Expire());
        Assert.False(bed.Put("k", Value).Created);
        Assert.Single(bed.Related("k"));
        StoreAudit.Verify(bed.Store);
    }
}
