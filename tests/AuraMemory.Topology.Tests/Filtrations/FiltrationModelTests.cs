using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Tests.Model;
using CsCheck;

namespace AuraMemory.Topology.Tests.Filtrations;

/// <summary>Each filtration beside the naive reduction of its complex, on small random inputs of few values, so with many ties.</summary>
public sealed class FiltrationModelTests
{
    private static readonly Gen<double> Few = Gen.Int[-2, 3].Select(i => i / 2.0);
    private static readonly Gen<GridCells> Stands = Gen.Bool.Select(top => top ? GridCells.Top : GridCells.Vertices);

    [Fact]
    public void Sublevel_sets_of_a_series() => Few.Array[1, 24].Sample(samples =>
        Same(MatrixReduction.ReduceCells(CellComplexes.Path(samples), 0), new Barcode(SeriesPersistence.Sublevel(samples))), iter: 2000);

    [Fact]
    public void Superlevel_sets_of_a_series() => Gen.Double[-5, 5].Array[1, 24].Sample(samples =>
        Same(MatrixReduction.ReduceCells(CellComplexes.Path([.. samples.Select(s => -s)]), 0), new Barcode(SeriesPersistence.Superlevel(samples))), iter: 500);

    [Fact]
    public void Images_of_both_conventions() => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6], Stands)
        .SelectMany((height, width, stand) => Few.Array[height * width].Select(v => (height, width, stand, v)))
        .Sample(
            t => Same(
                MatrixReduction.ReduceCells(CellComplexes.Grid(t.v, [t.height, t.width], t.stand), 1),
                GridPersistence.Sublevel(new ValueGrid(t.v, t.height, t.width), t.stand)),
            iter: 400);

    [Fact]
    public void Volumes_of_both_conventions() => Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 4], Stands)
        .SelectMany((depth, height, width, stand) => Few.Array[depth * height * width].Select(v => (extents: new[] { depth, height, width }, stand, v)))
        .Sample(
            t => Same(
                MatrixReduction.ReduceCells(CellComplexes.Grid([.. t.v.Select(x => -x)], t.extents, t.stand), 2),
                GridPersistence.Superlevel(new ValueGrid(t.v, t.extents), t.stand)),
            iter: 150);

    [Fact]
    public void Degrees_on_the_cliques_and_on_the_bare_graph() => Gen.Select(Gen.Int[1, 9], Gen.Int[0, 100])
        .SelectMany((count, share) => Gen.Int[0, 99].Array[count * count].Select(dice => (count, share, dice)))
        .Sample(
            t =>
            {
                (int count, int share, int[] dice) = t;
                var edges = new HashSet<(int, int)>();
                for (int i = 0; i < count; i++)
                {
                    for (int j = i + 1; j < count; j++)
                    {
                        if (dice[(i * count) + j] < share)
                        {
                            edges.Add((i, j));
                        }
                    }
                }

                var graph = new WeightedGraph(count, edges.Select(e => new GraphEdge(e.Item2, e.Item1)).ToArray());
                int Degree(int v) => edges.Count(e => e.Item1 == v || e.Item2 == v);
                List<(double Value, int[] Vertices)> cliques = CellComplexes.Cliques(count, edges, v => Degree(v));
                Same(MatrixReduction.ReduceSimplices(cliques, 2), GraphPersistence.DegreeClique(graph, 2, 1000));
                Same(MatrixReduction.ReduceSimplices([.. cliques.Where(c => c.Vertices.Length <= 2)], 1), GraphPersistence.DegreeGraph(graph));
            },
            iter: 300);

    [Fact]
    public void Hop_distances_beside_Floyd_and_Warshall() => Gen.Select(Gen.Int[1, 9], Gen.Bool)
        .SelectMany((count, unit) => Gen.Select(Gen.Int[0, count - 1], Gen.Int[0, count - 1], unit ? Gen.Const(1) : Gen.Int[1, 5]).Array[0, 14].Select(e => (count, e)))
        .Sample(
            t =>
            {
                double[,] model = new double[t.count, t.count];
                for (int i = 0; i < t.count; i++)
                {
                    for (int j = 0; j < t.count; j++)
                    {
                        model[i, j] = i == j ? 0 : t.e.Where(e => (e.Item1, e.Item2) == (i, j) || (e.Item2, e.Item1) == (i, j)).Select(e => (double)e.Item3).DefaultIfEmpty(double.PositiveInfinity).Min();
                    }
                }

                for (int k = 0; k < t.count; k++)
                {
                    for (int i = 0; i < t.count; i++)
                    {
                        for (int j = 0; j < t.count; j++)
                        {
                            model[i, j] = Math.Min(model[i, j], model[i, k] + model[k, j]);
                        }
                    }
                }

                DistanceMatrix found = GraphPersistence.HopDistances(new WeightedGraph(t.count, t.e.Select(e => new GraphEdge(e.Item1, e.Item2, e.Item3)).ToArray()));
                for (int i = 0; i < t.count; i++)
                {
                    for (int j = 0; j < i; j++)
                    {
                        Assert.Equal(model[i, j], found[i, j]);
                    }
                }
            },
            iter: 300);

    [Fact]
    public void Large_inputs_are_sorted_as_small_ones_are() => Gen.Double[-1e9, 1e9].Array[512, 3000].Sample(values =>
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        values[7] = values[500];
        values[8] = -0.0;
        values[9] = 0.0;
        ValueOrder.Sort(values, -1, order);
        Assert.Equal(Enumerable.Range(0, values.Length).OrderBy(i => -values[i]).ThenBy(i => i), order);
    }, iter: 50);

    private static void Same(Barcode expected, Barcode actual)
    {
        Assert.Equal(expected.Dimensions, actual.Dimensions);
        for (int d = 0; d < expected.Dimensions; d++)
        {
            Assert.Equal(expected[d].Bars.ToArray(), actual[d].Bars.ToArray());
        }
    }
}
