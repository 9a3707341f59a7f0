using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Engine.Tests.Persistent;

/// <summary>Damage, crashes and strangers: a pool may forget, it never lies and never stops the start.</summary>
public class PersistentPoolFaultTests
{
    private const int Keys = 200;

    [Fact]
    public void Flipped_bytes_anywhere_never_give_a_wrong_value()
    {
        using var bed = new PoolBed();
        Fill(bed);
        byte[] intact = bed.Snapshot();
        var random = new Random(7);
        int end = Array.FindLastIndex(intact, b => b != 0);
        long corrupt = 0;
        long anew = 0;
        for (int round = 0; round < 250; round++)
        {
            byte[] damaged = (byte[])intact.Clone();

            // Header, state and log pages get as many hits as directory and records.
            int flips = 1 + (round % 40);
            for (int i = 0; i < flips; i++)
            {
                int at = (round % 3) switch
                {
                    0 => random.Next(0, 3 * 4096 + 64),
                    1 => random.Next(4 * 4096, 4 * 4096 + (64 * 256)),
                    _ => random.Next(4 * 4096 + (64 * 256), end + 1),
                };
                damaged[at] ^= (byte)(1 << random.Next(8));
            }

            bed.ReopenOver(damaged);
            anew += bed.Pool.Description.Details.Contains("begun anew") ? 1 : 0;
            for (int key = 0; key < Keys; key++)
            {
                ReadStatus status = bed.Read(key);
                Assert.Contains(status, new[] { ReadStatus.Found, ReadStatus.NotFound, ReadStatus.Corrupt });
                Assert.True(status != ReadStatus.Found || bed.Holds(key, key + 1, 1000 + key, key % 7));
                corrupt += status == ReadStatus.Corrupt ? 1 : 0;
            }

            // Eviction must find its way through the damage, over more than a whole lap of the log.
            for (int key = 0; key < 100; key++)
            {
                Assert.Equal(PlaceStatus.Placed, bed.Place(1000 + key, 5000 + key, 20_000));
            }

            Assert.InRange(bed.Pool.Usage.UsedBytes, 0, bed.Options.CapacityBytes);
            bed.Reopen();
            bed.Audit();
        }

        Assert.True(corrupt > 50, $"only {corrupt} damaged copies were met");
        Assert.True(anew > 10, $"only {anew} pools were begun anew");
    }

    [Fact]
    public void A_damaged_copy_is_reported_once_dropped_and_counted()
    {
        using var bed = new PoolBed();
        Fill(bed);
        TierUsage before = bed.Pool.Usage;
        byte[] bytes = bed.Snapshot();
        byte[] data = PoolBed.Data(5, 6, 1005);
        bytes[bytes.AsSpan().IndexOf(data) + 500] ^= 1;
        bed.ReopenOver(bytes);
        Assert.Equal(before, bed.Pool.Usage);
        Assert.Equal(ReadStatus.Corrupt, bed.Read(5));
        Assert.Equal(ReadStatus.NotFound, bed.Read(5));
        Assert.Equal(1, bed.Pool.CorruptCopies);
        Assert.Equal(before.Entries - 1, bed.Pool.Usage.Entries);
        Assert.Equal(PlaceStatus.Placed, bed.Place(5, 6, 1005));
        Assert.Equal(ReadStatus.Found, bed.Read(5));
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(4096, 8192)]
    [InlineData(12288, 4096)]
    public void A_torn_header_begins_the_pool_anew(int at, int length)
    {
        using var bed = new PoolBed();
        Fill(bed);
        byte[] bytes = bed.Snapshot();
        bytes.AsSpan(at, length).Clear();
        bed.ReopenOver(bytes);
        Assert.Contains("begun anew", bed.Pool.Description.Details);
        Assert.Equal(0, bed.Pool.Usage.Entries);
        Assert.Equal(0, bed.Pool.SyncedNumber);
        Fill(bed);
        bed.Audit();
    }

    [Fact]
    public void One_torn_state_page_falls_back_to_the_other_and_to_more_replay()
    {
        using var bed = new PoolBed();
        Fill(bed);
        Assert.True(bed.Pool.Sync(40));
        Assert.True(bed.Pool.Sync(70));
        byte[] bytes = bed.Snapshot();
        foreach (int page in new[] { 4096, 8192 })
        {
            byte[] torn = (byte[])bytes.Clone();
            torn.AsSpan(page, 64).Clear();
            bed.ReopenOver(torn);
            Assert.Contains(bed.Pool.SyncedNumber, new long[] { 40, 70 });
            Assert.False(bed.Pool.CleanlyClosed);
            Assert.Equal(Keys, bed.Audit().Count);
        }
    }

