using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary><c>memory.similarTopology</c>, <c>memory.topology.signature</c> and <c>memory.motifs</c>.</summary>
internal static class TopologyProcedures
{
    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections)
    {
        yield return new SimpleProcedure(
            "memory.similarTopology",
            [new("key", "ANY"), new("k", "INTEGER", Value.Of(10L))],
            [new("node", "NODE"), new("score", "FLOAT"), new("nodeId", "INTEGER")],
            (context, arguments) => Guarded(context, token => Similar(context, arguments, token)));
        yield return new SimpleProcedure(
            "memory.topology.signature",
            [new("key", "ANY")],
            [new("names", "LIST"), new("values", "LIST"), new("node", "NODE")],
            (context, arguments) => Guarded(context, token => Signature(context, arguments, token)));
        yield return new AlgorithmProcedure(
            "memory.motifs", projections, Orientation.Undirected, [],
            [new("motif", "STRING"), new("count", "INTEGER"), new("induced", "INTEGER")], Motifs);
    }

    private static List<Value[]> Guarded(QueryContext context, Func<CancellationToken, List<Value[]>> work)
    {
        long bytes = (context.Graph.NodeCount * 256) + (context.Graph.RelationshipCount * 16);
        context.Charge(bytes);
        using CancellationTokenSource limits = context.LinkedToLimits();
        try
        {
            return work(limits.Token);
        }
        catch (OperationCanceledException)
        {
            context.CheckTime();
            throw;
        }
        finally
        {
            context.Charge(-bytes);
        }
    }

    private static List<Value[]> Similar(QueryContext context, Value[] arguments, CancellationToken cancellation)
    {
        if (arguments[1].Kind != ValueKind.Integer || arguments[1].Integer is < 1 or > 10_000)
        {
            throw Wrong("memory.similarTopology needs 1 to 10000 as k.");
        }

        AlgorithmGraph graph = AlgorithmGraph.Project(context.Graph, new GraphProjection { Orientation = Orientation.Undirected }, cancellation);
        int node = Locate(context.Graph, graph, arguments[0]);
        var signatures = new NodeSignatures(graph, cancellation);
        var rows = new List<Value[]>();
        foreach ((int other, double score) in signatures.Nearest(node, (int)arguments[1].Integer))
        {
            rows.Add([Value.OfNode(graph.NodeAt(other)), Value.Of(score), Value.Of((long)graph.NodeAt(other))]);
        }

        return rows;
    }

    private static List<Value[]> Signature(QueryContext context, Value[] arguments, CancellationToken cancellation)
    {
        AlgorithmGraph graph = AlgorithmGraph.Project(context.Graph, new GraphProjection { Orientation = Orientation.Undirected }, cancellation);
        int node = Locate(context.Graph, graph, arguments[0]);
        double[] values = new NodeSignatures(graph, cancellation).Describe(node);
        return
        [
            [
                Value.Of([.. NodeSignatures.Names.Select(Value.Of)]),
                Value.Of([.. values.Select(Value.Of)]),
                Value.OfNode(graph.NodeAt(node)),
            ],
        ];
    }

    private static IEnumerable<Value[]> Motifs(AlgorithmCall call)
    {
        MotifCounts counts = MotifCounts.Count(call.Graph, call.Cancellation);
        MotifCounts induced = counts.Induced();
        return
        [
            Row("wedge", counts.Wedges, induced.Wedges), Row("triangle", counts.Triangles, induced.Triangles),
            Row("star3", counts.Stars, induced.Stars), Row("path4", counts.Paths, induced.Paths), Row("paw", counts.Paws, induced.Paws),
            Row("cycle4", counts.Cycles, induced.Cycles), Row("diamond", counts.Diamonds, induced.Diamonds), Row("clique4", counts.Cliques, induced.Cliques),
        ];

        static Value[] Row(string name, long count, long alone) => [Value.Of(name), Value.Of(count), Value.Of(alone)];
    }

    private static int Locate(GraphView view, AlgorithmGraph graph, Value key)
    {
        int node = key.Kind switch
        {
            ValueKind.Node => key.Node,
            ValueKind.Integer when key.Integer is >= 0 and <= int.MaxValue => (int)key.Integer,
            ValueKind.String => ByKey(view, key),
            _ => -1,
        };
        int index = node < 0 ? -1 : graph.IndexOf(node);
        return index >= 0 ? index : throw Wrong($"There is no node {key}; give a node, its number or its 'key'.");
    }

    private static int ByKey(GraphView view, Value key)
    {
        int property = view.Keys.Find("key");
        if (property < 0)
        {
            return -1;
        }

        var found = new List<int>();
        if (view.TrySeek(-1, property, key, found) || view.TrySeek(view.Labels.Find("MemoryNode"), property, key, found))
        {
            return found.Count > 0 ? found[0] : -1;
        }

        Span<int> some = stackalloc int[256];
        long position = 0;
        for (int count = view.Scan(-1, ref position, some); count > 0; count = view.Scan(-1, ref position, some))
        {
            foreach (int node in some[..count])
            {
                if (view.NodeProperty(node, property) is { Kind: ValueKind.String } value && value.Text == key.Text)
                {
                    return node;
                }
            }
        }

        return -1;
    }

    private static CypherException Wrong(string message) =>
        CypherException.Runtime("ProcedureError", "InvalidArgumentValue", message, TextPosition.None);
}
