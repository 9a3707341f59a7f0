using AuraMemory.Topology.Distances;
using AuraMemory.Topology.Tests.Model;
using CsCheck;

namespace AuraMemory.Topology.Tests.Distances;

public sealed class WassersteinTests
{
    private static readonly (int Order, GroundNorm Norm)[] All =
        [(1, GroundNorm.Infinity), (2, GroundNorm.Infinity), (1, GroundNorm.Euclidean), (2, GroundNorm.Euclidean)];

    private static readonly Gen<(int Order, GroundNorm Norm)> Kinds = Gen.Int[0, 3].Select(k => All[k]);

    [Fact]
    public void Tiny_diagrams_agree_with_all_partial_matchings() =>
        Gen.Select(BarGenerators.UpTo(5), BarGenerators.UpTo(5), Kinds).Sample((a, b, kind) =>
            Near(PartialMatchings.Wasserstein(a, b, kind.Order, kind.Norm), Wasserstein.Distance(a, b, kind.Order, kind.Norm)), iter: 2000);

    [Fact]
    public void Larger_diagrams_agree_with_the_square_assignment() =>
        Gen.Select(BarGenerators.UpTo(40), BarGenerators.UpTo(40), Kinds).Sample((a, b, kind) =>
            Near(PartialMatchings.WassersteinBySquare(a, b, kind.Order, kind.Norm), Wasserstein.Distance(a, b, kind.Order, kind.Norm)), iter: 200);

    [Fact]
    public void It_is_a_metric() =>
        Gen.Select(BarGenerators.UpTo(12), BarGenerators.UpTo(12), BarGenerators.UpTo(12), Kinds).Sample((a, b, c, kind) =>
        {
            double ab = Wasserstein.Distance(a, b, kind.Order, kind.Norm);
            Near(ab, Wasserstein.Distance(b, a, kind.Order, kind.Norm));
            double detour = ab + Wasserstein.Distance(b, c, kind.Order, kind.Norm);
            Assert.True(Wasserstein.Distance(a, c, kind.Order, kind.Norm) <= detour * (1 + 1e-9));
            Assert.Equal(0, Wasserstein.Distance(a, [.. a], kind.Order, kind.Norm));
        }, iter: 500);

    [Fact]
    public void The_orders_and_the_bottleneck_distance_bound_one_another() =>
        Gen.Select(BarGenerators.UpTo(15), BarGenerators.UpTo(15)).Sample((a, b) =>
        {
            double first = Wasserstein.Distance(a, b, 1);
            double second = Wasserstein.Distance(a, b, 2);
            Assert.True(second <= first * (1 + 1e-9));
            Assert.True(first <= Math.Sqrt(a.Length + b.Length) * second * (1 + 1e-9));
            Assert.True(Bottleneck.Distance(a, b) <= second * (1 + 1e-9));
        }, iter: 500);

    [Fact]
    public void The_matching_is_a_matching_and_realises_the_distance() =>
        Gen.Select(BarGenerators.UpTo(20), BarGenerators.UpTo(20), Kinds).Sample((a, b, kind) =>
        {
            var x = new Diagram([.. a, new Bar(0, double.PositiveInfinity), new Bar(2, double.PositiveInfinity)]);
            var y = new Diagram([.. b, new Bar(1, double.PositiveInfinity), new Bar(2.5, double.PositiveInfinity)]);
            DiagramMatching matching = Wasserstein.Match(x, y, kind.Order, kind.Norm);
            Assert.Equal(Enumerable.Range(0, x.Count), matching.Pairs.Where(p => p.A >= 0).Select(p => p.A).Order());
            Assert.Equal(Enumerable.Range(0, y.Count), matching.Pairs.Where(p => p.B >= 0).Select(p => p.B).Order());
            Near(matching.Distance, Math.Pow(matching.Pairs.Sum(p => Math.Pow(p.Cost, kind.Order)), 1.0 / kind.Order));
            Near(matching.Distance, Wasserstein.Distance(x, y, kind.Order, kind.Norm));
        }, iter: 300);

    [Fact]
    public void An_early_exit_is_never_wrong() =>
        Gen.Select(BarGenerators.UpTo(20), BarGenerators.UpTo(20), Kinds, Gen.Double[0, 2]).Sample((a, b, kind, share) =>
        {
            double exact = Wasserstein.Distance(a, b, kind.Order, kind.Norm);
            double bound = exact * share;
            double answer = Wasserstein.Distance(a, b, kind.Order, kind.Norm, bound);
            Assert.True(exact <= bound ? answer == exact : answer > bound || answer == exact, $"{answer} for {exact} with bound {bound}");
        }, iter: 1000);

