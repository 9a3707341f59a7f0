using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>Cheapest paths and breadth-first search.</summary>
internal static class PathProcedures
{
    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections)
    {
        ProcedureField[] path =
        [
            new("index", "INTEGER"), new("sourceNode", "INTEGER"), new("targetNode", "INTEGER"), new("totalCost", "FLOAT"),
            new("nodeIds", "LIST"), new("costs", "LIST"), new("path", "PATH"),
        ];
        yield return new AlgorithmProcedure(
            "gds.shortestPath.dijkstra.stream", projections, Orientation.Natural, ["sourceNode", "targetNode", "targetNodes"], path, call => Cheapest(call, all: false));
        yield return new AlgorithmProcedure(
            "gds.allShortestPaths.dijkstra.stream", projections, Orientation.Natural, ["sourceNode"], path, call => Cheapest(call, all: true));
        yield return new AlgorithmProcedure(
            "gds.bfs.stream", projections, Orientation.Natural, ["sourceNode", "targetNodes", "maxDepth"],
            [new("sourceNode", "INTEGER"), new("nodeIds", "LIST"), new("nodes", "LIST"), new("path", "PATH")], Breadth);
    }

    private static int Source(AlgorithmCall call) => call.Node(call.Settings.Map["sourceNode"], "sourceNode");

    private static IEnumerable<Value[]> Cheapest(AlgorithmCall call, bool all)
    {
        int source = Source(call);
        int[] targets = all ? [] : [.. call.Nodes("targetNode"), .. call.Nodes("targetNodes")];
        if (!all && targets.Length == 0)
        {
            throw call.Settings.Wrong("needs a 'targetNode' or 'targetNodes'");
        }

        PathTree tree = ShortestPaths.Dijkstra(call.Graph, source, targets, call.Cancellation);
        long index = 0;
        foreach (int target in all ? tree.Order : targets)
        {
            int[] nodes = tree.PathTo(target);
            if (nodes.Length > 0)
            {
                yield return
                [
                    Value.Of(index++), call.Id(source), call.Id(target), Value.Of(tree.Costs[target]),
                    AlgorithmProcedures.List(nodes.Select(call.Graph.NodeAt)),
                    Value.Of([.. nodes.Select(node => Value.Of(tree.Costs[node]))]),
                    Value.Of(ToPath(call, nodes)),
                ];
            }
        }
    }

    private static IEnumerable<Value[]> Breadth(AlgorithmCall call)
    {
        int source = Source(call);
        int[] targets = call.Nodes("targetNodes");
        PathTree tree = ShortestPaths.BreadthFirst(call.Graph, source, call.Settings.Integer("maxDepth", -1, -1), cancellation: call.Cancellation);
        int[] order = tree.Order;
        int end = order.Length;
        foreach (int target in targets)
        {
            int at = Array.IndexOf(order, target);
            end = at < 0 ? end : Math.Min(end, at + 1);
        }

        order = order[..end];
        Value path = targets.Length == 0 || !targets.AsSpan().Contains(order[^1]) ? Value.Null : Value.Of(ToPath(call, tree.PathTo(order[^1])));
        yield return
        [
            call.Id(source), AlgorithmProcedures.List(order.Select(call.Graph.NodeAt)), Value.Of([.. order.Select(call.NodeValue)]), path,
        ];
    }

    // Nodes say where a path goes; of parallel relationships the cheapest is taken, of equally cheap ones the first.
    private static PathValue ToPath(AlgorithmCall call, int[] nodes)
    {
        var numbers = new int[nodes.Length];
        var relationships = new int[nodes.Length - 1];
        numbers[0] = call.Graph.NodeAt(nodes[0]);
        for (int i = 1; i < nodes.Length; i++)
        {
            numbers[i] = call.Graph.NodeAt(nodes[i]);
            relationships[i - 1] = Between(call, numbers[i - 1], numbers[i]);
        }

        return new PathValue(numbers, relationships);
    }

    private static int Between(AlgorithmCall call, int from, int to)
    {
        GraphView view = call.Context.Graph;
        int[] types = call.Projection.Types.Count == 0 ? [-1] : [.. call.Projection.Types.Select(view.Types.Find).Where(type => type >= 0)];
        int key = call.Projection.WeightProperty is { } name ? view.Keys.Find(name) : -1;
        int best = -1;
        double least = double.PositiveInfinity;
        foreach (int type in types)
        {
            if (call.Projection.Orientation != Orientation.Reverse)
            {
                Look(view.Neighbours(from, Direction.Outgoing, type));
            }

            if (call.Projection.Orientation != Orientation.Natural)
            {
                Look(view.Neighbours(from, Direction.Incoming, type));
            }
        }

        return best;

        void Look(Adjacency row)
        {
            for (int i = 0; i < row.Count; i++)
            {
                if (row.Others[i] == to)
                {
                    Value value = key < 0 ? Value.Null : view.RelationshipProperty(row.Relationships[i], key);
                    double weight = value.IsNumber ? value.Number : call.Projection.DefaultWeight;
                    if (weight < least)
                    {
                        (best, least) = (row.Relationships[i], weight);
                    }
                }
            }
        }
    }
}
