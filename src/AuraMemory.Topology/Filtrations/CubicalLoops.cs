using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Dimension 1 of the sublevel sets of a volume: the one dimension that no sweep over components gives.</summary>
/// <remarks>
/// Cells stand on a grid of doubled coordinates: a coordinate is even where the cell is a point in that direction and odd where it is an interval, so the dimension of a cell is
/// its number of odd coordinates, and its faces are the neighbours in its odd directions. A cell is known by the place of its value in the sorted order of the given values, so
/// that comparing is on integers and a counting sort puts each dimension into filtration order. Then: components by union-find give the edges that
/// join (these are cleared), the others are paired with squares by <see cref="CoboundaryReduction"/>. A box has no loop in the end, so none stays unpaired
/// (Wagner, Chen, Vuçini, Efficient computation of persistent homology for cubical data, 2012).
/// </remarks>
internal sealed class CubicalLoops
{
    private readonly int[] _extents = new int[3];
    private readonly int[] _strides = new int[3];
    private readonly int[] _ranks;
    private readonly double[] _sorted;

    /// <summary>Gives every cell its value. O(cells).</summary>
    /// <param name="values">Finite numbers, row-major.</param>
    /// <param name="extents">Three extents.</param>
    /// <param name="cells">What the values stand on.</param>
    /// <param name="sign">1, or -1 for the negated values.</param>
    public CubicalLoops(ReadOnlySpan<double> values, IReadOnlyList<int> extents, GridCells cells, double sign)
    {
        bool top = cells == GridCells.Top;
        for (int axis = 0; axis < 3; axis++)
        {
            _extents[axis] = (2 * extents[axis]) + (top ? 1 : -1);
        }

        _strides = [checked(_extents[1] * _extents[2]), _extents[2], 1];
        _ranks = new int[checked(_extents[0] * _strides[0])];
        var order = new int[values.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        ValueOrder.Sort(values, sign, order);
        _sorted = new double[order.Length];
        int first = top ? 1 : 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            int index = order[rank];
            int x = index % extents[2];
            int y = index / extents[2] % extents[1];
            int z = index / extents[2] / extents[1];
            _sorted[rank] = sign * values[index];
            _ranks[Place((2 * z) + first, (2 * y) + first, (2 * x) + first)] = rank;
        }

        for (int axis = 0; axis < 3; axis++)
        {
            Spread(axis, top);
        }
    }

    /// <summary>Number of cells of a volume.</summary>
    public static long CellsOf(IReadOnlyList<int> extents, GridCells cells)
    {
        long product = 1;
        foreach (int extent in extents)
        {
            product *= (2L * extent) + (cells == GridCells.Top ? 1 : -1);
        }

        return product;
    }

    /// <summary>The diagram of dimension 1; null when the work was not enough.</summary>
    /// <param name="mostWork">See <see cref="CoboundaryReduction.Pair"/>.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public Diagram? Compute(long mostWork, CancellationToken cancellation)
    {
        var positions = new int[_ranks.Length];
        int[] vertices = InOrder(0, positions);
        int[] edges = InOrder(1, positions);
        int[] squares = InOrder(2, positions);
        cancellation.ThrowIfCancellationRequested();
        bool[] joins = Joins(vertices.Length, edges, positions);
        var faces = new int[squares.Length * 4];
        int next = 0;
        foreach (int square in squares)
        {
            (int z, int y, int x) = Coordinates(square);
            AddFaces(square, z, _strides[0], positions, faces, ref next);
            AddFaces(square, y, _strides[1], positions, faces, ref next);
            AddFaces(square, x, _strides[2], positions, faces, ref next);
        }

        Coboundary coboundary = Coboundary.FromFaces(faces, 4, edges.Length);
        int[]? partners = CoboundaryReduction.Pair(coboundary, joins, mostWork, cancellation);
        if (partners is null)
        {
            return null;
        }

        var bars = new List<Bar>();
        for (int edge = 0; edge < partners.Length; edge++)
        {
            if (partners[edge] < 0)
            {
                continue;
            }

            double birth = _sorted[_ranks[edges[edge]]];
            double death = _sorted[_ranks[squares[partners[edge]]]];
            if (birth < death)
            {
                bars.Add(new Bar(birth, death));
            }
        }

        return new Diagram(CollectionsMarshal.AsSpan(bars));
    }

    private static void AddFaces(int square, int coordinate, int stride, int[] positions, int[] faces, ref int next)
    {
        if ((coordinate & 1) == 1)
        {
            faces[next++] = positions[square - stride];
            faces[next++] = positions[square + stride];
        }
    }

    /// <summary>Edges that join two components, by union-find; roots are the oldest vertices.</summary>
    private bool[] Joins(int vertexCount, int[] edges, int[] positions)
    {
        var joins = new bool[edges.Length];
        int[] roots = UnionFind.Singletons(vertexCount);
        for (int i = 0; i < edges.Length; i++)
        {
            (int z, int y, int x) = Coordinates(edges[i]);
            int stride = (z & 1) == 1 ? _strides[0] : (y & 1) == 1 ? _strides[1] : _strides[2];
            joins[i] = UnionFind.Join(roots, positions[edges[i] - stride], positions[edges[i] + stride]) >= 0;
        }

        return joins;
    }

    /// <summary>Cells of one dimension in filtration order, by a counting sort of their ranks; notes the position of each.</summary>
    private int[] InOrder(int dimension, int[] positions)
    {
        var starts = new int[_sorted.Length + 1];
        foreach (int cell in OfDimension(dimension))
        {
            starts[_ranks[cell] + 1]++;
        }

        for (int i = 0; i < _sorted.Length; i++)
        {
            starts[i + 1] += starts[i];
        }

        var cells = new int[starts[^1]];
        foreach (int cell in OfDimension(dimension))
        {
            int position = starts[_ranks[cell]]++;
            cells[position] = cell;
            positions[cell] = position;
        }

        return cells;
    }

    private IEnumerable<int> OfDimension(int dimension)
    {
        for (int z = 0; z < _extents[0]; z++)
        {
            for (int y = 0; y < _extents[1]; y++)
            {
                // With two directions settled, either every other cell of the row has the dimension, or none.
                int left = dimension - (z & 1) - (y & 1);
                if (left is not (0 or 1))
                {
                    continue;
                }

                int row = Place(z, y, 0);
                for (int x = left; x < _extents[2]; x += 2)
                {
                    yield return row + x;
                }
            }
        }
    }

    /// <summary>Gives the cells between those that have a rank along one axis theirs: the larger of a point's two (vertices), or the smaller (top cells).</summary>
    private void Spread(int axis, bool top)
    {
        int extent = _extents[axis];
        int stride = _strides[axis];
        int first = top ? 0 : 1;
        for (int place = 0; place < _ranks.Length; place++)
        {
            int coordinate = place / stride % extent;
            if ((coordinate & 1) != first)
            {
                continue;
            }

            if (top)
            {
                int before = coordinate > 0 ? _ranks[place - stride] : int.MaxValue;
                int after = coordinate < extent - 1 ? _ranks[place + stride] : int.MaxValue;
                _ranks[place] = Math.Min(before, after);
            }
            else
            {
                _ranks[place] = Math.Max(_ranks[place - stride], _ranks[place + stride]);
            }
        }
    }

    private int Place(int z, int y, int x) => (z * _strides[0]) + (y * _strides[1]) + x;

    private (int Z, int Y, int X) Coordinates(int place) =>
        (place / _strides[0], place / _strides[1] % _extents[1], place % _extents[2]);
}
