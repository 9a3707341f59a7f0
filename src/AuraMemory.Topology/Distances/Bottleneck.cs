namespace AuraMemory.Topology.Distances;

/// <summary>The exact bottleneck distance of persistence diagrams.</summary>
/// <remarks>
/// <para>
/// The smallest r for which a partial matching pairs points at most r apart in the maximum norm and leaves only points at most r from the diagonal.
/// Exact: the value is one of the input's distances, to the last bit, but for the rounding of a single subtraction.
/// </para>
/// <para>
/// Essential classes are matched among themselves in the order of their births; where their numbers differ the distance is positive
/// infinity. A distance beyond the range of a double is <see cref="double.MaxValue"/>.
/// </para>
/// <para>O(n^2 m) at worst, near n m in practice; nothing is allocated when this thread has computed a distance of that size before. Method: <see cref="BottleneckMatching"/>.</para>
/// </remarks>
public static class Bottleneck
{
    // The first radius is a bound that was rounded; it must stay below the true value, which then is met exactly.
    private const double RoundingShare = 1e-12;

    /// <summary>Distance of two sets of finite bars.</summary>
    /// <param name="a">Finite bars in any order.</param>
    /// <param name="b">Finite bars in any order.</param>
    /// <param name="bound">Where the distance is above this, work may stop early and infinity is returned.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">A bar is essential or not a bar.</exception>
    public static double Distance(
        ReadOnlySpan<Bar> a,
        ReadOnlySpan<Bar> b,
        double bound = double.PositiveInfinity,
        CancellationToken cancellation = default)
    {
        double radius = Start(a, b);
        radius = OneSided(a, b, radius, bound, default, cancellation);
        radius = radius > bound ? radius : OneSided(b, a, radius, bound, default, cancellation);
        return radius > bound ? double.PositiveInfinity : radius;
    }

    /// <summary>Distance of two diagrams, essential classes included.</summary>
    /// <inheritdoc cref="Distance(ReadOnlySpan{Bar}, ReadOnlySpan{Bar}, double, CancellationToken)"/>
    public static double Distance(Diagram a, Diagram b, double bound = double.PositiveInfinity, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        double essential = EssentialDistance(a, b);
        return essential > bound ? double.PositiveInfinity : Math.Max(essential, Distance(a.Finite, b.Finite, bound, cancellation));
    }

    /// <summary>Distance of two diagrams and a matching none of whose pairs costs more.</summary>
    /// <inheritdoc cref="Distance(ReadOnlySpan{Bar}, ReadOnlySpan{Bar}, double, CancellationToken)"/>
    public static DiagramMatching Match(Diagram a, Diagram b, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        double essential = EssentialDistance(a, b);
        if (double.IsPositiveInfinity(essential))
        {
            return new DiagramMatching(essential, []);
        }

        int[] ofA = new int[a.Finite.Length];
        int[] ofB = new int[b.Finite.Length];
        double radius = Start(a.Finite, b.Finite);
        radius = OneSided(a.Finite, b.Finite, radius, double.PositiveInfinity, ofA, cancellation);
        radius = OneSided(b.Finite, a.Finite, radius, double.PositiveInfinity, ofB, cancellation);
        Combine(ofA, ofB);
        return new DiagramMatching(Math.Max(essential, radius), MatchingPairs.Of(a, b, ofA, GroundNorm.Infinity));
    }

    /// <summary>
    /// Joins a matching that serves the needy of A with one that serves those of B. A point of B left out by the first takes its partner of
    /// the second; who loses a partner by that does the same, along an alternating path, until somebody had none to lose or has none in the second and so is not needy.
    /// </summary>
    private static void Combine(int[] ofA, int[] ofB)
    {
        var taken = new bool[ofB.Length];
        foreach (int partner in ofA)
        {
            if (partner >= 0)
            {
                taken[partner] = true;
            }
        }

        for (int j = 0; j < ofB.Length; j++)
        {
            int point = taken[j] ? -1 : j;
            while (point >= 0 && ofB[point] >= 0)
            {
                int partner = ofB[point];
                int loser = ofA[partner];
                ofA[partner] = point;
                taken[point] = true;
                point = loser;
            }

            if (point >= 0)
            {
                taken[point] = false;
            }
        }
    }

    private static double OneSided(ReadOnlySpan<Bar> rows, ReadOnlySpan<Bar> columns, double radius, double bound, Span<int> partners, CancellationToken cancellation)
    {
        MatchingWorkspace w = BottleneckMatching.Prepare(rows, columns);
        try
        {
            radius = BottleneckMatching.Solve(w, radius, bound, cancellation);
            for (int i = 0; i < partners.Length; i++)
            {
                partners[i] = w.RowMatch[i] < 0 ? -1 : w.ColumnPoint[w.RowMatch[i]];
            }

            return radius;
        }
        finally
        {
            w.Return();
        }
    }

    private static double Start(ReadOnlySpan<Bar> a, ReadOnlySpan<Bar> b)
    {
        (double difference, double largest) = HalfPersistences.SupremumDifference(a, b);
        return Math.Max(0, difference - (RoundingShare * largest));
    }

    private static double EssentialDistance(Diagram a, Diagram b)
    {
        ReadOnlySpan<Bar> x = a.Essential;
        ReadOnlySpan<Bar> y = b.Essential;
        if (x.Length != y.Length)
        {
            return double.PositiveInfinity;
        }

        double largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i].Birth - y[i].Birth));
        }

        return Math.Min(largest, double.MaxValue);
    }
}
