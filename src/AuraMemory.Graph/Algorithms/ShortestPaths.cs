namespace AuraMemory.Graph.Algorithms;

/// <summary>Distances from one node, and the way back to it.</summary>
/// <param name="Source">The node.</param>
/// <param name="Costs">By node; infinite where it cannot be reached.</param>
/// <param name="Parents">The node before each on a cheapest way; -1 at the source and where there is no way.</param>
/// <param name="Order">Nodes that were reached, nearest first.</param>
public sealed record PathTree(int Source, double[] Costs, int[] Parents, int[] Order)
{
    /// <summary>Nodes of the way from the source to a node; empty when there is none.</summary>
    public int[] PathTo(int node)
    {
        if (double.IsInfinity(Costs[node]))
        {
            return [];
        }

        var path = new List<int> { node };
        while (node != Source)
        {
            node = Parents[node];
            path.Add(node);
        }

        path.Reverse();
        return [.. path];
    }
}

/// <summary>Breadth-first search and Dijkstra's algorithm.</summary>
public static class ShortestPaths
{
    /// <summary>Fewest edges from a node. O(nodes + edges).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">Where to start.</param>
    /// <param name="maxDepth">Farthest distance; negative = any.</param>
    /// <param name="target">Ends when this node is reached; -1 = goes on to all.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public static PathTree BreadthFirst(
        AlgorithmGraph graph, int source, int maxDepth = -1, int target = -1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var costs = new double[graph.Count];
        costs.AsSpan().Fill(double.PositiveInfinity);
        var parents = new int[graph.Count];
        parents.AsSpan().Fill(-1);
        var order = new int[graph.Count];
        costs[source] = 0;
        order[0] = source;
        int reached = 1;
        for (int head = 0; head < reached && (target < 0 || double.IsInfinity(costs[target])); head++)
        {
            if ((head & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int node = order[head];
            if (maxDepth >= 0 && costs[node] >= maxDepth)
            {
                break;
            }

            foreach (int other in graph.Row(node))
            {
                if (double.IsInfinity(costs[other]))
                {
                    costs[other] = costs[node] + 1;
                    parents[other] = node;
                    order[reached++] = other;
                }
            }
        }

        return new PathTree(source, costs, parents, order[..reached]);
    }

    /// <summary>Cheapest ways from a node (E. W. Dijkstra, 1959, with a binary heap). O((nodes + edges) log nodes).</summary>
    /// <param name="graph">The graph; an edge without weight costs 1.</param>
    /// <param name="source">Where to start.</param>
    /// <param name="targets">Ends when all of these are reached; empty = goes on to all.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <exception cref="ArgumentException">A weight that was met is negative or not a number.</exception>
    public static PathTree Dijkstra(AlgorithmGraph graph, int source, IReadOnlyCollection<int> targets, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(targets);
        var costs = new double[graph.Count];
        costs.AsSpan().Fill(double.PositiveInfinity);
        var parents = new int[graph.Count];
        parents.AsSpan().Fill(-1);
        var done = new bool[graph.Count];
        var order = new List<int>();
        var left = new HashSet<int>(targets);
        var queue = new PriorityQueue<int, (double Cost, int Node)>();
        costs[source] = 0;
        queue.Enqueue(source, (0, source));
        while (queue.TryDequeue(out int node, out _))
        {
            if (done[node])
            {
                continue;
            }

            done[node] = true;
            order.Add(node);
            if (left.Remove(node) && left.Count == 0)
            {
                break;
            }

            if ((order.Count & 0x3FF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            for (int e = graph.StartArray[node]; e < graph.StartArray[node + 1]; e++)
            {
                double weight = graph.WeightArray?[e] ?? 1;
                if (!(weight >= 0))
                {
                    throw new ArgumentException("Dijkstra's algorithm needs weights that are 0 or more.", nameof(graph));
                }

                int other = graph.TargetArray[e];
                double cost = costs[node] + weight;
                if (cost < costs[other])
                {
                    costs[other] = cost;
                    parents[other] = node;
                    queue.Enqueue(other, (cost, other));
                }
            }
        }

        for (int node = 0; node < costs.Length; node++)
        {
            if (!done[node])
            {
                costs[node] = double.PositiveInfinity;
                parents[node] = -1;
            }
        }

        return new PathTree(source, costs, parents, [.. order]);
    }
}
