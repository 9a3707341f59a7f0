namespace AuraMemory.Topology.Distances;

/// <summary>Bounds of the Wasserstein and bottleneck distances of finite bars that cost less than the distances.</summary>
/// <remarks>
/// All take bars in any order and of any size of numbers. Lower bounds are lowered by the rounding of their own sums. The bounds by
/// location (maps other than the half-persistence) are those of <see cref="Signatures.Signature"/>.
/// </remarks>
public static class DiagramBounds
{
    /// <summary>Lower bound of W_q in either norm from the half-persistences, in sorted order. O(n log n); O(n) for the bars of a <see cref="Diagram"/>.</summary>
    /// <remarks>
    /// Proof. h(b, d) = (d - b) / 2 is 1-Lipschitz for both norms and 0 on the diagonal. Pair by pair, a matching of the diagrams costs at least
    /// what it costs to match the numbers h, those of the unmatched with 0; and sorted order matches numbers best, whatever q is.
    /// </remarks>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double SortedHalfPersistence(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(order is 1 or 2, true, nameof(order));
        int exponent = DiagramScale.Of(a, b);
        double sum = HalfPersistences.PowerDifference(a, b, order, exponent) * (1 - 1e-12);
        return DiagramScale.Undo(order == 1 ? sum : Math.Sqrt(sum), exponent);
    }

    /// <summary>Lower bound of the bottleneck distance, and so of every W_q, from the sorted half-persistences: their largest difference.</summary>
    /// <remarks>Proof as for <see cref="SortedHalfPersistence"/>, with the supremum in place of the sum.</remarks>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double SortedHalfPersistenceSupremum(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b) =>
        HalfPersistences.SupremumDifference(a, b).Difference * (1 - 1e-12);

    /// <summary>Lower bound of W_q: every point goes to its best partner, however often that one is chosen; the better of both directions. O(nm).</summary>
    /// <remarks>
    /// Proof. Potentials g = (diagonal costs of the columns) and p_i = min(diagonal cost of row i, min_j c_ij - g_j) satisfy
    /// p_i + g_j &lt;= c_ij, p &lt;= diagonal, g &lt;= diagonal. Summing these over the pairs and the unmatched points of any matching gives
    /// sum p + sum g &lt;= its cost. (The relaxed word mover's distance of Kusner et al. 2015, carried over to diagrams.)
    /// </remarks>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double RowMinima(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order, GroundNorm norm = GroundNorm.Infinity) =>
        Choose(Kind.RowMinima, a, b, order, norm, 0);

    /// <summary>Lower bound of W_q by dual ascent, the potentials from which the exact distance starts. O(nm) a sweep; at least <see cref="RowMinima"/> in its own direction.</summary>
    /// <remarks>
    /// Proof. As for <see cref="RowMinima"/>: any feasible potentials bound every matching. A step raises a row's potential to its second
    /// smallest reduced cost and lowers that of the column it takes by as much as keeps the pair feasible. The sum does not
    /// fall: what the column loses, the row gains; and who had the column before can only gain by choosing anew.
    /// </remarks>
    /// <param name="a">Finite bars.</param>
    /// <param name="b">Finite bars.</param>
    /// <param name="order">q, 1 or 2.</param>
    /// <param name="norm">Ground norm.</param>
    /// <param name="sweeps">Steps allowed, in units of the smaller number of points, at least 1.</param>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double DualAscent(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order, GroundNorm norm = GroundNorm.Infinity, int sweeps = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sweeps, 1);
        return Choose(Kind.DualAscent, a, b, order, norm, sweeps);
    }

    /// <summary>Upper bound of W_q: the cost of one matching, in which each point in turn takes the partner that saves most. O(nm); best when the bars come longest first.</summary>
    /// <remarks>Proof. W_q is the least cost over all matchings, and this is one.</remarks>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double GreedyMatching(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order, GroundNorm norm = GroundNorm.Infinity) =>
        Choose(Kind.Greedy, a, b, order, norm, 0);

    private static double Choose(Kind kind, ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int order, GroundNorm norm, int sweeps) => (order, norm) switch
    {
        (1, GroundNorm.Infinity) => Compute<MaximumCost>(kind, a, b, sweeps),
        (2, GroundNorm.Infinity) => Compute<SquaredMaximumCost>(kind, a, b, sweeps),
        (1, GroundNorm.Euclidean) => Compute<EuclideanCost>(kind, a, b, sweeps),
        (2, GroundNorm.Euclidean) => Compute<SquaredEuclideanCost>(kind, a, b, sweeps),
        _ => throw new ArgumentOutOfRangeException(nameof(order), $"There is no distance of order {order} with norm {norm}; orders are 1 and 2."),
    };

    private static double Compute<TCost>(Kind kind, ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, int sweeps)
        where TCost : struct, IGroundCost
    {
        int exponent = DiagramScale.Of(a, b);
        double cost = Run<TCost>(kind, a.Length > b.Length ? b : a, a.Length > b.Length ? a : b, exponent, sweeps);
        if (kind == Kind.RowMinima)
        {
            cost = Math.Max(cost, Run<TCost>(kind, a.Length > b.Length ? a : b, a.Length > b.Length ? b : a, exponent, sweeps));
        }

        return DiagramScale.Undo(TCost.Root(cost), exponent);
    }

    private static double Run<TCost>(Kind kind, ReadOnlySpan<Bar> rows, ReadOnlySpan<Bar> columns, int exponent, int sweeps)
        where TCost : struct, IGroundCost
    {
        MatchingWorkspace w = OptionalAssignment<TCost>.Prepare(rows, columns, exponent);
        try
        {
            return kind switch
            {
                Kind.RowMinima => OptionalAssignment<TCost>.RowMinimaBound(w),
                Kind.DualAscent => OptionalAssignment<TCost>.LowerBound(w, sweeps),
                _ => OptionalAssignment<TCost>.GreedyBound(w),
            };
        }
        finally
        {
            w.Return();
        }
    }

    private enum Kind
    {
        RowMinima,
        DualAscent,
        Greedy,
    }
}
