using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Execution.Steps;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using CsCheck;

namespace AuraMemory.Graph.Tests.Planning;

public sealed class PairMemoTests
{
    [Fact]
    public void What_is_known_is_what_was_kept_for_the_same_pair()
    {
        Gen.Select(Gen.Bool, Gen.Int[1, 200], Gen.Int[1, 20], Gen.Int[1, 3000], Gen.Int).Sample(
            (isCheap, ones, twos, length, seed) =>
            {
                var random = new Random(seed);
                Ask(isCheap, Enumerable.Range(0, length).Select(_ => (random.Next(ones), random.Next(twos))), out _);
            },
            iter: 500);
    }

    [Theory]
    [InlineData(true, 300)]
    [InlineData(false, 300)]
    [InlineData(true, 3_000)]
    [InlineData(false, 3_000)]
    [InlineData(true, 20_000)]
    [InlineData(false, 20_000)]
    public void Pairs_that_come_again_late_are_known_in_the_end(bool isCheap, int different)
    {
        int known = Ask(isCheap, Enumerable.Range(0, 10 * different).Select(i => (i % different, 7)), out long charged);
        Assert.True(known > 4 * different, $"Of {10 * different} pairs {known} were known.");
        Assert.InRange(charged, 1, 24 * PairMemo.Most);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_no_pair_comes_again_nothing_is_kept_in_the_end(bool isCheap)
    {
        Assert.Equal(0, Ask(isCheap, Enumerable.Range(0, 1_000_000).Select(i => (i, i)), out long charged));
        Assert.Equal(0, charged);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_looking_costs_little_nothing_is_kept_of_pairs_that_come_again_late(bool isCheap)
    {
        Assert.Equal(0, Ask(isCheap, Enumerable.Range(0, 20_000).Select(i => (i % 2_000, 7)), out long charged, each: 1));
        Assert.Equal(0, charged);
    }

    [Fact]
    public void Remembering_takes_no_memory_that_the_query_may_need()
    {
        Assert.Equal(0, Ask(true, Enumerable.Range(0, 5_000).Select(i => (i % 100, 7)), out long charged, memory: 40_000));
        Assert.Equal(0, charged);
        Assert.NotEqual(0, Ask(true, Enumerable.Range(0, 50_000).Select(i => (i % 20_000, 7)), out charged, memory: 1_000_000));
        Assert.InRange(charged, 1, 500_000);
    }

    private static int Ask(bool isCheap, IEnumerable<(int One, int Two)> pairs, out long charged, int each = 100, long memory = 1L << 30)
    {
        var context = new QueryContext(new PropertyGraph().Snapshot(), MapValue.Empty, new QueryLimits { Memory = memory }, TimeProvider.System, 1, TestContext.Current.CancellationToken);
        var memo = new PairMemo<(int, int)>(context, isCheap);
        (int known, long work) = (0, 0);
        foreach ((int one, int two) in pairs)
        {
            if (memo.Find(one, two, work) is { } found)
            {
                Assert.Equal((one, two), found);
                known++;
            }
            else
            {
                work += each;
                if (memo.IsWanted)
                {
                    memo.Keep((one, two));
                }
            }
        }

        charged = context.Charged;
        return known;
    }
}
