using System.Buffers.Binary;
using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Many threads at once, every value checking itself.</summary>
public class ConcurrentStoreTests
{
    /// <summary>A value that tells its writer's number, and any byte that is not its own.</summary>
    private static void Fill(Span<byte> data, long number)
    {
        for (int i = 0; i + 8 <= data.Length; i += 8)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data[i..], number * 31 + i);
        }
    }

    private static long NumberOf(ReadOnlySpan<byte> data)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(data) / 31;
        for (int i = 0; i + 8 <= data.Length; i += 8)
        {
            if (BinaryPrimitives.ReadInt64LittleEndian(data[i..]) != (number * 31) + i)
            {
                throw new InvalidOperationException($"a mixture: version {number} has a foreign byte at {i}");
            }
        }

        return number;
    }

    [Fact]
    public async Task Readers_of_a_value_that_is_overwritten_in_place_see_whole_versions_in_order()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        const int Writes = 60_000;
        long written = 0;
        byte[] key = "k"u8.ToArray();
        var first = new byte[3000];
        Fill(first, 0);
        bed.Put("k", first, DurabilityLevel.Volatile);
        await Run(3, thread =>
        {
            if (thread == 0)
            {
                var data = new byte[3000];
                for (long i = 1; i <= Writes; i++)
                {
                    Fill(data, i);
                    bed.Put("k", data, DurabilityLevel.Volatile);
                    Volatile.Write(ref written, i);
                }

                return;
            }

            using var buffer = new ObjectBuffer();
            long before = 0;
            while (Volatile.Read(ref written) < Writes)
            {
                long atLeast = Volatile.Read(ref written);
                Assert.Equal(ReadStatus.Found, bed.Store.Read(key, buffer));
                long seen = NumberOf(buffer.Data);
                Assert.True(seen >= atLeast && seen >= before, $"saw {seen} after {atLeast} and {before}");
                before = seen;
            }
        });
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(1, 200_000)]
    [InlineData(60, 3_000)] // a small table is split where the readers are
    public async Task A_catalog_that_grows_from_empty_loses_no_key_to_readers_or_writers(int rounds, int keys)
    {
        for (int i = 0; i < rounds; i++)
        {
            await GrowAsync(keys);
        }
    }

    private static async Task GrowAsync(int keys)
    {
        using var small = new SmallLadder(catalogBytes: 32 << 20, dramBytes: 64 << 20);
        MemoryLadder ladder = small.Ladder;
        int[] written = new int[2];
        await Run(4, thread =>
        {
            int half = thread & 1;
            Span<byte> key = stackalloc byte[8];
            if (thread < 2)
            {
                for (int i = 0; i < keys / 2; i++)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(key, ((long)half << 32) | (uint)i);
                    var image = new ObjectImage(key, new ObjectHeader(i + 1, 0, 0, 0, 0), [], key);
                    if (ladder.PutNewer(ladder.Catalog.Hash(key), image, TierId.Dram, false, true) != PlaceStatus.Placed)
                    {
                        throw new InvalidOperationException($"key {i} was not placed");
                    }

                    Volatile.Write(ref written[half], i + 1);
                }

                return;
            }

            var random = new Random(thread);
            using var buffer = new ObjectBuffer();
            for (int there = 0; there < keys / 2;)
            {
                there = Volatile.Read(ref written[half]);
                int i = random.Next(there + 10);
                BinaryPrimitives.WriteInt64LittleEndian(key, ((long)half << 32) | (uint)i);
                ReadStatus status = ladder.TryRead(ladder.Catalog.Hash(key), key, buffer, ladder.Lanes.Current);
                if ((status != ReadStatus.Found && i < there)
                    || (status == ReadStatus.Found && (buffer.Header.Version != i + 1 || !buffer.Data.SequenceEqual(key))))
                {
                    throw new InvalidOperationException($"key {i} of {there}: {status}, version {buffer.Header.Version}");
                }
            }
        });
        Assert.Equal(keys, ladder.Catalog.Entries);
        Assert.Equal(keys, ladder.Catalog.Slots().Length);
    }

    [Fact]
    public async Task Segments_emptied_under_readers_never_show_foreign_bytes()
    {
        using var small = new SmallLadder();
        MemoryLadder ladder = small.Ladder;
        bool done = false;
        long hits = 0;
        await Run(3, thread =>
        {
            var random = new Random(thread);
            var data = new byte[2000];
            if (thread == 0)
            {
                for (long version = 1; version <= 60_000; version++)
                {
                    long number = random.Next(8000);
                    Span<byte> value = data.AsSpan(0, 8 + (int)(number % 240 * 8));
                    Fill(value, number);
                    byte[] key = Encoding.ASCII.GetBytes("key" + number);
                    var image = new ObjectImage(key, new ObjectHeader(version, 0, 0, 0, 0), [], value);
                    ladder.PutNewer(ladder.Catalog.Hash(key), image, (TierId)(version % 5), force: version % 3 == 0, mayWriteBack: true);
                }

                Volatile.Write(ref done, true);
                return;
            }

            using var buffer = new ObjectBuffer();
            while (!Volatile.Read(ref done))
            {
                long number = random.Next(8000);
                byte[] key = Encoding.ASCII.GetBytes("key" + number);
                if (ladder.TryRead(ladder.Catalog.Hash(key), key, buffer, ladder.Lanes.Current) == ReadStatus.Found)
                {
                    Interlocked.Increment(ref hits);
                    if (NumberOf(buffer.Data) != number || buffer.DataBytes != 8 + (int)(number % 240 * 8))
                    {
                        throw new InvalidOperationException($"key {number} gave {NumberOf(buffer.Data)}");
                    }
                }
            }
        });
        Assert.True(hits > 1000 && ladder.Demotions > 1000, $"{hits} hits, {ladder.Demotions} demotions: nothing was proved");
    }

    [Fact]
    public async Task An_overwrite_in_place_is_not_lost_when_its_record_is_being_moved()
    {
        using var small = new SmallLadder();
        MemoryLadder ladder = small.Ladder;
        byte[] key = "k"u8.ToArray();
        ulong hash = ladder.Catalog.Hash(key);
        const int Writes = 40_000;
        long written = 0;
        long moves = 0;
        await Run(2, thread =>
        {
            using var buffer = new ObjectBuffer();
            var data = new byte[3000];
            for (long i = 1; thread == 0 && i <= Writes; i++)
            {
                Fill(data, i);
                ladder.PutNewer(hash, new ObjectImage(key, new ObjectHeader(i, 0, 0, 0, 0), [], data), TierId.Dram, true, true);
                Volatile.Write(ref written, i);
                Assert.Equal(ReadStatus.Found, ladder.TryRead(hash, key, buffer, ladder.Lanes.Current));
                Assert.Equal((i, i), (buffer.Header.Version, NumberOf(buffer.Data)));
            }

            // Not forced, and read since: the record is kept, which is to say moved within its tier.
            while (thread == 1 && Volatile.Read(ref written) < Writes)
            {
                ladder.Arena(TierId.Dram).SealOpen();
                if (ladder.TryRead(hash, key, buffer, ladder.Lanes.Current) == ReadStatus.Found)
                {
                    moves += ladder.Reclaim(TierId.Dram, force: false, mayWriteBack: true) ? 1 : 0;
                }
            }
        });
        Assert.True(moves > 50, $"{moves} moves: nothing was proved");
    }

    [Fact]
    public async Task A_read_returns_a_version_that_was_current_during_it_whatever_moves()
    {
        const int Keys = 40;
        await using StoreBed bed = await StoreBed.OpenAsync(worker: true);
        long[] begun = new long[Keys]; // numbers handed to a store or delete, and numbers acknowledged; one writer a key
        long[] acknowledged = new long[Keys];
        long deadline = Environment.TickCount64 + 3000;
        long[] work = new long[4];
        await Run(4, thread =>
        {
            var random = new Random(thread);
            using var buffer = new ObjectBuffer();
            var copy = new byte[400_000];
            while (Environment.TickCount64 < deadline)
            {
                work[thread]++;
                int k = random.Next(Keys);
                byte[] key = Encoding.ASCII.GetBytes("key" + k);
                int dice = random.Next(100);
                if (thread == k % 2 && dice < 60)
                {
                    long number = begun[k] + 1;
                    Volatile.Write(ref begun[k], number);
                    if (IsDelete(number))
                    {
                        Assert.Equal(WriteStatus.Done, bed.Delete("key" + k).Status);
                    }
                    else
                    {
                        var data = new byte[8 * (1 + random.Next(random.Next(10) == 0 ? 40_000 : 400))];
                        Fill(data, number);
                        StoreOutcome stored = bed.Put("key" + k, data, (DurabilityLevel)(dice % 2), tier: dice < 20 ? (TierId)(dice % 8) : null);
                        Assert.Equal((WriteStatus.Done, IsDelete(number - 1)), (stored.Status, stored.Created));
                    }

                    Volatile.Write(ref acknowledged[k], number);
                }
                else if (thread >= 2 && dice < 30)
                {
                    bed.Migrate("key" + k, (TierId)random.Next(TierIds.Count), force: dice % 2 == 0);
                }
                else if (dice < 35)
                {
                    bed.Store.Parts.Memory.Reclaim((TierId)random.Next(5), force: true, mayWriteBack: true);
                }
                else
                {
                    long least = Volatile.Read(ref acknowledged[k]);
                    ReadStatus status = bed.Store.Read(key, buffer);
                    long most = Volatile.Read(ref begun[k]);
                    if (status == ReadStatus.Found && buffer.TryCopyData(0, copy.AsSpan(0, buffer.DataBytes)))
                    {
                        long seen = NumberOf(copy.AsSpan(0, buffer.DataBytes));
                        Assert.True(seen >= least && seen <= most, $"key {k}: read {seen} from {buffer.Tier}, acknowledged {least}, begun {most}");
                    }
                    else
                    {
                        bool deleted = false;
                        for (long n = least; n <= most; n++)
                        {
                            deleted |= IsDelete(n);
                        }

                        Assert.True(status == ReadStatus.NotFound && deleted, $"key {k}: {status} though {least} was acknowledged");
                    }

                    buffer.Release();
                }
            }
        });
        Assert.All(work, w => Assert.True(w > 50, $"a thread did {w} operations"));
        StoreAudit.Verify(bed.Store);
    }

    /// <summary>Which of a key's numbers stand for its absence.</summary>
    private static bool IsDelete(long number) => number % 7 == 0;

    /// <summary>Runs a body on so many threads that begin together; the first failure fails the test.</summary>
    private static async Task Run(int threads, Action<int> body)
    {
        using var start = new Barrier(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                body(i);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }
}
