using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <content>Many at once, and compaction.</content>
public sealed partial class PropertyGraph
{
    private const long LeastChangedBytes = 1 << 20;

    // One change for so many relationships before a compaction is worth it: a few changes at hubs make many bytes of rows.
    private const int ChangesShift = 6;

    /// <summary>Adds nodes without properties.</summary>
    /// <param name="count">How many.</param>
    /// <param name="labels">Labels of each.</param>
    /// <returns>Number of the first; the others follow it.</returns>
    public int AddNodes(int count, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_gate)
        {
            int set = _labelSets.Intern(LabelNumbers(labels));
            int first = _nodeNumbers.TakeFresh(count);
            Changed();
            for (int node = first; node < first + count; node++)
            {
                _nodes.Add(node);
                PutLabels(node, set);
            }

            return first;
        }
    }

    /// <summary>Adds relationships of one type, and compacts when they are many beside those there are. O(nodes + all relationships) then.</summary>
    /// <param name="sources">Node that each comes from.</param>
    /// <param name="targets">Node that each goes to; as many.</param>
    /// <param name="type">Type of all.</param>
    /// <param name="weights">One float property for each; empty = none.</param>
    /// <param name="weightKey">Name of that property.</param>
    /// <returns>Number of the first; the others follow it.</returns>
    /// <exception cref="ArgumentException">Lengths differ, or there is no such node.</exception>
    public int AddRelationships(
        ReadOnlySpan<int> sources, ReadOnlySpan<int> targets, string type, ReadOnlySpan<double> weights = default, string weightKey = "weight")
    {
        if (sources.Length != targets.Length || (!weights.IsEmpty && weights.Length != sources.Length))
        {
            throw new ArgumentException("There are as many targets as sources, and as many weights or none.", nameof(targets));
        }

        lock (_gate)
        {
            for (int i = 0; i < sources.Length; i++)
            {
                RequireNode(sources[i]);
                RequireNode(targets[i]);
            }

            int number = TypeNumber(type);
            PropertyShape? shape = weights.IsEmpty ? null : _shapes.Single(Keys.Intern(weightKey), ValueKind.Float);
            int first = _relationshipNumbers.TakeFresh(sources.Length);
            Changed();
            bool many = sources.Length > 1024 && sources.Length > (_outgoing.BaseCount >> 3);
            for (int i = 0; i < sources.Length; i++)
            {
                if (!many)
                {
                    _catalogue?.Adding(sources[i], targets[i], number);
                    _outgoing.Insert(sources[i], number, targets[i], first + i, _epoch);
                    _incoming.Insert(targets[i], number, sources[i], first + i, _epoch);
                }

                _relationships.Write(first + i) = new RelationshipRecord(sources[i], targets[i], number + 1);
                if (shape is not null)
                {
                    PutProperties(_relationshipProperties, first + i, PropertyRow.Of(shape, weights[i]));
                }
            }

            _typeCounts[number] += sources.Length;
            _relationshipCount += sources.Length;
            _relationshipEdits += sources.Length;
            if (many)
            {
                _catalogue = null;
                (AdjacencyBase outgoing, AdjacencyBase incoming) = Build(Take());
                _outgoing.Replace(outgoing, _epoch);
                _incoming.Replace(incoming, _epoch);
                Changed();
            }

            return first;
        }
    }

    /// <summary>Builds the compressed rows anew from all relationships. O(nodes + relationships); writers and readers go on meanwhile.</summary>
    public void Compact()
    {
        if (Interlocked.Exchange(ref _compacting, 1) != 0)
        {
            return;
        }

        try
        {
            GraphSnapshot snapshot;
            long built;
            lock (_gate)
            {
                snapshot = Take();
                built = _epoch - 1;
            }

            (AdjacencyBase outgoing, AdjacencyBase incoming) = Build(snapshot);
            lock (_gate)
            {
                _outgoing.Replace(outgoing, built);
                _incoming.Replace(incoming, built);
                Changed();
            }
        }
        finally
        {
            Volatile.Write(ref _compacting, 0);
        }
    }

    private static (AdjacencyBase Outgoing, AdjacencyBase Incoming) Build(GraphSnapshot snapshot)
    {
        int count = (int)snapshot.RelationshipCount;
        int[] relationships = GC.AllocateUninitializedArray<int>(count);
        int[] sources = GC.AllocateUninitializedArray<int>(count);
        int[] targets = GC.AllocateUninitializedArray<int>(count);
        int[] types = GC.AllocateUninitializedArray<int>(count);
        int highest = 0;
        for (int relationship = 0, at = 0; relationship < snapshot.RelationshipNumbers; relationship++)
        {
            RelationshipRecord record = snapshot.Record(relationship);
            if (record.Exists)
            {
                relationships[at] = relationship;
                sources[at] = record.Source;
                targets[at] = record.Target;
                types[at++] = record.Type;
                highest = Math.Max(highest, record.TypePlusOne);
            }
        }

        return (
            AdjacencyBase.Build(snapshot.NodeNumbers, highest, relationships, sources, targets, types),
            AdjacencyBase.Build(snapshot.NodeNumbers, highest, relationships, targets, sources, types));
    }

    private void CompactWhenDue()
    {
        long changed = _outgoing.ChangedBytes + _incoming.ChangedBytes;
        if (_changesSinceCompaction++ > _outgoing.BaseCount >> ChangesShift && changed > LeastChangedBytes
            && changed > 4L * (_outgoing.BaseCount + _incoming.BaseCount))
        {
            _changesSinceCompaction = 0;
            Compact();
        }
    }
}
