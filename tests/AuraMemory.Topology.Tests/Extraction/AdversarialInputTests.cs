using System.Diagnostics;
using System.Text;
using CsCheck;

namespace AuraMemory.Topology.Tests.Extraction;

/// <summary>Any text gives a shape or a reason, within bounds of time and memory.</summary>
public sealed class AdversarialInputTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.Int[-3, 3].Select(i => i.ToString()),
        Gen.Const("1e308"), Gen.Const("-1e308"), Gen.Const("1e999"), Gen.Const("5e-324"), Gen.Const("-0.0"), Gen.Const("null"), Gen.Const("true"),
        Gen.Const("\"NaN\""), Gen.Const("\"7\""), Gen.Const("\"a\""), Gen.Const("\"\\ud800\""), Gen.Const("\"\""));

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Const("edges"), Gen.Const("nodes"), Gen.Const("links"), Gen.Const("adjacency"), Gen.Const("n"), Gen.Const("x"), Gen.Const("y"), Gen.Const("image"), Gen.Const("pixels"),
        Gen.Const("width"), Gen.Const("height"), Gen.Const("shape"), Gen.Const("distances"), Gen.Const("value"), Gen.Const("timestamp"), Gen.Const("source"), Gen.Const("target"), Gen.Const("a~/"));

    private static Gen<string> Json(int depth) => depth == 0 ? Scalar : Gen.Frequency(
        (2, Scalar),
        (4, Json(depth - 1).Array[0, 5].Select(a => $"[{string.Join(',', a)}]")),
        (1, Scalar.Array[3, 9].Select(a => $"[{string.Join(',', a)}]")),
        (3, Gen.Select(Name, Json(depth - 1)).Array[0, 4].Select(m => $"{{{string.Join(',', m.Select(p => $"\"{p.Item1}\":{p.Item2}"))}}}")));

    private static readonly Gen<ShapeOptions> Options = Gen.Select(
        Gen.Int[-4, 5], Gen.Int[-3, 5], Gen.Int[-2, 3], Gen.Bool, Gen.Int[-2, 4], Gen.Int[0, 2])
        .Select((kind, filtration, dimension, vertices, path, threshold) => new ShapeOptions
        {
            Kind = kind < 0 ? null : (ShapeKind)kind,
            Filtration = filtration < 0 ? Filtration.Default : (Filtration)filtration,
            MaxDimension = dimension < 0 ? null : dimension,
            Cells = vertices ? GridCells.Vertices : GridCells.Top,
            Path = path switch { < 0 => null, 0 => "", 1 => "/0", 2 => "/image", 3 => "x", _ => "/a~0~1/0" },
            Threshold = threshold == 0 ? null : threshold - 1.5,
        });

    [Fact]
    public void Any_JSON_text_gives_a_shape_or_a_reason() => Gen.Select(Json(4), Options).Sample(
        (json, options) => Answers(Encoding.UTF8.GetBytes(json), options), iter: 6000);

    [Fact]
    public void Any_bytes_give_a_shape_or_a_reason() => Gen.Select(Json(3), Gen.Byte, Gen.Int[0, 200], Options).Sample(
        (json, value, place, options) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            bytes[place % bytes.Length] = value;
            return Answers(bytes, options);
        },
        iter: 4000);

    public static TheoryData<string, Func<string>> Large => new()
    {
        { "a million equal points", () => Repeat("[1,2]", 500_000) },
        { "a million numbers in a row", () => Repeat("1.5", 1_000_000) },
        { "a zigzag", () => $"[{string.Join(',', Enumerable.Range(0, 900_000).Select(i => i % 2 == 0 ? i : -i))}]" },
        { "distinct points", () => $"[{string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"[{i * 7919 % 10007},{i * 104729 % 20011},{i % 31}]"))}]" },
        { "more than is read", () => Repeat("1", 1_000_001) },
        { "many empty objects", () => Repeat("{}", 2_000_001) },
        { "many short rows of unequal lengths", () => $"[{string.Join(',', Enumerable.Range(0, 200_000).Select(i => i % 2 == 0 ? "[1,2,3]" : "[1,2]"))}]" },
        { "records", () => Repeat("""{"t":1,"value":2}""", 400_000) },
        { "an image", () => $$"""{"width":1000,"height":1000,"pixels":[{{string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => i * 7919L % 10007))}}]}""" },
        { "a volume", () => $$"""{"shape":[96,96,96],"data":[{{string.Join(',', Enumerable.Range(0, 96 * 96 * 96).Select(i => i * 7919L % 10007))}}]}""" },
        { "a star", () => $$"""{"edges":[{{string.Join(',', Enumerable.Range(1, 99_000).Select(i => $"[0,{i}]"))}}]}""" },
        { "a graph too large", () => $$"""{"n":2000000000,"edges":[[0,1]]}""" },
        { "a complete graph", () => $$"""{"edges":[{{string.Join(',', Enumerable.Range(0, 300).SelectMany(i => Enumerable.Range(i + 1, 299 - i).Select(j => $"[{i},{j}]")))}}]}""" },
        { "a random dense graph", () => $$"""{"edges":[{{string.Join(',', Enumerable.Range(0, 160).SelectMany(i => Enumerable.Range(i + 1, 159 - i).Where(j => ((i * 7919) ^ (j * 104729)) % 5 < 2).Select(j => $"[{i},{j}]")))}}]}""" },
        { "deep nesting", () => new string('[', 200) + "1,2,3" + new string(']', 200) },
        { "deeper nesting", () => new string('[', 100_000) },
        { "the ends of the range", () => "[[1e300,-1e300],[1e-320,0],[-1e300,1e300],[0,0]]" },
        { "one row of many", () => $"[[{string.Join(',', Enumerable.Repeat("1", 500_000))}]]" },
        { "a large distance matrix", () => $$"""{"distances":[{{string.Join(',', Enumerable.Range(0, 900).Select(i => $"[{string.Join(',', Enumerable.Range(0, 900).Select(j => Math.Abs(i - j)))}]"))}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Large), DisableDiscoveryEnumeration = true)]
    public void Large_and_hostile_inputs_cost_bounded_time(string what, Func<string> make)
    {
        byte[] json = Encoding.UTF8.GetBytes(make());
        var watch = Stopwatch.StartNew();

        Assert.True(Answers(json, ShapeOptions.Default), what);

        Assert.True(watch.Elapsed < Bound, $"{what}: {watch.Elapsed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {watch.ElapsedMilliseconds} ms, estimate {ShapeAnalyzer.EstimateCost(json, ShapeOptions.Default, ShapeLimits.Default) / 1000000} ms");
    }

    private static bool Answers(byte[] json, ShapeOptions options)
    {
        ShapeOutcome outcome = ShapeAnalyzer.Analyze(json, options, ShapeLimits.Default);
        if (outcome.Analysis is { } shape)
        {
            Assert.True(double.IsFinite(shape.Scale) && shape.Scale >= 0, $"scale {shape.Scale}");
            Assert.True(double.IsFinite(shape.ErrorBound) && shape.ErrorBound >= 0, $"error bound {shape.ErrorBound}");
            Assert.True(shape.UsedPoints <= shape.Points);
        }

        Assert.True(ShapeAnalyzer.EstimateCost(json, options, ShapeLimits.Default) > 0);
        return outcome.Analysis is null != (outcome.Reason is null);
    }

    private static string Repeat(string element, int count) => $"[{string.Join(',', Enumerable.Repeat(element, count))}]";
}
