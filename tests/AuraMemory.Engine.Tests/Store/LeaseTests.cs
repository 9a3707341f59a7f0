using System.Text;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tests.Store;

public class LeaseTests
{
    private static readonly byte[] Value = StoreBed.Bytes(1, 1 << 20);

    public enum Disturbance
    {
        Overwrite,
        Delete,
        MoveAway,
        EvictByForce,
    }

    [Theory]
    [InlineData(Disturbance.Overwrite)]
    [InlineData(Disturbance.Delete)]
    [InlineData(Disturbance.MoveAway)]
    [InlineData(Disturbance.EvictByForce)]
    public async Task A_leased_value_stays_whole_whatever_happens_to_the_object(Disturbance disturbance)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, tier: TierId.Dram);
        using var lease = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, bed.Store.Read("k"u8, lease));
        Assert.NotNull(lease.Lease);
        Assert.True(lease.Data.IsEmpty);
        Disturb(bed, disturbance);
        for (int i = 0; i < 40; i++)
        {
            bed.Put("filler" + i, StoreBed.Bytes(i, 400_000), tier: TierId.Dram); // five times the tier
        }

        var copy = new byte[Value.Length];
        for (int at = 0; at < copy.Length; at += 64 << 10)
        {
            Assert.True(lease.TryCopyData(at, copy.AsSpan(at, 64 << 10)));
        }

        Assert.True(Value.AsSpan().SequenceEqual(copy));
        lease.Release();
        Assert.Equal(0, bed.Store.Parts.Memory.Leases.Held);
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_lease_past_its_deadline_is_revoked_when_its_memory_is_wanted_and_not_before()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Value, tier: TierId.Dram);
        using var lease = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, bed.Store.Read("k"u8, lease));
        var byteRead = new byte[1];
        bed.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, bed.Store.Parts.Memory.Leases.RevokeOverdue());
        Assert.True(lease.TryCopyData(5, byteRead));
        bed.Advance(TimeSpan.FromSeconds(2));
        Assert.True(lease.TryCopyData(5, byteRead));
        Assert.Equal(1, bed.Store.Parts.Memory.Leases.RevokeOverdue());
        Assert.False(lease.TryCopyData(5, byteRead));
        Assert.Equal(0, bed.Store.Parts.Memory.Leases.Held);
        lease.Release();
        Assert.Equal(Value, bed.Get("k"));
    }

    [Fact]
    public async Task Leases_are_bounded_and_a_reader_too_many_is_throttled()
    {
        await using StoreBed bed = await StoreBed.OpenAsync(StoreBed.Tiny() with { MaxLeases = 3 });
        bed.Put("k", Value, tier: TierId.Dram);
        var held = new List<ObjectBuffer>();
        for (int i = 0; i < 3; i++)
        {
            held.Add(new ObjectBuffer());
            Assert.Equal(ReadStatus.Found, bed.Store.Read("k"u8, held[i]));
        }

        using var late = new ObjectBuffer();
        Assert.Equal(ReadStatus.Throttled, bed.Store.Read("k"u8, late));
        held[0].Dispose();
        Assert.Equal(ReadStatus.Found, bed.Store.Read("k"u8, late));
        held.ForEach(b => b.Dispose());
        late.Dispose();
        Assert.Equal(0, bed.Store.Parts.Memory.Leases.Held);
    }

    [Fact]
    public void A_segment_that_was_leased_while_it_was_being_emptied_is_not_given_away()
    {
        // The reclaimer claims the segment, and while it writes back a volatile neighbour a reader takes a lease in it.
        using var memory = new SmallLadder();
        MemoryLadder ladder = memory.Ladder;
        byte[] data = StoreBed.Bytes(3, 300_000);
        using var lease = new ObjectBuffer();
        byte[] key = "k"u8.ToArray();
        Assert.Equal(PlaceStatus.Placed, ladder.PutNewer(
            ladder.Catalog.Hash(key), new ObjectImage(key, new ObjectHeader(1, 0, 0, 0, 0), [], data), TierId.Dram, false, true));
        MarkDirty(ladder, key);
        ladder.Connect(null, dirty =>
        {
            Assert.Equal(ReadStatus.Found, ladder.TryRead(ladder.Catalog.Hash(key), key, lease, ladder.Lanes.Current));
            ladder.Update(ladder.Catalog.Hash(key), key, 1, ObjectFlags.None, RecordLayout.Dirty);
            return true;
        }, 100);
        ladder.Reclaim(TierId.Dram, force: true, mayWriteBack: true);
        Assert.NotNull(lease.Lease);
        for (int i = 2; i < 60; i++)
        {
            byte[] other = Encoding.ASCII.GetBytes("other" + i);
            ladder.PutNewer(
                ladder.Catalog.Hash(other), new ObjectImage(other, new ObjectHeader(i, 0, 0, 0, 0), [], StoreBed.Bytes(i, 300_000)),
                TierId.Dram, true, true);
        }

        var copy = new byte[data.Length];
        Assert.True(lease.TryCopyData(0, copy));
        Assert.True(data.AsSpan().SequenceEqual(copy), "the leased bytes were given to another object");
        lease.Release();
        Assert.Equal(0, ladder.Leases.Held);
    }

    private static unsafe void MarkDirty(MemoryLadder ladder, byte[] key)
    {
        ulong hash = ladder.Catalog.Hash(key);
        using CatalogGuard guard = ladder.Catalog.Lock(hash);
        Assert.NotEqual(0u, guard.Find(hash, key, out byte* record));
        RecordLayout.AddState(record, RecordLayout.Dirty);
    }

    private static void Disturb(StoreBed bed, Disturbance disturbance)
    {
        switch (disturbance)
        {
            case Disturbance.Overwrite:
                Assert.Equal(WriteStatus.Done, bed.Put("k", StoreBed.Bytes(9, 1 << 20), tier: TierId.Dram).Status);
                break;
            case Disturbance.Delete:
                Assert.Equal(WriteStatus.Done, bed.Delete("k").Status);
                break;
            case Disturbance.MoveAway:
                Assert.Equal(MigrationStatus.Migrated, bed.Migrate("k", TierId.NvmeCold).Status);
                break;
            default:
                for (int i = 0; i < 40; i++)
                {
                    bed.Store.Parts.Memory.Reclaim(TierId.Dram, force: true, mayWriteBack: true);
                }

                break;
        }
    }
}

/// <summary>Five memory tiers without a store around them.</summary>
internal sealed class SmallLadder : IDisposable
{
    public SmallLadder(int catalogBytes = 4 << 20, long dramBytes = 8 << 20)
    {
        var clock = new StoreClock(TimeProvider.System);
        long[] sizes = [32 << 10, 64 << 10, 256 << 10, 1 << 20, dramBytes];
        var arenas = new Arena[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            arenas[i] = new Arena((TierId)i, MemoryRegion.Reserve(sizes[i], new RegionPlacement.Anonymous(HugePages: false)), sizes[i]);
        }

        Ladder = new MemoryLadder(
            new ObjectCatalog(catalogBytes, 42), arenas, new AccessLanes(), clock, new LeaseTable(clock, 64, TimeSpan.FromSeconds(30)));
        Ladder.Connect(null, static _ => true, 100);
        Ladder.Rank([TierId.L1Cache, TierId.L2Cache, TierId.L3Cache, TierId.CxlHot, TierId.Dram]);
    }

    public MemoryLadder Ladder { get; }

    public void Dispose() => Ladder.Dispose();
}
