using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>How many vectors a row of the costs of two cuts takes: a struct, so that loops are compiled for it.</summary>
internal interface IRowWidth;

/// <summary>Columns 0 to 15 only.</summary>
internal readonly struct OneVector : IRowWidth;

/// <summary>Columns 0 to 31.</summary>
internal readonly struct TwoVectors : IRowWidth;

/// <summary>The cheapest optional matching of at most 32 rows with at most 32 columns, in floats.</summary>
/// <remarks>
/// <para>Row i may stay single at the cost cap_i &lt;= 0, column j at cap_j &lt;= 0. The dual: u_i &lt;= cap_i, v_j &lt;= cap_j,
/// u_i + v_j &lt;= r_ij; any such u, v bound the matching from below by their sum, and the best equal it. Invariants: u, v are feasible,
/// a matched pair is tight, a settled single row has u_i = cap_i, a settled single column v_j = cap_j. The sum only grows, so the
/// work ends as soon as it passes the caller's limit.</para>
/// <para>(1) For some v every row takes the column that is best for it, if nobody has. (2) The others are settled by shortest augmenting paths: Dijkstra over the
/// reduced costs, one step for each column reached (Jonker, Volgenant, Computing 38, 1987). All columns are looked at by two vector operations, so a step costs some 25 ns.
/// (3) Where v began below its caps, columns can be single below them: they are settled like rows, with rows and columns changed about.
/// The auction-like row reduction of that paper was tried in between and did not pay: near diagrams, whose bars crowd in one place, drive each other out in many small steps.</para>
/// </remarks>
internal static unsafe class AssignmentKernel
{
    /// <summary>Most rows.</summary>
    public const int MostRows = 32;

    private const int Lanes = 16;
    private const int Single = -1;

    private const int LastMark = (2 * Lanes) - 1;

    /// <summary>Read from <see cref="LastMark"/> - c on: infinite at lane c, 0 at the 31 others.</summary>
    private static ReadOnlySpan<float> Marks =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, float.PositiveInfinity,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The best potentials of the rows for some of the columns, and the column each is tight with; -1 = none, its cap. Their sum.</summary>
    public static float Start<TWidth>(Vector512<float>* near, Vector512<float>* far, int rows, float* rowCaps, Vector512<float>* v, float* u, sbyte* wanted)
        where TWidth : struct, IRowWidth
    {
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        Vector512<float> v0 = v[0];
        Vector512<float> v1 = wide ? v[1] : default;
        float sum = 0;
        for (int i = 0; i < rows; i++)
        {
            Vector512<float> a = near[i] - v0;
            Vector512<float> b = wide ? far[i] - v1 : default;
            float smallest = LaneSelection.Smallest(wide ? Vector512.MinNative(a, b) : a);
            bool single = smallest >= rowCaps[i];
            u[i] = single ? rowCaps[i] : smallest;
            wanted[i] = single ? (sbyte)Single : (sbyte)PlaceOf<TWidth>(a, b, smallest);
            sum += u[i];
        }

        return sum;
    }

    /// <summary>Settles the rows that <see cref="Start"/> left without a column of their own; the sum of the potentials then, or one that passes <paramref name="limit"/>.</summary>
    /// <param name="near">Costs of columns 0 to 15, a vector a row.</param>
    /// <param name="far">Costs of columns 16 to 31; not read for <see cref="OneVector"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="rowCaps">Their caps.</param>
    /// <param name="u">Potentials of the rows.</param>
    /// <param name="wanted">From <see cref="Start"/>.</param>
    /// <param name="v">Potentials of the columns.</param>
    /// <param name="mates">Out: the row of each column; -1 = single. 32 of them.</param>
    /// <param name="columns">Out: the column of each row; -1 = single. 32 of them.</param>
    /// <param name="sum">Sum of the potentials as they are.</param>
    /// <param name="limit">Sum beyond which the rest is of no interest.</param>
    [SkipLocalsInit]
    public static float SettleRows<TWidth>(
        Vector512<float>* near, Vector512<float>* far, int rows, float* rowCaps, float* u, sbyte* wanted, float* v, sbyte* mates, sbyte* columns, float sum, float limit)
        where TWidth : struct, IRowWidth
    {
        Vector256.Create((sbyte)Single).Store(mates);
        Vector256.Create((sbyte)Single).Store(columns);

        // Many rows want columns nobody else wants.
        int contested = 0;
        byte* contest = stackalloc byte[MostRows];
        for (int i = 0; i < rows; i++)
        {
            int column = wanted[i];
            if (column == Single)
            {
                continue;
            }

            if (mates[column] == Single)
            {
                mates[column] = (sbyte)i;
                columns[i] = (sbyte)column;
            }
            else
            {
                contest[contested++] = (byte)i;
            }
        }

        for (int i = 0; i < contested && sum <= limit; i++)
        {
            sum += Augment<TWidth>(near, far, contest[i], rowCaps, u, v, mates, columns);
        }

        return sum;
    }

