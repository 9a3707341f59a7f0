using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>The cliques of a graph up to four vertices, in the order of the sublevel sets of a vertex function.</summary>
/// <remarks>
/// Vertices are renamed by their place in the order (value, then number), and a simplex is written with falling names, so it enters with its first vertex, and the lexicographic
/// order of simplices of one dimension is a filtration order. Enumerating in that order needs no sort: a simplex is extended by the common neighbours below its last vertex
/// (Zomorodian, Fast construction of the Vietoris-Rips complex, 2010).
/// </remarks>
internal sealed class CliqueComplex
{
    private readonly int[] _starts;
    private readonly int[] _below;

    /// <summary>Orders the vertices and edges. O(n log n + m log m).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="values">A value for each vertex.</param>
    public CliqueComplex(WeightedGraph graph, ReadOnlySpan<int> values)
    {
        int count = graph.Count;
        var order = new int[count];
        var keys = new long[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
            keys[i] = ((long)values[i] << 32) | (uint)i;
        }

        Array.Sort(keys, order);
        var names = new int[count];
        Values = new int[count];
        for (int name = 0; name < count; name++)
        {
            names[order[name]] = name;
            Values[name] = values[order[name]];
        }

        _starts = new int[count + 1];
        foreach (GraphEdge edge in graph.Edges.Span)
        {
            _starts[Math.Max(names[edge.From], names[edge.To]) + 1]++;
        }

        for (int i = 0; i < count; i++)
        {
            _starts[i + 1] += _starts[i];
        }

        _below = new int[graph.Edges.Length];
        Highest = new int[_below.Length];
        int[] next = _starts[..count];
        foreach (GraphEdge edge in graph.Edges.Span)
        {
            int high = Math.Max(names[edge.From], names[edge.To]);
            _below[next[high]++] = Math.Min(names[edge.From], names[edge.To]);
        }

        for (int name = 0; name < count; name++)
        {
            _below.AsSpan(_starts[name], _starts[name + 1] - _starts[name]).Sort();
            Highest.AsSpan(_starts[name], _starts[name + 1] - _starts[name]).Fill(name);
        }
    }

    /// <summary>Value of each vertex, by name: rising.</summary>
    public int[] Values { get; }

    /// <summary>The vertex with which each edge enters, edges in filtration order.</summary>
    public int[] Highest { get; }

    /// <summary>The other vertex of each edge.</summary>
    public ReadOnlySpan<int> Lowest => _below;

    /// <summary>Triangles in filtration order.</summary>
    /// <param name="most">Most triangles.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The vertex each enters with, and its three edges; null when there are more than <paramref name="most"/>.</returns>
    public Simplices? Triangles(int most, CancellationToken cancellation)
    {
        var highest = new List<int>();
        var faces = new List<int>();
        var lowestVertex = new List<int>();
        for (int a = 0; a < Values.Length; a++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int ab = _starts[a]; ab < _starts[a + 1]; ab++)
            {
                int b = _below[ab];

                // Common neighbours below b: both lists rise, and so does the walk through them.
                int ac = _starts[a];
                int bc = _starts[b];
                while (ac < ab && bc < _starts[b + 1])
                {
                    int difference = _below[ac] - _below[bc];
                    if (difference == 0)
                    {
                        if (highest.Count == most)
                        {
                            return null;
                        }

                        highest.Add(a);
                        lowestVertex.Add(_below[ac]);
                        faces.AddRange([ab, ac, bc]);
                    }

                    ac += difference <= 0 ? 1 : 0;
                    bc += difference >= 0 ? 1 : 0;
                }
            }
        }

        return new Simplices([.. highest], [.. faces], [.. lowestVertex]);
    }

    /// <summary>Tetrahedra in filtration order, from the triangles.</summary>
    /// <param name="triangles">What <see cref="Triangles"/> gave.</param>
    /// <param name="most">Most tetrahedra.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The vertex each enters with, and its four triangles; null when there are more than <paramref name="most"/>.</returns>
    public Simplices? Tetrahedra(in Simplices triangles, int most, CancellationToken cancellation)
    {
        // Triangles of one first edge follow one another, by rising third vertex.
        int[] first = FirstTriangles(triangles);
        var highest = new List<int>();
        var faces = new List<int>();
        for (int abc = 0; abc < triangles.Count; abc++)
        {
            if (abc % 1024 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            (int ab, int ac, int bc) = (triangles.Faces[3 * abc], triangles.Faces[(3 * abc) + 1], triangles.Faces[(3 * abc) + 2]);
            int abd = first[ab];
            int acd = first[ac];
            int bcd = first[bc];
            while (abd < abc && acd < first[ac + 1] && bcd < first[bc + 1])
            {
                int d = triangles.Third[abd];
                int e = triangles.Third[acd];
                int f = triangles.Third[bcd];
                int furthest = Math.Max(d, Math.Max(e, f));
                if (d == e && e == f)
                {
                    if (highest.Count == most)
                    {
                        return null;
                    }

                    highest.Add(triangles.Highest[abc]);
                    faces.AddRange([abc, abd, acd, bcd]);
                    furthest++;
                }

                abd += d < furthest ? 1 : 0;
                acd += e < furthest ? 1 : 0;
                bcd += f < furthest ? 1 : 0;
            }
        }

        return new Simplices([.. highest], [.. faces], []);
    }

    private int[] FirstTriangles(in Simplices triangles)
    {
        var first = new int[_below.Length + 1];
        for (int i = 0; i < triangles.Count; i++)
        {
            first[triangles.Faces[3 * i] + 1]++;
        }

        for (int i = 0; i < _below.Length; i++)
        {
            first[i + 1] += first[i];
        }

        return first;
    }

    /// <summary>Simplices of one dimension in filtration order.</summary>
    /// <param name="Highest">The vertex each enters with.</param>
    /// <param name="Faces">Positions of the faces of each.</param>
    /// <param name="Third">The lowest vertex of each triangle.</param>
    internal readonly record struct Simplices(int[] Highest, int[] Faces, int[] Third)
    {
        /// <summary>Number of simplices.</summary>
        public int Count => Highest.Length;
    }
}
