namespace AuraMemory.Topology.Distances;

/// <summary>The exact Wasserstein distance of persistence diagrams.</summary>
/// <remarks>
/// <para>
/// W_q(A, B) = (min over partial matchings of sum ||x - y||^q over pairs + sum (distance to the diagonal)^q over the
/// unmatched)^(1/q), for q = 1 or 2. Exact but for rounding: the value is a sum of costs of an optimal matching, none negative.
/// </para>
/// <para>
/// Essential classes are matched among themselves in the order of their births, at |b - b'|^q each, inside the sum; where their
/// numbers differ the distance is positive infinity. A distance beyond the range of a double is <see cref="double.MaxValue"/>.
/// </para>
/// <para>
/// O(min(n, m)^2 max(n, m)) at worst, O(n + m) memory, none of it allocated when this thread has computed a distance of that size before.
/// Method: <see cref="OptionalAssignment{TCost}"/>.
/// </para>
/// </remarks>
public static class Wasserstein
{
    /// <summary>Distance of two sets of finite bars.</summary>
    /// <param name="a">Finite bars in any order.</param>
    /// <param name="b">Finite bars in any order.</param>
    /// <param name="order">q, 1 or 2.</param>
    /// <param name="norm">Ground norm.</param>
    /// <param name="bound">Where the distance is above this, work may stop early: any value above it, or infinity, is returned.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is neither 1 nor 2.</exception>
    public static double Distance(
        ReadOnlySpan<Bar> a,
        ReadOnlySpan<Bar> b,
        int order,
        GroundNorm norm = GroundNorm.Infinity,
        double bound = double.PositiveInfinity,
        CancellationToken cancellation = default) => (order, norm) switch
        {
            (1, GroundNorm.Infinity) => Solve<MaximumCost>(a, b, bound, cancellation),
            (2, GroundNorm.Infinity) => Solve<SquaredMaximumCost>(a, b, bound, cancellation),
            (1, GroundNorm.Euclidean) => Solve<EuclideanCost>(a, b, bound, cancellation),
            (2, GroundNorm.Euclidean) => Solve<SquaredEuclideanCost>(a, b, bound, cancellation),
            _ => throw Unknown(order, norm),
        };

    /// <summary>Distance of two diagrams, essential classes included.</summary>
    /// <inheritdoc cref="Distance(ReadOnlySpan{Bar}, ReadOnlySpan{Bar}, int, GroundNorm, double, CancellationToken)"/>
    public static double Distance(
        Diagram a,
        Diagram b,
        int order,
        GroundNorm norm = GroundNorm.Infinity,
        double bound = double.PositiveInfinity,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Essential.Length != b.Essential.Length)
        {
            return double.PositiveInfinity;
        }

        double essential = EssentialDistance(a, b, order);
        return essential > bound ? double.PositiveInfinity : Combine(Distance(a.Finite, b.Finite, order, norm, bound, cancellation), essential, order);
    }

    /// <summary>Distance of two diagrams and a matching that realises it.</summary>
    /// <inheritdoc cref="Distance(ReadOnlySpan{Bar}, ReadOnlySpan{Bar}, int, GroundNorm, double, CancellationToken)"/>
    public static DiagramMatching Match(
        Diagram a,
        Diagram b,
        int order,
        GroundNorm norm = GroundNorm.Infinity,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Essential.Length != b.Essential.Length)
        {
            return new DiagramMatching(double.PositiveInfinity, []);
        }

        int[] partners = new int[a.Finite.Length];
        double finite = (order, norm) switch
        {
            (1, GroundNorm.Infinity) => Solve<MaximumCost>(a.Finite, b.Finite, double.PositiveInfinity, cancellation, partners),
            (2, GroundNorm.Infinity) => Solve<SquaredMaximumCost>(a.Finite, b.Finite, double.PositiveInfinity, cancellation, partners),
            (1, GroundNorm.Euclidean) => Solve<EuclideanCost>(a.Finite, b.Finite, double.PositiveInfinity, cancellation, partners),
            (2, GroundNorm.Euclidean) => Solve<SquaredEuclideanCost>(a.Finite, b.Finite, double.PositiveInfinity, cancellation, partners),
            _ => throw Unknown(order, norm),
        };
        return new DiagramMatching(Combine(finite, EssentialDistance(a, b, order), order), MatchingPairs.Of(a, b, partners, norm));
    }

    private static ArgumentOutOfRangeException Unknown(int order, GroundNorm norm) =>
        new(order is 1 or 2 ? nameof(norm) : nameof(order), $"There is no distance of order {order} with norm {norm}; orders are 1 and 2.");

    private static double Solve<TCost>(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b, double bound, CancellationToken cancellation, Span<int> partners = default)
        where TCost : struct, IGroundCost
    {
        int exponent = DiagramScale.Of(a, b);
        bool turned = a.Length > b.Length;
        partners.Fill(-1);
        if (a.SequenceEqual(b))
        {
            for (int i = 0; i < partners.Length; i++)
            {
                partners[i] = i;
            }

            return 0;
        }

        MatchingWorkspace w = OptionalAssignment<TCost>.Prepare(turned ? b : a, turned ? a : b, exponent);
        try
        {
            double limit = double.IsPositiveInfinity(bound) ? bound : TCost.Power(Math.ScaleB(bound, exponent));
            double cost = OptionalAssignment<TCost>.Solve(w, limit, cancellation);
            for (int i = 0; i < w.Rows && !partners.IsEmpty; i++)
            {
                if (w.RowMatch[i] >= 0)
                {
                    int point = w.ColumnPoint[w.RowMatch[i]];
                    partners[turned ? point : i] = turned ? i : point;
                }
            }

            return DiagramScale.Undo(TCost.Root(cost), exponent);
        }
        finally
        {
            w.Return();
        }
    }

    private static double EssentialDistance(Diagram a, Diagram b, int order)
    {
        ReadOnlySpan<Bar> x = a.Essential;
        ReadOnlySpan<Bar> y = b.Essential;
        double largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i].Birth - y[i].Birth));
        }

        if (largest == 0 || largest > double.MaxValue)
        {
            return Math.Min(largest, double.MaxValue);
        }

        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double share = Math.Abs(x[i].Birth - y[i].Birth) / largest;
            sum += order == 1 ? share : share * share;
        }

        return Math.Min(largest * (order == 1 ? sum : Math.Sqrt(sum)), double.MaxValue);
    }

    private static double Combine(double finite, double essential, int order)
    {
        if (essential == 0 || double.IsPositiveInfinity(finite))
        {
            return finite;
        }

        double sum = order == 1 ? finite + essential : double.Hypot(finite, essential);
        return Math.Min(sum, double.MaxValue);
    }
}
