using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Signatures;

/// <summary>The link of a node (the graph among its neighbours): its edges and pieces. One thread; used again for node after node.</summary>
/// <remarks>
/// A neighbour with a short row has it scanned, one with a long row is asked for each of the others: so the leaves of a hub do not each read the whole row of the hub.
/// </remarks>
internal sealed class LinkScan(StructureGraph graph)
{
    /// <summary>Most edges that are kept; a link with more has its pieces counted, and no cliques.</summary>
    public const int MostEdges = 1 << 18;

    private const int SearchCost = 12;
    private readonly int[] _places = new int[graph.Simple.Count];
    private readonly List<(int From, int To)> _edges = [];
    private int[] _roots = [];

    /// <summary>Edges between places in the node's row, the lower first.</summary>
    public List<(int From, int To)> Edges => _edges;

    /// <summary>Whether all edges are kept.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Pieces of the link.</summary>
    public int Pieces { get; private set; }

    /// <summary>Sum over the edges of the link of the triangles that each is part of elsewhere: diamonds that have the node as a tip.</summary>
    public long Diamonds { get; private set; }

    /// <summary>Looks at a node. O(sum over its neighbours of the lesser of its degree and theirs), with a logarithm.</summary>
    public void Read(int node, CancellationToken cancellation)
    {
        AlgorithmGraph simple = graph.Simple;
        ReadOnlySpan<int> row = simple.Row(node);
        ReadOnlySpan<int> together = graph.Together(node);
        _edges.Clear();
        IsWhole = graph.Triangles(node) <= MostEdges;
        Diamonds = 0;
        Pieces = row.Length;
        if (_roots.Length < row.Length)
        {
            _roots = new int[Math.Max(row.Length, 2 * _roots.Length)];
        }

        for (int i = 0; i < row.Length; i++)
        {
            _places[row[i]] = i + 1;
            _roots[i] = i;
        }

        for (int i = 0; i < row.Length; i++)
        {
            if (together[i] == 0)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> other = simple.Row(row[i]);
            ReadOnlySpan<int> counts = graph.Together(row[i]);
            if (other.Length <= SearchCost * (long)(row.Length - i))
            {
                for (int e = 0; e < other.Length; e++)
                {
                    int j = _places[other[e]] - 1;
                    if (j > i)
                    {
                        Meet(i, j, counts[e]);
                    }
                }
            }
            else
            {
                for (int j = i + 1; j < row.Length; j++)
                {
                    int e = together[j] == 0 ? -1 : other.BinarySearch(row[j]);
                    if (e >= 0)
                    {
                        Meet(i, j, counts[e]);
                    }
                }
            }
        }

        foreach (int each in row)
        {
            _places[each] = 0;
        }
    }

    private void Meet(int i, int j, int triangles)
    {
        Diamonds += triangles - 1;
        if (IsWhole)
        {
            _edges.Add((i, j));
        }

        int a = Root(i), b = Root(j);
        if (a != b)
        {
            _roots[b] = a;
            Pieces--;
        }
    }

    private int Root(int place)
    {
        while (_roots[place] != place)
        {
            place = _roots[place] = _roots[_roots[place]];
        }

        return place;
    }
}
