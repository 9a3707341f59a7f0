using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Signatures;

/// <summary>A view that tells when its nodes are scanned.</summary>
internal sealed class WatchedView(GraphView inner, Action scanned) : GraphView
{
    public override TokenTable Labels => inner.Labels;

    public override TokenTable Types => inner.Types;

    public override TokenTable Keys => inner.Keys;

    public override long NodeCount => inner.NodeCount;

    public override long RelationshipCount => inner.RelationshipCount;

    public override int NodeNumbers => inner.NodeNumbers;

    public override int RelationshipNumbers => inner.RelationshipNumbers;

    public override long RelationshipEdits => inner.RelationshipEdits;

    public override long CountNodes(int label) => inner.CountNodes(label);

    public override long CountRelationships(int type) => inner.CountRelationships(type);

    public override int Scan(int label, ref long position, Span<int> into)
    {
        scanned();
        return inner.Scan(label, ref position, into);
    }

    public override bool TrySeek(int label, int key, Value value, List<int> into) => inner.TrySeek(label, key, value, into);

    public override bool HasIndex(int label, int key) => inner.HasIndex(label, key);

    public override ReadOnlySpan<int> LabelsOf(int node) => inner.LabelsOf(node);

    public override Value NodeProperty(int node, int key) => inner.NodeProperty(node, key);

    public override MapValue NodeProperties(int node) => inner.NodeProperties(node);

    public override Adjacency Neighbours(int node, Direction direction, int type) => inner.Neighbours(node, direction, type);

    public override int Degree(int node, Direction direction, int type) => inner.Degree(node, direction, type);

    public override int TypeOf(int relationship) => inner.TypeOf(relationship);

    public override int SourceOf(int relationship) => inner.SourceOf(relationship);

    public override int TargetOf(int relationship) => inner.TargetOf(relationship);

    public override Value RelationshipProperty(int relationship, int key) => inner.RelationshipProperty(relationship, key);

    public override MapValue RelationshipProperties(int relationship) => inner.RelationshipProperties(relationship);

    public override string ElementId(int node) => inner.ElementId(node);
}
