using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Storage;

/// <content>The steps that writes are made of. All run under the lock.</content>
public sealed partial class PropertyGraph
{
    private GraphSnapshot Take()
    {
        if (_current is { } current)
        {
            return current;
        }

        var roots = new GraphRoots(
            _nodes.Snapshot(),
            [.. _byLabel.Select(set => set.Snapshot())],
            [.. _typeCounts],
            _labelSets.Sets,
            _nodeLabels.Snapshot(),
            _nodeProperties.Snapshot(),
            _relationships.Snapshot(),
            _relationshipProperties.Snapshot(),
            _outgoing.Snapshot(),
            _incoming.Snapshot(),
            [.. _indexes.Select(index => (index.Label, index.Key, index.Snapshot()))],
            _relationshipCount,
            _nodeNumbers.Next,
            _relationshipNumbers.Next,
            _relationshipEdits);
        _current = new GraphSnapshot(this, roots);
        _snapshots.Add(_epoch, _current);
        _epoch++;
        return _current;
    }

    private void Changed() => _current = null;

    private void RequireNode(int node)
    {
        if (node < 0 || _nodeLabels[node] == 0)
        {
            throw new ArgumentException($"There is no node {node}.", nameof(node));
        }
    }

    private void RequireRelationship(int relationship)
    {
        if (relationship < 0 || !_relationships[relationship].Exists)
        {
            throw new ArgumentException($"There is no relationship {relationship}.", nameof(relationship));
        }
    }

    private int LabelNumber(string label)
    {
        int number = Labels.Intern(label);
        while (_byLabel.Count <= number)
        {
            _byLabel.Add(new NodeSet());
        }

        return number;
    }

    private int[] LabelNumbers(IReadOnlyList<string> labels)
    {
        var numbers = new int[labels.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = LabelNumber(labels[i]);
        }

        return numbers;
    }

    private int TypeNumber(string type)
    {
        int number = Types.Intern(type);
        while (_typeCounts.Count <= number)
        {
            _typeCounts.Add(0);
        }

        return number;
    }

    private void PutLabels(int node, int set)
    {
        int before = _nodeLabels[node];
        foreach (int label in _labelSets[before])
        {
            _byLabel[label].Remove(node);
        }

        foreach (int label in _labelSets[set])
        {
            _byLabel[label].Add(node);
        }

        _nodeLabels.Write(node) = set;
    }

    private void PutProperties(PagedTable<PropertyRow?> table, int number, PropertyRow? row)
    {
        PropertyRow? before = table[number];
        if (before is not null || row is not null)
        {
            _propertyBytes += (row?.Bytes ?? 0) - (before?.Bytes ?? 0);
            table.Write(number) = row;
        }
    }

    private void Replace(int node, MapValue properties)
    {
        PropertyRow? row = _shapes.Pack(properties);
        Changed();
        IndexNode(node, add: false);
        PutProperties(_nodeProperties, node, row);
        IndexNode(node, add: true);
    }

    private void IndexNode(int node, bool add)
    {
        if (_indexes.Count == 0 || _nodeProperties[node] is not { } row)
        {
            return;
        }

        int[] labels = _labelSets[_nodeLabels[node]];
        foreach (PropertyIndex index in _indexes)
        {
            if (index.Label >= 0 && !labels.AsSpan().Contains(index.Label))
            {
                continue;
            }

            if (add)
            {
                index.Add(node, row[index.Key]);
            }
            else
            {
                index.Remove(node, row[index.Key]);
            }
        }
    }

    private void Detach(int relationship)
    {
        RelationshipRecord record = _relationships[relationship];
        if (!record.Exists)
        {
            return;
        }

        _relationships.Write(relationship) = default;
        PutProperties(_relationshipProperties, relationship, null);
        _outgoing.Remove(record.Source, record.Type, record.Target, relationship, _epoch);
        _incoming.Remove(record.Target, record.Type, record.Source, relationship, _epoch);
        _typeCounts[record.Type]--;
        _relationshipCount--;
        _relationshipEdits++;
        _relationshipNumbers.Free(relationship, _epoch);
        _catalogue?.Removed(record.Source, record.Target, record.Type);
    }

    private static MapValue With(PropertyRow? row, string key, Value value)
    {
        MapValue map = row?.ToMap() ?? MapValue.Empty;
        int at = map.Keys.IndexOf(key);
        if (at < 0)
        {
            return new MapValue([.. map.Keys, key], [.. map.Values, value]);
        }

        Value[] values = [.. map.Values];
        values[at] = value;
        return new MapValue([.. map.Keys], values);
    }
}
