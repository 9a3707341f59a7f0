using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Signatures;

/// <summary>The signatures of all nodes with relationships, of one state of a graph. Immutable.</summary>
/// <remarks>
/// A signature depends on rows, degrees and triangles of nodes at most two hops away, and on the node's core number. A change of a relationship changes the rows of both its ends, and whoever
/// had a changed node within two hops before has one now (the part of a way up to its first removed relationship is still there, and ends at a changed node). So of a later
/// state only nodes within two hops of a changed row, or with another core number, are computed anew.
/// </remarks>
internal sealed class SignatureTable
{
    private readonly float[] _features;

    private SignatureTable(StructureGraph graph, long edits, float[] features, int recomputed)
    {
        Graph = graph;
        Edits = edits;
        _features = features;
        Recomputed = recomputed;
    }

    /// <summary>The graph.</summary>
    public StructureGraph Graph { get; }

    /// <summary>State of the graph, as <see cref="GraphView.RelationshipEdits"/> has it.</summary>
    public long Edits { get; }

    /// <summary>Signatures that were computed and not taken over.</summary>
    public int Recomputed { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => Graph.Bytes + (4L * _features.Length);

    /// <summary>Rows of features, one a node.</summary>
    public ReadOnlySpan<float> Features => _features;

    /// <summary>Estimated bytes of a table, of the one before it, and of what its making takes.</summary>
    public static long Estimate(long nodes, long relationships) => EstimateGraph(nodes, relationships) + (nodes * ((8 * NodeSignature.Length) + 32)) + (relationships * 16);

    /// <summary>Estimated bytes of a graph prepared for signatures, and of what its making takes.</summary>
    public static long EstimateGraph(long nodes, long relationships) => (nodes * (70 + SignatureReader.BytesEachNode)) + (relationships * 40);

    /// <summary>The part of a graph that signatures are of.</summary>
    public static AlgorithmGraph Project(GraphView view, CancellationToken cancellation) =>
        AlgorithmGraph.Project(view, new GraphProjection { Orientation = Orientation.Undirected }, cancellation);

    /// <summary>Computes the signatures of a graph.</summary>
    /// <param name="view">The graph.</param>
    /// <param name="before">Signatures of an earlier state of it; null = all are computed.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static SignatureTable Of(GraphView view, SignatureTable? before, CancellationToken cancellation)
    {
        AlgorithmGraph projected = Project(view, cancellation);
        StructureGraph graph;
        int[] places = [];
        bool[] changed = [];
        if (before is null)
        {
            graph = StructureGraph.Of(projected, cancellation);
        }
        else
        {
            graph = before.Graph.Next(projected, out places, out changed, cancellation);
            changed = Within(graph.Simple, Within(graph.Simple, changed));
        }

        var features = new float[checked(graph.Simple.Count * NodeSignature.Length)];
        var reader = new SignatureReader(graph);
        Span<double> values = stackalloc double[NodeSignature.Length];
        int recomputed = 0;
        for (int node = 0; node < graph.Simple.Count; node++)
        {
            Span<float> own = features.AsSpan(node * NodeSignature.Length, NodeSignature.Length);
            if (before is not null && !changed[node] && graph.Core(node) == before.Graph.Core(places[node]))
            {
                before.Row(places[node]).CopyTo(own);
            }
            else if (graph.Simple.Degree(node) > 0)
            {
                reader.Read(node, values, cancellation);
                NodeSignature.ToFeatures(values, own);
                recomputed++;
            }
        }

        return new SignatureTable(graph, view.RelationshipEdits, features, recomputed);
    }

    /// <summary>Features of a node of the table's graph.</summary>
    public ReadOnlySpan<float> Row(int index) => _features.AsSpan(index * NodeSignature.Length, NodeSignature.Length);

    /// <summary>Place of a node of a view that had the same neighbours when the table was made; -1 = it had not.</summary>
    public int FindUnchanged(GraphView view, int node)
    {
        int index = Graph.Simple.IndexOf(node);
        if (index < 0)
        {
            return -1;
        }

        int[] others = [.. view.Neighbours(node, Direction.Outgoing, -1).Others, .. view.Neighbours(node, Direction.Incoming, -1).Others];
        Array.Sort(others);
        ReadOnlySpan<int> row = Graph.Simple.Row(index);
        int at = 0;
        for (int i = 0; i < others.Length; i++)
        {
            if (others[i] == node || (i > 0 && others[i] == others[i - 1]))
            {
                continue;
            }

            if (at == row.Length || Graph.Simple.NodeAt(row[at++]) != others[i])
            {
                return -1;
            }
        }

        return at == row.Length ? index : -1;
    }

    private static bool[] Within(AlgorithmGraph simple, bool[] some)
    {
        bool[] wider = [.. some];
        for (int node = 0; node < simple.Count; node++)
        {
            if (some[node])
            {
                foreach (int other in simple.Row(node))
                {
                    wider[other] = true;
                }
            }
        }

        return wider;
    }
}