    [Fact]
    public void An_early_exit_happens()
    {
        Bar[] a = [.. Enumerable.Range(0, 50).Select(i => new Bar(i, i + 5))];
        Bar[] b = [.. Enumerable.Range(0, 50).Select(i => new Bar(i + 0.25, i + 8))];
        Assert.Equal(double.PositiveInfinity, Wasserstein.Distance(a, b, 1, bound: 1));
    }

    [Fact]
    public void Essential_classes_are_matched_by_birth_and_their_numbers_must_agree()
    {
        var one = new Diagram([new(3, double.PositiveInfinity), new(0, double.PositiveInfinity), new(0, 1)]);
        var two = new Diagram([new(1, double.PositiveInfinity), new(5, double.PositiveInfinity)]);
        Assert.Equal(3.5, Wasserstein.Distance(one, two, 1));
        Assert.Equal(Math.Sqrt(5.25), Wasserstein.Distance(one, two, 2), 12);
        Assert.Equal(double.PositiveInfinity, Wasserstein.Distance(one, Diagram.Empty, 1));
        Assert.Empty(Wasserstein.Match(one, Diagram.Empty, 1).Pairs);
        Assert.Equal(double.PositiveInfinity, Wasserstein.Distance(one, two, 1, bound: 2.9));
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-160)]
    [InlineData(1e160)]
    [InlineData(1e300)]
    public void Numbers_of_any_size_keep_their_ratio(double unit)
    {
        Bar[] a = [new(0, 3), new(1, 2), new(2, 7)];
        Bar[] b = [new(0.5, 3), new(2, 6)];
        foreach ((int order, GroundNorm norm) in All)
        {
            double plain = Wasserstein.Distance(a, b, order, norm);
            double scaled = Wasserstein.Distance(Scale(a), Scale(b), order, norm);
            Near(plain, scaled / unit);
            Assert.True(Wasserstein.Distance(Scale(a), Scale(b), order, norm, bound: plain * unit * 0.5) > plain * unit * 0.5);
        }

        Bar[] Scale(Bar[] bars) => [.. bars.Select(x => new Bar(x.Birth * unit, x.Death * unit))];
    }

    [Fact]
    public void What_no_double_can_hold_is_the_largest_double_and_not_infinity()
    {
        Bar[] a = [new(-1.7e308, 1.7e308), new(-1.6e308, 1.7e308)];
        foreach ((int order, GroundNorm norm) in All)
        {
            double distance = Wasserstein.Distance(a, [], order, norm);
            Assert.True(double.IsFinite(distance) && distance >= 1.7e308, $"{distance}");
        }

        Assert.Equal(double.MaxValue, Wasserstein.Distance(a, [], 1));
        Assert.Equal(1e307, Wasserstein.Distance([new(-1.7e308, 1.7e308)], [new(-1.6e308, 1.7e308)], 1), 1e294);
    }

    [Fact]
    public void Essential_bars_do_not_pass_as_finite_ones()
    {
        Assert.Throws<ArgumentException>(() => Wasserstein.Distance([new Bar(0, double.PositiveInfinity)], [], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wasserstein.Distance(ReadOnlySpan<Bar>.Empty, [], 3));
    }

    [Fact]
    public void A_cancelled_distance_ends()
    {
        Bar[] a = [.. Enumerable.Range(0, 64).Select(i => new Bar(0, 1 + (i % 7)))];
        Bar[] b = [.. Enumerable.Range(0, 64).Select(i => new Bar(0.1, 1.5 + (i % 5)))];
        Assert.Throws<OperationCanceledException>(() => Wasserstein.Distance(a, b, 2, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Distances_of_small_diagrams_allocate_nothing()
    {
        Bar[] a = [.. Enumerable.Range(0, 20).Select(i => new Bar(i * 0.37 % 1, 1 + (i * 0.11)))];
        Bar[] b = [.. Enumerable.Range(0, 17).Select(i => new Bar(i * 0.53 % 1, 1 + (i * 0.13)))];
        var x = new Diagram(a);
        var y = new Diagram(b);
        double warm = Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        double again = Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(warm, again);

        double Once() => Wasserstein.Distance(a, b, 1) + Wasserstein.Distance(x, y, 2, GroundNorm.Euclidean) + Bottleneck.Distance(x, y)
            + DiagramBounds.DualAscent(a, b, 1) + DiagramBounds.SortedHalfPersistence(x.Finite, y.Finite, 2);
    }

    private static void Near(double expected, double actual) =>
        Assert.True(expected == actual || Math.Abs(expected - actual) <= 1e-9 * Math.Max(expected, actual), $"{actual}, not {expected}");
}
