using AuraMemory.Topology.Distances;

namespace AuraMemory.Topology.Tests.Model;

/// <summary>Distances straight from their definitions: every partial matching for tiny diagrams, the square assignment for larger ones.</summary>
internal static class PartialMatchings
{
    public static double Wasserstein(Bar[] a, Bar[] b, int order, GroundNorm norm)
    {
        double best = double.PositiveInfinity;
        Visit(a, b, 0, new int[b.Length], norm, 0, (sum, cost) => sum + Math.Pow(cost, order), sum => best = Math.Min(best, sum));
        return Math.Pow(best, 1.0 / order);
    }

    public static double Bottleneck(Bar[] a, Bar[] b)
    {
        double best = double.PositiveInfinity;
        Visit(a, b, 0, new int[b.Length], GroundNorm.Infinity, 0, Math.Max, worst => best = Math.Min(best, worst));
        return best;
    }

    /// <summary>W_q by the assignment of (n + m) points with explicit copies on the diagonal, after Kuhn and Munkres. O((n + m)^3).</summary>
    public static double WassersteinBySquare(Bar[] a, Bar[] b, int order, GroundNorm norm)
    {
        int size = a.Length + b.Length;
        var cost = new double[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double ground = i < a.Length
                    ? j < b.Length ? Between(a[i], b[j], norm) : ToDiagonal(a[i], norm)
                    : j < b.Length ? ToDiagonal(b[j], norm) : 0;
                cost[i, j] = Math.Pow(ground, order);
            }
        }

        return Math.Pow(Assign(cost, size), 1.0 / order);
    }

    public static double Between(Bar x, Bar y, GroundNorm norm) => norm == GroundNorm.Infinity
        ? Math.Max(Math.Abs(x.Birth - y.Birth), Math.Abs(x.Death - y.Death))
        : Math.Sqrt(Math.Pow(x.Birth - y.Birth, 2) + Math.Pow(x.Death - y.Death, 2));

    public static double ToDiagonal(Bar x, GroundNorm norm) => x.Persistence / (norm == GroundNorm.Infinity ? 2 : Math.Sqrt(2));

    private static void Visit(Bar[] a, Bar[] b, int next, int[] taken, GroundNorm norm, double soFar, Func<double, double, double> add, Action<double> done)
    {
        if (next == a.Length)
        {
            for (int j = 0; j < b.Length; j++)
            {
                soFar = taken[j] == 0 ? add(soFar, ToDiagonal(b[j], norm)) : soFar;
            }

            done(soFar);
            return;
        }

        Visit(a, b, next + 1, taken, norm, add(soFar, ToDiagonal(a[next], norm)), add, done);
        for (int j = 0; j < b.Length; j++)
        {
            if (taken[j] == 0)
            {
                taken[j] = 1;
                Visit(a, b, next + 1, taken, norm, add(soFar, Between(a[next], b[j], norm)), add, done);
                taken[j] = 0;
            }
        }
    }

    private static double Assign(double[,] cost, int size)
    {
        var rowPotential = new double[size + 1];
        var columnPotential = new double[size + 1];
        var owner = new int[size + 1];
        for (int i = 1; i <= size; i++)
        {
            owner[0] = i;
            var slack = new double[size + 1];
            Array.Fill(slack, double.PositiveInfinity);
            var used = new bool[size + 1];
            var way = new int[size + 1];
            int column = 0;
            do
            {
                used[column] = true;
                double least = double.PositiveInfinity;
                int next = 0;
                for (int j = 1; j <= size; j++)
                {
                    if (!used[j])
                    {
                        double reduced = cost[owner[column] - 1, j - 1] - rowPotential[owner[column]] - columnPotential[j];
                        if (reduced < slack[j])
                        {
                            (slack[j], way[j]) = (reduced, column);
                        }

                        if (slack[j] < least)
                        {
                            (least, next) = (slack[j], j);
                        }
                    }
                }

                for (int j = 0; j <= size; j++)
                {
                    if (used[j])
                    {
                        rowPotential[owner[j]] += least;
                        columnPotential[j] -= least;
                    }
                    else
                    {
                        slack[j] -= least;
                    }
                }

                column = next;
            }
            while (owner[column] != 0);
            for (; column != 0; column = way[column])
            {
                owner[column] = owner[way[column]];
            }
        }

        double sum = 0;
        for (int j = 1; j <= size; j++)
        {
            sum += cost[owner[j] - 1, j - 1];
        }

        return sum;
    }
}
