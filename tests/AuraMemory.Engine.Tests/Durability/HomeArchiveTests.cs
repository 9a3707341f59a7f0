using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Engine.Tests.Durability;

public class HomeArchiveTests
{
    [Theory]
    [InlineData(StagePoint.MoveTargetWritten, TierId.HddArchive)]
    [InlineData(StagePoint.MoveTargetSynced, TierId.HddArchive)]
    [InlineData(StagePoint.MoveSourceRemoved, TierId.HddArchive)]
    [InlineData(StagePoint.MoveTargetWritten, TierId.NvmeCold)]
    [InlineData(StagePoint.MoveTargetSynced, TierId.NvmeCold)]
    [InlineData(StagePoint.MoveSourceRemoved, TierId.NvmeCold)]
    public void A_process_that_ends_in_a_move_leaves_the_object_once(StagePoint at, TierId target)
    {
        using var folder = new HomeFolder();
        folder.Put("a", "value");
        if (target == TierId.NvmeCold)
        {
            folder.Move("a", TierId.HddArchive);
        }

        folder.Stages.At = at;
        Assert.Throws<StoppedException>(() => folder.Move("a", target));
        folder.Stages.At = null;
        using HomeFolder after = folder.Crash();
        Assert.Equal("value", after.Get("a"));
        Assert.Equal(["a"], after.Keys());
        after.Audit();
        after.Delete("a");
        Assert.Null(after.Get("a"));
        after.Reopen();
        Assert.Null(after.Get("a"));
        Assert.Empty(after.Keys());
        after.Audit();
        Assert.Equal(0, after.Home.Counters.SsdEntries + after.Home.Counters.ArchiveEntries);
    }

