using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Persistent;
using CsCheck;

namespace AuraMemory.Engine.Tests.Persistent;

/// <summary>Budget, eviction, versions, concurrency and allocation.</summary>
public class PersistentPoolTests
{
    [Fact]
    public void Sizes_in_directory_words_hold_what_they_must_and_waste_little() => Gen.Long[1, 64L << 20].Sample(bytes =>
    {
        int code = PoolWord.SizeCode(bytes);
        long allocated = PoolWord.Allocated(code);
        Assert.InRange(allocated, bytes, Math.Max(bytes + 63, (bytes * 1003 / 1000) + 64));
        Assert.Equal(code, PoolWord.SizeCode(allocated));
        ulong word = PoolWord.Make(ulong.MaxValue, code, (1L << 40) - 64);
        Assert.Equal((code, (1L << 40) - 64, 0xFFFFUL), (PoolWord.CodeOf(word), PoolWord.OffsetOf(word), PoolWord.TagOf(word)));
    });

    [Fact]
    public void Eviction_under_pressure_keeps_the_budget_and_the_newest()
    {
        using var bed = new PoolBed(capacity: 2 << 20);
        for (int key = 0; key < 6000; key++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(key, key + 1, 900 + (key % 500), PlaceMode.Admit));
            Assert.InRange(bed.Pool.Usage.UsedBytes, 0, bed.Options.CapacityBytes);
        }

