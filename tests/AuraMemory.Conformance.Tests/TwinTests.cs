using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Conformance.Tests;

/// <summary>Where the twins differ from a medium, they differ as documented; and what only the memory tiers do.</summary>
public sealed class TwinTests
{
    private static readonly byte[] Key = TestObject.Key(1);

    [Fact]
    public void Noop_refuses_everything_and_finds_nothing()
    {
        using TierBed bed = new MemoryBed(TierId.Dram);
        var noop = new Noop(bed.Backend);
        Assert.Equal(PlaceStatus.NotAdmitted, noop.Place(Key, 1, 100));
        Assert.Equal(PlaceStatus.TooLarge, noop.Place(Key, 1, (int)noop.LargestObjectBytes));
        Assert.Equal(0, noop.Held(Key, _ => default));
        Assert.False(noop.Drop(Key, long.MaxValue));
        Assert.Equal(0, noop.Usage.Entries);
        Assert.Equal(0, bed.Backend.Usage.Entries);
    }

    [Fact]
    public void Throttled_answers_so_while_the_limit_is_reached_and_changes_nothing()
    {
        using TierBed bed = new MemoryBed(TierId.Dram);
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, 1, 100));
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var parking = new Flaky(bed.Backend, failing: -1, FlakyPhase.Before);
        var throttled = new Throttled(parking, most: 1);
        parking.During = () =>
        {
            inside.Set();
            leave.Wait();
        };
        var holder = new Thread(() => throttled.Held(Key, _ => (100, 0)));
        holder.Start();
        inside.Wait();
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Throttled, throttled.Read(Key, buffer));
        Assert.Equal(PlaceStatus.NotAdmitted, throttled.Place(Key, 2, 100));
        Assert.False(throttled.Drop(Key, 1));
        parking.During = null;
        leave.Set();
        holder.Join();
        Assert.Equal(1, throttled.Held(Key, _ => (100, 0)));
        Assert.Equal(PlaceStatus.Placed, throttled.Place(Key, 2, 100));
    }

    [Theory]
    [InlineData(TierId.Dram, TierId.L1Cache)]
    [InlineData(TierId.L2Cache, TierId.CxlHot)]
    public void Placing_the_same_version_in_another_memory_tier_moves_it(TierId from, TierId to)
    {
        using var bed = new MemoryBed(from);
        var target = new MemoryTierBackend(bed.Ladder, to);
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, 3, 900, PlaceMode.Force, 9));
        Assert.Equal(PlaceStatus.Placed, target.Place(Key, 3, 900, PlaceMode.Admit, 9));
        Assert.Equal(0, bed.Backend.Held(Key, _ => default));
        Assert.Equal(3, target.Held(Key, _ => (900, 9)));
        Assert.False(bed.Backend.Drop(Key, 3));
        Assert.Equal(PlaceStatus.Stale, bed.Backend.Place(Key, 2, 900));
        Assert.Equal(0, bed.Backend.Usage.Entries);
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, 4, 800));
        Assert.Equal(0, target.Usage.UsedBytes);
    }

    [Fact]
    public void Large_values_are_read_by_lease_and_still_whole()
    {
        using var bed = new MemoryBed(TierId.Dram);
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, 1, 1 << 20));
        Assert.Equal(1, bed.Backend.Held(Key, _ => (1 << 20, 0)));
        Assert.Equal(0, bed.Ladder.Leases.Held);
    }
}
