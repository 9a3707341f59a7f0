using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Filtrations;

/// <summary>
/// The components of the sub- and superlevel sets of a grid, by union-find over the order of its values: homology of dimension 0, and by Alexander duality
/// that of the highest dimension but one of the space.
/// </summary>
/// <remarks>
/// The grid is kept with a border of one cell on every side, so that no neighbour needs a bounds check. Cells are named by their place in the order of the sweep,
/// 1 to n; of two components the one with the smaller name is the elder, so a root is always the name of its component's oldest cell. The border is never reached
/// when components are counted from below (its name is the largest), and is the elder of all, name 0, when they are counted from above: it is the outside.
/// <para>
/// Duality: the complement of a sublevel set in the sphere consists of the cells above the value and the outside. A class of dimension d - 1 of the
/// sublevel set in d-space is a component of that complement other than the outside's. A component that appears at value m as values fall, and is
/// joined to an older one at s, is the class born at s that dies at m (Garin, Heiss, Maggs, Bleile, Robins, Duality in persistent homology of images, 2020).
/// Where the values are top cells, which touch along faces and corners, the cells above are open and touch along faces only; where they are vertices it is the other way round.
/// </para>
/// </remarks>
internal sealed class GridSweep
{
    private const int CellsBetweenChecks = 1 << 14;

    private readonly int[] _order;
    private readonly double[] _sorted;
    private readonly int[] _names;
    private readonly int[] _along;
    private readonly int[] _across;
    private readonly CancellationToken _cancellation;

    /// <summary>Sorts the values. O(n).</summary>
    /// <param name="values">Finite numbers, row-major.</param>
    /// <param name="extents">Two or three extents.</param>
    /// <param name="sign">1, or -1 to sweep the negated values.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public GridSweep(ReadOnlySpan<double> values, IReadOnlyList<int> extents, double sign, CancellationToken cancellation)
    {
        int count = values.Length;
        int depth = extents.Count == 3 ? extents[0] : 1;
        int height = extents[^2];
        int width = extents[^1];
        int row = width + 2;
        int plane = row * (height + 2);
        bool solid = extents.Count == 3;
        _cancellation = cancellation;
        _order = new int[count];
        int cell = 0;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                int start = ((solid ? z + 1 : 0) * plane) + ((y + 1) * row) + 1;
                for (int x = 0; x < width; x++)
                {
                    _order[cell++] = start + x;
                }
            }
        }

        // The place of each cell inside the border, before the sort destroys it.
        int[] places = (int[])_order.Clone();
        ValueOrder.Sort(values, sign, _order);
        _names = new int[checked(plane * (solid ? depth + 2 : 1))];
        _sorted = new double[count + 1];
        for (int i = 0; i < count; i++)
        {
            _names[places[i]] = i;
        }

        for (int k = 0; k < count; k++)
        {
            _sorted[k + 1] = sign * values[_names[_order[k]]];
        }

        _along = solid ? [-plane, -row, -1, 1, row, plane] : [-row, -1, 1, row];
        _across = Across(row, plane, solid);
    }

    /// <summary>Components of the sublevel sets. O(n α(n)).</summary>
    /// <param name="cells">Tells which cells touch.</param>
    public Diagram Components(GridCells cells)
    {
        int count = _order.Length;
        Array.Fill(_names, int.MaxValue);
        for (int k = 0; k < count; k++)
        {
            _names[_order[k]] = k + 1;
        }

        List<Bar> bars = Join(1, 1, cells == GridCells.Top ? _across : _along);
        bars.Add(new Bar(_sorted[1], double.PositiveInfinity));
        return new Diagram(CollectionsMarshal.AsSpan(bars));
    }

    /// <summary>Classes of the sublevel sets one dimension below that of the grid: the hollows. O(n α(n)).</summary>
    /// <param name="cells">Tells which cells touch.</param>
    public Diagram Hollows(GridCells cells)
    {
        int count = _order.Length;
        Array.Clear(_names);
        for (int k = 0; k < count; k++)
        {
            _names[_order[k]] = count - k;
        }

        return new Diagram(CollectionsMarshal.AsSpan(Join(count, -1, cells == GridCells.Top ? _along : _across)));
    }

    /// <summary>Adds the cells from one end of the order to the other, and lists the mergers at values that differ from the younger's first.</summary>
    /// <param name="first">Position in the order, from 1, of the cell named 1.</param>
    /// <param name="step">1 = rising values, -1 = falling.</param>
    /// <param name="neighbours">Offsets of the cells that touch a cell.</param>
    private List<Bar> Join(int first, int step, int[] neighbours)
    {
        int count = _order.Length;
        var bars = new List<Bar>(Math.Max(16, count / 8));
        var roots = new int[count + 1];
        ref int root = ref MemoryMarshal.GetArrayDataReference(roots);
        ref int names = ref MemoryMarshal.GetArrayDataReference(_names);
        for (int name = 1; name <= count; name++)
        {
            if (name % CellsBetweenChecks == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            int position = first + (step * (name - 1));
            int place = _order[position - 1];
            Unsafe.Add(ref root, name) = name;
            int own = name;
            foreach (int offset in neighbours)
            {
                int other = Unsafe.Add(ref names, place + offset);
                if (other >= name)
                {
                    continue;
                }

                while (Unsafe.Add(ref root, other) != other)
                {
                    ref int parent = ref Unsafe.Add(ref root, other);
                    parent = Unsafe.Add(ref root, parent);
                    other = parent;
                }

                if (other == own)
                {
                    continue;
                }

                int younger = Math.Max(own, other);
                own = Math.Min(own, other);
                Unsafe.Add(ref root, younger) = own;
                double merged = _sorted[position];
                double appeared = _sorted[first + (step * (younger - 1))];
                if (merged != appeared)
                {
                    bars.Add(step > 0 ? new Bar(appeared, merged) : new Bar(merged, appeared));
                }
            }
        }

        return bars;
    }

    private static int[] Across(int row, int plane, bool solid)
    {
        var offsets = new List<int>(26);
        for (int z = solid ? -1 : 0; z <= (solid ? 1 : 0); z++)
        {
            for (int y = -1; y <= 1; y++)
            {
                for (int x = -1; x <= 1; x++)
                {
                    if ((x, y, z) != (0, 0, 0))
                    {
                        offsets.Add((z * plane) + (y * row) + x);
                    }
                }
            }
        }

        return [.. offsets];
    }
}
