using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Storage;

/// <summary>A property graph in dictionaries, and the comparison of a view with it.</summary>
internal sealed class GraphModel
{
    public SortedDictionary<int, (string[] Labels, Dictionary<string, Value> Properties)> Nodes { get; private init; } = [];

    public SortedDictionary<int, (int Source, int Target, string Type, Dictionary<string, Value> Properties)> Relationships { get; private init; } = [];

    public static Value AnyValue(Random random) => random.Next(8) switch
    {
        0 => Value.Null,
        1 => Value.Of(random.Next(2) == 0),
        2 => Value.Of((double)random.Next(4)),
        3 => Value.Of(random.NextDouble()),
        4 => Value.Of("s" + random.Next(4)),
        5 => Value.Of([Value.Of((long)random.Next(3))]),
        _ => Value.Of((long)random.Next(4)),
    };

    public static MapValue Map(Dictionary<string, Value> properties) => new([.. properties.Keys], [.. properties.Values]);

    public static Dictionary<string, Value> With(Dictionary<string, Value> properties, string key, Value value)
    {
        var copy = new Dictionary<string, Value>(properties);
        copy.Remove(key);
        if (!value.IsNull)
        {
            copy[key] = value;
        }

        return copy;
    }

    public GraphModel Copy() => new() { Nodes = new(Nodes), Relationships = new(Relationships) };

    public void RemoveNode(int node)
    {
        Nodes.Remove(node);
        foreach (int relationship in Relationships.Where(r => r.Value.Source == node || r.Value.Target == node).Select(r => r.Key).ToArray())
        {
            Relationships.Remove(relationship);
        }
    }

    public void AssertSame(GraphView view)
    {
        Assert.Equal(Nodes.Count, view.NodeCount);
        Assert.Equal(Relationships.Count, view.RelationshipCount);
        Assert.Equal(Nodes.Keys, Scan(view, -1));
        for (int label = 0; label < view.Labels.Count; label++)
        {
            string name = view.Labels.Name(label);
            Assert.Equal(Nodes.Where(n => n.Value.Labels.Contains(name)).Select(n => n.Key), Scan(view, label));
            Assert.Equal(Nodes.Count(n => n.Value.Labels.Contains(name)), view.CountNodes(label));
        }

        for (int type = 0; type < view.Types.Count; type++)
        {
            Assert.Equal(Relationships.Count(r => r.Value.Type == view.Types.Name(type)), view.CountRelationships(type));
        }

        foreach ((int node, (string[] labels, Dictionary<string, Value> properties)) in Nodes)
        {
            Assert.Equal(labels.Select(view.Labels.Find).Order(), view.LabelsOf(node).ToArray());
            AssertProperties(properties, view.NodeProperties(node), key => view.NodeProperty(node, key), view.Keys);
            foreach (Direction direction in (Direction[])[Direction.Outgoing, Direction.Incoming])
            {
                var row = Relationships
                    .Where(r => (direction == Direction.Outgoing ? r.Value.Source : r.Value.Target) == node)
                    .Select(r => (Type: view.Types.Find(r.Value.Type), Other: direction == Direction.Outgoing ? r.Value.Target : r.Value.Source, r.Key))
                    .Order().ToArray();
                for (int type = -1; type < view.Types.Count; type++)
                {
                    Adjacency found = view.Neighbours(node, direction, type);
                    var expected = row.Where(r => type < 0 || r.Type == type).ToArray();
                    Assert.Equal(expected.Select(r => r.Other), found.Others.ToArray());
                    Assert.Equal(expected.Select(r => r.Key), found.Relationships.ToArray());
                    Assert.Equal(expected.Length, view.Degree(node, direction, type));
                }
            }
        }

        foreach ((int number, (int source, int target, string type, Dictionary<string, Value> properties)) in Relationships)
        {
            Assert.Equal((source, target, type), (view.SourceOf(number), view.TargetOf(number), view.Types.Name(view.TypeOf(number))));
            AssertProperties(properties, view.RelationshipProperties(number), key => view.RelationshipProperty(number, key), view.Keys);
        }

        AssertIndexes(view);
    }

    private static int[] Scan(GraphView view, int label)
    {
        var found = new List<int>();
        Span<int> some = stackalloc int[7];
        long position = 0;
        for (int count = view.Scan(label, ref position, some); count > 0; count = view.Scan(label, ref position, some))
        {
            found.AddRange(some[..count]);
        }

        return [.. found];
    }

    private static void AssertProperties(Dictionary<string, Value> expected, MapValue found, Func<int, Value> one, TokenTable keys)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach ((string key, Value value) in expected)
        {
            Assert.Equal(value.ToString(), found[key].ToString());
            Assert.Equal(value.Kind, found[key].Kind);
            Assert.Equal(value.ToString(), one(keys.Find(key)).ToString());
        }
    }

    private void AssertIndexes(GraphView view)
    {
        foreach ((string? label, string key) in ((string?, string)[])[("A", "x"), (null, "y"), ("B", "y")])
        {
            int labelNumber = label is null ? -1 : view.Labels.Find(label);
            int keyNumber = view.Keys.Find(key);
            if (!view.HasIndex(labelNumber, keyNumber))
            {
                continue;
            }

            foreach (Value sought in (Value[])[Value.Of(1L), Value.Of(2.0), Value.Of(0.5), Value.Of("s1"), Value.Of(true), Value.Of(double.NaN)])
            {
                var found = new List<int>();
                Assert.True(view.TrySeek(labelNumber, keyNumber, sought, found));
                Assert.Equal(
                    Nodes.Where(n => (label is null || n.Value.Labels.Contains(label))
                        && n.Value.Properties.TryGetValue(key, out Value value) && Same(value, sought)).Select(n => n.Key),
                    found.Order());
            }

            Assert.False(view.TrySeek(labelNumber, keyNumber, Value.Of([Value.Of(1L)]), []));
        }
    }

    private static bool Same(Value a, Value b) =>
        a.IsNumber && b.IsNumber ? a.Number == b.Number : a.Kind == b.Kind && a.Kind != ValueKind.List && a.ToString() == b.ToString();
}
