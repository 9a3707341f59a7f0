namespace AuraMemory.Graph.Query.Planning;

/// <summary>What is around a relationship that joins two nodes found before: the small pattern that it closes.</summary>
/// <remarks>
/// The shortest way between the two nodes makes a cycle with it: a triangle, to which the fourth node is taken that has most to do with it; a cycle of four or of five.
/// In longer cycles the two ends are taken to know nothing of each other.
/// </remarks>
internal sealed class ClosingContext
{
    private readonly PatternEdge[] _edges;
    private readonly int[] _left;
    private readonly int[] _right;

    // The relationship between two nodes, if there is one that is no list; -1 = none.
    private readonly int[,] _between;

    /// <summary>Of a connected pattern.</summary>
    public ClosingContext(PatternNode[] nodes, PatternEdge[] edges)
    {
        _edges = edges;
        _left = [.. edges.Select(e => Array.IndexOf(nodes, e.Left))];
        _right = [.. edges.Select(e => Array.IndexOf(nodes, e.Right))];
        _between = new int[nodes.Length, nodes.Length];
        for (int a = 0; a < nodes.Length; a++)
        {
            for (int b = 0; b < nodes.Length; b++)
            {
                _between[a, b] = Array.FindIndex(edges, e => !e.IsLong && ((e.Left == nodes[a] && e.Right == nodes[b]) || (e.Left == nodes[b] && e.Right == nodes[a])));
            }
        }
    }

    /// <summary>Finds the pattern.</summary>
    /// <param name="closing">The relationship that closes it.</param>
    /// <param name="known">Relationships found before, one bit each.</param>
    /// <returns>Relationships of the pattern; empty = nothing is near.</returns>
    public List<PatternEdge> Find(int closing, UInt128 known)
    {
        Span<int> nodes = stackalloc int[5];
        (nodes[0], nodes[1]) = (_left[closing], _right[closing]);
        int count = Way(nodes, known);
        if (count == 3)
        {
            count += Fourth(nodes, known) ? 1 : 0;
        }

        var pattern = new List<PatternEdge>();
        for (int i = 0; i < count; i++)
        {
            for (int j = i + 1; j < count && count > 2; j++)
            {
                int edge = Known(nodes[i], nodes[j], known);
                if (edge >= 0)
                {
                    pattern.Add(_edges[edge]);
                }
            }
        }

        return pattern;
    }

    /// <summary>Nodes on a shortest way between the first two, up to three; how many nodes there are then.</summary>
    private int Way(Span<int> nodes, UInt128 known)
    {
        int all = _between.GetLength(0);
        Span<int> from = stackalloc int[all];
        Span<int> queue = stackalloc int[all];
        from.Fill(-1);
        (int head, int tail) = (0, 1);
        queue[0] = nodes[0];
        from[nodes[0]] = nodes[0];
        while (head < tail && from[nodes[1]] < 0)
        {
            int at = queue[head++];
            for (int next = 0; next < all; next++)
            {
                if (from[next] < 0 && Known(at, next, known) >= 0)
                {
                    from[next] = at;
                    queue[tail++] = next;
                }
            }
        }

        int count = 2;
        for (int at = from[nodes[1]]; at >= 0 && at != nodes[0]; at = from[at])
        {
            if (count == nodes.Length)
            {
                return 0;
            }

            nodes[count++] = at;
        }

        return count == 2 ? 0 : count;
    }

    private bool Fourth(Span<int> nodes, UInt128 known)
    {
        int most = 1;
        for (int node = 0; node < _between.GetLength(0); node++)
        {
            if (nodes[..3].Contains(node))
            {
                continue;
            }

            int meeting = 0;
            for (int i = 0; i < 3; i++)
            {
                meeting += Known(node, nodes[i], known) >= 0 ? 1 : 0;
            }

            (most, nodes[3]) = meeting > most ? (meeting, node) : (most, nodes[3]);
        }

        return most > 1;
    }

    private int Known(int a, int b, UInt128 known) => a != b && _between[a, b] is >= 0 and int edge && (known >> edge & 1) != 0 ? edge : -1;
}
