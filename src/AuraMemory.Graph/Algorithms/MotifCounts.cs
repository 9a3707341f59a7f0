namespace AuraMemory.Graph.Algorithms;

/// <summary>Connected patterns of three and four nodes in the simple undirected graph, as subgraphs (not induced).</summary>
/// <param name="Wedges">Paths of three nodes.</param>
/// <param name="Triangles">Triangles.</param>
/// <param name="Stars">A node with three others.</param>
/// <param name="Paths">Paths of four nodes.</param>
/// <param name="Paws">A triangle with a tail.</param>
/// <param name="Cycles">Cycles of four nodes.</param>
/// <param name="Diamonds">Two triangles with an edge in common.</param>
/// <param name="Cliques">Four nodes, all joined.</param>
public sealed record MotifCounts(
    long Wedges, long Triangles, long Stars, long Paths, long Paws, long Cycles, long Diamonds, long Cliques)
{
    /// <summary>The same patterns where no further edge joins their nodes.</summary>
    public MotifCounts Induced()
    {
        // Each column says how often a pattern is found inside the denser ones (A. Pinar, C. Seshadhri, V. Vishal, ESCAPE, 2017).
        long diamonds = Diamonds - (6 * Cliques);
        long cycles = Cycles - diamonds - (3 * Cliques);
        long paws = Paws - (4 * diamonds) - (12 * Cliques);
        return new MotifCounts(
            Wedges - (3 * Triangles),
            Triangles,
            Stars - paws - (2 * diamonds) - (4 * Cliques),
            Paths - (2 * paws) - (4 * cycles) - (6 * diamonds) - (12 * Cliques),
            paws,
            cycles,
            diamonds,
            Cliques);
    }

    /// <summary>Counts them. O(m * sqrt(m)), 8 bytes an edge beside the graph.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public static MotifCounts Count(AlgorithmGraph graph, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new MotifCounter(graph.Simple(), cancellation).Count();
    }
}

/// <summary>One count of <see cref="MotifCounts"/>: triangles and what hangs on them by marks, cycles by meeting wedges.</summary>
internal sealed class MotifCounter
{
    private readonly RankedGraph _lower;
    private readonly int[] _higherStarts;
    private readonly int[] _higher;
    private readonly long[] _degrees;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares. O(nodes + edges).</summary>
    public MotifCounter(AlgorithmGraph simple, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _lower = RankedGraph.From(simple);
        int count = simple.Count;
        _degrees = new long[count];
        _higherStarts = new int[count + 1];
        for (int rank = 0; rank < count; rank++)
        {
            _degrees[rank] = simple.Degree(_lower.NodeAt(rank));
            _higherStarts[rank + 1] = _higherStarts[rank] + (int)_degrees[rank] - _lower.Row(rank).Length;
        }

        _higher = new int[simple.Entries / 2];
        int[] next = [.. _higherStarts];
        for (int rank = 0; rank < count; rank++)
        {
            foreach (int other in _lower.Row(rank))
            {
                _higher[next[other]++] = rank;
            }
        }
    }

    /// <summary>Counts all patterns.</summary>
    public MotifCounts Count()
    {
        long wedges = 0, stars = 0, paths = 0;
        for (int u = 0; u < _degrees.Length; u++)
        {
            long degree = _degrees[u];
            wedges += degree * (degree - 1) / 2;
            stars += degree * (degree - 1) * (degree - 2) / 6;
            foreach (int v in _lower.Row(u))
            {
                paths += (degree - 1) * (_degrees[v] - 1);
            }
        }

        (long triangles, long paws, long diamonds, long cliques) = CountDense();
        return new MotifCounts(wedges, triangles, stars, paths - (3 * triangles), paws, CountCycles(), diamonds, cliques);
    }

    private (long Triangles, long Paws, long Diamonds, long Cliques) CountDense()
    {
        int count = _degrees.Length;
        var starts = new int[count + 1];
        for (int u = 0; u < count; u++)
        {
            starts[u + 1] = starts[u] + _lower.Row(u).Length;
        }

        var edgeOf = new int[count];
        var inCommon = new bool[count];
        var support = new long[_higher.Length];
        var common = new List<int>();
        long triangles = 0, paws = 0, diamonds = 0, cliques = 0;
        for (int u = 0; u < count; u++)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> row = _lower.Row(u);
            for (int i = 0; i < row.Length; i++)
            {
                edgeOf[row[i]] = starts[u] + i + 1;
            }

            for (int i = 0; i < row.Length; i++)
            {
                int v = row[i];
                ReadOnlySpan<int> second = _lower.Row(v);
                for (int j = 0; j < second.Length; j++)
                {
                    int w = second[j];
                    if (edgeOf[w] != 0)
                    {
                        triangles++;
                        paws += _degrees[u] + _degrees[v] + _degrees[w] - 6;
                        support[starts[u] + i]++;
                        support[starts[v] + j]++;
                        support[edgeOf[w] - 1]++;
                        inCommon[w] = true;
                        common.Add(w);
                    }
                }

                foreach (int w in common)
                {
                    foreach (int x in _lower.Row(w))
                    {
                        cliques += inCommon[x] ? 1 : 0;
                    }
                }

                foreach (int w in common)
                {
                    inCommon[w] = false;
                }

                common.Clear();
            }

            foreach (int v in row)
            {
                edgeOf[v] = 0;
            }
        }

        foreach (long each in support)
        {
            diamonds += each * (each - 1) / 2;
        }

        return (triangles, paws, diamonds, cliques);
    }

    // Each cycle is found at its node of highest degree (lowest name) u: two wedges u-v-w that meet in w. Few nodes of higher degree are at any v.
    private long CountCycles()
    {
        var meetings = new int[_degrees.Length];
        var touched = new List<int>();
        long cycles = 0;
        for (int u = 0; u < _degrees.Length; u++)
        {
            _cancellation.ThrowIfCancellationRequested();
            foreach (int v in Higher(u))
            {
                ReadOnlySpan<int> below = _lower.Row(v);
                for (int j = below.Length - 1; j >= 0 && below[j] > u; j--)
                {
                    cycles += Meet(below[j]);
                }

                foreach (int w in Higher(v))
                {
                    cycles += Meet(w);
                }
            }

            foreach (int w in touched)
            {
                meetings[w] = 0;
            }

            touched.Clear();
        }

        return cycles;

        int Meet(int w)
        {
            int before = meetings[w]++;
            if (before == 0)
            {
                touched.Add(w);
            }

            return before;
        }
    }

    private ReadOnlySpan<int> Higher(int rank) => _higher.AsSpan(_higherStarts[rank], _higherStarts[rank + 1] - _higherStarts[rank]);
}
