using AuraMemory.Engine.Access;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Placement;
using AuraMemory.Engine.Tiers.Memory;
using CsCheck;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>The pure parts of placement.</summary>
public class PlacementTests
{
    private static readonly PlannedTier[] Ladder =
    [
        new(TierId.L1Cache, 1, 32 << 10), new(TierId.L2Cache, 4, 256 << 10), new(TierId.L3Cache, 15, 4 << 20),
        new(TierId.CxlHot, 40, 8 << 20), new(TierId.Dram, 90, 64 << 20),
    ];

    private static readonly Gen<PlacementCandidate[]> Candidates = Gen.Select(
        Gen.Int[1, 255], Gen.Int[24, 200_000], Gen.Int[0, 4],
        (accesses, bytes, tier) => new PlacementCandidate(0, accesses, bytes, (TierId)tier)).Array[0, 400]
        .Select(all => all.Select((c, i) => c with { Hash = (ulong)i }).ToArray());

    [Theory]
    [InlineData(ArenaQueue.Probation, 0, 0, EvictionAction.Drop)]
    [InlineData(ArenaQueue.Probation, 1, 0, EvictionAction.Demote)]
    [InlineData(ArenaQueue.Probation, 2, 0, EvictionAction.Keep)]
    [InlineData(ArenaQueue.Probation, 3, 99, EvictionAction.Keep)]
    [InlineData(ArenaQueue.Probation, 3, 100, EvictionAction.Drop)]
    [InlineData(ArenaQueue.Main, 0, 0, EvictionAction.Demote)]
    [InlineData(ArenaQueue.Main, 1, 0, EvictionAction.Keep)]
    [InlineData(ArenaQueue.Main, 3, 100, EvictionAction.Demote)]
    internal void The_eviction_rule_is_that_of_S3_FIFO_with_an_idle_limit(ArenaQueue queue, int reuse, long idle, EvictionAction expected) =>
        Assert.Equal(expected, EvictionRule.Decide(new EvictionFacts(queue, reuse, idle, 1000, false), 100));

