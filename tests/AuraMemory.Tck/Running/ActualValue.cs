using System.Globalization;
using System.Text;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Tck.Running;

/// <summary>Writes values of an answer in the canonical form of <see cref="ExpectedValue"/>.</summary>
internal static class ActualValue
{
    /// <summary>The canonical form of a value.</summary>
    public static string Canonical(Value value, GraphView graph, bool sortsLists) => value.Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Boolean => value.Boolean ? "true" : "false",
        ValueKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
        ValueKind.Float => ExpectedValue.Float(value.Float),
        ValueKind.String => ExpectedValue.Quote(value.Text),
        ValueKind.List => ExpectedValue.List(value.List.Select(e => Canonical(e, graph, sortsLists)), sortsLists),
        ValueKind.Map => Map(value.Map, graph, sortsLists),
        ValueKind.Node => Node(value.Node, graph),
        ValueKind.Relationship => Relationship(value.Relationship, graph),
        ValueKind.Path => Path(value.Path, graph),
        _ => ExpectedValue.Quote(value.Temporal.ToString()),
    };

    private static string Map(MapValue map, GraphView graph, bool sortsLists)
    {
        var entries = new List<(string, string)>();
        for (int i = 0; i < map.Count; i++)
        {
            entries.Add((map.Keys[i], Canonical(map.Values[i], graph, sortsLists)));
        }

        return ExpectedValue.Map(entries);
    }

    private static string Node(int node, GraphView graph)
    {
        var labels = new List<string>();
        foreach (int label in graph.LabelsOf(node))
        {
            labels.Add(graph.Labels.Name(label));
        }

        return $"({ExpectedValue.Entity(labels, Map(graph.NodeProperties(node), graph, false))})";
    }

    private static string Relationship(int relationship, GraphView graph)
    {
        string type = graph.Types.Name(graph.TypeOf(relationship));
        return $"[{ExpectedValue.Entity([type], Map(graph.RelationshipProperties(relationship), graph, false))}]";
    }

    private static string Path(PathValue path, GraphView graph)
    {
        var text = new StringBuilder("<").Append(Node(path.Nodes[0], graph));
        for (int i = 0; i < path.Length; i++)
        {
            int relationship = path.Relationships[i];
            bool forward = graph.SourceOf(relationship) == path.Nodes[i];
            text.Append(forward ? "-" : "<-").Append(Relationship(relationship, graph)).Append(forward ? "->" : "-").Append(Node(path.Nodes[i + 1], graph));
        }

        return text.Append('>').ToString();
    }
}
