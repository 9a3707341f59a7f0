namespace AuraMemory.Graph.Storage;

/// <summary>A kept index of how nodes are embedded in their graph. Any thread.</summary>
public interface ISimilarNodes
{
    /// <summary>The nodes most alike.</summary>
    /// <param name="view">The graph as the query sees it.</param>
    /// <param name="node">Number of a node in it.</param>
    /// <param name="k">How many at most, 1 or more.</param>
    /// <param name="charge">Told the bytes before the graph is projected for nodes whose relationships have changed; may throw to refuse.</param>
    /// <param name="cancellation">Ends the search with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Null when there is no index yet, or it had no room.</returns>
    SimilarNodes? Nearest(GraphView view, int node, int k, Action<long> charge, CancellationToken cancellation);
}

/// <summary>Nodes that are embedded alike.</summary>
/// <param name="Nodes">Numbers of nodes that the view has, with distances of their signatures; the nearest first, equally near ones by number.</param>
/// <param name="Pending">Relationships added and removed between the state of the graph that was indexed and the one the query sees; 0 = the answer is that of the graph as it is.</param>
public sealed record SimilarNodes(IReadOnlyList<(int Node, double Distance)> Nodes, long Pending);
