using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Storage;

/// <summary>Moments and quantiles of the degrees of nodes at which there is at least one relationship.</summary>
/// <param name="Nodes">Such nodes.</param>
/// <param name="Sum">Sum of their degrees.</param>
/// <param name="SumOfSquares">Sum of the squares.</param>
/// <param name="Most">The highest.</param>
/// <param name="Median">The middle one.</param>
/// <param name="Percentile99">One that 99 of 100 do not exceed.</param>
public readonly record struct DegreeMoments(long Nodes, long Sum, long SumOfSquares, int Most, int Median, int Percentile99);

/// <summary>The counts of a <see cref="MotifCatalogue"/>. An end is a relationship type and a side: 2 * type for outgoing, and 1 more for incoming. Label -1 = any node.</summary>
internal sealed class MotifTables
{
    /// <summary>Relationships by label at the source, type, label at the target.</summary>
    public Dictionary<(int Source, int Type, int Target), long> Relationships { get; } = [];

    /// <summary>Sum over nodes with a label of the product of the degrees at two ends, the lower end first; of the square for one end twice.</summary>
    public Dictionary<(int Label, int End1, int End2), long> Wedges { get; } = [];

    /// <summary>Nodes by degree, for each label and end.</summary>
    public Dictionary<(int Label, int End), Dictionary<int, long>> Degrees { get; } = [];

    /// <summary>Pairs of simple typed edges that meet in a node and have different other ends, the lower type first.</summary>
    public Dictionary<(int Type1, int Type2), long> SimpleWedges { get; } = [];

    /// <summary>Three nodes joined by simple typed edges, types ascending.</summary>
    public Dictionary<(int Type1, int Type2, int Type3), long> Triangles { get; } = [];

    /// <summary>Wedges of the simple graph, whatever the types.</summary>
    public long AllSimpleWedges { get; set; }

    /// <summary>Triangles of the simple graph, whatever the types.</summary>
    public long AllTriangles { get; set; }

    /// <summary>Estimated bytes.</summary>
    public long Bytes
    {
        get
        {
            long degrees = 0;
            foreach (Dictionary<int, long> histogram in Degrees.Values)
            {
                degrees += 100 + (32L * histogram.Count);
            }

            return (40L * (Relationships.Count + Wedges.Count + SimpleWedges.Count + Triangles.Count)) + degrees;
        }
    }

    /// <summary>Adds to an entry; one that comes to 0 is dropped, so that equal counts are equal tables.</summary>
    public static void Add<TKey>(Dictionary<TKey, long> table, TKey key, long change)
        where TKey : notnull
    {
        if (change != 0)
        {
            ref long entry = ref CollectionsMarshal.GetValueRefOrAddDefault(table, key, out _);
            entry += change;
            if (entry == 0)
            {
                table.Remove(key);
            }
        }
    }

    /// <summary>Adds to <see cref="Wedges"/>.</summary>
    public void AddWedges(int label, int end1, int end2, long change) =>
        Add(Wedges, (label, Math.Min(end1, end2), Math.Max(end1, end2)), change);

    /// <summary>Adds to <see cref="SimpleWedges"/>.</summary>
    public void AddSimpleWedges(int type1, int type2, long change) =>
        Add(SimpleWedges, (Math.Min(type1, type2), Math.Max(type1, type2)), change);

    /// <summary>Adds to <see cref="Triangles"/>.</summary>
    public void AddTriangles(int type1, int type2, int type3, long change) => Add(Triangles, Sorted(type1, type2, type3), change);

    /// <summary>Adds nodes of a degree to <see cref="Degrees"/>; degree 0 is not kept.</summary>
    public void AddDegree(int label, int end, int degree, long change)
    {
        if (degree == 0)
        {
            return;
        }

        if (!Degrees.TryGetValue((label, end), out Dictionary<int, long>? histogram))
        {
            Degrees[(label, end)] = histogram = [];
        }

        Add(histogram, degree, change);
        if (histogram.Count == 0)
        {
            Degrees.Remove((label, end));
        }
    }

    /// <summary>Three types in ascending order.</summary>
    public static (int Low, int Middle, int High) Sorted(int a, int b, int c)
    {
        if (a > b)
        {
            (a, b) = (b, a);
        }

        return c < a ? (c, a, b) : c < b ? (a, c, b) : (a, b, c);
    }

    /// <summary>What <see cref="Degrees"/> says of a label and an end.</summary>
    public DegreeMoments Moments(int label, int end)
    {
        if (!Degrees.TryGetValue((label, end), out Dictionary<int, long>? histogram))
        {
            return default;
        }

        int[] degrees = [.. histogram.Keys];
        Array.Sort(degrees);
        long nodes = 0, sum = 0, squares = 0;
        foreach (int degree in degrees)
        {
            nodes += histogram[degree];
            sum += histogram[degree] * degree;
            squares += histogram[degree] * degree * degree;
        }

        return new DegreeMoments(nodes, sum, squares, degrees[^1], Quantile(0.5), Quantile(0.99));

        int Quantile(double share)
        {
            long below = 0;
            foreach (int degree in degrees)
            {
                below += histogram[degree];
                if (below >= share * nodes)
                {
                    return degree;
                }
            }

            return degrees[^1];
        }
    }
}
