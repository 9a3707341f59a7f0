using System.Numerics;
using AuraMemory.Topology.Distances;
using CsCheck;

namespace AuraMemory.Topology.Tests.Distances;

public sealed class DiagramBoundsTests
{
    private static readonly (int Order, GroundNorm Norm)[] All =
        [(1, GroundNorm.Infinity), (2, GroundNorm.Infinity), (1, GroundNorm.Euclidean), (2, GroundNorm.Euclidean)];

    private static readonly Gen<(int Order, GroundNorm Norm)> Kinds = Gen.Int[0, 3].Select(k => All[k]);

    [Fact]
    public void Bounds_are_on_their_side_of_the_exact_distance() =>
        Gen.Select(BarGenerators.UpTo(25), BarGenerators.UpTo(25), Kinds).Sample((a, b, kind) =>
        {
            double exact = Wasserstein.Distance(a, b, kind.Order, kind.Norm);
            Assert.True(DiagramBounds.SortedHalfPersistence(a, b, kind.Order) <= exact);
            Assert.True(DiagramBounds.RowMinima(a, b, kind.Order, kind.Norm) <= exact);
            Assert.True(DiagramBounds.DualAscent(a, b, kind.Order, kind.Norm) <= exact);
            Assert.True(DiagramBounds.GreedyMatching(a, b, kind.Order, kind.Norm) >= exact * (1 - 1e-12));
            Assert.True(DiagramBounds.SortedHalfPersistenceSupremum(a, b) <= Bottleneck.Distance(a, b));
        }, iter: 1000);

    [Fact]
    public void Dual_ascent_is_tighter_than_sorted_numbers_on_the_whole()
    {
        var random = new Random(5);
        double dual = 0;
        double numbers = 0;
        double exact = 0;
        for (int trial = 0; trial < 50; trial++)
        {
            Bar[] a = Draw(random);
            Bar[] b = Draw(random);
            dual += DiagramBounds.DualAscent(a, b, 1);
            numbers += DiagramBounds.SortedHalfPersistence(a, b, 1);
            exact += Wasserstein.Distance(a, b, 1);
        }

        Assert.InRange(numbers / exact, 0, 0.5);
        Assert.InRange(dual / exact, 0.8, 1);

        static Bar[] Draw(Random random) => [.. Enumerable.Range(0, 25).Select(_ =>
        {
            double birth = random.NextDouble();
            return new Bar(birth, birth + random.NextDouble());
        })];
    }

    [Fact]
    public void Vector_and_scalar_costs_have_the_same_bits() =>
        Gen.Select(Gen.Double, Gen.Double).Sample((db, dd) =>
        {
            Same<MaximumCost>(db, dd);
            Same<SquaredMaximumCost>(db, dd);
            Same<EuclideanCost>(db, dd);
            Same<SquaredEuclideanCost>(db, dd);
        });

    private static void Same<TCost>(double db, double dd)
        where TCost : struct, IGroundCost
    {
        double scalar = TCost.Of(db, dd);
        Vector<double> vector = TCost.Of(new Vector<double>(db), new Vector<double>(dd));
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(scalar), BitConverter.DoubleToInt64Bits(vector[lane]));
        }
    }
}
