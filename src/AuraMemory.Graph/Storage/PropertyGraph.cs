using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <summary>A property graph in memory: nodes with labels, relationships with a type, properties of both. One writer, any number of snapshots.</summary>
/// <remarks>
/// <para>Protocol.</para>
/// <para>1. Everything a reader can reach is an immutable page, row or base, or one that is not written to any more. The writer copies a page or a row
/// before its first change after a snapshot (<see cref="PagedTable{T}"/>, <see cref="ChangedRow"/>); <c>_epoch</c>, counted up by each snapshot, tells
/// which ones are the writer's own.</para>
/// <para>2. <see cref="Snapshot"/> gathers the roots under <c>_gate</c> and returns them in one object. The lock orders them after every earlier write,
/// which held it too; what a reader then follows was written before, and is never written again. Readers take no lock.</para>
/// <para>3. Relationships stand in two <see cref="AdjacencyBase"/>s, one each way, and in rows that changed since. When changed rows outgrow a quarter of
/// the base, and there was a change for every 64 relationships, the writer compacts: it builds new bases from a snapshot outside the lock, then takes them in under the lock. Rows
/// changed meanwhile have a later epoch than that snapshot and stay, for a changed row says all about its node.</para>
/// <para>4. Numbers of removed nodes and relationships are given out again when no snapshot from before their removal is left (<see cref="NumberPool"/>).</para>
/// <para>Writes may come from several threads, one after the other: each takes the lock. Only one compaction runs at a time.</para>
/// </remarks>
public sealed partial class PropertyGraph
{
    private readonly Lock _gate = new();
    private readonly LabelSets _labelSets = new();
    private readonly PropertyShapes _shapes;
    private readonly PagedTable<int> _nodeLabels = new();
    private readonly PagedTable<PropertyRow?> _nodeProperties = new();
    private readonly PagedTable<RelationshipRecord> _relationships = new();
    private readonly PagedTable<PropertyRow?> _relationshipProperties = new();
    private readonly AdjacencyTable _outgoing = new();
    private readonly AdjacencyTable _incoming = new();
    private readonly NodeSet _nodes = new();
    private readonly List<NodeSet> _byLabel = [];
    private readonly List<long> _typeCounts = [];
    private readonly List<PropertyIndex> _indexes = [];
    private readonly NumberPool _nodeNumbers = new();
    private readonly NumberPool _relationshipNumbers = new();
    private readonly SnapshotRegister _snapshots = new();
    private GraphSnapshot? _current;
    private MotifCatalogue? _catalogue;
    private long _epoch;
    private long _relationshipCount;
    private long _relationshipEdits;
    private long _propertyBytes;
    private int _compacting;
    private long _changesSinceCompaction;

    /// <summary>An empty graph.</summary>
    public PropertyGraph() => _shapes = new PropertyShapes(Keys);

    /// <summary>Names of labels.</summary>
    public TokenTable Labels { get; } = new();

    /// <summary>Names of relationship types.</summary>
    public TokenTable Types { get; } = new();

    /// <summary>Names of property keys.</summary>
    public TokenTable Keys { get; } = new();

    /// <summary>An index of how nodes are embedded, for the queries of all snapshots; null = none. Whoever puts it here keeps it up.</summary>
    public ISimilarNodes? SimilarNodes { get; set; }

    /// <summary>Bytes that the graph holds as of now, estimated from its tables; pages that only snapshots still hold are not counted.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                long bytes = _nodeLabels.Bytes + _nodeProperties.Bytes + _relationships.Bytes + _relationshipProperties.Bytes
                    + _outgoing.Bytes + _incoming.Bytes + _nodes.Bytes + _propertyBytes + (_catalogue?.Bytes ?? 0);
                foreach (NodeSet set in _byLabel)
                {
                    bytes += set.Bytes;
                }

                foreach (PropertyIndex index in _indexes)
                {
                    bytes += index.Bytes;
                }

