using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Tests.Model;
using CsCheck;

namespace AuraMemory.Topology.Tests.Distances;

public sealed class BottleneckTests
{
    [Fact]
    public void Tiny_diagrams_agree_with_all_partial_matchings() =>
        Gen.Select(BarGenerators.UpTo(5), BarGenerators.UpTo(5)).Sample((a, b) =>
            Assert.Equal(PartialMatchings.Bottleneck(a, b), Bottleneck.Distance(a, b), 1e-15), iter: 3000);

    [Fact]
    public void Larger_diagrams_agree_with_a_search_over_all_candidates() =>
        Gen.Select(BarGenerators.UpTo(40), BarGenerators.UpTo(40)).Sample((a, b) =>
            Assert.Equal(BySearch(a, b), Bottleneck.Distance(a, b), 1e-15), iter: 200);

    [Fact]
    public void It_is_a_metric() =>
        Gen.Select(BarGenerators.UpTo(12), BarGenerators.UpTo(12), BarGenerators.UpTo(12)).Sample((a, b, c) =>
        {
            Assert.Equal(Bottleneck.Distance(a, b), Bottleneck.Distance(b, a));
            Assert.True(Bottleneck.Distance(a, c) <= (Bottleneck.Distance(a, b) + Bottleneck.Distance(b, c)) * (1 + 1e-12));
            Assert.Equal(0, Bottleneck.Distance(a, [.. a.Reverse()]));
        }, iter: 500);

    [Fact]
    public void The_matching_is_a_matching_and_none_of_its_pairs_costs_more() =>
        Gen.Select(BarGenerators.UpTo(25), BarGenerators.UpTo(25)).Sample((a, b) =>
        {
            var x = new Diagram([.. a, new Bar(0, double.PositiveInfinity)]);
            var y = new Diagram([.. b, new Bar(0.01, double.PositiveInfinity)]);
            DiagramMatching matching = Bottleneck.Match(x, y);
            Assert.Equal(Enumerable.Range(0, x.Count), matching.Pairs.Where(p => p.A >= 0).Select(p => p.A).Order());
            Assert.Equal(Enumerable.Range(0, y.Count), matching.Pairs.Where(p => p.B >= 0).Select(p => p.B).Order());
            Assert.Equal(matching.Distance, matching.Pairs.Max(p => p.Cost));
            Assert.Equal(matching.Distance, Bottleneck.Distance(x, y));
        }, iter: 500);

    [Fact]
    public void An_early_exit_is_never_wrong() =>
        Gen.Select(BarGenerators.UpTo(20), BarGenerators.UpTo(20), Gen.Double[0, 2]).Sample((a, b, share) =>
        {
            double exact = Bottleneck.Distance(a, b);
            double bound = exact * share;
            double answer = Bottleneck.Distance(a, b, bound);
            Assert.True(exact <= bound ? answer == exact : answer > bound);
        }, iter: 1000);

    [Fact]
    public void Essential_classes_count_by_their_births()
    {
        var one = new Diagram([new(3, double.PositiveInfinity), new(0, double.PositiveInfinity), new(0, 1)]);
        var two = new Diagram([new(1, double.PositiveInfinity), new(5, double.PositiveInfinity)]);
        Assert.Equal(2, Bottleneck.Distance(one, two));
        Assert.Equal(double.PositiveInfinity, Bottleneck.Distance(one, Diagram.Empty));
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void Numbers_of_any_size_keep_their_ratio(double unit)
    {
        Bar[] a = [new(0, 3 * unit), new(unit, 2 * unit)];
        Bar[] b = [new(0.5 * unit, 3 * unit)];
        Assert.Equal(0.5, Bottleneck.Distance(a, b) / unit, 1e-12);
        Assert.Equal(1.7e308, Bottleneck.Distance([new(-1.7e308, 1.7e308)], []));
    }

    private static double BySearch(Bar[] a, Bar[] b)
    {
        double[] candidates =
        [
            0,
            .. a.Concat(b).Select(x => PartialMatchings.ToDiagonal(x, GroundNorm.Infinity)),
            .. a.SelectMany(x => b.Select(y => PartialMatchings.Between(x, y, GroundNorm.Infinity))),
        ];
        Array.Sort(candidates);
        int low = 0;
        int high = candidates.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Feasible(a, b, candidates[middle]))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return candidates[low];
    }

    /// <summary>A perfect matching with explicit copies on the diagonal, by plain augmenting paths.</summary>
    private static bool Feasible(Bar[] a, Bar[] b, double radius)
    {
        int size = a.Length + b.Length;
        int[] owner = new int[size];
        Array.Fill(owner, -1);
        return Enumerable.Range(0, size).All(i => Try(i, new bool[size]));

        bool Edge(int i, int j) => i < a.Length
            ? j < b.Length ? PartialMatchings.Between(a[i], b[j], GroundNorm.Infinity) <= radius : PartialMatchings.ToDiagonal(a[i], GroundNorm.Infinity) <= radius
            : j >= b.Length || PartialMatchings.ToDiagonal(b[j], GroundNorm.Infinity) <= radius;

        bool Try(int i, bool[] seen)
        {
            for (int j = 0; j < size; j++)
            {
                if (!seen[j] && Edge(i, j))
                {
                    seen[j] = true;
                    if (owner[j] < 0 || Try(owner[j], seen))
                    {
                        owner[j] = i;
                        return true;
                    }
                }
            }

            return false;
        }
    }
}
