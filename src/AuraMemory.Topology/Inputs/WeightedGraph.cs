namespace AuraMemory.Topology.Inputs;

/// <summary>An edge of an undirected graph.</summary>
/// <param name="From">One end, 0 to count - 1.</param>
/// <param name="To">The other end.</param>
/// <param name="Length">Length of the edge, above 0; 1 where none is given.</param>
public readonly record struct GraphEdge(int From, int To, double Length = 1);

/// <summary>An undirected graph. Loops and repeated edges are dropped (the shortest is kept).</summary>
public sealed class WeightedGraph
{
    /// <summary>Makes a graph. O(m log m).</summary>
    /// <param name="count">Number of vertices.</param>
    /// <param name="edges">Edges in any order.</param>
    /// <exception cref="ArgumentException">An end is no vertex, or a length is not a positive finite number.</exception>
    public WeightedGraph(int count, ReadOnlySpan<GraphEdge> edges)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var kept = new GraphEdge[edges.Length];
        int used = 0;
        foreach (GraphEdge edge in edges)
        {
            if ((uint)edge.From >= (uint)count || (uint)edge.To >= (uint)count)
            {
                throw new ArgumentException($"Edge ({edge.From}, {edge.To}) names a vertex that is not among the {count}.", nameof(edges));
            }

            if (!double.IsFinite(edge.Length) || edge.Length <= 0)
            {
                throw new ArgumentException($"Edge ({edge.From}, {edge.To}) has length {edge.Length}; it must be positive and finite.", nameof(edges));
            }

            if (edge.From != edge.To)
            {
                kept[used++] = edge.From < edge.To ? edge : new GraphEdge(edge.To, edge.From, edge.Length);
            }
        }

        Array.Sort(kept, 0, used, Comparer<GraphEdge>.Create(static (x, y) =>
            x.From != y.From ? x.From.CompareTo(y.From) : x.To != y.To ? x.To.CompareTo(y.To) : x.Length.CompareTo(y.Length)));
        int distinct = 0;
        for (int i = 0; i < used; i++)
        {
            if (distinct == 0 || kept[distinct - 1].From != kept[i].From || kept[distinct - 1].To != kept[i].To)
            {
                kept[distinct++] = kept[i];
            }
        }

        Count = count;
        Edges = kept.AsMemory(0, distinct);
    }

    /// <summary>Number of vertices.</summary>
    public int Count { get; }

    /// <summary>Edges, the smaller end first, sorted, without loops and repetitions.</summary>
    public ReadOnlyMemory<GraphEdge> Edges { get; }
}
