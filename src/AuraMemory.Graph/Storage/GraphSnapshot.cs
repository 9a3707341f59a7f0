using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>The roots of everything a snapshot reads.</summary>
internal sealed record GraphRoots(
    NodeSetSnapshot Nodes,
    NodeSetSnapshot[] ByLabel,
    long[] TypeCounts,
    int[][] LabelSets,
    PagedSnapshot<int> NodeLabels,
    PagedSnapshot<PropertyRow?> NodeProperties,
    PagedSnapshot<RelationshipRecord> Relationships,
    PagedSnapshot<PropertyRow?> RelationshipProperties,
    AdjacencySnapshot Outgoing,
    AdjacencySnapshot Incoming,
    (int Label, int Key, PropertyIndexSnapshot Index)[] Indexes,
    long RelationshipCount,
    int NodeNumbers,
    int RelationshipNumbers,
    long RelationshipEdits);

/// <summary>A <see cref="PropertyGraph"/> as it was at one moment. Immutable: any number of threads may read it.</summary>
internal sealed class GraphSnapshot : GraphView
{
    private readonly PropertyGraph _graph;
    private readonly GraphRoots _roots;
    private readonly AdjacencySnapshot _outgoing;
    private readonly AdjacencySnapshot _incoming;
    private readonly PagedSnapshot<RelationshipRecord> _relationships;

    /// <summary>A view of these roots.</summary>
    public GraphSnapshot(PropertyGraph graph, GraphRoots roots)
    {
        _graph = graph;
        _roots = roots;
        _outgoing = roots.Outgoing;
        _incoming = roots.Incoming;
        _relationships = roots.Relationships;
    }

    /// <inheritdoc/>
    public override TokenTable Labels => _graph.Labels;

    /// <inheritdoc/>
    public override TokenTable Types => _graph.Types;

    /// <inheritdoc/>
    public override TokenTable Keys => _graph.Keys;

    /// <inheritdoc/>
    public override long NodeCount => _roots.Nodes.Count;

    /// <inheritdoc/>
    public override long RelationshipCount => _roots.RelationshipCount;

    /// <inheritdoc/>
    public override int NodeNumbers => _roots.NodeNumbers;

    /// <inheritdoc/>
    public override int RelationshipNumbers => _roots.RelationshipNumbers;

    /// <inheritdoc/>
    public override IGraphStatistics? Statistics => _graph.CurrentStatistics;

    /// <inheritdoc/>
    public override ISimilarNodes? SimilarNodes => _graph.SimilarNodes;

    /// <inheritdoc/>
    public override long RelationshipEdits => _roots.RelationshipEdits;

    /// <summary>Whether there is a node of this number.</summary>
    public bool HasNode(int node) => _roots.Nodes.Contains(node);

    /// <summary>A relationship's ends and type.</summary>
    public RelationshipRecord Record(int relationship) => _relationships[relationship];

    /// <summary>Different values in an index; 0 when there is none.</summary>
    public int IndexedValues(int label, int key) => Find(label, key)?.Distinct ?? 0;

    /// <inheritdoc/>
    public override long CountNodes(int label) =>
        label < 0 ? NodeCount : label < _roots.ByLabel.Length ? _roots.ByLabel[label].Count : 0;

    /// <inheritdoc/>
    public override long CountRelationships(int type) =>
        type < 0 ? RelationshipCount : type < _roots.TypeCounts.Length ? _roots.TypeCounts[type] : 0;

    /// <inheritdoc/>
    public override int Scan(int label, ref long position, Span<int> into) =>
        label < 0 ? _roots.Nodes.Fill(ref position, into)
        : label < _roots.ByLabel.Length ? _roots.ByLabel[label].Fill(ref position, into)
        : 0;

    /// <inheritdoc/>
    public override bool HasIndex(int label, int key) => Find(label, key) is not null || (label >= 0 && Find(-1, key) is not null);

    /// <inheritdoc/>
    public override bool TrySeek(int label, int key, Value value, List<int> into)
    {
        PropertyIndexSnapshot? index = Find(label, key);
        bool filter = index is null && label >= 0;
        index ??= filter ? Find(-1, key) : null;
        if (index is null || !PropertyIndex.TryHash(value, out int hash))
        {
            return false;
        }

        int kept = into.Count;
        index.Collect(hash, into);
        for (int i = kept; i < into.Count; i++)
        {
            int node = into[i];
            if (PropertyIndex.AreEqual(NodeProperty(node, key), value) && (!filter || LabelsOf(node).Contains(label)))
            {
                into[kept++] = node;
            }
        }

        into.RemoveRange(kept, into.Count - kept);
        return true;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<int> LabelsOf(int node) => _roots.LabelSets[_roots.NodeLabels[node]];

    /// <inheritdoc/>
    public override Value NodeProperty(int node, int key) => _roots.NodeProperties[node]?[key] ?? Value.Null;

    /// <inheritdoc/>
    public override MapValue NodeProperties(int node) => _roots.NodeProperties[node]?.ToMap() ?? MapValue.Empty;

    /// <inheritdoc/>
    public override Adjacency Neighbours(int node, Direction direction, int type) =>
        direction == Direction.Outgoing ? _outgoing.Row(node, type) : _incoming.Row(node, type);

    /// <inheritdoc/>
    public override int Degree(int node, Direction direction, int type) =>
        direction == Direction.Outgoing ? _outgoing.Degree(node, type) : _incoming.Degree(node, type);

    /// <inheritdoc/>
    public override int TypeOf(int relationship) => _relationships[relationship].Type;

    /// <inheritdoc/>
    public override int SourceOf(int relationship) => _relationships[relationship].Source;

    /// <inheritdoc/>
    public override int TargetOf(int relationship) => _relationships[relationship].Target;

    /// <inheritdoc/>
    public override Value RelationshipProperty(int relationship, int key) => _roots.RelationshipProperties[relationship]?[key] ?? Value.Null;

    /// <inheritdoc/>
    public override MapValue RelationshipProperties(int relationship) => _roots.RelationshipProperties[relationship]?.ToMap() ?? MapValue.Empty;

    /// <inheritdoc/>
    public override string ElementId(int node) => node.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private PropertyIndexSnapshot? Find(int label, int key)
    {
        foreach ((int Label, int Key, PropertyIndexSnapshot Index) known in _roots.Indexes)
        {
            if (known.Label == label && known.Key == key)
            {
                return known.Index;
            }
        }

        return null;
    }
}
