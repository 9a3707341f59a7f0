using System.Text;
using AuraMemory.Engine;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;
using CsCheck;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapePartsTests
{
    private static readonly Gen<ShapeAnalysis> Analyses =
        from kind in Gen.Enum<ShapeKind>()
        from bars in Gen.Select(Gen.Double[-10, 10], Gen.Double[0.001, 10], Gen.Bool).Array[0, 20].Array[1, 3]
        from numbers in Gen.Select(Gen.Double[0, 5], Gen.Int[0, 1000], Gen.Double[0, 1])
        from note in Gen.String
        from embedding in Gen.Select(Gen.Int[2, 16], Gen.Int[1, 500], Gen.Bool)
        select new ShapeAnalysis
        {
            Kind = kind,
            Filtration = Filtration.Sublevel,
            Cells = GridCells.Vertices,
            Embedding = kind == ShapeKind.Delay ? new SeriesEmbedding(embedding.Item1, embedding.Item2, embedding.Item3) : null,
            Path = "/" + note,
            Scale = numbers.Item1,
            Points = numbers.Item2,
            UsedPoints = numbers.Item2 / 2,
            ErrorBound = numbers.Item3,
            DroppedHalfPersistence = numbers.Item3 * 2,
            Notes = [note, "b"],
            Barcode = new Barcode([.. bars.Select(dimension => new Diagram(
                [.. dimension.Select(b => new Bar(b.Item1, b.Item3 ? double.PositiveInfinity : b.Item1 + b.Item2))]))]),
        };

    [Fact]
    public void A_record_is_read_as_it_was_written_and_a_cut_one_never_throws() => Analyses.Sample(
        analysis =>
        {
            byte[] bytes = new ShapeRecord(7, 9, 11, analysis, null, false).ToBytes();
            ShapeRecord read = ShapeRecord.Read(bytes)!;
            Assert.Equal((7L, 9L, 11u, false), (read.Version, read.Stamp, read.StoredSeconds, read.IsIndexed));
            Assert.Equal(analysis.Path, read.Analysis!.Path);
            Assert.Equal(analysis.Embedding, read.Analysis.Embedding);
            Assert.Equal(analysis.Notes, read.Analysis.Notes);
            Assert.Equal(
                (analysis.Scale, analysis.Points, analysis.UsedPoints, analysis.ErrorBound, analysis.DroppedHalfPersistence),
                (read.Analysis.Scale, read.Analysis.Points, read.Analysis.UsedPoints, read.Analysis.ErrorBound, read.Analysis.DroppedHalfPersistence));
            for (int dimension = 0; dimension < 3; dimension++)
            {
                Assert.Equal(analysis.Barcode[dimension].Bars.ToArray(), read.Analysis.Barcode[dimension].Bars.ToArray());
            }

            for (int cut = 0; cut < bytes.Length; cut += 1 + (bytes.Length / 20))
            {
                Assert.Null(ShapeRecord.Read(bytes[..cut]));
            }
        },
        iter: 100);

    [Fact]
    public void The_directory_agrees_with_two_dictionaries() => Gen.Select(Gen.Int[0, 60], Gen.Int[0, 3], Gen.Int[1, 300]).Array[300].Sample(
        steps =>
        {
            var directory = new ShapeDirectory();
            var model = new Dictionary<string, ShapeEntry>();
            long version = 0;
            foreach ((int number, int action, int length) in steps)
            {
                string key = $"{number}:{new string('x', number % 7 * length / 7)}";
                byte[] bytes = Encoding.ASCII.GetBytes(key);
                if (action == 0)
                {
                    Assert.Equal(model.Remove(key), directory.Remove(bytes, 0));
                }
                else
                {
                    var entry = new ShapeEntry(++version, (uint)length, default, action != 1, action != 2);
                    model[key] = entry;
                    directory.Set(bytes, entry);
                }
            }

            Assert.Equal(model.Count, directory.Count);
            Assert.Equal(model.Values.Count(e => !e.IsIndexed), directory.NotIndexed);
            for (long v = 1; v <= version; v++)
            {
                string? expected = model.Where(e => e.Value.Version == v).Select(e => e.Key).FirstOrDefault();
                Assert.Equal(expected, directory.KeyOf(v, out ShapeEntry found) is { } key ? Encoding.ASCII.GetString(key) : null);
                Assert.True(expected is null || found == model[expected]);
            }

            var walked = new List<KeyValuePair<byte[], ShapeEntry>>();
            for (int at = directory.Walk(0, 7, walked); at != 0; at = directory.Walk(at, 7, walked))
            {
            }

            Assert.Equal(model.Keys.Order(), walked.Select(w => Encoding.ASCII.GetString(w.Key)).Order());
        },
        iter: 30);

    [Theory]
    [InlineData("[]", "", "must be a JSON object")]
    [InlineData("""{"kinds":"points"}""", "kinds", "not a member")]
    [InlineData("""{"kind":"blob"}""", "kind", "series")]
    [InlineData("""{"kind":7}""", "kind", "series")]
    [InlineData("""{"path":"a"}""", "path", "JSON pointer")]
    [InlineData("""{"max_dimension":3}""", "max_dimension", "from 0 to 2")]
    [InlineData("""{"threshold":"1"}""", "threshold", "a number")]
    [InlineData("""{"max_points":3}""", "max_points", "4 or more")]
    [InlineData("""{"embedding_dimension":17}""", "embedding_dimension", "from 2 to 16")]
    [InlineData("""{"delay":0.5}""", "delay", "1 or more")]
    public void Faulty_shape_options_are_refused_by_name(string json, string member, string says)
    {
        Assert.False(ShapeOptionsText.TryRead(Encoding.UTF8.GetBytes(json), out _, out string at, out string? fault));
        Assert.Equal(member, at);
        Assert.Contains(says, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Good_shape_options_say_what_they_say()
    {
        Assert.True(ShapeOptionsText.TryRead(
            """{"path":"/a/0","kind":"delay","filtration":"rips","cells":"vertices","max_dimension":1,"threshold":2.5,"max_points":9,"embedding_dimension":4,"delay":null}"""u8,
            out ShapeOptions options, out _, out _));
        Assert.Equal(
            new ShapeOptions
            {
                Path = "/a/0",
                Kind = ShapeKind.Delay,
                Filtration = Filtration.Rips,
                Cells = GridCells.Vertices,
                MaxDimension = 1,
                Threshold = 2.5,
                MaxPoints = 9,
                EmbeddingDimension = 4,
            },
            options);
    }

    [Fact]
    public void The_score_falls_with_the_distance_and_its_bound_is_its_inverse() =>
        Gen.Select(Gen.Double[1e-6, 1e6], Gen.Double[0, 1e6], Gen.Double[0, 1e6]).Sample((scale, a, b) =>
        {
            var similarity = new Similarity(scale);
            double x = similarity.Score(a);
            double y = similarity.Score(b);
            Assert.InRange(x, 0, 1);
            Assert.True(a <= b ? x >= y : y >= x);
            Assert.True(x is 0 or 1 || Math.Abs(similarity.Bound(x) - a) <= 1e-6 * (a + scale));
        });

    [Fact]
    public void A_shape_without_features_scores_as_half_and_one_without_scale_only_when_equal()
    {
        var barcode = new Barcode(new Diagram([new Bar(0, 2), new Bar(1, 2)]));
        Assert.Equal(0.5, Similarity.Of(barcode, [], ShapeMetric.Wasserstein, 1).Score(1.5));
        Assert.Equal(0.5, Similarity.Of(barcode, [], ShapeMetric.Bottleneck, 1).Score(1));
        Assert.Equal(0.5, Similarity.Of(barcode, [3, 4], ShapeMetric.Euclidean, 1).Score(5));
        Assert.Equal(0.5, Similarity.Of(barcode, [], ShapeMetric.Wasserstein, 2).Score(Math.Sqrt(1.25)), 1e-12);
        var empty = Similarity.Of(new Barcode(Diagram.Empty), [], ShapeMetric.Wasserstein, 1);
        Assert.Equal((1.0, 0.0), (empty.Score(0), empty.Score(1e-9)));
        Assert.Equal(0, new Similarity(1).Score(double.PositiveInfinity));
    }

    [Fact]
    public async Task Where_shapes_are_disabled_every_answer_says_so()
    {
        DisabledShapes shapes = DisabledShapes.Instance;
        var command = new StoreCommand { Key = "k"u8.ToArray(), Data = "[1,2,1]"u8.ToArray(), AnalyzeShape = true };
        Assert.Equal(ShapeStatus.Disabled, (await shapes.SubmitAsync(command, default, true)).Status);
        Assert.Equal(ShapeStatus.Disabled, (await shapes.SubmitManyAsync([command], [default], true))[0].Status);
        Assert.Equal(ShapeStatus.Disabled, shapes.Find("k"u8).State.Status);
        Assert.Equal((false, 0L), (shapes.Report().Enabled, shapes.Report().UsedBytes));
    }
}
