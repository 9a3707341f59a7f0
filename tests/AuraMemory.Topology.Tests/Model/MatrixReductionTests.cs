namespace AuraMemory.Topology.Tests.Model;

public sealed class MatrixReductionTests
{
    /// <summary>Six vertices, ten triangles: the smallest triangulation of the projective plane.</summary>
    private static readonly int[][] ProjectivePlane =
        [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5], [0, 1, 5], [1, 2, 4], [2, 3, 5], [1, 3, 4], [2, 4, 5], [1, 3, 5]];

    [Fact]
    public void The_boundary_of_a_tetrahedron_is_a_sphere() =>
        Assert.Equal((1, 0, 1), Betti(Closure([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]])));

    [Fact]
    public void A_torus_of_seven_vertices_has_two_loops_and_a_void()
    {
        // Moebius and Csaszar: triangles {i, i+1, i+3} and {i, i+2, i+3} modulo 7.
        int[][] triangles = [.. Enumerable.Range(0, 7).SelectMany(i => new int[][] { [i, (i + 1) % 7, (i + 3) % 7], [i, (i + 2) % 7, (i + 3) % 7] })];

        Assert.Equal((1, 2, 1), Betti(Closure(triangles)));
    }

    [Fact]
    public void Over_two_elements_the_projective_plane_has_one_class_in_every_dimension() =>
        Assert.Equal((1, 1, 1), Betti(Closure(ProjectivePlane)));

    [Fact]
    public void A_hollow_square_is_born_with_its_last_edge_and_dies_with_its_face()
    {
        (double, int[])[] cells = [(0, []), (0, []), (1, []), (2, []), (1, [0, 1]), (2, [1, 2]), (3, [2, 3]), (4, [3, 0]), (7, [4, 5, 6, 7])];

        Barcode barcode = MatrixReduction.ReduceCells(cells, 1);

        Assert.Equal([new Bar(0, 1), new Bar(1, 2), new Bar(2, 3), new Bar(0, double.PositiveInfinity)], barcode[0].Bars.ToArray().OrderBy(b => b.Death));
        Assert.Equal([new Bar(4, 7)], barcode[1].Bars.ToArray());
    }

    [Fact]
    public void The_corners_of_a_unit_square_close_a_loop_until_the_diagonals_come()
    {
        (double X, double Y)[] corner = [(0, 0), (1, 0), (1, 1), (0, 1)];
        Barcode barcode = MatrixReduction.ReduceSimplices(
            MatrixReduction.Rips(4, (i, j) => double.Hypot(corner[i].X - corner[j].X, corner[i].Y - corner[j].Y), 1, threshold: null), 1);

        Assert.Equal([new Bar(1, Math.Sqrt(2))], barcode[1].Bars.ToArray());
        Assert.Equal(4, barcode[0].Count);
    }

    private static (int, int, int) Betti(List<(double, int[])> simplices) => MatrixReduction.ReduceSimplices(simplices, 2).BettiNumbers(0);

    private static List<(double Value, int[] Vertices)> Closure(int[][] triangles)
    {
        var faces = new Dictionary<string, int[]>();
        foreach (int[] triangle in triangles)
        {
            for (int mask = 1; mask < 8; mask++)
            {
                int[] face = [.. triangle.Where((_, i) => (mask >> i & 1) == 1).Order()];
                faces[string.Join(',', face)] = face;
            }
        }

        // All at one instant: only what the whole surface has is longer than zero.
        return [.. faces.Values.Select(f => (0.0, f))];
    }
}