                return bytes;
            }
        }
    }

    /// <summary>The graph as it is now. O(labels + types + indexes) after a change, and the same object again when nothing changed.</summary>
    public GraphView Snapshot()
    {
        lock (_gate)
        {
            return Take();
        }
    }

    /// <summary>Adds a node.</summary>
    /// <param name="labels">Its labels.</param>
    /// <param name="properties">Its properties; those that are null are left out.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">A value is a node, a relationship or a path.</exception>
    public int AddNode(IReadOnlyList<string> labels, MapValue properties)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(properties);
        lock (_gate)
        {
            PropertyRow? row = _shapes.Pack(properties);
            int node = _nodeNumbers.Take(_snapshots);
            Changed();
            _nodes.Add(node);
            PutLabels(node, _labelSets.Intern(LabelNumbers(labels)));
            PutProperties(_nodeProperties, node, row);
            IndexNode(node, add: true);
            return node;
        }
    }

    /// <summary>Adds a relationship.</summary>
    /// <param name="source">Node it comes from.</param>
    /// <param name="target">Node it goes to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="properties">Its properties; those that are null are left out.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">There is no such node, or a value is a node, a relationship or a path.</exception>
    public int AddRelationship(int source, int target, string type, MapValue properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        int relationship;
        lock (_gate)
        {
            RequireNode(source);
            RequireNode(target);
            PropertyRow? row = _shapes.Pack(properties);
            int number = TypeNumber(type);
            relationship = _relationshipNumbers.Take(_snapshots);
            Changed();
            _catalogue?.Adding(source, target, number);
            _relationships.Write(relationship) = new RelationshipRecord(source, target, number + 1);
            PutProperties(_relationshipProperties, relationship, row);
            _outgoing.Insert(source, number, target, relationship, _epoch);
            _incoming.Insert(target, number, source, relationship, _epoch);
            _typeCounts[number]++;
            _relationshipCount++;
            _relationshipEdits++;
        }

        CompactWhenDue();
        return relationship;
    }

    /// <summary>Removes a relationship.</summary>
    /// <returns>False when there is none such.</returns>
    public bool RemoveRelationship(int relationship)
    {
        lock (_gate)
        {
            if (!_relationships[relationship].Exists)
            {
                return false;
            }

            Changed();
            Detach(relationship);
        }

        CompactWhenDue();
        return true;
    }

    /// <summary>Removes a node and the relationships at it.</summary>
    /// <returns>False when there is none such.</returns>
    public bool RemoveNode(int node)
    {
        lock (_gate)
        {
            if (_nodeLabels[node] == 0)
            {
                return false;
            }

            Changed();
            foreach (int relationship in _outgoing.Row(node, -1).Relationships.ToArray())
            {
                Detach(relationship);
            }

            foreach (int relationship in _incoming.Row(node, -1).Relationships.ToArray())
            {
                Detach(relationship);
            }

            IndexNode(node, add: false);
            PutProperties(_nodeProperties, node, null);
            PutLabels(node, 0);
            _nodes.Remove(node);
            _nodeNumbers.Free(node, _epoch);
        }

        CompactWhenDue();
        return true;
    }

    /// <summary>Sets one property of a node; null takes it away.</summary>
    /// <exception cref="ArgumentException">There is no such node, or the value is a node, a relationship or a path.</exception>
    public void SetNodeProperty(int node, string key, Value value)
    {
        lock (_gate)
        {
            RequireNode(node);
            Replace(node, With(_nodeProperties[node], key, value));
        }
    }

    /// <summary>Gives a node these properties and no others.</summary>
    /// <exception cref="ArgumentException">There is no such node, or a value is a node, a relationship or a path.</exception>
    public void SetNodeProperties(int node, MapValue properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        lock (_gate)
        {
            RequireNode(node);
            Replace(node, properties);
        }
    }

    /// <summary>Gives a node these labels and no others.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public void SetLabels(int node, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        lock (_gate)
        {
            RequireNode(node);
            int set = _labelSets.Intern(LabelNumbers(labels));
            if (set == _nodeLabels[node])
            {
                return;
            }

            Changed();
            IndexNode(node, add: false);
            _catalogue?.Relabelling(node, _labelSets[_nodeLabels[node]], _labelSets[set]);
            PutLabels(node, set);
            IndexNode(node, add: true);
        }
    }

    /// <summary>Sets one property of a relationship; null takes it away.</summary>
    /// <exception cref="ArgumentException">There is no such relationship, or the value is a node, a relationship or a path.</exception>
    public void SetRelationshipProperty(int relationship, string key, Value value)
    {
        lock (_gate)
        {
            RequireRelationship(relationship);
            PropertyRow? row = _shapes.Pack(With(_relationshipProperties[relationship], key, value));
            Changed();
            PutProperties(_relationshipProperties, relationship, row);
        }
    }

    /// <summary>Gives a relationship these properties and no others.</summary>
    /// <exception cref="ArgumentException">There is no such relationship, or a value is a node, a relationship or a path.</exception>
    public void SetRelationshipProperties(int relationship, MapValue properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        lock (_gate)
        {
            RequireRelationship(relationship);
            PropertyRow? row = _shapes.Pack(properties);
            Changed();
            PutProperties(_relationshipProperties, relationship, row);
        }
    }

    /// <summary>Keeps an index for equality from now on: booleans, numbers and strings are found through it. O(nodes) now, O(1) for each later change.</summary>
    /// <param name="label">Only nodes with this label; null = all nodes.</param>
    /// <param name="key">The property.</param>
    public void AddIndex(string? label, string key)
    {
        lock (_gate)
        {
            int labelNumber = label is null ? -1 : LabelNumber(label);
            int keyNumber = Keys.Intern(key);
            if (_indexes.Exists(known => known.Label == labelNumber && known.Key == keyNumber))
            {
                return;
            }

            var index = new PropertyIndex(labelNumber, keyNumber);
            NodeSetSnapshot members = (labelNumber < 0 ? _nodes : _byLabel[labelNumber]).Snapshot();
            Span<int> some = stackalloc int[256];
            long position = 0;
            for (int count = members.Fill(ref position, some); count > 0; count = members.Fill(ref position, some))
            {
                foreach (int node in some[..count])
                {
                    index.Add(node, _nodeProperties[node]?[keyNumber] ?? Value.Null);
                }
            }

            Changed();
            _indexes.Add(index);
        }
    }
}
