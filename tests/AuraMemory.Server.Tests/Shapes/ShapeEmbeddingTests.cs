using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Configuration;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;
using static AuraMemory.Server.Tests.Shapes.ShapeBed;

namespace AuraMemory.Server.Tests.Shapes;

/// <summary>Series embedded by different rules are never compared; what an analysis may take follows the heap.</summary>
public class ShapeEmbeddingTests
{
    private const string Wave = "[0,1,2,3,4,3,2,1,0,1,2,3,4,3,2,1,0,1,2,3,4,3,2,1,0]";

    [Fact]
    public async Task Objects_embedded_differently_are_not_compared()
    {
        await using ShapeBed bed = await OpenedAsync();
        await bed.StoreAsync("three", Wave, wait: true, shape: """{"kind":"delay"}""");
        await bed.StoreAsync("five", Wave, wait: true, shape: """{"kind":"delay","embedding_dimension":5}""");
        await bed.StoreAsync("three by two", Wave, wait: true, shape: """{"kind":"delay","delay":2}""");
        await bed.StoreAsync("three by one", Wave, wait: true, shape: """{"kind":"delay","delay":1}""");

        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay }, "three");
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, EmbeddingDimension = 3 }, "three");
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, EmbeddingDimension = 5 }, "five");
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, Delay = 2 }, "three by two");
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, Delay = 3 });

        int analyses = bed.Mathematics.Analyses;
        await bed.ReopenAsync();
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, EmbeddingDimension = 5 }, "five");
        await OnlyFindsAsync(bed, new ShapeOptions { Kind = ShapeKind.Delay, Delay = 1 }, "three by one");
        Assert.Equal(4, Directory.GetFiles(Path.Combine(bed.Folder, "shape-index"), "delay-rips-top-*.index").Length);
        Assert.Equal(analyses, bed.Mathematics.Analyses);
        Assert.Equal(5, bed.Shapes.Find("five"u8).Analysis!.Embedding!.Dimension);
    }

    [Fact]
    public void A_partition_is_read_as_it_was_written()
    {
        PartitionKey[] keys =
        [
            new(ShapeKind.Points, Filtration.Rips, GridCells.Top), new(ShapeKind.Grid, Filtration.Superlevel, GridCells.Vertices),
            new(ShapeKind.Delay, Filtration.Rips, GridCells.Top, 3), new(ShapeKind.Delay, Filtration.Rips, GridCells.Top, 16, int.MaxValue),
        ];
        Span<byte> bytes = stackalloc byte[PartitionKey.Bytes];
        foreach (PartitionKey key in keys)
        {
            key.Write(bytes);
            Assert.True(PartitionKey.TryRead(bytes, out PartitionKey read));
            Assert.Equal(key, read);
            Assert.True(PartitionKey.TryParse(key.ToString(), out read));
            Assert.Equal(key, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("points-rips")]
    [InlineData("points-rips-top-3")]
    [InlineData("delay-rips-top")]
    [InlineData("delay-rips-top-1")]
    [InlineData("delay-rips-top-03")]
    [InlineData("delay-rips-top-3-0")]
    [InlineData("nothing-rips-top")]
    public void What_is_no_partition_is_refused(string name) => Assert.False(PartitionKey.TryParse(name, out _));

    [Fact]
    public async Task However_many_delays_are_named_there_are_only_so_many_indexes()
    {
        await using ShapeBed bed = await OpenedAsync(s => s with { Limits = ShapeLimits.Default });
        string series = "[" + string.Join(',', Enumerable.Range(0, 700).Select(i => i % 9)) + "]";
        int refused = 0;
        for (int delay = 1; delay <= 300; delay++)
        {
            ShapeState state = await bed.StoreAsync($"d{delay}", series, wait: true, shape: $$"""{"kind":"delay","embedding_dimension":2,"delay":{{delay}},"max_points":8}""");
            refused += state.Status == ShapeStatus.Indexed ? 0 : 1;
        }

        Assert.Equal(300, refused + (int)bed.Shapes.Report().Entries);
        Assert.True(refused >= 44, $"{refused} were refused.");
    }

    [Fact]
    public void A_small_heap_lowers_what_one_analysis_may_take_and_a_large_one_leaves_the_settings()
    {
        ShapeLimits small = ShapeAllowance.LimitsOf(new ServerSettings(), 64L << 20);
        ShapeLimits large = ShapeAllowance.LimitsOf(new ServerSettings { ShapeMaxPoints = 300, ShapeMaxPointsAsked = 2000 }, 8L << 30);
        Assert.True(small.MaxNumbers is >= 20_000 and < 1_000_000, $"{small.MaxNumbers}");
        Assert.True(small.MaxSimplices is >= 50_000 and < 2_000_000, $"{small.MaxSimplices}");
        Assert.Equal((1_000_000, 2_000_000, 300, 2000), (large.MaxNumbers, large.MaxSimplices, large.MaxPoints, large.MaxPointsAsked));
    }

    private static async Task OnlyFindsAsync(ShapeBed bed, ShapeOptions options, params string[] keys)
    {
        ShapeOutcome query = ShapeAnalyzer.Analyze(Encoding.ASCII.GetBytes(Wave), options, ShapeLimits.Default);
        ShapeMatches matches = await bed.Shapes.SearchAsync(new ShapeQuery
        {
            Analysis = query.Analysis!,
            K = 10,
            Filter = ShapeFilter.None,
            Mode = ShapeMode.Exact,
        });
        Assert.Equal(keys, matches.Items.Select(item => ObjectKey.ToText(item.Key)));
    }
}
