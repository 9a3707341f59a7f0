using AuraMemory.Topology;

namespace AuraMemory.Cli.Shapes;

/// <summary>Compares a computed diagram with the expected one, bar by bar. Does not use the library's own distances, which are being verified as well.</summary>
internal static class BarComparison
{
    /// <summary>Share of the scale by which numbers may differ.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>
    /// Largest difference of a birth or death, as a share of <paramref name="scale"/>; positive infinity, and what is wrong, where a bar has
    /// no counterpart. Bars that are shorter than rounding can make them may appear or vanish.
    /// </summary>
    public static (double Deviation, string? Wrong) Compare(Diagram expected, Diagram actual, double scale)
    {
        double tolerance = Tolerance * scale;
        Bar[] wanted = Sorted(expected);
        Bar[] found = Sorted(actual);
        var taken = new bool[found.Length];
        double worst = 0;
        int start = 0;
        foreach (Bar bar in wanted)
        {
            while (start < found.Length && found[start].Birth < bar.Birth - tolerance)
            {
                start++;
            }

            int best = -1;
            double least = double.PositiveInfinity;
            for (int i = start; i < found.Length && found[i].Birth <= bar.Birth + tolerance; i++)
            {
                double difference = Math.Max(
                    Math.Abs(found[i].Birth - bar.Birth),
                    found[i].Death.Equals(bar.Death) ? 0 : Math.Abs(found[i].Death - bar.Death));
                if (!taken[i] && difference <= tolerance && difference < least)
                {
                    (best, least) = (i, difference);
                }
            }

            if (best >= 0)
            {
                taken[best] = true;
                worst = Math.Max(worst, least);
            }
            else if (!(bar.Persistence <= 2 * tolerance))
            {
                return (double.PositiveInfinity, $"{Text(bar)} is missing");
            }
        }

        for (int i = 0; i < found.Length; i++)
        {
            if (!taken[i] && !(found[i].Persistence <= 2 * tolerance))
            {
                return (double.PositiveInfinity, $"{Text(found[i])} is not expected");
            }
        }

        return (scale > 0 ? worst / scale : 0, null);
    }

    /// <summary>Largest absolute number of a diagram.</summary>
    public static double Scale(Diagram diagram)
    {
        double scale = 0;
        foreach (Bar bar in diagram.Bars)
        {
            scale = Math.Max(scale, Math.Max(Math.Abs(bar.Birth), bar.IsEssential ? 0 : Math.Abs(bar.Death)));
        }

        return scale;
    }

    private static Bar[] Sorted(Diagram diagram)
    {
        Bar[] bars = diagram.Bars.ToArray();
        Array.Sort(bars, static (x, y) => x.Birth != y.Birth ? x.Birth.CompareTo(y.Birth) : x.Death.CompareTo(y.Death));
        return bars;
    }

    private static string Text(Bar bar) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{bar.Birth}, {bar.Death})");
}