    [Fact]
    public void A_pool_of_another_store_capacity_or_geometry_is_begun_anew_with_the_reason()
    {
        using var bed = new PoolBed();
        Fill(bed);
        foreach ((PersistentPoolOptions options, string reason) in new[]
        {
            (bed.Options with { StoreId = Guid.Empty }, "another data directory"),
            (bed.Options with { StoreId = Guid.Empty, CapacityBytes = 3 << 20 }, "capacity"),
            (bed.Options with { StoreId = Guid.Empty, CapacityBytes = 1 << 20 }, "capacity"),
            (bed.Options with { StoreId = Guid.Empty, CapacityBytes = 1 << 20, ExpectedObjectBytes = 256 }, "geometry"),
        })
        {
            bed.Options = options;
            bed.Reopen();
            Assert.Contains(reason, bed.Pool.Description.Details);
            Assert.Equal(0, bed.Pool.Usage.Entries);
            Fill(bed);
            bed.Audit();
            bed.Reopen();
            Assert.Contains("resumed", bed.Pool.Description.Details);
            Assert.Equal(Keys, bed.Pool.Usage.Entries);
        }
    }

    [Fact]
    public void A_file_cut_short_or_filled_with_noise_is_begun_anew()
    {
        using var bed = new PoolBed();
        Fill(bed);
        byte[] bytes = bed.Snapshot();
        byte[] noise = new byte[bytes.Length];
        new Random(3).NextBytes(noise);
        foreach (byte[] bad in new[] { bytes[..^1], bytes[..4096], bytes[..10], [], noise })
        {
            bed.ReopenOver(bad);
            Assert.Contains("begun anew", bed.Pool.Description.Details);
            Fill(bed);
            bed.Audit();
        }
    }

    [Fact]
    public void A_second_opener_is_refused_with_a_clear_exception()
    {
        using var bed = new PoolBed();
        PoolOpenException refused = Assert.Throws<PoolOpenException>(
            () => PersistentPool.Open(bed.Options, new StoreClock(TimeProvider.System)));
        Assert.Contains("in use", refused.Message);
        Fill(bed);
        bed.Audit();
    }

    [Fact]
    public void Lost_pages_after_a_power_loss_lose_copies_and_never_mix_them()
    {
        using var bed = new PoolBed();
        var random = new Random(11);
        Fill(bed);
        Assert.True(bed.Pool.Sync(Keys));
        byte[] synced = bed.Snapshot();
        for (int key = 0; key < Keys; key++)
        {
            // Every key changes after the sync, and the log laps several times.
            Assert.Equal(PlaceStatus.Placed, bed.Place(key, 1000 + key, 15_000));
        }

        byte[] latest = bed.Snapshot();
        for (int round = 0; round < 60; round++)
        {
            byte[] mixed = (byte[])latest.Clone();
            for (int page = 0; page < mixed.Length; page += 4096)
            {
                if (random.Next(3) == 0)
                {
                    synced.AsSpan(page, 4096).CopyTo(mixed.AsSpan(page));
                }
            }

            bed.ReopenOver(mixed);
            Assert.Equal(Keys, bed.Pool.SyncedNumber);
            for (int key = 0; key < Keys; key++)
            {
                ReadStatus status = bed.Read(key);
                Assert.True(
                    status != ReadStatus.Found || bed.Holds(key, 1000 + key, 15_000) || bed.Holds(key, key + 1, 1000 + key, key % 7));

                // The store's replay: no copy older than the present version may stay.
                bed.Pool.Drop(PoolBed.Key(key), 1000 + key - 1);
                status = bed.Read(key);
                Assert.True(status != ReadStatus.Found || bed.Holds(key, 1000 + key, 15_000));
            }

            for (int i = 0; i < 150; i++)
            {
                bed.Place(2000 + i, 3000 + i, 15_000);
            }

            for (int key = 0; key < Keys; key++)
            {
                ReadStatus status = bed.Read(key);
                Assert.True(status != ReadStatus.Found || bed.Holds(key, 1000 + key, 15_000));
            }

            bed.Reopen();
            bed.Audit();
        }
    }

