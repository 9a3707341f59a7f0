using System.Text;

namespace AuraMemory.Topology.Tests.Extraction;

/// <summary>What the caller says outright, and what the limits do.</summary>
public sealed class ExtractionOptionTests
{
    private const string Two = """{"a":[1,2,3,4,5,6],"b":{"c/d":[[0,0],[3,0],[0,4]]}}""";

    [Fact]
    public void A_path_chooses_the_array()
    {
        ShapeAnalysis shape = Shape(Two, new ShapeOptions { Path = "/b/c~1d" });

        Assert.Equal((ShapeKind.Points, "/b/c~1d", 4.0), (shape.Kind, shape.Path, shape.Scale));
    }

    [Theory]
    [InlineData("/nothing", "'nothing' is not found")]
    [InlineData("a", "not a JSON pointer")]
    [InlineData("/a/0", "'0' is not found")]
    [InlineData("/b/x", "'x' is not found")]
    public void A_path_that_leads_nowhere_is_told(string path, string reason) =>
        Assert.Contains(reason, Reason(Two, new ShapeOptions { Path = path }), StringComparison.Ordinal);

    [Fact]
    public void What_is_pointed_at_may_be_a_single_sample_or_strings()
    {
        Assert.Equal(1, Shape("""{"a":[7]}""", new ShapeOptions { Path = "/a" }).Points);
        Assert.Equal(2, Shape("""{"a":["7","8"]}""", new ShapeOptions { Path = "/a" }).Points);
        Assert.Equal(1, Shape("[[1,2,3]]", new ShapeOptions { Kind = ShapeKind.Points }).Points);
    }

    [Theory]
    [InlineData("[[0,0],[3,0],[0,4]]", ShapeKind.Grid, 6)]
    [InlineData("[[0,1],[1,2],[2,0],[2,3]]", ShapeKind.Graph, 4)]
    [InlineData("[[0,1,1],[1,0,0],[1,0,0]]", ShapeKind.Graph, 3)]
    [InlineData("[[1],[0,2],[1]]", ShapeKind.Graph, 3)]
    [InlineData("[1,2,3]", ShapeKind.Distances, 3)]
    [InlineData("[5,1,4,2]", ShapeKind.Points, 4)]
    [InlineData("[[5,1,4,2]]", ShapeKind.Series, 4)]
    [InlineData("""{"width":2,"height":2,"pixels":[1,5,2,4]}""", ShapeKind.Series, 4)]
    [InlineData("""[{"x":1,"y":5},{"x":1,"y":5}]""", ShapeKind.Points, 2)]
    public void A_kind_decides_how_numbers_are_read(string json, ShapeKind kind, int points)
    {
        ShapeAnalysis shape = Shape(json, new ShapeOptions { Kind = kind });

        Assert.Equal((kind, points), (shape.Kind, shape.Points));
    }

    [Theory]
    [InlineData("[1,2,3]", ShapeKind.Grid, "not what kind 'grid' needs")]
    [InlineData("[1,2,3,4,5]", ShapeKind.Distances, "no lower triangle")]
    [InlineData("[[1,2,3],[4,5,6],[7,8,9]]", ShapeKind.Series, "not what kind 'series' needs")]
    [InlineData("[[1,2,3],[4,5,6]]", ShapeKind.Distances, "not square")]
    [InlineData("[[1,2],[1,2],[1,2,3]]", ShapeKind.Distances, "no lower triangle")]
    [InlineData("[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]]", ShapeKind.Points, "at most 16")]
    [InlineData("""{"edges":[[0,1]]}""", ShapeKind.Series, "not what kind 'series' needs")]
    [InlineData("""{"adjacency":{"a":[["b"]]}}""", ShapeKind.Graph, "is no vertex")]
    public void A_kind_that_does_not_fit_is_told_precisely(string json, ShapeKind kind, string reason) =>
        Assert.Contains(reason, Reason(json, new ShapeOptions { Path = "", Kind = kind }), StringComparison.Ordinal);

