using System.Numerics;
using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Distances;

/// <summary>Exact minimum-cost partial matching of two sets of points, where every point may go to the diagonal instead.</summary>
/// <remarks>
/// <para>
/// W^q = min over partial matchings of sum c_ij over pairs + sum r_i over unmatched rows + sum s_j over unmatched columns, with r
/// and s the costs to the diagonal. The linear program dual to it asks for potentials p and g with
/// p_i &lt;= r_i, g_j &lt;= s_j, p_i + g_j &lt;= c_ij that make sum p + sum g largest. With u = p - r and v = g - s this is the
/// assignment on the reduced costs min(c_ij - r_i - s_j, 0): the diagonal needs no copies of the points, and the problem
/// stays n x m instead of (n + m) x (n + m).
/// </para>
/// <para>Invariants, between any two steps:</para>
/// <list type="number">
/// <item>The potentials are feasible, so sum p + sum g is a lower bound of W^q (weak duality). It never falls.</item>
/// <item>A matched pair is tight: p_i + g_j = c_ij. A settled row without partner has p_i = r_i; a column without partner has g_j = s_j.</item>
/// <item>A column that has a partner keeps having one. Columns without partner stand in front, so among equals they are met first.</item>
/// </list>
/// <para>
/// When all rows are settled, complementary slackness makes the matching optimal. Two phases: dual ascent (the "augmenting row reduction" of
/// Jonker and Volgenant 1987: a row takes its best column and lowers that column's potential to where the second best, or the
/// diagonal, would be as good), then for each row still unsettled a shortest augmenting path (Dijkstra on the reduced costs) that ends at
/// a free column or at a row on the way that is content with the diagonal. O(n^2 m) at worst; costs are computed where
/// they are used, in vectors, and never stored: O(n + m) memory.
/// </para>
/// </remarks>
/// <typeparam name="TCost">Ground cost.</typeparam>
internal static class OptionalAssignment<TCost>
    where TCost : struct, IGroundCost
{
    // Rounding of a sum of so many potentials stays far below this share; a bound is only believed beyond it.
    private const double RoundingShare = 1e-11;

    // Ascents per row after which paths are cheaper: measured on random and on series diagrams.
    private const int AscentsPerRow = 6;

    /// <summary>Fills the workspace: smaller side as rows. Points are multiplied by 2^<paramref name="exponent"/>.</summary>
    /// <returns>The workspace, to be returned by the caller.</returns>
    public static MatchingWorkspace Prepare(ReadOnlySpan<Bar> rows, ReadOnlySpan<Bar> columns, int exponent)
    {
        MatchingWorkspace w = MatchingWorkspace.Rent(rows.Length, columns.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            (double birth, double death) = DiagramScale.Apply(rows[i], exponent);
            w.RowBirth[i] = birth;
            w.RowDeath[i] = death;
            double diagonal = TCost.ToDiagonal(death - birth);
            w.RowDiagonal[i] = diagonal;
            w.RowPotential[i] = diagonal;
            w.RowMatch[i] = -1;
        }

        for (int j = 0; j < columns.Length; j++)
        {
            (double birth, double death) = DiagramScale.Apply(columns[j], exponent);
            w.ColumnBirth[j] = birth;
            w.ColumnDeath[j] = death;
            double diagonal = TCost.ToDiagonal(death - birth);
            w.ColumnDiagonal[j] = diagonal;
            w.ColumnPotential[j] = diagonal;
            w.ColumnMatch[j] = -1;
            w.ColumnPoint[j] = j;
        }

        for (int j = columns.Length; j < w.PaddedColumns; j++)
        {
            w.ColumnBirth[j] = 0;
            w.ColumnDeath[j] = 0;
            w.ColumnPotential[j] = double.NegativeInfinity;
        }

        return w;
    }

    /// <summary>Solves. Afterwards <see cref="MatchingWorkspace.RowMatch"/> is an optimal matching.</summary>
    /// <param name="w">Prepared workspace.</param>
    /// <param name="bound">Value of W^q above which the answer does not matter.</param>
    /// <param name="cancellation">Looked at once a path.</param>
    /// <returns>W^q, or positive infinity when it was proven to exceed <paramref name="bound"/>.</returns>
    public static double Solve(MatchingWorkspace w, double bound, CancellationToken cancellation)
    {
        int free = w.Columns;
        double scale = DiagonalSum(w);
        int unsettled = Ascend(w, ref free, w.Rows * AscentsPerRow);
        bool bounded = bound < double.PositiveInfinity;
        double dual = bounded ? DualValue(w) : 0;
        for (int k = 0; k < unsettled; k++)
        {
            if (bounded && dual - (RoundingShare * scale) > bound)
            {
                return double.PositiveInfinity;
            }

            cancellation.ThrowIfCancellationRequested();
            dual += Augment(w, w.Queue[k], ref free);
        }

        return PrimalValue(w);
    }

    /// <summary>Dual ascent alone: a lower bound of W^q, already made safe against rounding.</summary>
    public static double LowerBound(MatchingWorkspace w, int ascentsPerRow)
    {
        int free = w.Columns;
        double scale = DiagonalSum(w);
        Ascend(w, ref free, w.Rows * ascentsPerRow);
        return Math.Max(0, DualValue(w) - (RoundingShare * scale));
    }

    /// <summary>
    /// The bound with all columns at their diagonal costs: sum of row minima. Feasible by construction, so a lower bound of W^q; it is
    /// what remains when a column may serve many rows.
    /// </summary>
    public static double RowMinimaBound(MatchingWorkspace w)
    {
        double scale = DiagonalSum(w);
        for (int i = 0; i < w.Rows; i++)
        {
            w.RowPotential[i] = RowMinimum(w, i, out _, out _);
        }

        return Math.Max(0, DualValue(w) - (RoundingShare * scale));
    }

    /// <summary>Cost of the matching in which each row, in order, takes the free column that saves most: an upper bound of W^q.</summary>
    public static double GreedyBound(MatchingWorkspace w)
    {
        for (int i = 0; i < w.Rows; i++)
        {
            RowMinimum(w, i, out int column, out _);
            if (column >= 0)
            {
                w.RowMatch[i] = column;
                w.ColumnMatch[column] = i;
                w.ColumnPotential[column] = double.NegativeInfinity;
            }
        }

        return PrimalValue(w);
    }

    /// <summary>Cost of the matching that the workspace holds. A sum of terms that are not negative: nothing cancels.</summary>
    public static double PrimalValue(MatchingWorkspace w)
    {
        double sum = 0;
        for (int i = 0; i < w.Rows; i++)
        {
            int j = w.RowMatch[i];
            sum += j < 0 ? w.RowDiagonal[i] : TCost.Of(w.RowBirth[i] - w.ColumnBirth[j], w.RowDeath[i] - w.ColumnDeath[j]);
        }

        for (int j = 0; j < w.Columns; j++)
        {
            if (w.ColumnMatch[j] < 0)
            {
                sum += w.ColumnDiagonal[j];
            }
        }

        return sum;
    }

    private static double DualValue(MatchingWorkspace w) => Sum(w.RowPotential, w.Rows) + Sum(w.ColumnPotential, w.Columns);

    private static double DiagonalSum(MatchingWorkspace w) => Sum(w.RowDiagonal, w.Rows) + Sum(w.ColumnDiagonal, w.Columns);

    private static double Sum(double[] numbers, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += numbers[i];
        }

        return sum;
    }

    /// <summary>Dual ascent; leaves the rows that are not settled in the queue and says how many.</summary>
    private static int Ascend(MatchingWorkspace w, ref int free, int budget)
    {
        int[] queue = w.Queue;
        int waiting = w.Rows;
        for (int i = 0; i < waiting; i++)
        {
            queue[i] = i;
        }

        // Two passes: what the first one displaces without profit is tried once more, against the lowered potentials.
        for (int pass = 0; pass < 2; pass++)
        {
            int next = 0;
            int k = 0;
            while (k < waiting)
            {
                int row = queue[k++];
                while (row >= 0)
                {
                    if (budget-- <= 0)
                    {
                        // The potential of a row that waits must be feasible against columns that were lowered: it still is, they only fall.
                        w.RowPotential[row] = RowMinimum(w, row, out _, out _);
                        queue[next++] = row;
                        while (k < waiting)
                        {
                            w.RowPotential[queue[k]] = RowMinimum(w, queue[k], out _, out _);
                            queue[next++] = queue[k++];
                        }

                        return next;
                    }

                    double best = RowMinimum(w, row, out int column, out double second);
                    if (column < 0)
                    {
                        w.RowPotential[row] = best;
                        break;
                    }

                    w.RowPotential[row] = second;
                    double fall = second - best;
                    int owner = w.ColumnMatch[column];
                    w.ColumnPotential[column] -= fall;
                    w.ColumnMatch[column] = row;
                    w.RowMatch[row] = column;
                    if (owner < 0)
                    {
                        w.Swap(column, --free);
                        break;
                    }

                    w.RowMatch[owner] = -1;
                    if (fall > 0)
                    {
                        row = owner;
                    }
                    else
                    {
                        queue[next++] = owner;
                        break;
                    }
                }
            }

            waiting = next;
        }

        // Rows displaced in the second pass carry potentials of an earlier moment, feasible since columns only fell.
        return waiting;
    }

    /// <summary>Smallest reduced cost of a row, where it is, and the second smallest; -1 = the diagonal is as good or better.</summary>
    private static double RowMinimum(MatchingWorkspace w, int row, out int column, out double second)
    {
        var birth = new Vector<double>(w.RowBirth[row]);
        var death = new Vector<double>(w.RowDeath[row]);
        ref double births = ref MemoryMarshal.GetArrayDataReference(w.ColumnBirth);
        ref double deaths = ref MemoryMarshal.GetArrayDataReference(w.ColumnDeath);
        ref double potentials = ref MemoryMarshal.GetArrayDataReference(w.ColumnPotential);
        Vector<double> first = new(double.PositiveInfinity);
        Vector<double> after = first;
        Vector<long> where = Vector<long>.Zero;
        Vector<long> index = Vector<long>.Indices;
        var step = new Vector<long>(Vector<long>.Count);
        nuint end = (nuint)w.PaddedColumns;
        for (nuint j = 0; j < end; j += (nuint)Vector<double>.Count)
        {
            Vector<double> x = TCost.Of(birth - Vector.LoadUnsafe(ref births, j), death - Vector.LoadUnsafe(ref deaths, j))
                - Vector.LoadUnsafe(ref potentials, j);
            Vector<long> less = Vector.LessThan(x, first);
            after = Vector.Min(after, Vector.Max(x, first));
            first = Vector.Min(first, x);
            where = Vector.ConditionalSelect(less, index, where);
            index += step;
        }

        double diagonal = w.RowDiagonal[row];
        double least = first[0];
        long at = where[0];
        second = after[0];
        for (int lane = 1; lane < Vector<double>.Count; lane++)
        {
            double x = first[lane];
            second = Math.Min(second, Math.Min(after[lane], Math.Max(x, least)));
            if (x < least || (x == least && where[lane] < at))
            {
                least = x;
                at = where[lane];
            }
        }

        if (diagonal <= least)
        {
            column = -1;
            return diagonal;
        }

        second = Math.Min(second, diagonal);
        column = (int)at;
        return least;
    }

    /// <summary>Settles a row by a shortest augmenting path; returns by how much the dual value grew.</summary>
    private static double Augment(MatchingWorkspace w, int start, ref int free)
    {
        double old = w.RowPotential[start];
        w.RowPotential[start] = 0;
        Array.Fill(w.Distance, double.PositiveInfinity, 0, w.PaddedColumns);
        int scanned = 0;
        int row = start;
        double length = 0;
        double diagonalLength = w.RowDiagonal[start];
        int diagonalRow = start;
        int column;
        while (true)
        {
            double least = Relax(w, row, length - w.RowPotential[row], out column);
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

            w.Scanned[scanned] = column;
            w.ScannedDistance[scanned] = length;
            w.ScannedPotential[scanned] = w.ColumnPotential[column];
            scanned++;
            w.ColumnPotential[column] = double.NegativeInfinity;
            w.Distance[column] = double.PositiveInfinity;
            double end = length + w.RowDiagonal[row] - w.RowPotential[row];
            if (end < diagonalLength)
            {
                diagonalLength = end;
                diagonalRow = row;
            }
        }

        w.RowPotential[start] = length;
        for (int s = 0; s < scanned; s++)
        {
            double change = length - w.ScannedDistance[s];
            w.ColumnPotential[w.Scanned[s]] = w.ScannedPotential[s] - change;
            w.RowPotential[w.ColumnMatch[w.Scanned[s]]] += change;
        }

        int target = column;
        if (column < 0)
        {
            // The row that goes to the diagonal gives up its column; from there the path leads back as from a free column.
            column = w.RowMatch[diagonalRow];
            w.RowMatch[diagonalRow] = -1;
            if (diagonalRow == start)
            {
                return length - old;
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

        return length - old;
    }

    /// <summary>Extends paths by one row; returns the shortest path to a column not yet scanned, and the column.</summary>
    private static double Relax(MatchingWorkspace w, int row, double offset, out int column)
    {
        var birth = new Vector<double>(w.RowBirth[row]);
        var death = new Vector<double>(w.RowDeath[row]);
        var start = new Vector<double>(offset);
        var self = new Vector<long>(row);
        ref double births = ref MemoryMarshal.GetArrayDataReference(w.ColumnBirth);
        ref double deaths = ref MemoryMarshal.GetArrayDataReference(w.ColumnDeath);
        ref double potentials = ref MemoryMarshal.GetArrayDataReference(w.ColumnPotential);
        ref double distances = ref MemoryMarshal.GetArrayDataReference(w.Distance);
        ref long previous = ref MemoryMarshal.GetArrayDataReference(w.Previous);
        Vector<double> first = new(double.PositiveInfinity);
        Vector<long> where = Vector<long>.Zero;
        Vector<long> index = Vector<long>.Indices;
        var step = new Vector<long>(Vector<long>.Count);
        nuint end = (nuint)w.PaddedColumns;
        for (nuint j = 0; j < end; j += (nuint)Vector<double>.Count)
        {
            Vector<double> path = start
                + (TCost.Of(birth - Vector.LoadUnsafe(ref births, j), death - Vector.LoadUnsafe(ref deaths, j)) - Vector.LoadUnsafe(ref potentials, j));
            Vector<double> known = Vector.LoadUnsafe(ref distances, j);
            Vector<long> shorter = Vector.LessThan(path, known);
            Vector<double> best = Vector.Min(path, known);
            Vector.StoreUnsafe(best, ref distances, j);
            Vector.StoreUnsafe(Vector.ConditionalSelect(shorter, self, Vector.LoadUnsafe(ref previous, j)), ref previous, j);
            Vector<long> less = Vector.LessThan(best, first);
            first = Vector.Min(first, best);
            where = Vector.ConditionalSelect(less, index, where);
            index += step;
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
