using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Signatures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary><c>memory.similarTopology</c>, <c>memory.topology.signature</c> and <c>memory.motifs</c>.</summary>
internal static class TopologyProcedures
{
    /// <summary>Most nodes whose signatures are computed for one query, where no index is kept.</summary>
    internal const int MostComputed = 10_000;

    /// <summary>The procedures.</summary>
    public static IEnumerable<IProcedure> All(ProjectionCatalog projections)
    {
        yield return new SimpleProcedure(
            "memory.similarTopology",
            [new("key", "ANY"), new("k", "INTEGER", Value.Of(10L))],
            [new("node", "NODE"), new("score", "FLOAT"), new("nodeId", "INTEGER"), new("distance", "FLOAT"), new("pending", "INTEGER")],
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
        long charged = context.Charged;
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
            context.Charge(charged - context.Charged);
        }
    }

    private static List<Value[]> Similar(QueryContext context, Value[] arguments, CancellationToken cancellation)
    {
        if (arguments[1].Kind != ValueKind.Integer || arguments[1].Integer is < 1 or > 10_000)
        {
            throw Wrong("memory.similarTopology needs 1 to 10000 as k.");
        }

        GraphView graph = context.Graph.Connected;
        int node = Locate(context.Graph, arguments[0]);
        int k = (int)arguments[1].Integer;
        SimilarNodes found = graph.SimilarNodes?.Nearest(graph, node, k, context.Charge, cancellation) ?? Compute(context, graph, node, k, cancellation);
        context.NodesVisited += found.Nodes.Count;
        var rows = new List<Value[]>();
        foreach ((int other, double distance) in found.Nodes)
        {
            rows.Add([Value.OfNode(other), Value.Of(1 / (1 + distance)), Value.Of((long)other), Value.Of(distance), Value.Of(found.Pending)]);
        }

        return rows;
    }

    private static SimilarNodes Compute(QueryContext context, GraphView graph, int node, int k, CancellationToken cancellation)
    {
        if (graph.NodeCount > MostComputed)
        {
            throw Wrong(
                $"memory.similarTopology has no signatures of this graph's {graph.NodeCount} nodes: they are not kept, are still being computed, or have no room. Up to {MostComputed} are computed for a query.");
        }

        context.Charge(SignatureIndex.Estimate(graph));
        using var index = new SignatureIndex();
        index.Refresh(graph, long.MaxValue, cancellation);
        return index.Nearest(graph, node, k, context.Charge, cancellation)!;
    }

    private static List<Value[]> Signature(QueryContext context, Value[] arguments, CancellationToken cancellation)
    {
        int node = Locate(context.Graph, arguments[0]);
        GraphView connected = context.Graph.Connected;
        context.Charge(SignatureTable.EstimateGraph(connected.NodeCount, connected.RelationshipCount));
        AlgorithmGraph graph = SignatureTable.Project(connected, cancellation);
        int index = graph.IndexOf(node);
        double[] values = new double[NodeSignature.Length];
        if (index < 0 && node < connected.NodeNumbers)
        {
            throw Missing(arguments[0]);
        }

        if (index >= 0)
        {
            new SignatureReader(StructureGraph.Of(graph, cancellation)).Read(index, values, cancellation);
        }

        return [[Value.Of([.. NodeSignature.Names.Select(Value.Of)]), Value.Of([.. values.Select(Value.Of)]), Value.OfNode(node)]];
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

    private static int Locate(GraphView view, Value key)
    {
        int node = key.Kind switch
        {
            ValueKind.Node => key.Node,
            ValueKind.Integer when key.Integer >= 0 && key.Integer < view.NodeNumbers => (int)key.Integer,
            ValueKind.String => ByKey(view, key),
            _ => -1,
        };
        return node >= 0 ? node : throw Missing(key);
    }

    private static CypherException Missing(Value key) => Wrong($"There is no node {key}; give a node, its number or its 'key'.");

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
