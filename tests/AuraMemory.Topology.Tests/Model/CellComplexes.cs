namespace AuraMemory.Topology.Tests.Model;

/// <summary>Filtered complexes written out cell by cell from the definition, for <see cref="MatrixReduction"/>.</summary>
internal static class CellComplexes
{
    /// <summary>The path graph with the samples on its vertices.</summary>
    public static List<(double Value, int[] Boundary)> Path(double[] samples)
    {
        var cells = new List<(double, int[])>();
        foreach (double sample in samples)
        {
            cells.Add((sample, []));
        }

        for (int i = 1; i < samples.Length; i++)
        {
            cells.Add((Math.Max(samples[i - 1], samples[i]), [i - 1, i]));
        }

        return cells;
    }

    /// <summary>All cells of a grid of any rank: a cell is a point or an interval in each direction.</summary>
    public static List<(double Value, int[] Boundary)> Grid(double[] values, int[] extents, GridCells stand)
    {
        bool top = stand == GridCells.Top;
        int[] doubled = [.. extents.Select(e => (2 * e) + (top ? 1 : -1))];
        int total = doubled.Aggregate(1, (a, b) => a * b);
        var cells = new List<(double, int[])>();
        for (int cell = 0; cell < total; cell++)
        {
            int[] at = Split(cell, doubled);
            var boundary = new List<int>();
            for (int axis = 0; axis < at.Length; axis++)
            {
                if (at[axis] % 2 == 1)
                {
                    boundary.Add(Join(With(at, axis, at[axis] - 1), doubled));
                    boundary.Add(Join(With(at, axis, at[axis] + 1), doubled));
                }
            }

            cells.Add((Value(at, values, extents, top), [.. boundary]));
        }

        return cells;
    }

    /// <summary>All cliques of up to four vertices, each at the largest value of its vertices.</summary>
    public static List<(double Value, int[] Vertices)> Cliques(int count, HashSet<(int, int)> edges, Func<int, double> value)
    {
        var all = new List<(double, int[])>();
        List<int[]> level = [.. Enumerable.Range(0, count).Select(v => new[] { v })];
        for (int size = 1; size <= 4; size++)
        {
            all.AddRange(level.Select(c => (c.Max(value), c)));
            level = [.. level.SelectMany(c => Enumerable.Range(c[^1] + 1, count - c[^1] - 1).Where(v => c.All(u => edges.Contains((u, v)))).Select(v => (int[])[.. c, v]))];
        }

        return all;
    }

    /// <summary>Largest of the vertices of a cell, or smallest of the top cells around it.</summary>
    private static double Value(int[] at, double[] values, int[] extents, bool top)
    {
        var around = new List<int[]> { at };
        for (int axis = 0; axis < at.Length; axis++)
        {
            bool between = (at[axis] % 2 == 1) != top;
            if (between)
            {
                int k = axis;
                around = [.. around.SelectMany(a => new[] { With(a, k, a[k] - 1), With(a, k, a[k] + 1) })];
            }
        }

        double[] found = [.. around.Select(a => a.Select(c => top ? (c - 1) / 2.0 : c / 2.0).ToArray())
            .Where(c => c.Zip(extents).All(p => p.First >= 0 && p.First < p.Second))
            .Select(c => values[Join([.. c.Select(v => (int)v)], extents)])];
        return top ? found.Min() : found.Max();
    }

    private static int[] With(int[] at, int axis, int coordinate)
    {
        int[] other = [.. at];
        other[axis] = coordinate;
        return other;
    }

    private static int[] Split(int index, int[] extents)
    {
        var at = new int[extents.Length];
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            at[axis] = index % extents[axis];
            index /= extents[axis];
        }

        return at;
    }

    private static int Join(int[] at, int[] extents) => at.Zip(extents).Aggregate(0, (sum, p) => (sum * p.Second) + p.First);
}
