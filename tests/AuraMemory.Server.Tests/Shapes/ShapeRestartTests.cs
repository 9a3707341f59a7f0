using AuraMemory.Engine.Objects;
using AuraMemory.Server.Shapes;
using static AuraMemory.Server.Tests.Shapes.ShapeBed;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapeRestartTests
{
    [Theory]
    [InlineData("nothing")]
    [InlineData("no saved index")]
    [InlineData("a damaged saved index")]
    public async Task A_restart_finds_every_shape_without_analysing_again(string lost)
    {
        await using ShapeBed bed = await OpenedAsync();
        for (int i = 0; i < 30; i++)
        {
            await bed.StoreAsync($"k{i}", Zigzag(4, 1 + i));
        }

        await bed.DeleteAsync("k3");
        await bed.CaughtUpAsync();
        int before = bed.Mathematics.Analyses;
        await bed.ReopenAsync(() =>
        {
            string[] saved = Directory.GetFiles(Path.Combine(bed.Folder, "shape-index"));
            Assert.NotEmpty(saved);
            foreach (string file in saved)
            {
                if (lost == "no saved index")
                {
                    File.Delete(file);
                }
                else if (lost != "nothing")
                {
                    byte[] bytes = File.ReadAllBytes(file);
                    bytes[bytes.Length / 2] ^= 1;
                    File.WriteAllBytes(file, bytes);
                }
            }
        });
        await bed.CaughtUpAsync();
        Assert.Equal(29, (await bed.FindAsync(Zigzag(4, 1), 100)).Length);
        Assert.Equal("k17", (await bed.FindAsync(Zigzag(4, 18), 1))[0]);
        Assert.Equal(before, bed.Mathematics.Analyses);
        Assert.Equal(lost != "a damaged saved index", bed.Shapes.Report().Healthy);
        Assert.Equal(ShapeStatus.Indexed, bed.Shapes.Find("k5"u8).State.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_happened_after_the_index_was_saved_is_made_good_from_the_records(bool savedAgainLater)
    {
        await using ShapeBed bed = await OpenedAsync();
        await bed.StoreAsync("old", Zigzag(4, 1));
        await bed.StoreAsync("gone", Zigzag(4, 1));
        await bed.StoreAsync("changed", Zigzag(4, 1));
        bed.Shapes.Keeper.Save();
        string folder = Path.Combine(bed.Folder, "shape-index");
        string kept = folder + "-kept";
        Directory.Move(folder, kept);
        if (!savedAgainLater)
        {
            // What a kill leaves: the index cannot be saved at the end.
            File.WriteAllText(folder, "in the way");
        }

        await bed.StoreAsync("new", Zigzag(4, 1));
        await bed.StoreAsync("changed", Zigzag(9, 50));
        await bed.DeleteAsync("gone");
        await bed.CaughtUpAsync();
        int before = bed.Mathematics.Analyses;
        await bed.ReopenAsync(() =>
        {
            if (savedAgainLater)
            {
                Directory.Delete(folder, recursive: true);
            }
            else
            {
                File.Delete(folder);
            }

            Directory.Move(kept, folder);
        });
        await bed.CaughtUpAsync();
        Assert.Equal(before, bed.Mathematics.Analyses);
        Assert.Equal(!savedAgainLater, bed.Shapes.Report().Healthy); // an index older than what was forgotten is refused, and said to be
        Assert.Equal(3, bed.Shapes.Report().Entries);
        Assert.Equal(["new", "old"], (await bed.FindAsync(Zigzag(4, 1), 2)).Order());
        Assert.Equal(["changed"], await bed.FindAsync(Zigzag(9, 50), 1));
    }

    [Fact]
    public async Task Changes_that_nobody_submitted_are_followed()
    {
        await using ShapeBed bed = await OpenedAsync();
        for (int i = 0; i < 20; i++)
        {
            await bed.StoreSilentlyAsync($"k{i}", Zigzag(4, 1 + i), analyze: i % 2 == 0);
        }

        await bed.CaughtUpAsync();
        await UntilAsync(() => bed.Shapes.Report().Entries == 10);
        Assert.Equal(10, bed.Mathematics.Analyses);
        await bed.DeleteAsync("k0");
        await UntilAsync(() => bed.Shapes.Report().Entries == 9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_or_damaged_table_is_made_again_from_the_store(bool damaged)
    {
        await using ShapeBed bed = await OpenedAsync();
        for (int i = 0; i < 20; i++)
        {
            await bed.StoreAsync($"k{i}", Zigzag(4, 1 + i));
        }

        await bed.StoreAsync("none", "1");
        await bed.ReopenAsync(() =>
        {
            string table = Path.Combine(bed.Folder, "shapes");
            if (!damaged)
            {
                Directory.Delete(table, recursive: true);
                return;
            }

            foreach (string file in Directory.GetFiles(table, "MANIFEST*"))
            {
                File.WriteAllText(file, "not a manifest");
            }
        });
        await bed.CaughtUpAsync();
        Assert.Equal(20, (await bed.FindAsync(Zigzag(4, 1), 100)).Length);
        Assert.InRange(bed.Mathematics.Analyses, 41, 62); // a look may come between a store and its own analysis
        Assert.Equal(ReadStatus.Found, bed.Store.Describe("k0"u8, out _, out _, out _));
    }

    [Fact]
    public async Task Stores_deletes_and_searches_at_once_end_with_the_index_equal_to_the_store()
    {
        await using ShapeBed bed = await OpenedAsync(s => s with { QueueLength = 8 });
        Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (int i = 0; i < 150; i++)
            {
                string key = $"k{random.Next(40)}";
                switch (random.Next(5))
                {
                    case 0:
                        long version = (await bed.DeleteAsync(key)).Version;
                        bed.Shapes.Deleted(System.Text.Encoding.ASCII.GetBytes(key), version);
                        break;
                    case 1:
                        await bed.StoreAsync(key, "\"text\"");
                        break;
                    case 2:
                        await bed.StoreAsync(key, Zigzag(random.Next(2, 8), random.Next(1, 9)), durability: DurabilityLevel.Volatile);
                        break;
                    default:
                        await bed.StoreAsync(key, Zigzag(random.Next(2, 8), random.Next(1, 9)), analyze: random.Next(4) > 0);
                        break;
                }
            }
        }))];
        Task searcher = Task.Run(async () =>
        {
            while (!Array.TrueForAll(writers, w => w.IsCompleted))
            {
                ShapeMatches matches = await bed.SearchAsync(Zigzag(4, 3), 10);
                Assert.Equal(matches.Items.Count, matches.Items.Select(m => ObjectKey.ToText(m.Key)).Distinct().Count());
                for (int i = 1; i < matches.Items.Count; i++)
                {
                    Assert.True(matches.Items[i].Distance >= matches.Items[i - 1].Distance);
                }
            }
        });
        await Task.WhenAll([.. writers, searcher]);
        await bed.Store.FlushAsync();
        await bed.CaughtUpAsync();
        await AuditAsync(bed);
        await bed.ReopenAsync();
        await bed.CaughtUpAsync();
        await AuditAsync(bed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shape_taken_while_its_object_was_stored_over_or_deleted_is_not_left_behind(bool deleted)
    {
        await using ShapeBed bed = await OpenedAsync();
        int first = 0;
        bed.Mathematics.Before = _ =>
        {
            if (Interlocked.Exchange(ref first, 1) != 0)
            {
                return;
            }

            if (deleted)
            {
                bed.Shapes.Deleted("k"u8, bed.DeleteAsync("k").GetAwaiter().GetResult().Version);
            }
            else
            {
                Assert.Equal(ShapeStatus.None, bed.StoreAsync("k", "\"text\"").GetAwaiter().GetResult().Status);
            }

            // Whoever follows the changes has been here before the shape of the older version is kept.
            bed.UntilFollowedAsync().GetAwaiter().GetResult();
        };
        await bed.StoreAsync("k", Zigzag(4, 1));
        await bed.CaughtUpAsync();
        Assert.Equal(0, bed.Shapes.Report().Entries);
        Assert.Equal(0, bed.Shapes.Keeper.Directory.Count);
    }

    /// <summary>Every object with a shape is found, in its present version, and nothing else.</summary>
    private static async Task AuditAsync(ShapeBed bed)
    {
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var buffer = new ObjectBuffer();
        for (int i = 0; i < 40; i++)
        {
            string key = $"k{i}";
            if (bed.Store.Peek(System.Text.Encoding.ASCII.GetBytes(key), buffer) == ReadStatus.Found
                && (buffer.Header.Flags & ObjectFlags.ShapeRequested) != 0 && buffer.Data[0] == (byte)'[')
            {
                expected[key] = buffer.Header.Version;
            }
        }

        ShapeMatches all = await bed.SearchAsync(Zigzag(4, 3), 100);
        Assert.Equal(expected, new SortedDictionary<string, long>(all.Items.ToDictionary(m => ObjectKey.ToText(m.Key), m => m.Version), StringComparer.Ordinal));
        Assert.Equal(expected.Count, bed.Shapes.Report().Entries);
        Assert.Equal(expected.Count, bed.Shapes.Keeper.Directory.Count);
    }
}
