namespace AuraMemory.Graph.Signatures;

/// <summary>How often a node has each of the fifteen places (orbits) in connected induced patterns of two to four nodes.</summary>
/// <remarks>
/// <para>Places are numbered as by N. Przulj, Biological network comparison using graphlet degree distribution, 2007. Patterns are first counted as subgraphs, from degrees and triangles of the
/// neighbours, then those that lie inside denser ones are taken off (after T. Hocevar, J. Demsar, A combinatorial approach to graphlet counting, 2014, and
/// A. Pinar, C. Seshadhri, V. Vishal, ESCAPE, 2017).</para>
/// <para>Caps, so that no node costs more than a bounded time: cycles of four without a chord are taken as none where more than <see cref="MostSteps"/> walks of two steps begin at the node;
/// cliques of four where the link has more than <see cref="LinkScan.MostEdges"/> edges or <see cref="EulerCurve.MostNodes"/> nodes with edges. What such cliques should be taken off of is then
/// too high, and what that is taken off of in turn too low, but never below 0.</para>
/// </remarks>
internal sealed class OrbitCounts(StructureGraph graph)
{
    /// <summary>Places.</summary>
    public const int Orbits = 15;

    /// <summary>Most walks of two steps that are followed for cycles.</summary>
    public const int MostSteps = 1 << 18;

    private readonly int[] _meetings = new int[graph.Simple.Count];
    private readonly List<int> _touched = [];

    /// <summary>Counts.</summary>
    /// <param name="node">The node.</param>
    /// <param name="link">Its link, read.</param>
    /// <param name="cliques">Triangles of its link; 0 where they are too many.</param>
    /// <param name="into">Receives fifteen counts.</param>
    public void Count(int node, LinkScan link, long cliques, Span<double> into)
    {
        double degree = graph.Simple.Degree(node);
        double triangles = graph.Triangles(node);
        double ends = graph.Ends(node);
        double far = 0, inner = 0, leaves = 0, tails = 0, sides = 0, hubs = 0;
        ReadOnlySpan<int> row = graph.Simple.Row(node);
        ReadOnlySpan<int> together = graph.Together(node);
        for (int i = 0; i < row.Length; i++)
        {
            double other = graph.Simple.Degree(row[i]);
            double both = together[i];
            far += graph.Ends(row[i]) - (degree - 1);
            inner += ((degree - 1) * (other - 1)) - both;
            leaves += (other - 1) * (other - 2) / 2;
            tails += graph.Triangles(row[i]) - both;
            sides += both * (other - 2);
            hubs += both * (both - 1) / 2;
        }

        // From the densest pattern to the sparsest: each number says how often the place lies in the denser one at the node's place there.
        into[14] = cliques;
        into[13] = hubs - (3 * into[14]);
        into[12] = link.Diamonds - (3 * into[14]);
        into[11] = (triangles * (degree - 2)) - (2 * into[13]) - (3 * into[14]);
        into[10] = sides - (2 * into[12]) - (2 * into[13]) - (6 * into[14]);
        into[9] = tails - (2 * into[12]) - (3 * into[14]);
        into[8] = ends <= MostSteps ? Cycles(node) - into[12] - into[13] - (3 * into[14]) : 0;
        into[7] = (degree * (degree - 1) * (degree - 2) / 6) - into[11] - into[13] - into[14];
        into[6] = leaves - into[9] - into[10] - (2 * into[12]) - into[13] - (3 * into[14]);
        into[5] = inner - (2 * into[8]) - (2 * into[11]) - into[10] - (2 * into[12]) - (4 * into[13]) - (6 * into[14]);
        into[4] = far - (2 * triangles) - (2 * into[8]) - (2 * into[9]) - into[10] - (4 * into[12]) - (2 * into[13]) - (6 * into[14]);
        into[3] = triangles;
        into[2] = (degree * (degree - 1) / 2) - triangles;
        into[1] = ends - (2 * triangles);
        into[0] = degree;
        for (int i = 0; i < Orbits; i++)
        {
            into[i] = Math.Max(0, into[i]);
        }
    }

    /// <summary>Pairs of walks of two steps that end at the same other node: cycles of four through the node.</summary>
    private long Cycles(int node)
    {
        long cycles = 0;
        foreach (int next in graph.Simple.Row(node))
        {
            foreach (int end in graph.Simple.Row(next))
            {
                if (end != node)
                {
                    int before = _meetings[end]++;
                    cycles += before;
                    if (before == 0)
                    {
                        _touched.Add(end);
                    }
                }
            }
        }

        foreach (int each in _touched)
        {
            _meetings[each] = 0;
        }

        _touched.Clear();
        return cycles;
    }
}
