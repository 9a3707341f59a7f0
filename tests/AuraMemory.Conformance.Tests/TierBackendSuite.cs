using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Conformance.Tests;

/// <summary>What every medium must do, whatever it is. One derived class a backend.</summary>
public abstract class TierBackendSuite
{
    private static readonly byte[] Key = TestObject.Key(1);

    internal abstract TierBed Open();

    [Fact]
    public void Nothing_is_found_before_anything_is_placed()
    {
        using TierBed bed = Open();
        Assert.Equal(0, bed.Backend.Held(Key, _ => default));
        Assert.False(bed.Backend.Drop(Key, long.MaxValue));
        Assert.Equal(0, bed.Backend.Usage.Entries);
        Assert.Equal(0, bed.Backend.Usage.UsedBytes);
        Assert.True(bed.Backend.Usage.CapacityBytes > 0);
    }

    [Fact]
    public void Versions_order_everything()
    {
        using TierBed bed = Open();
        ITierBackend backend = bed.Backend;
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 5, 100));
        Assert.Equal(PlaceStatus.AlreadyThere, backend.Place(Key, 5, 100));
        Assert.Equal(PlaceStatus.Stale, backend.Place(Key, 4, 700));
        Assert.Equal(5, backend.Held(Key, _ => (100, 0)));
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 7, 3000, PlaceMode.Admit));
        Assert.Equal(7, backend.Held(Key, _ => (3000, 0)));
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 9, 3000));
        Assert.Equal(PlaceStatus.Stale, backend.Place(Key, 7, 3000));
        Assert.Equal(9, backend.Held(Key, _ => (3000, 0)));
        Assert.Equal(1, backend.Usage.Entries);
    }

    [Fact]
    public void A_drop_takes_no_newer_version_than_the_one_it_names()
    {
        using TierBed bed = Open();
        ITierBackend backend = bed.Backend;
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 10, 100));
        Assert.False(backend.Drop(Key, 9));
        Assert.Equal(10, backend.Held(Key, _ => (100, 0)));
        Assert.True(backend.Drop(Key, 10));
        Assert.Equal(0, backend.Held(Key, _ => default));
        Assert.False(backend.Drop(Key, 10));
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 11, 100));
        Assert.True(backend.Drop(Key, 500));
        Assert.Equal(0, backend.Usage.Entries);
        Assert.Equal(0, backend.Usage.UsedBytes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(3001, 77)]
    public void Data_metadata_expiry_and_flags_come_back_byte_for_byte(int length, int metadata)
    {
        using TierBed bed = Open();
        for (long version = 1; version <= 8; version++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, version, length, PlaceMode.Force, metadata));
            Assert.Equal(version, bed.Backend.Held(Key, _ => (length, metadata)));
            Assert.Equal(version, bed.Backend.Held(Key, _ => (length, metadata)));
        }
    }

    [Fact]
    public void Keys_of_one_and_of_512_bytes_are_told_apart_to_the_last_byte()
    {
        using TierBed bed = Open();
        byte[] shortest = [(byte)'a'];
        byte[] longest = new byte[ObjectKey.MaxBytes];
        longest.AsSpan().Fill((byte)'k');
        byte[] other = (byte[])longest.Clone();
        other[^1] = (byte)'l';
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(shortest, 1, 50));
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(longest, 2, 60));
        Assert.Equal(0, bed.Backend.Held(other, _ => default));
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(other, 3, 70));
        Assert.Equal(1, bed.Backend.Held(shortest, _ => (50, 0)));
        Assert.Equal(2, bed.Backend.Held(longest, _ => (60, 0)));
        Assert.Equal(3, bed.Backend.Held(other, _ => (70, 0)));
    }

    [Fact]
    public void The_largest_object_is_taken_and_one_byte_more_is_not()
    {
        using TierBed bed = Open();
        ITierBackend backend = bed.Backend;
        int largest = (int)backend.LargestObjectBytes;
        Assert.True(largest > 0);
        Assert.Equal(PlaceStatus.TooLarge, backend.Place(Key, 1, largest - Key.Length + 1));
        Assert.Equal(PlaceStatus.TooLarge, backend.Place(Key, 1, largest - Key.Length, PlaceMode.Force, metadata: 1));
        Assert.Equal(0, backend.Usage.Entries);
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 2, largest - Key.Length));
        Assert.Equal(2, backend.Held(Key, _ => (largest - Key.Length, 0)));
        Assert.Equal(PlaceStatus.Placed, backend.Place(Key, 3, largest - Key.Length - 30, PlaceMode.Force, metadata: 30));
        Assert.Equal(3, backend.Held(Key, _ => (largest - Key.Length - 30, 30)));
        Assert.InRange(backend.Usage.UsedBytes, 1, backend.Usage.CapacityBytes);
    }

    [Theory]
    [InlineData(PlaceMode.Admit)]
    [InlineData(PlaceMode.Force)]
    public void The_budget_holds_under_pressure_and_usage_is_the_sum_of_what_is_there(PlaceMode mode)
    {
        using TierBed bed = Open();
        ITierBackend backend = bed.Backend;
        long capacity = backend.Usage.CapacityBytes;
        int typical = (int)Math.Clamp(capacity / 64, 128, 48 << 10);
        var random = new Random(7);
        var lengths = new Dictionary<int, int>();
        int refused = 0;
        long offered = 0;
        for (int i = 0; offered < capacity * 3; i++)
        {
            lengths[i] = 1 + random.Next(typical * 2);
            offered += lengths[i];
            PlaceStatus placed = backend.Place(TestObject.Key(i), i + 1, lengths[i], mode);
            Assert.True(placed is PlaceStatus.Placed or PlaceStatus.NotAdmitted or PlaceStatus.NoSpace, placed.ToString());
            Assert.False(bed.Evicts && mode == PlaceMode.Force && placed != PlaceStatus.Placed, $"force {i}: {placed}");
            refused += placed == PlaceStatus.Placed ? 0 : 1;
            Assert.InRange(backend.Usage.UsedBytes, 0, capacity);
            if (placed == PlaceStatus.Placed)
            {
                Assert.Equal(i + 1, backend.Held(TestObject.Key(i), v => (lengths[(int)v - 1], 0)));
            }
        }

        Assert.True(bed.Evicts || refused > 0, "a home cannot hold three times its budget");
        Audit(bed, lengths);
        foreach (int i in lengths.Keys)
        {
            backend.Drop(TestObject.Key(i), long.MaxValue);
        }

        Assert.Equal(new TierUsage(capacity, 0, 0), backend.Usage);
    }

    [Fact]
    public void Reads_change_no_byte()
    {
        using TierBed bed = Open();
        Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, 3, 2000, PlaceMode.Force, 20));
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(3, bed.Backend.Held(Key, _ => (2000, 20)));
        }

        Assert.Equal(1, bed.Backend.Usage.Entries);
        Assert.Equal(bed.Charged(TestObject.Image(Key, 3, 2000, 20)), bed.Backend.Usage.UsedBytes);
    }

    [Fact]
    public async Task Concurrent_readers_see_whole_versions_that_never_go_back()
    {
        using TierBed bed = Open();
        ITierBackend backend = bed.Backend;
        (int, int) Shape(long version) => (1 + (int)(version * 37 % 5000), (int)(version % 3) * 11);
        long last = 0;
        bool done = false;
        using var started = new Barrier(3);
        Task[] readers = [Task.Run(ReadOn), Task.Run(ReadOn)];
        started.SignalAndWait();
        for (long version = 1; version <= bed.Rounds; version++)
        {
            (int length, int metadata) = Shape(version);
            Assert.Equal(PlaceStatus.Placed, backend.Place(Key, version, length, PlaceMode.Force, metadata));
            Volatile.Write(ref last, version);
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        Assert.Equal(bed.Rounds, backend.Held(Key, Shape));

        void ReadOn()
        {
            started.SignalAndWait();
            long before = 0;
            while (!Volatile.Read(ref done))
            {
                long atLeast = Volatile.Read(ref last);
                long held = backend.Held(Key, Shape);
                Assert.True(held >= atLeast || (held == 0 && bed.MayMissMeanwhile), $"read {held} after {atLeast} was placed");
                Assert.True(held == 0 || held >= before, $"went back from {before} to {held}");
                before = Math.Max(before, held);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_answer_leaves_a_whole_old_or_new_version(bool after)
    {
        using TierBed bed = Open();
        ITierBackend medium = bed.Backend;
        (int, int) Shape(long version) => ((int)version * 300, (int)version);
        FlakyPhase phase = after ? FlakyPhase.After : FlakyPhase.Before;
        Assert.Equal(PlaceStatus.Placed, medium.Place(Key, 1, 300, PlaceMode.Force, 1));
        var placing = new Flaky(medium, failing: 1, phase);
        Assert.Equal(PlaceStatus.DeviceFailed, placing.Place(Key, 2, 600, PlaceMode.Force, 2));
        long held = placing.Held(Key, Shape);
        Assert.Equal(after ? 2 : 1, held);
        Assert.Equal(after ? PlaceStatus.AlreadyThere : PlaceStatus.Placed, placing.Place(Key, 2, 600, PlaceMode.Force, 2));
        var reading = new Flaky(medium, failing: 1, phase);
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.DeviceFailed, reading.Read(Key, buffer));
        Assert.Equal(0, buffer.DataBytes);
        Assert.Equal(2, reading.Held(Key, Shape));
        var dropping = new Flaky(medium, failing: 1, phase);
        Assert.False(dropping.Drop(Key, 2));
        Assert.Equal(after ? 0 : 2, dropping.Held(Key, Shape));
        Assert.Equal(!after, dropping.Drop(Key, 2));
    }

    [Fact]
    public void A_failure_inside_the_mediums_own_protocol_leaves_a_whole_old_or_new_version_or_none()
    {
        using TierBed bed = Open();
        (int, int) Shape(long version) => ((int)version * 100, 5);
        long version = 0;
        foreach (StagePoint point in bed.PlacePoints)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Backend.Place(Key, ++version, (int)version * 100, PlaceMode.Force, 5));
            bed.Stages.At = point;
            Assert.Equal(PlaceStatus.DeviceFailed, bed.Backend.Place(Key, ++version, (int)version * 100, PlaceMode.Force, 5));
            bed.Stages.At = null;
            long held = bed.Backend.Held(Key, Shape);
            Assert.True(held == 0 || held == version - 1 || held == version, $"{point}: {held} of {version}");
            PlaceStatus again = bed.Backend.Place(Key, version, (int)version * 100, PlaceMode.Force, 5);
            Assert.True(again is PlaceStatus.Placed or PlaceStatus.AlreadyThere, $"{point}: {again}");
            Assert.Equal(version, bed.Backend.Held(Key, Shape));
            Assert.Equal(1, bed.Backend.Usage.Entries);
        }
    }

    private static void Audit(TierBed bed, Dictionary<int, int> lengths)
    {
        long bytes = 0;
        long entries = 0;
        foreach ((int i, int length) in lengths)
        {
            if (bed.Backend.Held(TestObject.Key(i), _ => (length, 0)) != 0)
            {
                entries++;
                bytes += bed.Charged(TestObject.Image(TestObject.Key(i), i + 1, length));
            }
        }

        Assert.Equal(new TierUsage(bed.Backend.Usage.CapacityBytes, bytes, entries), bed.Backend.Usage);
    }
}
