namespace AuraMemory.Topology.Distances;

/// <summary>Turns partners of finite bars into the pairs of a <see cref="DiagramMatching"/>.</summary>
internal static class MatchingPairs
{
    /// <summary>All bars of both diagrams, each once; essential ones by their order.</summary>
    /// <param name="a">One diagram.</param>
    /// <param name="b">Another with as many essential bars.</param>
    /// <param name="partners">For each finite bar of <paramref name="a"/> a finite bar of <paramref name="b"/>, or -1.</param>
    /// <param name="norm">Norm of the costs.</param>
    public static (int A, int B, double Cost)[] Of(Diagram a, Diagram b, ReadOnlySpan<int> partners, GroundNorm norm)
    {
        var taken = new bool[b.Finite.Length];
        int pairs = 0;
        foreach (int partner in partners)
        {
            if (partner >= 0)
            {
                taken[partner] = true;
                pairs++;
            }
        }

        var all = new (int A, int B, double Cost)[a.Count + b.Finite.Length - pairs];
        int next = 0;
        for (int i = 0; i < partners.Length; i++)
        {
            Bar bar = a.Finite[i];
            all[next++] = partners[i] < 0
                ? (i, -1, ToDiagonal(bar, norm))
                : (i, partners[i], Between(bar, b.Finite[partners[i]], norm));
        }

        for (int i = 0; i < a.Essential.Length; i++)
        {
            all[next++] = (a.Finite.Length + i, b.Finite.Length + i, Math.Min(Math.Abs(a.Essential[i].Birth - b.Essential[i].Birth), double.MaxValue));
        }

        for (int j = 0; j < taken.Length; j++)
        {
            if (!taken[j])
            {
                all[next++] = (-1, j, ToDiagonal(b.Finite[j], norm));
            }
        }

        return all;
    }

    private static double ToDiagonal(Bar bar, GroundNorm norm)
    {
        double half = (0.5 * bar.Death) - (0.5 * bar.Birth);
        return norm == GroundNorm.Infinity ? half : Math.Min(half * double.Sqrt(2), double.MaxValue);
    }

    private static double Between(Bar x, Bar y, GroundNorm norm)
    {
        double db = Math.Abs(x.Birth - y.Birth);
        double dd = Math.Abs(x.Death - y.Death);
        return Math.Min(norm == GroundNorm.Infinity ? Math.Max(db, dd) : double.Hypot(db, dd), double.MaxValue);
    }
}