    /// <summary>Settles the columns that are single below their caps, as <see cref="SettleRows"/> does rows; everything is the other way round.</summary>
    public static float SettleColumns<TWidth>(
        Vector512<float>* near, Vector512<float>* far, int columnCount, float* columnCaps, float* u, float* v, sbyte* mates, sbyte* columns, float sum, float limit)
        where TWidth : struct, IRowWidth
    {
        for (int j = 0; j < columnCount && sum <= limit; j++)
        {
            if (mates[j] == Single && v[j] < columnCaps[j])
            {
                sum += Augment<TWidth>(near, far, j, columnCaps, v, u, columns, mates);
            }
        }

        return sum;
    }

    /// <summary>Sum of the potentials of the columns and the best of the rows for them: feasible but for one rounding each.</summary>
    public static float Feasible<TWidth>(Vector512<float>* near, Vector512<float>* far, int rows, float* rowCaps, Vector512<float>* v)
        where TWidth : struct, IRowWidth
    {
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        float sum = Vector512.Sum(wide ? v[0] + v[1] : v[0]);
        for (int i = 0; i < rows; i++)
        {
            Vector512<float> rest = near[i] - v[0];
            rest = wide ? Vector512.MinNative(rest, far[i] - v[1]) : rest;
            sum += MathF.Min(rowCaps[i], LaneSelection.Smallest(rest));
        }

        return sum;
    }

    /// <summary>Settles one row by a shortest augmenting path; what the sum of the potentials grew by.</summary>
    [SkipLocalsInit]
    private static float Augment<TWidth>(
        Vector512<float>* near, Vector512<float>* far, int start, float* rowCaps, float* u, float* v, sbyte* mates, sbyte* columns)
        where TWidth : struct, IRowWidth
    {
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        byte* reached = stackalloc byte[2 * Lanes];
        float* reachedAt = stackalloc float[2 * Lanes];
        int* before = stackalloc int[2 * Lanes];
        ref float marks = ref MemoryMarshal.GetReference(Marks);
        Vector512<float> done0 = Vector512.Load(v);
        Vector512<float> done1 = wide ? Vector512.Load(v + Lanes) : default;
        Vector512<float> way0 = near[start] - done0;
        Vector512<float> way1 = wide ? far[start] - done1 : default;
        Vector512<float> from0 = Vector512.Create(start).AsSingle();
        Vector512<float> from1 = from0;
        float single = rowCaps[start];
        int singleRow = start;
        int count = 0;
        int column;
        float length;
        while (true)
        {
            length = LaneSelection.Smallest(wide ? Vector512.MinNative(way0, way1) : way0);
            if (single <= length)
            {
                length = single;
                column = Single;
                break;
            }

            column = PlaceOf<TWidth>(way0, way1, length);
            int row = mates[column];
            if (row == Single)
            {
                break;
            }

            reached[count] = (byte)column;
            reachedAt[count++] = length;
            float base_ = length - u[row];
            if (base_ + rowCaps[row] < single)
            {
                single = base_ + rowCaps[row];
                singleRow = row;
            }

            // A column that was reached is infinitely far from now on: its mark is infinite, those of the others are 0.
            var mark = (nuint)(LastMark - column);
            Vector512<float> by = Vector512.Create(base_);
            Vector512<float> place = Vector512.Create(row).AsSingle();
            Vector512<float> marked = Vector512.LoadUnsafe(ref marks, mark);
            done0 -= marked;
            way0 += marked;
            Vector512<float> other = near[row] - done0 + by;
            from0 = LaneSelection.Choose(Vector512.LessThan(other, way0), place, from0);
            way0 = Vector512.MinNative(way0, other);
            if (wide)
            {
                marked = Vector512.LoadUnsafe(ref marks, mark + Lanes);
                done1 -= marked;
                way1 += marked;
                other = far[row] - done1 + by;
                from1 = LaneSelection.Choose(Vector512.LessThan(other, way1), place, from1);
                way1 = Vector512.MinNative(way1, other);
            }
        }

        for (int i = 0; i < count; i++)
        {
            float change = length - reachedAt[i];
            u[mates[reached[i]]] += change;
            v[reached[i]] -= change;
        }

        float grown = length - u[start];
        u[start] = length;
        from0.AsInt32().Store(before);
        if (wide)
        {
            from1.AsInt32().Store(before + Lanes);
        }

        if (column == Single)
        {
            if (singleRow == start)
            {
                columns[start] = Single;
                return grown;
            }

            column = columns[singleRow];
            columns[singleRow] = Single;
        }

        while (true)
        {
            int row = before[column];
            int next = columns[row];
            mates[column] = (sbyte)row;
            columns[row] = (sbyte)column;
            if (row == start)
            {
                return grown;
            }

            column = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOf<TWidth>(Vector512<float> near, Vector512<float> far, float value)
        where TWidth : struct, IRowWidth
    {
        Vector512<float> wanted = Vector512.Create(value);
        ulong places = Vector512.Equals(near, wanted).ExtractMostSignificantBits();
        if (typeof(TWidth) == typeof(TwoVectors))
        {
            places |= Vector512.Equals(far, wanted).ExtractMostSignificantBits() << Lanes;
        }

        return BitOperations.TrailingZeroCount(places | (1UL << 31));
    }
}