    [Fact]
    public void More_reuse_or_a_fresher_access_never_makes_an_eviction_worse() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 2], Gen.Long[0, 300], Gen.Double[1, 300]).Sample((main, reuse, idle, threshold) =>
        {
            ArenaQueue queue = main ? ArenaQueue.Main : ArenaQueue.Probation;
            int Rank(int r, long i) => EvictionRule.Decide(new EvictionFacts(queue, r, i, 5, false), threshold) switch
            {
                EvictionAction.Keep => 2,
                EvictionAction.Demote => 1,
                _ => 0,
            };
            Assert.True(Rank(reuse + 1, idle) >= Rank(reuse, idle));
            Assert.True(Rank(reuse, idle / 2) >= Rank(reuse, idle));
        });

    [Fact]
    public void The_histograms_cut_is_the_least_count_whose_objects_fit() =>
        Gen.Select(Gen.Select(Gen.Int[1, 255], Gen.Int[1, 100_000]).Array[0, 200], Gen.Double[0, 5e6]).Sample((objects, budget) =>
        {
            var histogram = new HotnessHistogram();
            foreach ((int accesses, int bytes) in objects)
            {
                histogram.Add(accesses, bytes);
            }

            int cut = histogram.CutFor(budget);
            double Above(int count) => objects.Where(o => o.Item1 >= count).Sum(o => (double)o.Item2);
            Assert.True(Above(cut) <= budget);
            Assert.True(cut == 1 || Above(cut - 1) > budget);
            Assert.True(histogram.CutFor(budget * 2) <= cut);
            histogram.Fade();
            Assert.True(histogram.CutFor(budget) <= cut);
        });

    [Fact]
    public void A_plan_fills_no_tier_beyond_its_budget_and_moves_only_up_for_objects_that_earn_it() =>
        Candidates.Sample(candidates =>
        {
            var histogram = new HotnessHistogram();
            foreach (PlacementCandidate c in candidates)
            {
                histogram.Add(c.Accesses, c.Bytes);
            }

            var moves = new List<PlannedMove>();
            PlacementPlanner.Plan(Ladder, histogram, candidates, 10, moves);
            var planned = new long[5];
            foreach (PlannedMove move in moves)
            {
                PlacementCandidate c = candidates.First(x => x.Hash == move.Hash);
                Assert.True(move.To < move.From && move.From == c.Tier && move.To != TierId.Dram, $"{move}");
                Assert.True(c.Accesses >= 10 && c.Bytes <= Ladder[(int)move.To].CapacityBytes / 4, $"{c} {move}");
                planned[(int)move.To] += c.Bytes;
            }

            // Tiers are filled fastest first: what goes to a tier or above it fits in these tiers together.
            double budget = 0;
            long sum = 0;
            for (int i = 0; i < 4; i++)
            {
                budget += Ladder[i].CapacityBytes * PlacementPlanner.FillTarget;
                sum += planned[i];
                Assert.True(sum <= budget, $"{sum} of {budget} in the first {i + 1} tiers");
            }
        });

    [Fact]
    public void An_object_with_more_accesses_never_goes_to_a_slower_tier_than_its_twin() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 55], Gen.Int[24, 100_000]).Sample((accesses, more, bytes) =>
        {
            PlacementCandidate[] two = [new(1, accesses, bytes, TierId.Dram), new(2, accesses + more, bytes, TierId.Dram)];
            var histogram = new HotnessHistogram();
            histogram.Add(accesses, bytes);
            histogram.Add(accesses + more, bytes);
            var moves = new List<PlannedMove>();
            PlacementPlanner.Plan(Ladder, histogram, two, 10, moves);
            TierId To(ulong hash) => moves.Where(m => m.Hash == hash).Select(m => m.To).DefaultIfEmpty(TierId.Dram).Single();
            Assert.True(To(2) <= To(1), $"{To(1)} and {To(2)}");
        });

    [Fact]
    public void A_pool_slower_than_DRAM_is_no_promotion_and_noise_does_not_reorder_tiers()
    {
        PlannedTier[] tiers = [.. Ladder];
        tiers[3] = tiers[3] with { LatencyNs = 200 };
        PlacementPlanner.Rank(tiers);
        Assert.Equal([TierId.L1Cache, TierId.L2Cache, TierId.L3Cache, TierId.Dram, TierId.CxlHot], tiers.Select(t => t.Tier));
        var moves = new List<PlannedMove>();
        PlacementPlanner.Plan(tiers, new HotnessHistogram(), [new(1, 255, 7 << 20, TierId.Dram)], 10, moves);
        Assert.Empty(moves);
        PlannedTier[] noisy = [Ladder[0] with { LatencyNs = 1.2 }, Ladder[1] with { LatencyNs = 1.0 }];
        PlacementPlanner.Rank(noisy);
        Assert.Equal(TierId.L1Cache, noisy[0].Tier);
    }

    [Fact]
    public void Ranking_is_a_permutation_in_which_no_neighbour_is_much_faster_than_the_one_before() =>
        Gen.Double[0.5, 500].Array[5].Sample(latencies =>
        {
            PlannedTier[] tiers = [.. latencies.Select((l, i) => new PlannedTier((TierId)i, l, 1))];
            PlacementPlanner.Rank(tiers);
            Assert.Equal(5, tiers.Select(t => t.Tier).Distinct().Count());
            for (int i = 1; i < 5; i++)
            {
                Assert.True(tiers[i].LatencyNs * 1.25 >= tiers[i - 1].LatencyNs);
            }
        });

    [Fact]
    public void The_sketch_never_underestimates_until_it_halves_and_then_halves_everything() =>
        Gen.Int[0, 60].Array[1, 800].Sample(keys =>
        {
            var sketch = new FrequencySketch(4096);
            var truth = new Dictionary<int, int>();
            static ulong Hash(int key) => System.IO.Hashing.XxHash3.HashToUInt64(BitConverter.GetBytes(key));
            foreach (int key in keys)
            {
                truth[key] = truth.GetValueOrDefault(key) + 1;
                Assert.True(sketch.Add(Hash(key)) >= Math.Min(truth[key], 255));
            }

            Assert.Equal(0, sketch.Halvings);
            Dictionary<int, int> before = truth.Keys.ToDictionary(k => k, k => sketch.Estimate(Hash(k)));
            sketch.Halve();
            Assert.All(before, b => Assert.Equal(b.Value / 2, sketch.Estimate(Hash(b.Key))));
        });

    [Fact]
    public void The_sketch_ages_by_itself_and_saturates()
    {
        var sketch = new FrequencySketch(4096);
        for (int i = 0; i < 400; i++)
        {
            sketch.Add(77);
        }

        Assert.Equal(255, sketch.Estimate(77));
        for (ulong i = 0; sketch.Halvings == 0 && i < 100_000; i++)
        {
            sketch.Add(i * 0x9E3779B97F4A7C15);
        }

        Assert.Equal(1, sketch.Halvings);
        Assert.InRange(sketch.Estimate(77), 127, 128);
    }

    [Fact]
    public void A_ghost_is_remembered_once_and_only_for_a_while()
    {
        var ghosts = new GhostQueue(1024);
        var random = new Random(3);
        ulong mine = 0xABCDEF0123456789;
        Assert.False(ghosts.Take(mine));
        ghosts.Add(mine);
        Assert.True(ghosts.Take(mine));
        Assert.False(ghosts.Take(mine));
        ghosts.Add(mine);
        for (int i = 0; i < 20_000; i++)
        {
            ghosts.Add((ulong)random.NextInt64());
        }

        Assert.False(ghosts.Take(mine));
        Assert.Equal(4096, ghosts.MemoryBytes);
    }

    [Fact]
    public void Of_the_last_few_ghosts_nearly_all_are_remembered()
    {
        var ghosts = new GhostQueue(4096);
        var random = new Random(4);
        ulong[] keys = [.. Enumerable.Range(0, 1000).Select(_ => (ulong)random.NextInt64())];
        foreach (ulong key in keys)
        {
            ghosts.Add(key);
        }

        Assert.InRange(keys.Count(ghosts.Take), 980, 1000);
    }
}
