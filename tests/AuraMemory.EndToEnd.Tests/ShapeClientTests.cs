using System.Text.Json;
using System.Xml.Linq;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The client's calls about shapes, against the running service: what is asked arrives, what is answered is read.</summary>
public class ShapeClientTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly JsonElement Square = Json("[[0,0],[1,0],[1,1],[0,1]]");

    [Fact]
    public async Task The_shape_of_a_square_is_one_component_and_one_loop()
    {
        using var client = new AuraMemoryClient(service.Url);
        ShapeFeatures shape = await client.AnalyzeShapeAsync(new ShapeAnalyzeRequest { Data = Square, MaxDimension = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(("points", "rips", 4, 4, 0.0), (shape.Kind, shape.Filtration, shape.Points, shape.UsedPoints, shape.ErrorBound));
        IReadOnlyList<double?> loop = Assert.Single(shape.Diagrams!["1"]);
        Assert.Equal(1, loop[0]!.Value, 1e-12);
        Assert.Equal(Math.Sqrt(2), loop[1]!.Value, 1e-12);
        Assert.Contains(shape.Diagrams["0"], bar => bar[1] is null);
        Assert.Equal([4, 1, 0], shape.BettiNumbers!);
        Assert.Equal(128, shape.Signature!.Count);
    }

    [Fact]
    public async Task What_is_said_about_the_shape_arrives()
    {
        using var client = new AuraMemoryClient(service.Url);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        JsonElement data = Json($"{{\"other\":[1,2,3,4,5,6,7,8,9],\"here\":[{string.Join(',', Enumerable.Range(0, 60).Select(i => i * 7 % 12))}]}}");
        ShapeFeatures embedded = await client.AnalyzeShapeAsync(
            new ShapeAnalyzeRequest { Data = data, Path = "/here", Kind = "delay", EmbeddingDimension = 2, Delay = 3, MaxPoints = 20, MaxDimension = 1 }, cancellation);
        Assert.Equal(("delay", "rips", "/here", 60, 12), (embedded.Kind, embedded.Filtration, embedded.Path, embedded.Points, embedded.UsedPoints));
        Assert.Contains(embedded.Notes!, note => note.Contains("2 coordinates, delay 3", StringComparison.Ordinal));

        ShapeFeatures above = await client.AnalyzeShapeAsync(
            new ShapeAnalyzeRequest { Data = data, Path = "/here", Kind = "series", Filtration = "superlevel" }, cancellation);
        Assert.Equal(("series", "superlevel"), (above.Kind, above.Filtration));

        ShapeFeatures cut = await client.AnalyzeShapeAsync(new ShapeAnalyzeRequest { Data = Square, Threshold = 0.5 }, cancellation);
        Assert.Equal(4, cut.Diagrams!["0"].Count(bar => bar[1] is null));

        ShapeFeatures vertices = await client.AnalyzeShapeAsync(
            new ShapeAnalyzeRequest { Data = Json("{\"image\":[[1,0,1],[0,5,0],[1,0,1]]}"), Cells = "vertices" }, cancellation);
        Assert.Equal(("grid", "vertices"), (vertices.Kind, vertices.Cells));
    }

    [Fact]
    public async Task Data_without_a_shape_is_refused_with_the_reason()
    {
        using var client = new AuraMemoryClient(service.Url);
        AuraMemoryException refused = await Assert.ThrowsAsync<AuraMemoryException>(() => client.AnalyzeShapeAsync(
            new ShapeAnalyzeRequest { Data = Json("\"text\"") }, TestContext.Current.CancellationToken));
        Assert.Equal(422, (int)refused.Status!.Value);
        Assert.Contains("no shape", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_distance_comes_with_the_matching_that_realises_it()
    {
        using var client = new AuraMemoryClient(service.Url);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ShapeDistanceResponse answer = await client.ShapeDistanceAsync(
            new ShapeDistanceRequest
            {
                A = Json("""{"diagrams":{"0":[[0,2],[5,5.5],[0,null]]}}"""),
                B = Json("""{"diagrams":{"0":[[0,3],[1,null]]}}"""),
                Order = 2,
                InternalP = Json("2"),
                Essential = true,
            },
            cancellation);

        // The bars differ by 1, the short one goes to the diagonal at 0.5 / sqrt 2, the essential births differ by 1.
        Assert.Equal(Math.Sqrt(1 + (0.25 / 2) + 1), answer.Distance!.Value, 1e-12);
        DimensionDistance dimension = Assert.Single(answer.Dimensions);
        Assert.Equal(3, dimension.Matching.Count);
        Assert.Contains(dimension.Matching, pair => pair.A is not null && pair.B is null);
        Assert.Null(answer.A);

        ShapeDistanceResponse bottleneck = await client.ShapeDistanceAsync(
            new ShapeDistanceRequest { A = Json("[1,3,2,3,1]"), B = Json("[1,4,2,3,1]"), Metric = "bottleneck", Dimension = 0 }, cancellation);
        Assert.Equal("bottleneck", bottleneck.Metric);
        Assert.Equal("series", bottleneck.A!.Kind);
        Assert.Equal(
            bottleneck.Dimensions.Max(d => d.Matching.Where(pair => pair.A?[1] is not null || pair.B?[1] is not null).Max(pair => pair.Cost)),
            bottleneck.Distance!.Value, 1e-12);
    }

    [Fact]
    public async Task A_kept_shape_and_its_picture_are_those_of_the_stored_object()
    {
        using var client = new AuraMemoryClient(service.Url);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        StoreResponse stored = await client.StoreAsync(
            new StoreRequest { Key = "client:square", Data = Square, WaitForShape = true }, cancellation);
        Assert.Equal((true, "indexed"), (stored.ShapeIndexed, stored.ShapeStatus));
        ObjectShape kept = (await client.GetShapeAsync("client:square", cancellation))!;
        Assert.Equal(("client:square", stored.Version, "indexed", "points"), (kept.Key, kept.Version, kept.ShapeStatus, kept.Kind));
        Assert.Equal(1, Assert.Single(kept.Diagrams!["1"])[0]!.Value, 1e-12);

        XElement picture = XElement.Parse((await client.GetShapePictureAsync("client:square", cancellation))!);
        Assert.Equal("svg", picture.Name.LocalName);
        Assert.Contains(picture.Elements(), e => e.Name.LocalName == "desc" && e.Value.Contains("4 points", StringComparison.Ordinal));

        await client.StoreAsync(new StoreRequest { Key = "client:text", Data = Json("\"text\""), WaitForShape = true }, cancellation);
        ObjectShape none = (await client.GetShapeAsync("client:text", cancellation))!;
        Assert.Equal((false, "none", null), (none.ShapeIndexed, none.ShapeStatus, none.Kind));
        Assert.False(string.IsNullOrEmpty(none.ShapeReason));
        Assert.Null(await client.GetShapePictureAsync("client:text", cancellation));
        Assert.Null(await client.GetShapeAsync("client:absent", cancellation));
        Assert.Null(await client.GetShapePictureAsync("client:absent", cancellation));

        ShapeQueryResponse found = await client.QueryShapeAsync(new ShapeQueryRequest { QueryData = Square, K = 1 }, cancellation);
        Assert.Equal(("client:square", 0.0), (found.Results[0].Key, found.Results[0].Distance));
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
