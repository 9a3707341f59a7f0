using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Degrees of nodes that a value in the query picks out, and of their neighbours: what the graph says of them itself is better than its averages.</summary>
internal sealed class KnownDegrees(GraphView graph, Cardinality cardinality)
{
    /// <summary>Neighbours that are looked at, evenly spaced.</summary>
    private const int Most = 64;

    /// <summary>Relationships that a pattern relationship could be at a node.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="from">Its end that the node stands for.</param>
    /// <param name="node">The node.</param>
    public double Degree(PatternEdge edge, PatternNode from, int node)
    {
        Direction seen = Cardinality.Seen(edge, from);
        double degree = 0;
        foreach (int type in cardinality.Types(edge))
        {
            if (type < graph.Types.Count)
            {
                degree += seen == Direction.Incoming ? 0 : graph.Degree(node, Direction.Outgoing, type);
                degree += seen == Direction.Outgoing ? 0 : graph.Degree(node, Direction.Incoming, type);
            }
        }

        return degree == 0 ? 0 : degree * cardinality.Reaching(edge, from);
    }

    /// <summary>The same, on average over the neighbours of a known node.</summary>
    /// <param name="edge">The relationship.</param>
    /// <param name="from">Its end that the neighbours stand for.</param>
    /// <param name="by">The relationship by which they are neighbours.</param>
    /// <param name="known">The known node.</param>
    public double Degree(PatternEdge edge, PatternNode from, PatternEdge by, PatternNode known)
    {
        Direction seen = Cardinality.Seen(by, known);
        int label = from.Labels.Count == 0 ? -1 : graph.Labels.Find(from.Labels[0]);
        double sum = 0;
        int count = 0;
        foreach (int type in cardinality.Types(by))
        {
            if (type < graph.Types.Count && seen != Direction.Incoming)
            {
                Add(graph.Neighbours(known.Number, Direction.Outgoing, type).Others);
            }

            if (type < graph.Types.Count && seen != Direction.Outgoing)
            {
                Add(graph.Neighbours(known.Number, Direction.Incoming, type).Others);
            }
        }

        return count == 0 ? 0 : sum / count;

        void Add(ReadOnlySpan<int> others)
        {
            int stride = 1 + (others.Length / Most);
            for (int i = 0; i < others.Length; i += stride)
            {
                if (label < 0 || graph.LabelsOf(others[i]).Contains(label))
                {
                    sum += Degree(edge, from, others[i]) * stride;
                    count += stride;
                }
            }
        }
    }
}
