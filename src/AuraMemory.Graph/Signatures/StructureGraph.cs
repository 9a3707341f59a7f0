using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Signatures;

/// <summary>The simple undirected graph, and what signatures take from it beyond a node's own neighbourhood: triangles at each edge and node, core numbers.</summary>
/// <remarks>
/// <para>Triangles at an edge are counted through marks of the end with more neighbours, O(sum over edges of the lesser degree) (N. Chiba, T. Nishizeki, Arboricity and
/// Subgraph Listing Algorithms, 1985). A next graph takes over those of edges whose ends have the neighbours they had; core numbers are global and are computed anew.</para>
/// <para>Immutable. 12 bytes an entry (an edge has two) and 32 a node.</para>
/// </remarks>
internal sealed class StructureGraph
{
    private readonly int[] _together;
    private readonly long[] _triangles;
    private readonly long[] _ends;
    private readonly int[] _cores;

    private StructureGraph(AlgorithmGraph simple, StructureGraph? before, int[] places, bool[] changed, CancellationToken cancellation)
    {
        Simple = simple;
        _together = new int[simple.Entries];
        _triangles = new long[simple.Count];
        _ends = new long[simple.Count];
        if (before is not null)
        {
            TakeOver(before, places, changed);
        }

        CountTogether(before is null ? null : changed, cancellation);
        for (int node = 0; node < simple.Count; node++)
        {
            long twice = 0, ends = 0;
            ReadOnlySpan<int> row = simple.Row(node);
            ReadOnlySpan<int> together = Together(node);
            for (int j = 0; j < row.Length; j++)
            {
                twice += together[j];
                ends += simple.Degree(row[j]) - 1;
            }

            _triangles[node] = twice / 2;
            _ends[node] = ends;
        }

        _cores = KCore.Compute(simple);
    }

    /// <summary>The graph; rows ascend.</summary>
    public AlgorithmGraph Simple { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => (8L * Simple.Entries) + (28L * Simple.Count);

    /// <summary>Prepares a graph.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static StructureGraph Of(AlgorithmGraph graph, CancellationToken cancellation) => new(graph.Simple(), null, [], [], cancellation);

    /// <summary>Prepares a later state of the graph. O(nodes + edges), and the counting at nodes that have other neighbours now.</summary>
    /// <param name="graph">The graph as it is now; nodes keep their numbers in the view.</param>
    /// <param name="before">For each node now, where it was before; -1 = it was not there.</param>
    /// <param name="changed">For each node now, whether it is new or its neighbours are others than before.</param>
    /// <param name="cancellation">Ends it early.</param>
    public StructureGraph Next(AlgorithmGraph graph, out int[] before, out bool[] changed, CancellationToken cancellation)
    {
        AlgorithmGraph simple = graph.Simple();
        before = new int[simple.Count];
        changed = new bool[simple.Count];
        for (int node = 0, old = 0; node < simple.Count; node++)
        {
            int number = simple.NodeAt(node);
            while (old < Simple.Count && Simple.NodeAt(old) < number)
            {
                old++;
            }

            bool known = old < Simple.Count && Simple.NodeAt(old) == number;
            before[node] = known ? old : -1;
            changed[node] = !known || !HasRow(old, simple, simple.Row(node));
        }

        return new StructureGraph(simple, this, before, changed, cancellation);
    }

    /// <summary>Triangles at a node.</summary>
    public long Triangles(int node) => _triangles[node];

    /// <summary>For each neighbour in the node's row, neighbours in common.</summary>
    public ReadOnlySpan<int> Together(int node) => _together.AsSpan(Simple.Starts[node], Simple.Degree(node));

    /// <summary>Walks of two steps from a node that do not go back.</summary>
    public long Ends(int node) => _ends[node];

    /// <summary>Core number.</summary>
    public int Core(int node) => _cores[node];

    private bool HasRow(int node, AlgorithmGraph other, ReadOnlySpan<int> row)
    {
        ReadOnlySpan<int> own = Simple.Row(node);
        if (own.Length != row.Length)
        {
            return false;
        }

        for (int i = 0; i < own.Length; i++)
        {
            if (Simple.NodeAt(own[i]) != other.NodeAt(row[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void TakeOver(StructureGraph before, int[] places, bool[] changed)
    {
        for (int node = 0; node < Simple.Count; node++)
        {
            if (!changed[node])
            {
                before.Together(places[node]).CopyTo(_together.AsSpan(Simple.Starts[node]));
            }
        }
    }

    private void CountTogether(bool[]? changed, CancellationToken cancellation)
    {
        var marks = new int[Simple.Count];
        ReadOnlySpan<int> starts = Simple.Starts;
        for (int u = 0; u < Simple.Count; u++)
        {
            if ((u & 0xFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<int> row = Simple.Row(u);
            bool marked = false;
            for (int j = 0; j < row.Length; j++)
            {
                int v = row[j];
                ReadOnlySpan<int> other = Simple.Row(v);
                if (other.Length > row.Length || (other.Length == row.Length && v > u) || (changed is not null && !changed[u] && !changed[v]))
                {
                    continue;
                }

                if (!marked)
                {
                    foreach (int w in row)
                    {
                        marks[w] = u + 1;
                    }

                    marked = true;
                }

                int both = 0;
                foreach (int w in other)
                {
                    both += marks[w] == u + 1 ? 1 : 0;
                }

                _together[starts[u] + j] = both;
                _together[starts[v] + other.BinarySearch(u)] = both;
            }
        }
    }
}