    [Fact]
    public void Options_out_of_range_and_filtrations_of_other_kinds_are_told()
    {
        Assert.StartsWith("max_dimension is 3", Reason(Two, new ShapeOptions { MaxDimension = 3 }), StringComparison.Ordinal);
        Assert.StartsWith("threshold is NaN", Reason(Two, new ShapeOptions { Threshold = double.NaN }), StringComparison.Ordinal);
        Assert.StartsWith("max_points is 3", Reason(Two, new ShapeOptions { MaxPoints = 3 }), StringComparison.Ordinal);
        Assert.StartsWith("delay is 0", Reason(Two, new ShapeOptions { Delay = 0 }), StringComparison.Ordinal);
        Assert.StartsWith("embedding_dimension is 17", Reason(Two, new ShapeOptions { EmbeddingDimension = 17 }), StringComparison.Ordinal);
        Assert.Contains("sublevel or superlevel (kind 'delay' has rips), not rips", Reason("[1,2,3]", new ShapeOptions { Filtration = Filtration.Rips }), StringComparison.Ordinal);
        Assert.Contains("degree or hop, not sublevel", Reason(Two, new ShapeOptions { Kind = ShapeKind.Graph, Filtration = Filtration.Sublevel }), StringComparison.Ordinal);
        Assert.Contains("not negative", Reason("[[0,0],[1,0],[0,1]]", new ShapeOptions { Threshold = -1 }), StringComparison.Ordinal);
        Assert.Contains("too few for 3 coordinates 5 samples apart", Reason("[1,2,3,4]", new ShapeOptions { Kind = ShapeKind.Delay, Delay = 5 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Superlevels_vertices_and_ends_of_filtrations_are_obeyed()
    {
        Diagram above = Shape("[1,3,2,3,1]", new ShapeOptions { Filtration = Filtration.Superlevel }).Barcode[0];
        Assert.Equal([new Bar(-3, -2), new Bar(-3, double.PositiveInfinity)], above.Bars.ToArray());

        ShapeAnalysis vertices = Shape("""{"image":[[1,5,1],[5,5,5],[1,5,1]]}""", new ShapeOptions { Cells = GridCells.Vertices });
        Assert.Equal((GridCells.Vertices, 4), (vertices.Cells, vertices.Barcode[0].Count));

        // Ended below the saddle, both valleys stay.
        Diagram ended = Shape("[1,3,0]", new ShapeOptions { Threshold = 2 }).Barcode[0];
        Assert.Equal([new Bar(0, double.PositiveInfinity), new Bar(1, double.PositiveInfinity)], ended.Bars.ToArray());

        ShapeAnalysis rips = Shape("[[0,0],[1,0],[0,1],[1,1]]", new ShapeOptions { Threshold = 1 });
        Assert.Equal([new Bar(1, double.PositiveInfinity)], rips.Barcode[1].Bars.ToArray());
        Assert.Equal(Math.Sqrt(2), rips.Scale, 12);
    }

    [Fact]
    public void A_periodic_series_shows_its_loop_in_the_delay_embedding()
    {
        string sine = $"[{string.Join(',', Enumerable.Range(0, 240).Select(i => Math.Sin(i * 2 * Math.PI / 40).ToString("R")))}]";
        ShapeAnalysis shape = Shape(sine, new ShapeOptions { Kind = ShapeKind.Delay, EmbeddingDimension = 2 });

        Assert.Contains("embedded in 2 coordinates, delay 10", shape.Notes);
        Assert.Equal((1, 1, 0), shape.BettiNumbers(0.5));
    }

    [Fact]
    public void Hops_and_degrees_of_a_ring()
    {
        string ring = $$"""{"edges":[{{string.Join(',', Enumerable.Range(0, 12).Select(i => $"[{i},{(i + 1) % 12}]"))}}]}""";

        Assert.Equal(new Bar(2, double.PositiveInfinity), Assert.Single(Shape(ring, ShapeOptions.Default).Barcode[1].Bars.ToArray()));
        ShapeAnalysis hops = Shape(ring, new ShapeOptions { Filtration = Filtration.Hop });
        Assert.Equal((new Bar(1, 4), 6.0), (Assert.Single(hops.Barcode[1].Bars.ToArray()), hops.Scale));
    }

    private static ShapeAnalysis Shape(string json, ShapeOptions options)
    {
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(Encoding.UTF8.GetBytes(json), options, ShapeLimits.Default);
        Assert.Null(outcome.Reason);
        return outcome.Analysis!;
    }

    private static string Reason(string json, ShapeOptions options)
    {
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(Encoding.UTF8.GetBytes(json), options, ShapeLimits.Default);
        Assert.Null(outcome.Analysis);
        return outcome.Reason!;
    }
}
