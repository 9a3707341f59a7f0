namespace AuraMemory.Topology.Tests.Model;

/// <summary>
/// Persistent homology by the definition: the boundary matrix of a filtered complex over Z/2, reduced column by column from left to
/// right (Edelsbrunner, Letscher, Zomorodian 2002). No shortcut of any kind, so that it can be the model of the fast engines.
/// </summary>
internal static class MatrixReduction
{
    /// <summary>Barcode of a filtered cell complex, simplicial or cubical.</summary>
    /// <param name="cells">
    /// Value of each cell and the indexes of the cells of its boundary, empty for a vertex. Any order of the list; a cell must not
    /// have a smaller value than a cell of its boundary.
    /// </param>
    /// <param name="maxDimension">Highest homology dimension wanted, 0 to 2. Cells up to one dimension more must be there.</param>
    public static Barcode ReduceCells(IReadOnlyList<(double Value, int[] Boundary)> cells, int maxDimension)
    {
        int[] dimension = Dimensions(cells);
        int[] order = [.. Enumerable.Range(0, cells.Count).OrderBy(c => cells[c].Value).ThenBy(c => dimension[c]).ThenBy(c => c)];
        var place = new int[cells.Count];
        for (int i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }

        var columnOfLowest = new Dictionary<int, SortedSet<int>>();
        var dead = new HashSet<int>();
        var bars = new List<Bar>[maxDimension + 2];
        for (int d = 0; d < bars.Length; d++)
        {
            bars[d] = [];
        }

        foreach (int cell in order)
        {
            var column = new SortedSet<int>();
            foreach (int face in cells[cell].Boundary)
            {
                if (place[face] > place[cell])
                {
                    throw new ArgumentException($"Cell {cell} comes before its face {face}.", nameof(cells));
                }

                column.SymmetricExceptWith([place[face]]);
            }

            while (column.Count > 0 && columnOfLowest.TryGetValue(column.Max, out SortedSet<int>? other))
            {
                column.SymmetricExceptWith(other);
            }

            if (column.Count > 0)
            {
                int born = column.Max;
                columnOfLowest.Add(born, column);
                dead.Add(born);
                dead.Add(place[cell]);
                int d = dimension[order[born]];
                if (d <= maxDimension)
                {
                    bars[d].Add(new Bar(cells[order[born]].Value, cells[cell].Value));
                }
            }
        }

        for (int i = 0; i < order.Length; i++)
        {
            if (!dead.Contains(i) && dimension[order[i]] <= maxDimension)
            {
                bars[dimension[order[i]]].Add(new Bar(cells[order[i]].Value, double.PositiveInfinity));
            }
        }

        return new Barcode([.. Enumerable.Range(0, maxDimension + 1).Select(d => new Diagram(bars[d].ToArray()))]);
    }

    /// <summary>Barcode of a filtered simplicial complex given by the vertices of its simplices.</summary>
    /// <param name="simplices">Value and vertices of each simplex, in any order; every face must be there.</param>
    /// <param name="maxDimension">Highest homology dimension wanted, 0 to 2.</param>
    public static Barcode ReduceSimplices(IReadOnlyList<(double Value, int[] Vertices)> simplices, int maxDimension)
    {
        var index = new Dictionary<string, int>();
        for (int i = 0; i < simplices.Count; i++)
        {
            index.Add(Name(simplices[i].Vertices.Order()), i);
        }

        var cells = new List<(double, int[])>();
        foreach ((double value, int[] vertices) in simplices)
        {
            int[] faces = vertices.Length == 1 ? [] : [.. vertices.Select(left => index[Name(vertices.Where(v => v != left).Order())])];
            cells.Add((value, faces));
        }

        return ReduceCells(cells, maxDimension);
    }

    /// <summary>All simplices with at most <paramref name="maxDimension"/> + 2 vertices whose edges are no longer than the threshold.</summary>
    /// <param name="count">Number of vertices, each born at 0.</param>
    /// <param name="distance">Length of an edge; positive infinity = never joined.</param>
    /// <param name="maxDimension">Highest homology dimension wanted, 0 to 2.</param>
    /// <param name="threshold">Longest edge of the complex; null = every finite one.</param>
    public static List<(double Value, int[] Vertices)> Rips(int count, Func<int, int, double> distance, int maxDimension, double? threshold)
    {
        double most = threshold ?? double.MaxValue;
        List<(double Value, int[] Vertices)> level = [.. Enumerable.Range(0, count).Select(v => (0.0, new[] { v }))];
        var all = new List<(double Value, int[] Vertices)>(level);
        for (int d = 1; d <= maxDimension + 1; d++)
        {
            var next = new List<(double Value, int[] Vertices)>();
            foreach ((double value, int[] vertices) in level)
            {
                for (int v = vertices[^1] + 1; v < count; v++)
                {
                    double longest = vertices.Max(u => distance(u, v));
                    if (longest <= most)
                    {
                        next.Add((Math.Max(value, longest), [.. vertices, v]));
                    }
                }
            }

            all.AddRange(next);
            level = next;
        }

        return all;
    }

    private static int[] Dimensions(IReadOnlyList<(double Value, int[] Boundary)> cells)
    {
        var known = new int[cells.Count];
        Array.Fill(known, -1);
        for (int i = 0; i < cells.Count; i++)
        {
            Of(i);
        }

        return known;

        int Of(int cell) => known[cell] >= 0 ? known[cell]
            : known[cell] = cells[cell].Boundary.Length == 0 ? 0 : Of(cells[cell].Boundary[0]) + 1;
    }

    private static string Name(IEnumerable<int> sorted) => string.Join(',', sorted);
}
