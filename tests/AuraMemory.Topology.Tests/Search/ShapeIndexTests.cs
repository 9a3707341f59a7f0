using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

public sealed class ShapeIndexTests
{
    private const int Length = 32;

    private static readonly ShapeIndexOptions Small = new() { SignatureLength = Length, Dimensions = 1, MemoryLimitBytes = 256 << 20, AlwaysExactUpTo = 100 };

    public static TheoryData<ShapeMetric> Metrics =>
        [ShapeMetric.Wasserstein1, ShapeMetric.Wasserstein2, ShapeMetric.Bottleneck, ShapeMetric.Euclidean];

    [Theory]
    [MemberData(nameof(Metrics))]
    public void An_exact_search_answers_what_a_loop_over_all_answers(ShapeMetric metric)
    {
        using ShapeIndex index = Filled(Small, 400, i => i % 2 == 0 ? Shapes.Noisy(i) : Shapes.Clustered(i));
        for (int q = 0; q < 10; q++)
        {
            Barcode barcode = q % 2 == 0 ? Shapes.Noisy(-1 - q) : Shapes.Clustered(-1 - q);
            float[] signature = Shapes.Vector(-1 - q, Length);
            double[] expected = [.. Enumerable.Range(0, 400)
                .Select(i => metric == ShapeMetric.Euclidean
                    ? Shapes.Distance(signature, Shapes.Vector(i, Length))
                    : Shapes.Distance(barcode, i % 2 == 0 ? Shapes.Noisy(i) : Shapes.Clustered(i), metric))
                .Order().Take(10)];

            ShapeSearchResult result = index.Search(new ShapeQuery { Signature = signature, Barcode = barcode, Metric = metric, Mode = SearchMode.Exact });

            Assert.True(result.CertifiedExact);
            Assert.Equal(SearchMode.Exact, result.Mode);
            Assert.Equal(10, result.Hits.Count);
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(expected[i], result.Hits[i].Distance, 1e-9 * Math.Max(1, expected[i]));
            }
        }
    }

    [Theory]
    [InlineData(ShapeMetric.Wasserstein1, true, 0.95)]
    [InlineData(ShapeMetric.Wasserstein1, false, 0.95)]
    [InlineData(ShapeMetric.Wasserstein2, false, 0.95)]
    [InlineData(ShapeMetric.Wasserstein2, true, 0.95)]
    [InlineData(ShapeMetric.Bottleneck, true, 0.95)]
    [InlineData(ShapeMetric.Bottleneck, false, 0.95)]
    [InlineData(ShapeMetric.Euclidean, false, 0.95)]
    public void An_approximate_search_among_5000_finds_most(ShapeMetric metric, bool clustered, double least)
    {
        using ShapeIndex index = Filled(Small, 5000, i => clustered ? Shapes.Clustered(i) : Shapes.Noisy(i));
        Shapes.MaintainAll(index);
        int found = 0;
        for (int q = 0; q < 40; q++)
        {
            var query = new ShapeQuery
            {
                Signature = Shapes.Vector(-1 - q, Length),
                Barcode = clustered ? Shapes.Clustered(-1 - q) : Shapes.Noisy(-1 - q),
                Metric = metric,
            };
            ShapeSearchResult truth = index.Search(query with { Mode = SearchMode.Exact });
            ShapeSearchResult result = index.Search(query);
            Assert.Equal(SearchMode.Approximate, result.Mode);
            Assert.False(result.CertifiedExact);
            found += result.Hits.Count(h => h.Distance <= truth.Hits[^1].Distance * (1 + 1e-9));
        }

        Assert.InRange(found / 400.0, least, 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    public void A_filter_is_applied_during_the_search_and_k_are_found(int oneIn)
    {
        using ShapeIndex index = Filled(Small, 3000, Shapes.Noisy);
        Shapes.MaintainAll(index);
        ShapeSearchResult result = index.Search(new ShapeQuery { Barcode = Shapes.Noisy(-5), Filter = id => id % (ulong)oneIn == 0 });

        Assert.Equal(10, result.Hits.Count);
        Assert.All(result.Hits, h => Assert.Equal(0u, h.Id % (ulong)oneIn));
        Assert.Equal(oneIn == 100, result.CertifiedExact);
    }

    [Fact]
    public void What_was_added_is_found_at_once_and_what_was_removed_never_again()
    {
        using ShapeIndex index = Filled(Small, 1000, Shapes.Noisy);
        Shapes.MaintainAll(index);
        Barcode fresh = Shapes.Clustered(9);
        Assert.Equal(AddOutcome.Added, index.Add(5000, Shapes.Vector(5, Length), fresh));
        Assert.Equal(new ShapeHit(5000, 0), index.Search(new ShapeQuery { Barcode = fresh, K = 1 }).Hits[0]);
        Assert.Equal(AddOutcome.Replaced, index.Add(5000, Shapes.Vector(5, Length), Shapes.Noisy(77)));
        Assert.All(index.Search(new ShapeQuery { Barcode = Shapes.Noisy(77), K = 2 }).Hits, h => Assert.Equal(0, h.Distance));

        Assert.True(index.Remove(5000));
        Assert.True(index.Remove(77));
        Assert.False(index.Remove(77));
        Assert.All(index.Search(new ShapeQuery { Barcode = Shapes.Noisy(77) }).Hits, h => Assert.True(h.Distance > 0));
        Shapes.MaintainAll(index);
        Assert.Equal(999, index.Count);
    }

    [Fact]
    public void Recall_survives_the_replacement_of_most_entries()
    {
        using ShapeIndex index = Filled(Small, 2000, Shapes.Noisy);
        Shapes.MaintainAll(index);
        for (int i = 0; i < 1600; i++)
        {
            Assert.True(index.Remove((ulong)i));
            Assert.Equal(AddOutcome.Added, index.Add((ulong)(i + 10_000), Shapes.Vector(i, Length), Shapes.Noisy(i + 10_000)));
            index.Maintain(3);
        }

        Shapes.MaintainAll(index);
        int found = 0;
        for (int q = 0; q < 30; q++)
        {
            var query = new ShapeQuery { Barcode = Shapes.Noisy(-1 - q) };
            ShapeSearchResult truth = index.Search(query with { Mode = SearchMode.Exact });
            found += index.Search(query).Hits.Count(h => h.Distance <= truth.Hits[^1].Distance * (1 + 1e-9));
        }

        Assert.InRange(found / 300.0, 0.93, 1);
    }

    [Fact]
    public void An_entry_beyond_the_budget_is_refused_and_changes_nothing()
    {
        using var index = new ShapeIndex(Small with { MemoryLimitBytes = 3 << 20 });
        ulong id = 0;
        while (index.Add(id, Shapes.Vector(1, Length), Shapes.Noisy((int)id)) == AddOutcome.Added)
        {
            id++;
            Assert.InRange(index.MemoryBytes, 1, 3 << 20);
        }

        Assert.InRange(id, 100u, 20_000u);
        Assert.Equal((int)id, index.Count);
        Assert.Equal(0, index.Search(new ShapeQuery { Barcode = Shapes.Noisy(3), Mode = SearchMode.Exact }).Hits[0].Distance);
        Assert.True(index.Remove(0));
        Shapes.MaintainAll(index);
        Assert.Equal(AddOutcome.Added, index.Add(id, Shapes.Vector(1, Length), Shapes.Noisy(0)));
    }

    [Fact]
    public void With_one_thread_two_indexes_are_the_same_to_the_byte()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        foreach (MemoryStream stream in new[] { first, second })
        {
            using ShapeIndex index = Filled(Small, 600, Shapes.Noisy);
            Shapes.MaintainAll(index);
            index.Save(stream);
        }

        Assert.True(first.ToArray().AsSpan().SequenceEqual(second.ToArray()));
    }

    [Fact]
    public void A_saved_index_answers_as_before_without_being_built_again()
    {
        using ShapeIndex index = Filled(Small, 1500, Shapes.Noisy);
        index.Maintain(1200);
        index.Remove(3);
        using var stream = new MemoryStream();
        index.Save(stream);
        stream.Position = 0;
        using ShapeIndex loaded = ShapeIndexFile.Load(stream, Small).Index!;

        Assert.Equal(index.Count, loaded.Count);
        Assert.Equal(index.Waiting, loaded.Waiting);
        for (int q = 0; q < 10; q++)
        {
            var query = new ShapeQuery { Barcode = Shapes.Noisy(-1 - q), Signature = Shapes.Vector(-1 - q, Length), Metric = q % 2 == 0 ? ShapeMetric.Wasserstein1 : ShapeMetric.Euclidean };
            Assert.Equal(index.Search(query).Hits, loaded.Search(query).Hits);
        }
    }

    [Fact]
    public void A_damaged_file_is_refused_wherever_the_damage_is()
    {
        using ShapeIndex index = Filled(Small, 60, Shapes.Noisy);
        Shapes.MaintainAll(index);
        using var stream = new MemoryStream();
        index.Save(stream);
        byte[] sound = stream.ToArray();
        for (int at = 0; at < sound.Length; at += 97)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 0x40;
            ShapeIndexLoad load = ShapeIndexFile.Load(new MemoryStream(damaged), Small);
            Assert.Null(load.Index);
            Assert.NotEmpty(load.Refusal!);
        }

        for (int length = 0; length < sound.Length; length += 1009)
        {
            Assert.Null(ShapeIndexFile.Load(new MemoryStream(sound, 0, length), Small).Index);
        }

        Assert.Null(ShapeIndexFile.Load(new MemoryStream(sound), Small with { SignatureLength = 16 }).Index);
    }

    [Fact]
    public void Shapes_without_a_common_dimension_are_not_compared()
    {
        using var index = new ShapeIndex(Small with { SignatureLength = 0, Dimensions = 2 });
        index.Add(1, [], null);
        index.Add(2, [], new Barcode(new Diagram([new Bar(0, 1)])));
        index.Add(3, [], new Barcode(new Diagram([new Bar(0, 1)]), new Diagram([new Bar(0, 4)])));
        ShapeHit[] hits = [.. index.Search(new ShapeQuery { Barcode = new Barcode(new Diagram([new Bar(0, 1)]), Diagram.Empty) }).Hits];
        Assert.Equal([new ShapeHit(2, 0), new ShapeHit(3, 2)], hits);
    }

    [Fact]
    public void A_cancelled_search_ends_and_a_disposed_index_refuses()
    {
        ShapeIndex index = Filled(Small, 200, Shapes.Noisy);
        Assert.Throws<OperationCanceledException>(() => index.Search(new ShapeQuery { Barcode = Shapes.Noisy(1) }, new CancellationToken(true)));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(new ShapeQuery { Barcode = Shapes.Noisy(1) }));
        Assert.Equal(0, index.MemoryBytes);
    }

    [Fact]
    public void Searches_and_changes_at_once_never_answer_what_is_not_there()
    {
        using ShapeIndex index = Filled(Small, 1000, Shapes.Noisy);
        var gone = new int[4000];
        var faults = 0;
        bool done = false;
        var searchers = new Thread[2];
        for (int s = 0; s < searchers.Length; s++)
        {
            int seed = s;
            searchers[s] = new Thread(() =>
            {
                for (int q = 0; !Volatile.Read(ref done); q++)
                {
                    Barcode barcode = Shapes.Noisy(-1 - (q % 50) - seed);
                    int[] before = [.. gone];
                    ShapeSearchResult result = index.Search(new ShapeQuery { Barcode = barcode, Mode = q % 5 == 0 ? SearchMode.Exact : SearchMode.Approximate });
                    foreach (ShapeHit hit in result.Hits)
                    {
                        bool wrong = before[hit.Id] == 1 || Math.Abs(Shapes.Distance(barcode, Shapes.Noisy((int)hit.Id), ShapeMetric.Wasserstein1) - hit.Distance) > 1e-9;
                        Interlocked.Add(ref faults, wrong ? 1 : 0);
                    }
                }
            });
            searchers[s].Start();
        }

        var keeper = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                index.Maintain(10);
            }
        });
        keeper.Start();
        for (int i = 1000; i < 3000; i++)
        {
            index.Add((ulong)i, Shapes.Vector(i, Length), Shapes.Noisy(i));
            index.Remove((ulong)(i - 1000));
            Volatile.Write(ref gone[i - 1000], 1);
        }

        Volatile.Write(ref done, true);
        keeper.Join();
        Array.ForEach(searchers, t => t.Join());
        Assert.Equal(0, faults);
        Shapes.MaintainAll(index);
        Assert.Equal(1000, index.Count);
        Assert.Equal(0, index.Waiting);
    }

    private static ShapeIndex Filled(ShapeIndexOptions options, int entries, Func<int, Barcode> barcode)
    {
        var index = new ShapeIndex(options);
        for (int i = 0; i < entries; i++)
        {
            Assert.Equal(AddOutcome.Added, index.Add((ulong)i, Shapes.Vector(i, Length), barcode(i)));
        }

        return index;
    }
}
