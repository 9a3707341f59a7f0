using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Bolt;

/// <summary>Between values of queries and values that travel by Bolt.</summary>
internal static class BoltConversion
{
    /// <summary>A value that can travel.</summary>
    public static object? Of(Value value, GraphView graph) => value.Kind switch
    {
        ValueKind.Null => null,
        ValueKind.Boolean => value.Boolean,
        ValueKind.Integer => value.Integer,
        ValueKind.Float => value.Float,
        ValueKind.String => value.Text,
        ValueKind.List => Array.ConvertAll(value.List, v => Of(v, graph)),
        ValueKind.Map => Map(value.Map, graph),
        ValueKind.Node => Node(value.Node, graph),
        ValueKind.Relationship => Relationship(value.Relationship, graph),
        ValueKind.Path => Path(value.Path, graph),
        _ => value.Temporal,
    };

    /// <summary>Parameters of a query.</summary>
    /// <exception cref="BoltFailureException">One is of a kind that no parameter can have.</exception>
    public static MapValue Parameters(IReadOnlyDictionary<string, object?> parameters) =>
        new([.. parameters.Keys], [.. parameters.Values.Select(Of)]);

    private static Value Of(object? value) => value switch
    {
        null => Value.Null,
        bool truth => Value.Of(truth),
        long integer => Value.Of(integer),
        double number => Value.Of(number),
        string text => Value.Of(text),
        TemporalValue temporal => Value.Of(temporal),
        List<object?> list => Value.Of(list.Select(Of).ToArray()),
        Dictionary<string, object?> map => Value.Of(Parameters(map)),
        _ => throw new BoltFailureException("Neo.ClientError.Statement.TypeError", $"A parameter cannot be a {value.GetType().Name}."),
    };

    /// <summary>A map that can travel.</summary>
    public static Dictionary<string, object?> Map(MapValue map, GraphView graph)
    {
        var entries = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);
        for (int i = 0; i < map.Count; i++)
        {
            entries[map.Keys[i]] = Of(map.Values[i], graph);
        }

        return entries;
    }

    private static BoltNode Node(int node, GraphView graph)
    {
        var labels = new List<string>();
        foreach (int label in graph.LabelsOf(node))
        {
            labels.Add(graph.Labels.Name(label));
        }

        return new BoltNode(node, labels, Map(graph.NodeProperties(node), graph), graph.ElementId(node));
    }

    private static BoltRelationship Relationship(int relationship, GraphView graph)
    {
        (int start, int end) = (graph.SourceOf(relationship), graph.TargetOf(relationship));
        return new BoltRelationship(
            relationship, start, end, graph.Types.Name(graph.TypeOf(relationship)), Map(graph.RelationshipProperties(relationship), graph),
            Identity(relationship), graph.ElementId(start), graph.ElementId(end));
    }

    private static BoltPath Path(PathValue path, GraphView graph)
    {
        int[] nodes = [.. path.Nodes.ToArray().Distinct()];
        int[] relationships = [.. path.Relationships.ToArray().Distinct()];
        var steps = new List<long>(2 * path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            int relationship = path.Relationships[i];
            long number = Array.IndexOf(relationships, relationship) + 1;
            bool isForward = graph.SourceOf(relationship) == path.Nodes[i] && graph.TargetOf(relationship) == path.Nodes[i + 1];
            steps.Add(isForward ? number : -number);
            steps.Add(Array.IndexOf(nodes, path.Nodes[i + 1]));
        }

        return new BoltPath(
            [.. nodes.Select(n => Node(n, graph))],
            [.. relationships.Select(r => new BoltPathRelationship(r, graph.Types.Name(graph.TypeOf(r)), Map(graph.RelationshipProperties(r), graph), Identity(r)))],
            steps);
    }

    private static string Identity(int relationship) => relationship.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
