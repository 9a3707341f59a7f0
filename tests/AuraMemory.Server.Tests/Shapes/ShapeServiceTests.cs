using AuraMemory.Engine.Objects;
using AuraMemory.Server.Shapes;
using static AuraMemory.Server.Tests.Shapes.ShapeBed;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapeServiceTests
{
    private const long Expensive = 1_000_000_000;

    [Fact]
    public async Task A_cheap_shape_is_found_as_soon_as_the_store_is_answered()
    {
        await using ShapeBed bed = await OpenedAsync();
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("three", Zigzag(3, 1))).Status);
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("nine", Zigzag(9, 1))).Status);
        ShapeMatches matches = await bed.SearchAsync(Zigzag(3, 1));
        Assert.Equal(["three", "nine"], matches.Items.Select(item => ObjectKey.ToText(item.Key)));
        Assert.Equal(0, matches.Items[0].Distance, 1e-12);
        Assert.Equal(1, matches.Items[0].Similarity);
        Assert.True(matches.Items[1].Similarity is > 0 and < 1);
        Assert.True(matches.CertifiedExact);
        ShapeLookup kept = bed.Shapes.Find("three"u8);
        Assert.Equal(ShapeStatus.Indexed, kept.State.Status);
        Assert.Equal(matches.Items[0].Version, kept.Version);
        Assert.Equal(3, kept.Analysis!.Barcode[0].Finite.Length);
    }

    [Fact]
    public async Task What_has_no_shape_says_why_and_is_not_kept()
    {
        await using ShapeBed bed = await OpenedAsync();
        ShapeState state = await bed.StoreAsync("text", """{"name":"x"}""");
        Assert.Equal(ShapeStatus.None, state.Status);
        Assert.False(string.IsNullOrEmpty(state.Reason));
        Assert.Equal(state.Reason, bed.Shapes.Find("text"u8).State.Reason);
        Assert.Equal(ShapeStatus.None, (await bed.StoreAsync("quiet", Zigzag(3, 1), analyze: false)).Status);
        Assert.Null(bed.Shapes.Find("quiet"u8).Analysis);
        Assert.Equal(ReadStatus.NotFound, bed.Shapes.Find("absent"u8).Object);
        Assert.Equal(0, bed.Shapes.Report().Entries);
    }

    [Fact]
    public async Task An_expensive_shape_is_pending_and_findable_when_done()
    {
        await using ShapeBed bed = await OpenedAsync();
        bed.Mathematics.Cost = Expensive;
        using var go = new ManualResetEventSlim();
        bed.Mathematics.Before = go.Wait;
        Assert.Equal(ShapeStatus.Pending, (await bed.StoreAsync("slow", Zigzag(4, 1))).Status);
        Assert.Empty(await bed.FindAsync(Zigzag(4, 1)));
        Assert.Equal(ShapeStatus.Pending, bed.Shapes.Find("slow"u8).State.Status);
        go.Set();
        await UntilAsync(() => bed.Shapes.Find("slow"u8).State.Status == ShapeStatus.Indexed);
        Assert.Equal(["slow"], await bed.FindAsync(Zigzag(4, 1)));
    }

    [Fact]
    public async Task A_store_that_waits_is_answered_with_the_shape_in_the_index()
    {
        await using ShapeBed bed = await OpenedAsync();
        bed.Mathematics.Cost = Expensive;
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("slow", Zigzag(4, 1), wait: true)).Status);
        Assert.Equal(["slow"], await bed.FindAsync(Zigzag(4, 1)));
        ShapeState none = await bed.StoreAsync("text", "\"x\"", wait: true);
        Assert.Equal(ShapeStatus.None, none.Status);
        Assert.False(string.IsNullOrEmpty(none.Reason));
    }

    [Fact]
    public async Task Waiting_ends_at_its_limit_and_the_shape_comes_later()
    {
        await using ShapeBed bed = await OpenedAsync(s => s with { WaitLimit = TimeSpan.FromMilliseconds(20) });
        bed.Mathematics.Cost = Expensive;
        using var go = new ManualResetEventSlim();
        bed.Mathematics.Before = go.Wait;
        Assert.Equal(ShapeStatus.Pending, (await bed.StoreAsync("slow", Zigzag(4, 1), wait: true)).Status);
        go.Set();
        await UntilAsync(() => bed.Shapes.Report().Entries == 1);
    }

    [Fact]
    public async Task Deleted_replaced_and_expired_objects_are_never_answered()
    {
        await using ShapeBed bed = await OpenedAsync();
        await bed.StoreAsync("deleted", Zigzag(5, 1));
        await bed.StoreAsync("replaced", Zigzag(5, 1));
        await bed.StoreAsync("unasked", Zigzag(5, 1));
        await bed.StoreAsync("expired", Zigzag(5, 1), life: TimeSpan.FromMilliseconds(1));
        await bed.StoreAsync("stays", Zigzag(5, 1));
        await bed.DeleteAsync("deleted");
        await bed.StoreAsync("replaced", "\"no shape\"");
        await bed.StoreAsync("unasked", Zigzag(5, 1), analyze: false);
        await UntilAsync(() => bed.Store.Describe("expired"u8, out _, out _, out _) == ReadStatus.NotFound);
        Assert.Equal(["stays"], await bed.FindAsync(Zigzag(5, 1), k: 1));
        await bed.CaughtUpAsync();
        await UntilAsync(() => bed.Shapes.Report().Entries == 1);
        Assert.Equal(1, bed.Shapes.Keeper.Directory.Count);
    }

    [Fact]
    public async Task Volatile_objects_are_found_at_once_and_forgotten_at_once()
    {
        await using ShapeBed bed = await OpenedAsync();
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("v", Zigzag(5, 1), durability: DurabilityLevel.Volatile)).Status);
        Assert.Equal(["v"], await bed.FindAsync(Zigzag(5, 1)));
        long version = bed.Shapes.Find("v"u8).Version;
        await bed.DeleteAsync("v");
        Assert.Empty(await bed.FindAsync(Zigzag(5, 1)));
        bed.Shapes.Deleted("v"u8, version);
        Assert.Equal(0, bed.Shapes.Keeper.Directory.Count);
    }

    [Fact]
    public async Task The_shape_options_of_an_object_are_followed_and_faulty_ones_are_named()
    {
        await using ShapeBed bed = await OpenedAsync();
        string json = """{"a":[1,2,3,4,5,6],"b":[0,5,0,5,0]}""";
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("b", json, shape: """{"path":"/b"}""")).Status);
        Assert.Equal("/b", bed.Shapes.Find("b"u8).Analysis!.Path);
        ShapeState state = await bed.StoreAsync("bad", json, shape: """{"kind":"blob"}""");
        Assert.Equal(ShapeStatus.None, state.Status);
        Assert.Contains("shape.kind", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analysis_that_takes_too_long_or_fails_is_given_up_once_and_harms_nothing()
    {
        await using ShapeBed bed = await OpenedAsync(s => s with { AnalysisLimit = TimeSpan.FromMilliseconds(30), InlineBudget = TimeSpan.FromMicroseconds(1) });
        bed.Mathematics.Cost = Expensive;
        bed.Mathematics.Before = cancellation => cancellation.WaitHandle.WaitOne();
        bed.Mathematics.Before += cancellation => cancellation.ThrowIfCancellationRequested();
        ShapeState state = await bed.StoreAsync("endless", Zigzag(4, 1), wait: true);
        Assert.Equal(ShapeStatus.None, state.Status);
        Assert.Contains("shape_analysis_seconds", state.Reason, StringComparison.Ordinal);
        bed.Mathematics.Before = _ => throw new InvalidOperationException("secret");
        state = await bed.StoreAsync("faulty", Zigzag(4, 1), wait: true);
        Assert.Equal(ShapeStatus.None, state.Status);
        Assert.DoesNotContain("secret", state.Reason, StringComparison.Ordinal);
        Assert.Equal(2, bed.Shapes.Report().Failures);
        await bed.CaughtUpAsync();
        Assert.Equal(2, bed.Mathematics.Analyses);
        bed.Mathematics.Before = null;
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("good", Zigzag(4, 1), wait: true)).Status);
    }

    [Theory]
    [InlineData("[1e308,-1e308,1e308,-1e308]")]
    [InlineData("[1e-320,0,2e-320,0]")]
    [InlineData("[[1e308,1e308],[-1e308,-1e308],[0,0],[1,1]]")]
    [InlineData("[0,0,0,0,0,0]")]
    [InlineData("[[[[[[[[1]]]]]]]]")]
    [InlineData("""{"edges":[[0,1],[1,2],[2,0],[0,9999999]]}""")]
    public async Task Numbers_at_the_end_of_the_range_and_odd_forms_end_with_a_state_and_a_service_that_goes_on(string json)
    {
        await using ShapeBed bed = await OpenedAsync();
        ShapeState state = await bed.StoreAsync("odd", json, wait: true);
        Assert.Contains(state.Status, (ShapeStatus[])[ShapeStatus.Indexed, ShapeStatus.None]);
        Assert.Equal(state.Status == ShapeStatus.None, state.Reason is not null);
        Assert.Equal(ShapeStatus.Indexed, (await bed.StoreAsync("good", Zigzag(3, 1))).Status);
        await bed.CaughtUpAsync();
        Assert.True(bed.Shapes.Report().Healthy, bed.Shapes.Report().Detail);
        Assert.Contains("good", await bed.FindAsync(Zigzag(3, 1)));
    }

    [Fact]
    public async Task Few_shapes_of_many_kinds_take_little_memory()
    {
        await using ShapeBed bed = await OpenedAsync();
        await bed.StoreAsync("series", Zigzag(3, 1), wait: true);
        await bed.StoreAsync("super", Zigzag(3, 1), wait: true, shape: """{"filtration":"superlevel"}""");
        await bed.StoreAsync("points", "[[0,0],[1,0],[0,1],[1,1],[3,3]]", wait: true);
        await bed.StoreAsync("grid", """{"image":[[1,2,1],[0,5,2],[1,1,3]]}""", wait: true);
        await bed.StoreAsync("graph", """{"edges":[[0,1],[1,2],[2,3],[3,0]]}""", wait: true);
        ShapeReport report = bed.Shapes.Report();
        Assert.Equal(5, report.Entries);
        Assert.True(report.UsedBytes < 6 << 20, $"{report.UsedBytes} bytes for {report.Entries} shapes");
    }

    [Fact]
    public async Task When_the_queue_is_full_the_follower_takes_the_shapes()
    {
        await using ShapeBed bed = await OpenedAsync(s => s with { QueueLength = 1, Workers = 1 });
        bed.Mathematics.Cost = Expensive;
        using var go = new ManualResetEventSlim();
        bed.Mathematics.Before = go.Wait;
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ShapeStatus.Pending, (await bed.StoreAsync($"k{i}", Zigzag(4, 1))).Status);
        }

        go.Set();
        await UntilAsync(() => bed.Shapes.Report().Entries == 20);
        Assert.Equal(20, (await bed.FindAsync(Zigzag(4, 1), k: 50)).Length);
        await bed.CaughtUpAsync();
        Assert.Equal(20, bed.Mathematics.Analyses);
    }

    [Fact]
    public async Task A_full_index_says_so_and_takes_what_waits_when_there_is_room()
    {
        var partitions = new BruteForcePartitions { BytesEach = 1000 };
        await using var bed = new ShapeBed { Partitions = partitions, Settings = s => s with { MemoryBytes = (1 << 20) + 20_000 } };
        await bed.OpenAsync();
        var states = new List<ShapeState>();
        for (int i = 0; i < 60; i++)
        {
            states.Add(await bed.StoreAsync($"k{i}", Zigzag(4, 1 + i)));
        }

        Assert.Contains(states, s => s.Status == ShapeStatus.Indexed);
        ShapeState refused = states[^1];
        Assert.Equal(ShapeStatus.None, refused.Status);
        Assert.Contains("shape_index_bytes", refused.Reason, StringComparison.Ordinal);
        Assert.NotNull(bed.Shapes.Find("k59"u8).Analysis);
        ShapeReport report = bed.Shapes.Report();
        Assert.True(report.UsedBytes <= report.CapacityBytes + 1000, $"{report.UsedBytes} of {report.CapacityBytes}");
        Assert.Equal(60, report.Entries + report.NotIndexed);
        await bed.DeleteAsync("k0");
        await bed.CaughtUpAsync();
        Assert.Equal(0, bed.Shapes.Keeper.IndexAgain(0, 100));
        Assert.Equal(59, bed.Shapes.Report().Entries + bed.Shapes.Report().NotIndexed);
        Assert.Equal(report.NotIndexed - 1, bed.Shapes.Report().NotIndexed);
    }

    [Fact]
    public async Task Filters_hold_for_every_result_and_are_filled_to_k()
    {
        await using ShapeBed bed = await OpenedAsync();
        for (int i = 0; i < 40; i++)
        {
            await bed.StoreAsync($"k{i}", Zigzag(4, 1 + i), metadata: $$"""{"n":{{i}},"tags":["t{{i % 4}}"],"even":{{(i % 2 == 0 ? "true" : "false")}}}""");
        }

        ShapeFilter Of(params MetadataFilter[] metadata) => new() { Metadata = metadata };
        Assert.Equal(
            ["k2", "k6", "k10"],
            await bed.FindAsync(Zigzag(4, 1), 3, Of(new MetadataFilter("tags", [new ScalarValue(ScalarKind.Text, "t2")], null))));
        Assert.Equal(
            ["k30", "k32"],
            await bed.FindAsync(
                Zigzag(4, 1), 2,
                Of(new MetadataFilter("n", [], new NumberRange(30, null)), new MetadataFilter("even", [new ScalarValue(ScalarKind.True)], null))));
        Assert.Empty(await bed.FindAsync(Zigzag(4, 1), 3, Of(new MetadataFilter("missing", [new ScalarValue(ScalarKind.Null)], null))));
        Assert.Empty(await bed.FindAsync(Zigzag(4, 1), 3, new ShapeFilter { Size = new NumberRange(1_000_000, null) }));
        Assert.Empty(await bed.FindAsync(Zigzag(4, 1), 3, new ShapeFilter { AgeSeconds = new NumberRange(3600, null) }));
        Assert.Equal(3, (await bed.FindAsync(Zigzag(4, 1), 3, new ShapeFilter { AgeSeconds = new NumberRange(null, 3600), Size = new NumberRange(1, 1000) })).Length);
        await bed.Store.MigrateAsync("k7"u8.ToArray(), TierId.PmemWarm);
        Assert.Equal(["k7"], await bed.FindAsync(Zigzag(4, 1), 3, new ShapeFilter { Tiers = [TierId.PmemWarm] }));
    }

    [Fact]
    public async Task A_least_similarity_bounds_the_distance()
    {
        await using ShapeBed bed = await OpenedAsync();
        for (int i = 0; i < 30; i++)
        {
            await bed.StoreAsync($"k{i}", Zigzag(4, 1 + i));
        }

        foreach (ShapeMetric metric in Enum.GetValues<ShapeMetric>())
        {
            ShapeMatches all = await bed.SearchAsync(Zigzag(4, 1), 30, metric: metric);
            double middle = all.Items[9].Similarity;
            ShapeMatches near = await bed.SearchAsync(Zigzag(4, 1), 30, minSimilarity: middle - 1e-9, metric: metric);
            Assert.All(near.Items, item => Assert.True(item.Similarity >= middle - 1e-6));
            Assert.InRange(near.Items.Count, 10, 29);
            Assert.Equal(all.Items.OrderByDescending(item => item.Similarity).Select(i => i.Version), all.Items.Select(i => i.Version));
        }
    }
}
