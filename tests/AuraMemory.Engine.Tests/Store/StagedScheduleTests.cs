using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>Races between two protocols, each parked at the one moment that matters.</summary>
public class StagedScheduleTests
{
    private static readonly byte[] Key = "k"u8.ToArray();
    private static readonly byte[] Old = StoreBed.Bytes(1, 700);
    private static readonly byte[] New = StoreBed.Bytes(2, 900);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fill_that_was_overtaken_by_a_write_publishes_nothing(bool delete)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, tier: TierId.NvmeCold);
        MemoryLadder memory = bed.Store.Parts.Memory;
        ulong hash = memory.Catalog.Hash(Key);
        CatalogToken token = memory.Catalog.Token(hash);
        using var read = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, bed.Store.Parts.Home.Read(Key, read));
        Overtake(bed, delete);
        Assert.Equal(PlaceStatus.Stale, memory.Fill(hash, read.Image(Key), TierId.Dram, token, 1, prefetched: false, force: true));
        Assert.Equal(delete ? null : New, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_between_commit_and_publication_leaves_no_old_version_behind(bool delete)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, tier: TierId.NvmeCold);
        byte[]? seen = null;
        bed.Stages.Once(StagePoint.AfterCommit, () => seen = OnAnotherThread(() => bed.Get("k")));
        Overtake(bed, delete);
        Assert.True(delete ? seen is null : New.AsSpan().SequenceEqual(seen), "the home is asked after the commit");
        Assert.Equal(delete ? null : New, bed.Get("k"));
        bed.Put("k", Old, tier: TierId.NvmeCold);
        bed.Stages.Once(StagePoint.BeforeCommit, () => seen = OnAnotherThread(() => bed.Get("k")));
        Overtake(bed, delete);
        Assert.Equal(Old, seen);
        Assert.Equal(delete ? null : New, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(true, TierId.Dram)]
    [InlineData(false, TierId.Dram)]
    [InlineData(true, TierId.NvmeCold)]
    [InlineData(false, TierId.NvmeCold)]
    public async Task A_move_to_the_pool_that_was_overtaken_is_given_up(bool delete, TierId from)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, tier: from);
        bed.Stages.Once(StagePoint.PoolRecordWritten, () => OnAnotherThread(() =>
        {
            Overtake(bed, delete);
            return 0;
        }));
        MigrationOutcome moved = bed.Migrate("k", TierId.PmemWarm);
        Assert.Equal(delete ? MigrationStatus.NotFound : MigrationStatus.Migrated, moved.Status);
        Assert.Equal(delete ? null : New, bed.Get("k"));
        Assert.Equal(1, bed.Store.Parts.Pool!.Abandoned);
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_demotion_to_the_pool_that_was_overtaken_leaves_the_newer_version()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, tier: TierId.Dram);
        Assert.Equal(Old, bed.Get("k"));
        bed.Stages.Once(StagePoint.PoolRecordWritten, () => OnAnotherThread(() =>
        {
            Overtake(bed, delete: false);
            return 0;
        }));
        bed.Store.Parts.Memory.Reclaim(TierId.Dram, force: true, mayWriteBack: true);
        Assert.Null(bed.Stages.At);
        Assert.Equal(New, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(StagePoint.MoveTargetWritten, true)]
    [InlineData(StagePoint.MoveTargetSynced, true)]
    [InlineData(StagePoint.MoveTargetWritten, false)]
    [InlineData(StagePoint.MoveTargetSynced, false)]
    public async Task A_migration_of_the_home_that_races_with_a_write_loses(StagePoint point, bool delete)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, tier: TierId.Dram);
        bed.Stages.Once(point, () => OnAnotherThread(() =>
        {
            Overtake(bed, delete);
            return 0;
        }));
        MigrationOutcome moved = bed.Migrate("k", TierId.HddArchive);
        Assert.Equal(delete ? MigrationStatus.NotFound : MigrationStatus.Migrated, moved.Status);
        Assert.Equal(delete ? null : TierId.HddArchive, bed.Tier("k"));
        Assert.Equal(delete ? null : New, bed.Get("k"));
        await bed.ReopenAsync();
        Assert.Equal(delete ? null : New, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Theory]
    [InlineData(StagePoint.BeforeCommit)]
    [InlineData(StagePoint.AfterCommit)]
    public async Task Of_a_durable_and_a_volatile_store_on_condition_that_the_key_is_absent_one_wins(StagePoint point)
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        Task<StoreOutcome>? second = null;
        bed.Stages.Once(point, () =>
        {
            second = OnItsOwnThread(() => bed.Put("k", New, DurabilityLevel.Volatile, condition: WriteCondition.IfAbsent));
            SpinWait.SpinUntil(() => second.IsCompleted, 500); // it may have to wait for the first one
        });
        StoreOutcome first = bed.Put("k", Old, condition: WriteCondition.IfAbsent);
        Assert.Equal(WriteStatus.Done, first.Status);
        StoreOutcome other = await second!;
        Assert.Equal((WriteStatus.ConditionFailed, first.Version), (other.Status, other.Version));
        Assert.Equal(Old, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_volatile_store_on_condition_that_the_key_exists_does_not_succeed_after_its_deletion_was_decided()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old);
        Task<StoreOutcome>? second = null;
        bed.Stages.Once(StagePoint.BeforeCommit, () =>
        {
            second = OnItsOwnThread(() => bed.Put("k", New, DurabilityLevel.Volatile, condition: WriteCondition.IfPresent));
            SpinWait.SpinUntil(() => second.IsCompleted, 500);
        });
        Assert.Equal(WriteStatus.Done, bed.Delete("k").Status);
        Assert.Equal(WriteStatus.ConditionFailed, (await second!).Status);
        Assert.Null(bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_write_back_that_meets_a_newer_volatile_version_writes_that_one()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        bed.Put("k", Old, DurabilityLevel.Volatile);
        StoreOutcome newer = default;
        bed.Stages.Once(StagePoint.BeforeWriteBack, () =>
            newer = OnAnotherThread(() => bed.Put("k", New, DurabilityLevel.Volatile)));
        Assert.True(bed.Store.Mover.WriteBackAll());
        bed.Store.Parts.Home.Stat(Key, out HomeStat stat);
        Assert.Equal(newer.Version, stat.Header.Version);
        Assert.Equal(New, bed.Get("k"));
        StoreAudit.Verify(bed.Store);
    }

    [Fact]
    public async Task A_flush_waits_for_a_volatile_object_beside_an_unfinished_allocation()
    {
        await using StoreBed bed = await StoreBed.OpenAsync();
        StoreOutcome stored = bed.Put("k", Old, DurabilityLevel.Volatile);
        nint unfinished = AllocateBeside(bed, out Arena arena);
        Task flush = bed.Store.FlushAsync().AsTask();
        SpinWait.SpinUntil(() => flush.IsCompleted, 200);
        Abandon(arena, unfinished);
        await flush;
        bed.Store.Parts.Home.Stat(Key, out HomeStat stat);
        Assert.Equal(stored.Version, stat.Header.Version);
    }

    [Fact]
    public async Task Memory_that_was_emptied_is_not_given_away_while_a_reader_section_of_that_time_is_open()
    {
        using var small = new SmallLadder();
        MemoryLadder ladder = small.Ladder;
        Arena arena = ladder.Arena(TierId.Dram);
        ulong hash = ladder.Catalog.Hash(Key);
        Assert.Equal(PlaceStatus.Placed, ladder.PutNewer(
            hash, new ObjectImage(Key, new ObjectHeader(1, 0, 0, 0, 0), [], Old), TierId.Dram, force: false, mayWriteBack: true));
        int free = arena.FreeSegments;
        ladder.Lanes.Current.Enter();
        Task<bool> reclaim = OnItsOwnThread(() => ladder.Reclaim(TierId.Dram, force: true, mayWriteBack: true));
        Assert.True(SpinWait.SpinUntil(() => ladder.Catalog.Entries == 0, 10_000), "the record is unlinked at once");
        SpinWait.SpinUntil(() => reclaim.IsCompleted, 100);
        Assert.Equal((false, free), (reclaim.IsCompleted, arena.FreeSegments));
        ladder.Lanes.Current.Exit();
        Assert.True(await reclaim);
        Assert.Equal(free + 1, arena.FreeSegments);
    }

    private static unsafe nint AllocateBeside(StoreBed bed, out Arena arena)
    {
        arena = bed.Store.Parts.Memory.Arena(TierId.Dram);
        return (nint)arena.TryAllocate(64, ArenaQueue.Probation, useReserve: false);
    }

    private static unsafe void Abandon(Arena arena, nint record) => arena.Abandon((byte*)record, 64);

    private static void Overtake(StoreBed bed, bool delete)
    {
        if (delete)
        {
            Assert.Equal(WriteStatus.Done, bed.Delete("k").Status);
        }
        else
        {
            Assert.Equal(WriteStatus.Done, bed.Put("k", New).Status);
        }
    }

    private static T OnAnotherThread<T>(Func<T> action) => OnItsOwnThread(action).GetAwaiter().GetResult();

    private static Task<T> OnItsOwnThread<T>(Func<T> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