        Assert.Equal(ReadStatus.Found, bed.Read(5999));
        Assert.Equal(ReadStatus.NotFound, bed.Read(0));
        Assert.True(bed.Pool.Evictions > 3000);
        Assert.Equal(6000, bed.Pool.Evictions + bed.Pool.Usage.Entries);
        Assert.InRange(bed.Pool.Usage.UsedBytes, bed.Options.CapacityBytes * 8 / 10, bed.Options.CapacityBytes);
        bed.Audit();
    }

    [Fact]
    public void What_is_read_again_and_again_outlives_a_scan()
    {
        using var bed = new PoolBed(capacity: 2 << 20);
        for (int key = 0; key < 100; key++)
        {
            bed.Place(key, 1, 1000);
        }

        for (int scan = 0; scan < 10_000; scan++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(1000 + scan, 2 + scan, 1000, PlaceMode.Admit));
            Assert.Equal(ReadStatus.Found, bed.Read(scan % 100));
        }

        Assert.True(bed.Holds(9999 % 100, 1, 1000));
        Assert.True(bed.Buffer.AccessCount > 3, "a copy that was moved remembers that it was read");
    }

    [Fact]
    public void Overwriting_a_few_keys_hardly_pushes_others_out()
    {
        using var bed = new PoolBed(capacity: 2 << 20);
        for (int key = 0; key < 800; key++)
        {
            bed.Place(key, 1, 1000);
        }

        for (int i = 0; i < 8000; i++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(i % 10, 2 + i, 1000));
        }

        Assert.InRange(bed.Audit().Count, 760, 800);
    }

    [Fact]
    public void Admission_does_not_displace_what_was_read_and_force_does()
    {
        using var bed = new PoolBed(capacity: 2 << 20);
        int count = 0;
        while (bed.Pool.Evictions == 0)
        {
            bed.Place(count++, 1, 1000);
        }

        for (int key = 0; key < count; key++)
        {
            bed.Read(key);
        }

        PlaceStatus status = bed.Place(-1, 1, 200_000, PlaceMode.Admit);
        Assert.Equal(PlaceStatus.NotAdmitted, status);
        Assert.Equal(PlaceStatus.Placed, bed.Place(-1, 1, 200_000, PlaceMode.Force));
        Assert.Equal(ReadStatus.Found, bed.Read(-1));
        bed.Audit();
    }

    [Fact]
    public void Objects_of_16_MiB_fit_a_pool_of_256_MiB_and_larger_ones_are_refused()
    {
        using var bed = new PoolBed(capacity: 256L << 20, expected: 4096);
        Assert.InRange(bed.Pool.LargestObjectBytes, 16 << 20, 256 << 20);
        for (int key = 0; key < 20; key++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(key, key + 1, 16 << 20));
        }

        Assert.Equal(ReadStatus.Found, bed.Read(19));
        Assert.True(bed.Holds(19, 20, 16 << 20));
        int largest = (int)bed.Pool.LargestObjectBytes - PoolBed.Key(99).Length;
        Assert.Equal(PlaceStatus.Placed, bed.Place(99, 1, largest));
        Assert.Equal(PlaceStatus.TooLarge, bed.Place(99, 2, largest + 1));
        bed.Audit();
    }

    [Fact]
    public void More_small_objects_than_directory_words_displace_each_other()
    {
        using var bed = new PoolBed(expected: 4096);
        for (int key = 0; key < 2000; key++)
        {
            Assert.Equal(PlaceStatus.Placed, bed.Place(key, 1, 10));
        }

        Assert.InRange(bed.Audit().Count, 200, 256);
        Assert.Equal(ReadStatus.Found, bed.Read(1999));
    }

    [Fact]
    public void Metadata_times_flags_and_access_count_come_back()
    {
        using var bed = new PoolBed();
        bed.Place(1, 7, 0, PlaceMode.Admit, metadata: 50, count: 41);
        bed.Reopen();
        Assert.Equal(ReadStatus.Found, bed.Read(1));
        Assert.True(bed.Holds(1, 7, 0, 50));
        Assert.Equal(42, bed.Buffer.AccessCount);
        Assert.Equal(TierId.PmemWarm, bed.Buffer.Tier);
        Assert.True(bed.Pool.Contains(PoolBed.Key(1), out ObjectHeader header, out int dataBytes));
        Assert.Equal((PoolBed.Header(7), 0), (header, dataBytes));
    }

    [Fact]
    public void A_ticket_that_waited_a_whole_lap_is_not_published()
    {
        using var bed = new PoolBed();
        var image = new ObjectImage(PoolBed.Key(1), PoolBed.Header(5), [], PoolBed.Data(1, 5, 500));
        Assert.True(bed.Pool.TryWrite(image, PlaceMode.Force, 0, out PoolTicket ticket, out _));
        for (int key = 0; key < 300; key++)
        {
            bed.Place(100 + key, 1, 9000);
        }

        Assert.Equal(PlaceStatus.NoSpace, bed.Pool.Publish(ticket));
        Assert.Equal(ReadStatus.NotFound, bed.Read(1));
        bed.Audit();
    }

    [Fact]
    public void Reading_and_placing_allocate_nothing()
    {
        using var bed = new PoolBed(capacity: 2 << 20);
        byte[] key = PoolBed.Key(1);
        byte[] data = PoolBed.Data(1, 1, 1000);
        long version = 0;
        void Round()
        {
            for (int i = 0; i < 3000; i++)
            {
                bed.Pool.Place(new ObjectImage(key, PoolBed.Header(++version), [], data), PlaceMode.Force);
                bed.Pool.Read(key, bed.Buffer);
                bed.Pool.Contains(key, out _, out _);
            }
        }

        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(version, bed.Buffer.Header.Version);
    }

    [Fact]
    public async Task Readers_see_whole_versions_that_never_go_back_while_writers_overwrite_and_evict()
    {
        using var bed = new PoolBed(capacity: 1 << 20);
        const int Keys = 64;
        const int Rounds = 12_000;
        PersistentPool pool = bed.Pool;
        long[] placed = new long[Keys];
        using var done = new CancellationTokenSource();
        long found = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(() =>
        {
            var random = new Random(seed);
            using var buffer = new ObjectBuffer();
            long[] seen = new long[Keys];
            while (!done.IsCancellationRequested)
            {
                int key = random.Next(Keys);
                ReadStatus status = pool.Read(PoolBed.Key(key), buffer);
                Assert.True(status is ReadStatus.Found or ReadStatus.NotFound, status.ToString());
                if (status == ReadStatus.Found)
                {
                    Assert.True(buffer.Data.IndexOfAnyExcept((byte)buffer.Header.Version) < 0, "a torn value");
                    Assert.Equal(Length(key, buffer.Header.Version), buffer.DataBytes);
                    Assert.True(buffer.Header.Version >= seen[key], "a version went back");
                    seen[key] = buffer.Header.Version;
                    Interlocked.Increment(ref found);
                }
            }
        }, TaskCreationOptions.LongRunning))];
        Task[] writers = [.. Enumerable.Range(0, 2).Select(writer => Task.Factory.StartNew(() =>
        {
            var random = new Random(100 + writer);
            byte[] data = new byte[40_000];
            for (int i = 0; i < Rounds; i++)
            {
                // Each writer owns half of the keys, so that versions grow.
                int key = (random.Next(Keys / 2) * 2) + writer;
                long version = ++placed[key];
                int length = Length(key, version);
                data.AsSpan(0, length).Fill((byte)version);
                pool.Place(new ObjectImage(PoolBed.Key(key), PoolBed.Header(version), [], data.AsSpan(0, length)), PlaceMode.Force);
                if (random.Next(20) == 0)
                {
                    pool.Drop(PoolBed.Key(key), version);
                }
            }
        }, TaskCreationOptions.LongRunning))];
        await Task.WhenAll(writers);
        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(found > 1000);
        bed.Audit();
        bed.Reopen();
        bed.Audit();
    }

    private static int Length(int key, long version) => (int)(((key * 7919L) + (version * 104_729L)) % (version % 50 == 0 ? 40_000 : 3000));
}
