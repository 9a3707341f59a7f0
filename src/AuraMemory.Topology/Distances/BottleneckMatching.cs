using System.Numerics;
using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Distances;

/// <summary>Smallest radius at which every row that is farther than it from the diagonal can be matched.</summary>
/// <remarks>
/// <para>
/// A matching of cost r exists if and only if the points of A farther than r from the diagonal can be matched into B along edges of
/// length at most r, and those of B into A: by Mendelsohn and Dulmage (1958) two such one-sided matchings combine into one that
/// serves both. So the bottleneck distance is the larger of two one-sided radii, and this class computes one of them.
/// </para>
/// <para>
/// The radius starts at a lower bound and only rises. Each row that needs a partner searches one by an augmenting path whose
/// longest edge is shortest (Dijkstra with max in place of +, edges up to the radius counting as the radius). The path ends at a free column, or at a row on the way
/// for which the diagonal is near enough. Where the path needs more than the radius, no smaller radius would do: the
/// columns reached below it are all taken by rows that all need them (Hall). So the radius becomes exactly the length of that edge or
/// of that way to the diagonal, and the final value is a number that occurs among the input's distances: exact, without a search over candidates.
/// </para>
/// <para>Columns without partner stand in front: among equals they are met first, and a search that meets one within the radius stops there.</para>
/// </remarks>
internal static class BottleneckMatching
{
    /// <summary>Fills the workspace.</summary>
    public static MatchingWorkspace Prepare(ReadOnlySpan<Bar> rows, ReadOnlySpan<Bar> columns)
    {
        MatchingWorkspace w = MatchingWorkspace.Rent(rows.Length, columns.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            w.RowBirth[i] = rows[i].Birth;
            w.RowDeath[i] = rows[i].Death;
            w.RowDiagonal[i] = Half(rows[i]);
            w.RowMatch[i] = -1;
        }

        for (int j = 0; j < columns.Length; j++)
        {
            w.ColumnBirth[j] = columns[j].Birth;
            w.ColumnDeath[j] = columns[j].Death;
            w.ColumnMatch[j] = -1;
            w.ColumnPoint[j] = j;
        }

        for (int j = columns.Length; j < w.PaddedColumns; j++)
        {
            w.ColumnBirth[j] = double.PositiveInfinity;
            w.ColumnDeath[j] = 0;
        }

        return w;
    }

    /// <summary>Distance of a bar to the diagonal in the maximum norm, without overflow.</summary>
    public static double Half(in Bar bar) => (0.5 * bar.Death) - (0.5 * bar.Birth);

    /// <summary>Raises the radius until all rows farther than it from the diagonal are matched; stops above <paramref name="bound"/>.</summary>
    public static double Solve(MatchingWorkspace w, double radius, double bound, CancellationToken cancellation)
    {
        int free = w.Columns;
        for (int i = 0; i < w.Rows && radius <= bound; i++)
        {
            if (w.RowDiagonal[i] > radius)
            {
                cancellation.ThrowIfCancellationRequested();
                radius = Augment(w, i, radius, ref free);
            }
        }

        return radius;
    }

    private static double Augment(MatchingWorkspace w, int start, double radius, ref int free)
    {
        Array.Fill(w.Distance, double.PositiveInfinity, 0, w.PaddedColumns);
        int scanned = 0;
        int row = start;
        double length = radius;
        double diagonalLength = w.RowDiagonal[start];
        int diagonalRow = start;
        int column;
        while (true)
        {
            double least = Relax(w, row, length, free, out column);
            if (diagonalLength <= least)
            {
                length = diagonalLength;
                column = -1;
                break;
            }

            length = least;
            row = w.ColumnMatch[column];
            if (row < 0)
            {
                break;
            }

            double end = Math.Max(length, w.RowDiagonal[row]);
            w.Scanned[scanned] = column;
            w.ScannedPotential[scanned] = w.ColumnBirth[column];
            scanned++;
            w.ColumnBirth[column] = double.PositiveInfinity;
            w.Distance[column] = double.PositiveInfinity;
            if (end < diagonalLength)
            {
                diagonalLength = end;
                diagonalRow = row;
                if (end <= length)
                {
                    column = -1;
                    break;
                }
            }
        }

        for (int s = 0; s < scanned; s++)
        {
            w.ColumnBirth[w.Scanned[s]] = w.ScannedPotential[s];
        }

        int target = column;
        if (column < 0)
        {
            column = w.RowMatch[diagonalRow];
            w.RowMatch[diagonalRow] = -1;
            if (diagonalRow == start)
            {
                return length;
            }
        }

        while (true)
        {
            int taker = (int)w.Previous[column];
            int given = w.RowMatch[taker];
            w.ColumnMatch[column] = taker;
            w.RowMatch[taker] = column;
            if (taker == start)
            {
                break;
            }

            column = given;
        }

        if (target >= 0)
        {
            w.Swap(target, --free);
        }

        return length;
    }

    /// <summary>Extends paths by one row; returns the least length of a path to a column not yet scanned, and the column.</summary>
    private static double Relax(MatchingWorkspace w, int row, double length, int free, out int column)
    {
        var birth = new Vector<double>(w.RowBirth[row]);
        var death = new Vector<double>(w.RowDeath[row]);
        var floor = new Vector<double>(length);
        var self = new Vector<long>(row);
        ref double births = ref MemoryMarshal.GetArrayDataReference(w.ColumnBirth);
        ref double deaths = ref MemoryMarshal.GetArrayDataReference(w.ColumnDeath);
        ref double distances = ref MemoryMarshal.GetArrayDataReference(w.Distance);
        ref long previous = ref MemoryMarshal.GetArrayDataReference(w.Previous);
        Vector<double> first = new(double.PositiveInfinity);
        Vector<long> where = Vector<long>.Zero;
        Vector<long> index = Vector<long>.Indices;
        var step = new Vector<long>(Vector<long>.Count);
        nuint end = (nuint)w.PaddedColumns;
        for (nuint j = 0; j < end; j += (nuint)Vector<double>.Count)
        {
            Vector<double> path = Vector.Max(floor, MaximumCost.Of(birth - Vector.LoadUnsafe(ref births, j), death - Vector.LoadUnsafe(ref deaths, j)));
            Vector<double> known = Vector.LoadUnsafe(ref distances, j);
            Vector<long> shorter = Vector.LessThan(path, known);
            Vector<double> best = Vector.Min(path, known);
            Vector.StoreUnsafe(best, ref distances, j);
            Vector.StoreUnsafe(Vector.ConditionalSelect(shorter, self, Vector.LoadUnsafe(ref previous, j)), ref previous, j);
            Vector<long> less = Vector.LessThan(best, first);
            first = Vector.Min(first, best);
            where = Vector.ConditionalSelect(less, index, where);
            index += step;
            if (j < (nuint)free && Vector.LessThanOrEqualAny(best, floor))
            {
                // No path is shorter than the floor; lanes past the free columns are met here only together with a whole vector.
                for (int lane = 0; lane < Vector<double>.Count; lane++)
                {
                    if (best[lane] <= length && (int)j + lane < free)
                    {
                        column = (int)j + lane;
                        return length;
                    }
                }
            }
        }

        double least = first[0];
        long at = where[0];
        for (int lane = 1; lane < Vector<double>.Count; lane++)
        {
            double x = first[lane];
            if (x < least || (x == least && where[lane] < at))
            {
                least = x;
                at = where[lane];
            }
        }

        column = (int)at;
        return least;
    }
}
