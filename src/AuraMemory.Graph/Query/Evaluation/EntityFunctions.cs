using System.Globalization;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions of nodes, relationships and paths.</summary>
internal static class EntityFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } =
    [
        Arguments.One("id", (value, at) => value.Kind switch
        {
            ValueKind.Node => Value.Of((long)value.Node),
            ValueKind.Relationship => Value.Of((long)value.Relationship),
            _ => throw TypeErrors.Argument("id", "a node or a relationship", value, at),
        }),
        Arguments.OfGraph("gds.util.asNode", (context, value, at) => value.Kind == ValueKind.Integer
            ? value.Integer >= 0 && value.Integer < context.Graph.NodeNumbers && !context.Graph.LabelsOf((int)value.Integer).IsEmpty ? Value.OfNode((int)value.Integer) : Value.Null
            : throw TypeErrors.Argument("gds.util.asNode", "the number of a node", value, at)),
        Arguments.OfGraph("elementId", (context, value, at) => value.Kind switch
        {
            ValueKind.Node => Value.Of(context.Graph.ElementId(value.Node)),
            ValueKind.Relationship => Value.Of(value.Relationship.ToString(CultureInfo.InvariantCulture)),
            _ => throw TypeErrors.Argument("elementId", "a node or a relationship", value, at),
        }),
        Arguments.OfGraph("type", (context, value, at) => value.Kind == ValueKind.Relationship
            ? Value.Of(context.Graph.Types.Name(context.Graph.TypeOf(value.Relationship)))
            : throw TypeErrors.Argument("type", "a relationship", value, at)),
        Arguments.OfGraph("labels", (context, value, at) => value.Kind == ValueKind.Node
            ? Value.Of(Labels(context.Graph, value.Node))
            : throw TypeErrors.Argument("labels", "a node", value, at)),
        Arguments.OfGraph("keys", (context, value, at) => Keys(Properties(context, "keys", value, at))),
        Arguments.OfGraph("properties", (context, value, at) => Value.Of(Properties(context, "properties", value, at))),
        Arguments.OfGraph("startNode", (context, value, at) => value.Kind == ValueKind.Relationship
            ? Value.OfNode(context.Graph.SourceOf(value.Relationship))
            : throw TypeErrors.Argument("startNode", "a relationship", value, at)),
        Arguments.OfGraph("endNode", (context, value, at) => value.Kind == ValueKind.Relationship
            ? Value.OfNode(context.Graph.TargetOf(value.Relationship))
            : throw TypeErrors.Argument("endNode", "a relationship", value, at)),
        Arguments.One("length", (value, at) => value.Kind == ValueKind.Path
            ? Value.Of((long)value.Path.Length)
            : throw TypeErrors.Kind("length()", "a path; size() is for lists and strings", value, at)),
        Arguments.One("nodes", (value, at) => value.Kind == ValueKind.Path
            ? Value.Of(Map(value.Path.Nodes, Value.OfNode))
            : throw TypeErrors.Kind("nodes()", "a path", value, at)),
        Arguments.One("relationships", (value, at) => value.Kind == ValueKind.Path
            ? Value.Of(Map(value.Path.Relationships, Value.OfRelationship))
            : throw TypeErrors.Kind("relationships()", "a path", value, at)),
    ];

    private static MapValue Properties(QueryContext context, string name, Value value, TextPosition at) => value.Kind switch
    {
        ValueKind.Map => value.Map,
        ValueKind.Node => context.Graph.NodeProperties(value.Node),
        ValueKind.Relationship => context.Graph.RelationshipProperties(value.Relationship),
        _ => throw TypeErrors.Argument(name, "a node, a relationship or a map", value, at),
    };

    private static Value Keys(MapValue map) => Value.Of(Map(map.Keys, Value.Of));

    private static Value[] Labels(GraphView graph, int node)
    {
        ReadOnlySpan<int> labels = graph.LabelsOf(node);
        var names = new Value[labels.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Value.Of(graph.Labels.Name(labels[i]));
        }

        return names;
    }

    private static Value[] Map<T>(ReadOnlySpan<T> items, Func<T, Value> value)
    {
        var values = new Value[items.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = value(items[i]);
        }

        return values;
    }
}
