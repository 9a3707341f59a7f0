namespace AuraMemory.Graph.Algorithms;

/// <summary>Triangles of the simple undirected graph, at each node and in all.</summary>
/// <remarks>
/// Edges point from the node of lower degree to that of higher; the out-rows of an edge's ends are intersected through marks
/// (T. Schank, D. Wagner, Finding, Counting and Listing all Triangles in Large Graphs, 2005). O(m * sqrt(m)).
/// </remarks>
public static class Triangles
{
    /// <summary>Counts triangles.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    /// <param name="perNode">Triangles at each node; each triangle counts at its three nodes.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <returns>All triangles.</returns>
    public static long Count(AlgorithmGraph graph, out long[] perNode, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        RankedGraph ranked = RankedGraph.From(graph.Simple());
        int count = graph.Count;
        var marks = new int[count];
        var at = new long[count];
        long total = 0;
        for (int u = 0; u < count; u++)
        {
            if ((u & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<int> row = ranked.Row(u);
            if (row.Length < 2)
            {
                continue;
            }

            foreach (int v in row)
            {
                marks[v] = u + 1;
            }

            long here = 0;
            foreach (int v in row)
            {
                long both = 0;
                foreach (int w in ranked.Row(v))
                {
                    if (marks[w] == u + 1)
                    {
                        both++;
                        at[w]++;
                    }
                }

                at[v] += both;
                here += both;
            }

            at[u] += here;
            total += here;
        }

        perNode = new long[count];
        for (int rank = 0; rank < count; rank++)
        {
            perNode[ranked.NodeAt(rank)] = at[rank];
        }

        return total;
    }
}

/// <summary>A simple graph with nodes renamed by falling degree and each edge kept at its higher name only: short rows even at hubs.</summary>
internal sealed class RankedGraph
{
    private readonly int[] _starts;
    private readonly int[] _targets;
    private readonly int[] _order;

    private RankedGraph(int[] starts, int[] targets, int[] order)
    {
        _starts = starts;
        _targets = targets;
        _order = order;
    }

    /// <summary>Renames and halves. O(nodes + edges).</summary>
    /// <param name="simple">A simple undirected graph.</param>
    public static RankedGraph From(AlgorithmGraph simple)
    {
        int count = simple.Count;
        int most = 0;
        for (int i = 0; i < count; i++)
        {
            most = Math.Max(most, simple.Degree(i));
        }

        var next = new int[most + 2];
        for (int i = 0; i < count; i++)
        {
            next[most - simple.Degree(i) + 1]++;
        }

        for (int d = 0; d <= most; d++)
        {
            next[d + 1] += next[d];
        }

        var order = new int[count];
        var ranks = new int[count];
        for (int i = 0; i < count; i++)
        {
            ranks[i] = next[most - simple.Degree(i)]++;
            order[ranks[i]] = i;
        }

        var starts = new int[count + 1];
        var targets = new int[simple.Entries / 2];
        int at = 0;
        for (int rank = 0; rank < count; rank++)
        {
            foreach (int other in simple.Row(order[rank]))
            {
                if (ranks[other] < rank)
                {
                    targets[at++] = ranks[other];
                }
            }

            starts[rank + 1] = at;
            targets.AsSpan(starts[rank], at - starts[rank]).Sort();
        }

        return new RankedGraph(starts, targets, order);
    }

    /// <summary>The node that has a name.</summary>
    public int NodeAt(int rank) => _order[rank];

    /// <summary>Neighbours with lower names, ascending.</summary>
    public ReadOnlySpan<int> Row(int rank) => _targets.AsSpan(_starts[rank], _starts[rank + 1] - _starts[rank]);
}