    [Fact]
    public void A_deleted_archived_object_stays_deleted_through_crash_and_clean_up()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "old");
        Assert.Equal(PlaceStatus.Placed, folder.Move("a", TierId.HddArchive));
        folder.Delete("a");
        Assert.Null(folder.Get("a"));
        using HomeFolder after = folder.Crash();
        Assert.Null(after.Get("a"));
        Assert.Equal(1, folder.Home.CleanUpArchive(10));
        Assert.Equal(0, folder.Home.CleanUpArchive(10));
        Assert.Null(folder.Get("a"));
        folder.Put("a", "new");
        Assert.Equal("new", folder.Get("a"));
        folder.Audit();
    }

    [Fact]
    public void An_overwritten_archived_object_shows_only_the_new_version()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "old");
        folder.Move("a", TierId.HddArchive);
        folder.Put("a", "new");
        Assert.Equal("new", HomeFolder.Get(folder.Home, "a", out TierId tier));
        Assert.Equal(TierId.NvmeCold, tier);
        Assert.Equal(1, folder.Home.CleanUpArchive(10));
        folder.Delete("a");
        Assert.Null(folder.Get("a"));
        folder.Audit();
    }

    [Fact]
    public void A_batch_made_before_a_move_and_committed_after_it_is_booked_right_and_hides_the_copy()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "x");
        folder.Put("b", "x");
        using IHomeBatch batch = folder.Home.NewBatch();
        folder.Home.Stat("a"u8, out HomeStat a);
        folder.Home.Stat("b"u8, out HomeStat b);
        batch.Delete("a"u8, a, ChangeKind.Deleted, 50);
        batch.Put(new ObjectImage("b"u8, new ObjectHeader(51, 1, 1, 0, ObjectFlags.None), [], "y"u8), b, 51);
        folder.Move("a", TierId.HddArchive);
        folder.Move("b", TierId.HddArchive);
        Assert.Equal(CommitStatus.Done, folder.Home.Commit(batch, false, true));
        Assert.Null(folder.Get("a"));
        Assert.Equal("y", folder.Get("b"));
        folder.Audit();
        folder.Reopen();
        Assert.Equal(["b"], folder.Keys());
        folder.Audit();
    }

    [Theory]
    [InlineData(StagePoint.MoveTargetWritten)]
    [InlineData(StagePoint.MoveTargetSynced)]
    public void A_deletion_or_a_store_that_comes_during_a_move_wins(StagePoint at)
    {
        using var folder = new HomeFolder();
        foreach (string key in new[] { "d", "s" })
        {
            folder.Put(key, "old");
            folder.Stages.Seen = point =>
            {
                if (point == at)
                {
                    folder.Stages.Seen = null;
                    if (key == "d")
                    {
                        folder.Delete(key);
                    }
                    else
                    {
                        folder.Put(key, "new");
                    }
                }
            };
            Assert.Equal(PlaceStatus.Stale, folder.Move(key, TierId.HddArchive));
        }

        Assert.Null(folder.Get("d"));
        Assert.Equal("new", folder.Get("s"));
        folder.Audit();
        folder.Reopen();
        Assert.Equal(["s"], folder.Keys());
        folder.Audit();
    }

    [Fact]
    public void An_object_that_moves_back_between_the_two_look_ups_of_a_reader_is_found()
    {
        using var folder = new HomeFolder();
        foreach (Func<bool> sees in new Func<bool>[] { () => folder.Get("a") == "value", () => folder.Keys().Count == 1 })
        {
            folder.Put("a", "value");
            Assert.Equal(PlaceStatus.Placed, folder.Move("a", TierId.HddArchive));
            folder.Home.Stat("a"u8, out HomeStat stat);
            bool moved = false;
            folder.Home.BetweenPaths = () =>
            {
                folder.Home.BetweenPaths = null;
                moved = folder.Home.Move("a"u8, stat.Header.Version, TierId.NvmeCold) == PlaceStatus.Placed;
            };
            Assert.True(sees());
            Assert.True(moved);
        }
    }

    [Fact]
    public async Task Readers_and_listings_never_miss_an_object_that_moves_while_others_write()
    {
        using var folder = new HomeFolder();
        string[] keys = [.. Enumerable.Range(0, 8).Select(i => "m" + i)];
        foreach (string key in keys)
        {
            folder.Put(key, "steady");
        }

        using var stop = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                Assert.Equal("steady", folder.Get(keys[i % keys.Length]));
                if (i % 16 == 0)
                {
                    Assert.Equal(keys, folder.Keys("m"));
                }
            }
        }, TestContext.Current.CancellationToken);
        Task writer = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                folder.Put("w" + (i % 5), new string('x', i % 100));
                if (i % 3 == 0)
                {
                    folder.Delete("w" + (i % 5));
                }
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 60; i++)
        {
            folder.Move(keys[i * 5 % keys.Length], i / 8 % 2 == 0 ? TierId.HddArchive : TierId.NvmeCold);
            folder.Move("w" + (i % 5), TierId.HddArchive);
        }

        await stop.CancelAsync();
        await Task.WhenAll(reader, writer);
        folder.Audit();
        folder.Home.CleanUpArchive(int.MaxValue);
        folder.Reopen();
        Assert.Equal(keys, folder.Keys("m"));
        folder.Audit();
    }

    [Fact]
    public void The_tier_views_keep_one_home_and_exact_usage()
    {
        using var folder = new HomeFolder();
        ITierBackend ssd = folder.Home.Ssd;
        ITierBackend archive = folder.Home.Archive;
        using var buffer = new ObjectBuffer();
        foreach ((ITierBackend first, ITierBackend second) in new[] { (ssd, archive), (archive, ssd) })
        {
            Assert.Equal(PlaceStatus.Placed, first.Place(Image(5), PlaceMode.Admit));
            Assert.Equal(PlaceStatus.AlreadyThere, first.Place(Image(5), PlaceMode.Admit));
            Assert.Equal(PlaceStatus.Stale, first.Place(Image(4), PlaceMode.Admit));
            Assert.Equal(PlaceStatus.Placed, first.Place(Image(6), PlaceMode.Admit));
            Assert.Equal(1, first.Usage.Entries);
            Assert.Equal(ReadStatus.Found, first.Read("k"u8, buffer));
            Assert.Equal(6, buffer.Header.Version);
            Assert.Equal(ReadStatus.NotFound, second.Read("k"u8, buffer));
            Assert.Equal(PlaceStatus.Placed, second.Place(Image(6), PlaceMode.Admit));
            Assert.Equal(0, first.Usage.Entries);
            folder.Audit();
            Assert.False(second.Drop("k"u8, 5));
            Assert.True(second.Drop("k"u8, 6));
            Assert.False(second.Drop("k"u8, 6));
            Assert.Equal(0, second.Usage.UsedBytes + first.Usage.UsedBytes);
            Assert.Equal(ReadStatus.NotFound, folder.Home.Stat("k"u8, out _));
            folder.Audit();
        }

        static ObjectImage Image(long version) =>
            new("k"u8, new ObjectHeader(version, 1, 1, 0, ObjectFlags.None), "{}"u8, "12345"u8);
    }

    [Fact]
    public void A_missing_archive_with_objects_in_it_is_refused()
    {
        using var folder = new HomeFolder();
        folder.Put("a", "x");
        folder.Move("a", TierId.HddArchive);
        folder.Home.Dispose();
        Directory.Move(folder.Options.ArchivePath, folder.Options.ArchivePath + ".away");
        HomeOpenException e = Assert.Throws<HomeOpenException>(() => HomeFolder.Open(folder.Options));
        Assert.Equal(HomeOpenProblem.Mismatch, e.Problem);
        Assert.Contains("1 archived objects", e.Message);
        Directory.Delete(folder.Options.ArchivePath, true);
        Directory.Move(folder.Options.ArchivePath + ".away", folder.Options.ArchivePath);
        using Home home = HomeFolder.Open(folder.Options);
        Assert.Equal("x", HomeFolder.Get(home, "a", out _));
    }
}
