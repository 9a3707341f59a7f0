using System.Runtime.InteropServices;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Persistent homology of a graph: by the degree of its vertices, on the bare graph or on its clique complex; or by the Rips complex of its hop distance.</summary>
/// <remarks>
/// A vertex enters at its degree (number of neighbours; lengths play no part), an edge or larger clique with its last vertex. On the bare graph every independent cycle is a
/// class that never dies; on the clique complex triangles fill cycles (lower-star filtration; Edelsbrunner and Harer, 2010, VI.3; filtration
/// curves of degrees: O'Bray, Rieck, Borgwardt, KDD 2021).
/// </remarks>
public static partial class GraphPersistence
{
    /// <summary>Degree of each vertex. O(n + m).</summary>
    public static int[] Degrees(WeightedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var degrees = new int[graph.Count];
        foreach (GraphEdge edge in graph.Edges.Span)
        {
            degrees[edge.From]++;
            degrees[edge.To]++;
        }

        return degrees;
    }

    /// <summary>Dimensions 0 and 1 of the bare graph. O(m log m).</summary>
    /// <param name="graph">The graph; one without vertices gives empty diagrams.</param>
    public static Barcode DegreeGraph(WeightedGraph graph)
    {
        var complex = new CliqueComplex(graph, Degrees(graph));
        Diagram components = Components(complex, out bool[] joins);
        var loops = new List<Bar>();
        for (int i = 0; i < joins.Length; i++)
        {
            if (!joins[i])
            {
                loops.Add(new Bar(complex.Values[complex.Highest[i]], double.PositiveInfinity));
            }
        }

        return new Barcode(components, new Diagram(CollectionsMarshal.AsSpan(loops)));
    }

    /// <summary>Dimensions 0 to 2 of the clique complex, cut at tetrahedra so that dimension 2 is exact.</summary>
    /// <param name="graph">The graph; one without vertices gives empty diagrams.</param>
    /// <param name="maxDimension">Highest dimension, 0 to 2.</param>
    /// <param name="maxSimplices">Most simplices of all dimensions together; also bounds the work of the reduction, at two hundred steps a simplex.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>
    /// As many dimensions as asked for, or fewer where the next would take more simplices or work: <see cref="Barcode.Dimensions"/> tells. Those returned are exact.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not 0 to 2.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static Barcode DegreeClique(WeightedGraph graph, int maxDimension, int maxSimplices, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDimension, Barcode.HighestDimension);
        var complex = new CliqueComplex(graph, Degrees(graph));
        Diagram components = Components(complex, out bool[] joins);
        long left = (long)maxSimplices - graph.Count - joins.Length;
        if (maxDimension == 0 || left < 0 || complex.Triangles((int)left, cancellation) is not { } triangles)
        {
            return new Barcode(components);
        }

        long work = 200L * maxSimplices;
        Coboundary coboundary = Coboundary.FromFaces(triangles.Faces, 3, joins.Length);
        int[]? edgePartners = CoboundaryReduction.Pair(coboundary, joins, work, cancellation);
        if (edgePartners is null)
        {
            return new Barcode(components);
        }

        Diagram loops = Bars(edgePartners, complex.Values, complex.Highest, triangles.Highest);
        left -= triangles.Count;
        if (maxDimension == 1 || complex.Tetrahedra(triangles, (int)left, cancellation) is not { } tetrahedra)
        {
            return new Barcode(components, loops);
        }

        var fills = new bool[triangles.Count];
        foreach (int partner in edgePartners)
        {
            if (partner >= 0)
            {
                fills[partner] = true;
            }
        }

        coboundary = Coboundary.FromFaces(tetrahedra.Faces, 4, triangles.Count);
        int[]? trianglePartners = CoboundaryReduction.Pair(coboundary, fills, work, cancellation);
        return trianglePartners is null
            ? new Barcode(components, loops)
            : new Barcode(components, loops, Bars(trianglePartners, complex.Values, triangles.Highest, tetrahedra.Highest));
    }

    private static Diagram Components(CliqueComplex complex, out bool[] joins)
    {
        int[] roots = UnionFind.Singletons(complex.Values.Length);
        var bars = new List<Bar>();
        joins = new bool[complex.Highest.Length];
        for (int i = 0; i < joins.Length; i++)
        {
            int younger = UnionFind.Join(roots, complex.Highest[i], complex.Lowest[i]);
            joins[i] = younger >= 0;
            if (younger >= 0)
            {
                bars.Add(new Bar(complex.Values[younger], complex.Values[complex.Highest[i]]));
            }
        }

        for (int i = 0; i < roots.Length; i++)
        {
            if (roots[i] == i)
            {
                bars.Add(new Bar(complex.Values[i], double.PositiveInfinity));
            }
        }

        return new Diagram(CollectionsMarshal.AsSpan(bars));
    }

    private static Diagram Bars(int[] partners, int[] values, int[] births, int[] deaths)
    {
        var bars = new List<Bar>();
        for (int i = 0; i < partners.Length; i++)
        {
            if (partners[i] == CoboundaryReduction.Cleared)
            {
                continue;
            }

            double birth = values[births[i]];
            double death = partners[i] == CoboundaryReduction.Essential ? double.PositiveInfinity : values[deaths[partners[i]]];
            if (birth < death)
            {
                bars.Add(new Bar(birth, death));
            }
        }

        return new Diagram(CollectionsMarshal.AsSpan(bars));
    }
}
