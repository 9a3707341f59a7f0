using AuraMemory.Topology.Search;
using CsCheck;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>Entries of equal shape stand as one in the graph; all of them are found, whoever of them goes.</summary>
public sealed class TwinChainsTests
{
    private static readonly ShapeIndexOptions Options = new() { SignatureLength = 0, Dimensions = 1, MemoryLimitBytes = 64 << 20, AlwaysExactUpTo = 0 };

    private static readonly Gen<(int Kind, int Id, int Shape)[]> Changes =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 39], Gen.Int[0, 4]).Array[0, 300];

    [Fact]
    public void Crowds_of_equals_larger_than_a_walk_is_broad_are_passed_through()
    {
        const int Crowds = 40;
        const int Equals = 400;
        using var index = new ShapeIndex(Options);
        for (int i = 0; i < Crowds * Equals; i++)
        {
            index.Add((ulong)i, [], Steps(i % Crowds));
        }

        Shapes.MaintainAll(index);
        for (int crowd = 0; crowd < Crowds; crowd++)
        {
            var query = new ShapeQuery { Barcode = Steps(crowd + 0.1), K = 600, Breadth = 16 };
            ShapeSearchResult truth = index.Search(query with { Mode = SearchMode.Exact });
            ShapeSearchResult result = index.Search(query);
            Assert.Equal(SearchMode.Approximate, result.Mode);
            Assert.InRange(result.BoundEvaluations, 1, 500);
            Assert.Equal(truth.Hits.Select(h => h.Distance), result.Hits.Select(h => h.Distance));
        }
    }

    [Fact]
    public void Nobody_is_lost_whatever_comes_and_goes() => Changes.Sample(changes =>
    {
        using var index = new ShapeIndex(Options);
        var model = new Dictionary<ulong, int>();
        foreach ((int kind, int id, int shape) in changes)
        {
            switch (kind)
            {
                case < 5:
                    index.Add((ulong)id, [], Steps(shape));
                    model[(ulong)id] = shape;
                    break;
                case < 8:
                    Assert.Equal(model.Remove((ulong)id), index.Remove((ulong)id));
                    break;
                default:
                    index.Maintain(1 + shape);
                    break;
            }
        }

        AssertFound(index, model);
        Shapes.MaintainAll(index);
        AssertFound(index, model);
        using var stream = new MemoryStream();
        index.Save(stream);
        stream.Position = 0;
        using ShapeIndex loaded = ShapeIndexFile.Load(stream, Options).Index!;
        Assert.Equal(0, loaded.Waiting);
        AssertFound(loaded, model);
    }, iter: 300);

    [Fact]
    public void Nor_while_several_threads_link_and_take_out()
    {
        using var index = new ShapeIndex(Options);
        bool done = false;
        var keepers = new Thread[3];
        for (int t = 0; t < keepers.Length; t++)
        {
            keepers[t] = new Thread(() =>
            {
                while (!Volatile.Read(ref done))
                {
                    index.Maintain(5);
                }
            });
            keepers[t].Start();
        }

        var random = new Random(11);
        var model = new Dictionary<ulong, int>();
        for (int i = 0; i < 40_000; i++)
        {
            ulong id = (ulong)random.Next(60);
            if (random.Next(2) == 0)
            {
                index.Remove(id);
                model.Remove(id);
            }
            else
            {
                model[id] = random.Next(3);
                index.Add(id, [], Steps(model[id]));
            }
        }

        Volatile.Write(ref done, true);
        Array.ForEach(keepers, k => k.Join());
        Shapes.MaintainAll(index);
        Assert.Equal(0, index.Waiting);
        AssertFound(index, model);
    }

    [Fact]
    public void A_filter_that_only_those_behind_pass_finds_them()
    {
        using var index = new ShapeIndex(Options);
        for (int i = 0; i < 2000; i++)
        {
            index.Add((ulong)i, [], Steps(i % 20));
        }

        Shapes.MaintainAll(index);
        ShapeSearchResult result = index.Search(new ShapeQuery { Barcode = Steps(7), Filter = id => id % 400 is >= 200 and < 300, K = 25 });
        Assert.Equal(SearchMode.Approximate, result.Mode);
        Assert.Equal(Enumerable.Range(0, 2000).Where(i => i % 20 == 7 && i % 400 is >= 200 and < 300).Select(i => new ShapeHit((ulong)i, 0)), result.Hits);
    }

    /// <summary>An approximate search that is broad enough for all heads answers every entry; were one lost, an exact search would have to run instead.</summary>
    private static void AssertFound(ShapeIndex index, Dictionary<ulong, int> model)
    {
        Assert.Equal(model.Count, index.Count);
        if (model.Count == 0)
        {
            return;
        }

        ShapeSearchResult result = index.Search(new ShapeQuery { Barcode = Steps(1), K = model.Count });
        Assert.Equal(SearchMode.Approximate, result.Mode);
        Assert.Equal(
            model.Select(e => (e.Key, Shapes.Distance(Steps(1), Steps(e.Value), ShapeMetric.Wasserstein1))).OrderBy(e => e.Item2).ThenBy(e => e.Key),
            result.Hits.Select(h => (h.Id, h.Distance)));
    }

    private static Barcode Steps(double at) => new(new Diagram([new Bar(0, 100), new Bar(at, at + 10), new Bar(2 * at, (2 * at) + 7)]));
}