    [Theory]
    [InlineData(StagePoint.PoolRecordWritten)]
    [InlineData(StagePoint.PoolRecordPublished)]
    public void A_failing_device_leaves_the_former_copy_or_none(StagePoint point)
    {
        var stages = new FailAt();
        using var bed = new PoolBed(stages: stages);
        Fill(bed);
        stages.Point = point;
        Assert.Equal(PlaceStatus.DeviceFailed, bed.Place(3, 999, 100));
        stages.Point = null;
        ReadStatus expected = point == StagePoint.PoolRecordWritten ? ReadStatus.Found : ReadStatus.NotFound;
        Assert.Equal(expected, bed.Read(3));
        bed.Audit();
        bed.ReopenOver(bed.Snapshot());
        Assert.Equal(expected, bed.Read(3));
        Assert.Equal(PlaceStatus.Placed, bed.Place(3, 999, 100));
    }

    [Fact]
    public void A_full_disk_is_no_space_and_the_pool_serves_what_it_has()
    {
        using var bed = new PoolBed();
        bed.Options = bed.Options with { CapacityBytes = 2 << 20, Faults = new PoolFaults { AllocatableBytes = 512 * 1024 } };
        bed.Reopen();
        int placed = 0;
        while (bed.Place(placed, 1, 1000) is var status && status != PlaceStatus.NoSpace)
        {
            Assert.Equal(PlaceStatus.Placed, status);
            placed++;
        }

        Assert.InRange(placed, 100, 500);
        Assert.Equal(placed, bed.Audit().Count);
        bed.Reopen();
        Assert.Equal(placed, bed.Audit().Count);
        bed.Options.Faults!.AllocatableBytes = long.MaxValue;
        Assert.Equal(PlaceStatus.Placed, bed.Place(placed, 1, 1000));
    }

    [Fact]
    public void A_disk_without_room_for_the_directory_is_a_clear_exception()
    {
        using var bed = new PoolBed();
        PersistentPoolOptions options = bed.Options with
        {
            Folder = Path.Combine(bed.Folder, "other"),
            Faults = new PoolFaults { AllocatableBytes = 10_000 },
        };
        PoolOpenException refused = Assert.Throws<PoolOpenException>(
            () => PersistentPool.Open(options, new StoreClock(TimeProvider.System)));
        Assert.Contains("no space", refused.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_failed_flush_ends_the_service_and_the_copies(int flushesThatSucceed)
    {
        using var bed = new PoolBed();
        var faults = new PoolFaults();
        bed.Options = bed.Options with { Faults = faults };
        bed.Reopen();
        Fill(bed);
        Assert.True(bed.Pool.Sync(5));
        faults.FlushesLeft = flushesThatSucceed;
        Assert.False(bed.Pool.Sync(9));
        faults.FlushesLeft = int.MaxValue;
        Assert.False(bed.Pool.Sync(9));
        Assert.Equal(PlaceStatus.DeviceFailed, bed.Place(1, 999, 10));
        Assert.Equal(ReadStatus.DeviceFailed, bed.Read(1));
        bed.Reopen();
        Assert.Contains("begun anew", bed.Pool.Description.Details);
        Assert.Equal(0, bed.Pool.Usage.Entries);
        Assert.Equal(0, bed.Pool.SyncedNumber);
    }

    [Fact]
    public void A_process_killed_between_writing_and_publishing_leaves_the_former_copy()
    {
        using var bed = new PoolBed();
        Fill(bed);
        var image = new ObjectImage(PoolBed.Key(3), PoolBed.Header(999), [], PoolBed.Data(3, 999, 100));
        Assert.True(bed.Pool.TryWrite(image, PlaceMode.Force, 0, out _, out _));
        bed.ReopenOver(bed.Snapshot());
        Assert.Equal(ReadStatus.Found, bed.Read(3));
        Assert.True(bed.Holds(3, 4, 1003, 3));
        bed.Audit();
    }

    [Fact]
    public void Synced_number_only_grows_and_survives_a_close()
    {
        using var bed = new PoolBed();
        Assert.True(bed.Pool.Sync(50));
        Assert.True(bed.Pool.Sync(20));
        Assert.Equal(50, bed.Pool.SyncedNumber);
        bed.Reopen();
        Assert.Equal(50, bed.Pool.SyncedNumber);
        Assert.True(bed.Pool.CleanlyClosed);
    }

    private static void Fill(PoolBed bed)
    {
        for (int key = 0; key < Keys; key++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(key, key + 1, 1000 + key, PlaceMode.Force, key % 7));
        }
    }

    private sealed class FailAt : IStagePoints
    {
        public StagePoint? Point { get; set; }

        public void Reached(StagePoint point)
        {
            if (point == Point)
            {
                throw new IOException("staged");
            }
        }
    }
}
