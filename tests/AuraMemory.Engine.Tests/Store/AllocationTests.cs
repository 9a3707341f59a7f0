using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>A warm read allocates nothing: no collection ever waits on how much is read.</summary>
[Collection("measured alone")]
public class AllocationTests
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData(TierId.L1Cache)]
    [InlineData(TierId.L2Cache)]
    [InlineData(TierId.L3Cache)]
    [InlineData(TierId.CxlHot)]
    [InlineData(TierId.Dram)]
    public async Task A_hit_in_memory_allocates_nothing(TierId tier)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", StoreBed.Bytes(1, 1000), tier: tier);
        Assert.Equal(tier, bed.Tier("k"));
        ObjectBuffer buffer = bed.Buffer;
        buffer.Timed = true;
        Assert.Equal(0, Allocated(() => Assert.True(bed.Store.Read("k"u8, buffer) == ReadStatus.Found)));
        Assert.Equal(0, Allocated(() => Assert.True(bed.Store.TryReadFast("k"u8, buffer))));
        Assert.Equal(tier, buffer.Tier);
        Assert.Equal(0, Allocated(() => bed.Store.Describe("k"u8, out _, out _, out _)));
    }

    [Fact]
    public async Task A_hit_in_the_pool_allocates_nothing()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", StoreBed.Bytes(1, 1000), tier: TierId.PmemWarm);
        var pool = bed.Store.Parts.Pool!;
        Assert.Equal(0, Allocated(() => Assert.True(pool.Read("k"u8, bed.Buffer) == ReadStatus.Found)));
        // Through the store the copy is offered to DRAM, from where the next read is served; the way there is allocation-free too.
        Assert.Equal(0, Allocated(() =>
        {
            bed.Store.Parts.Memory.Drop(bed.Store.Parts.Memory.Catalog.Hash("k"u8), "k"u8, long.MaxValue, null, false, fromPool: false);
            Assert.True(bed.Store.Read("k"u8, bed.Buffer) == ReadStatus.Found && bed.Buffer.Tier == TierId.PmemWarm);
        }));
    }

    [Fact]
    public async Task A_warm_batch_of_sixteen_allocates_nothing()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        var keys = new byte[16][];
        for (int i = 0; i < 16; i++)
        {
            keys[i] = Encoding.ASCII.GetBytes("k" + i);
            bed.Put("k" + i, StoreBed.Bytes(i, 500));
        }

        var batch = new ReadBatch();
        Assert.Equal(0, Allocated(() =>
        {
            batch.Clear();
            foreach (byte[] key in keys)
            {
                batch.Add(key);
            }

            bed.Store.ReadMany(batch);
            Assert.True(batch.Status(15) == ReadStatus.Found);
        }));
    }

    [Fact]
    public async Task A_volatile_store_in_place_allocates_nothing_beyond_its_command()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        var command = new StoreCommand
        {
            Key = "k"u8.ToArray(),
            Data = StoreBed.Bytes(1, 1000),
            Durability = DurabilityLevel.Volatile,
        };
        Assert.Equal(0, Allocated(() =>
        {
            ValueTask<StoreOutcome> stored = bed.Store.StoreAsync(command);
            Assert.True(stored.IsCompletedSuccessfully && stored.Result.Status == WriteStatus.Done);
        }));
        Assert.True(bed.Store.Parts.Memory.DirtyStores >= Rounds);
    }

    /// <summary>Bytes that <see cref="Rounds"/> calls allocate on this thread, after as many to warm up.</summary>
    private static long Allocated(Action action)
    {
        for (int i = 0; i < Rounds; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

/// <summary>Tests that measure run by themselves.</summary>
[CollectionDefinition("measured alone", DisableParallelization = true)]
public sealed class MeasuredAlone;
