using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Http.Json;

namespace AuraMemory.Server.Http.Responses;

/// <summary>Values of a graph query as JSON.</summary>
/// <remarks>
/// A node is an object of its properties; a relationship has <c>type</c>, <c>source</c> and <c>target</c> (keys) and its properties; a path has
/// <c>nodes</c> and <c>relationships</c>. Temporal values are text in ISO 8601; NaN and the infinities, which JSON does not have, are text too.
/// </remarks>
internal static class GraphJson
{
    /// <summary>Writes a value as an element or after a name.</summary>
    public static void Write(JsonOut to, Value value, GraphView graph)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                to.Null();
                break;
            case ValueKind.Boolean:
                to.Value(value.Boolean);
                break;
            case ValueKind.Integer:
                to.Value(value.Integer);
                break;
            case ValueKind.Float when double.IsFinite(value.Float):
                to.Value(value.Float);
                break;
            case ValueKind.Float:
                to.Value(double.IsNaN(value.Float) ? "NaN" : value.Float > 0 ? "Infinity" : "-Infinity");
                break;
            case ValueKind.String:
                to.Value(value.Text);
                break;
            case ValueKind.List:
                to.Open('[');
                foreach (Value element in value.List)
                {
                    Write(to, element, graph);
                }

                to.Close(']');
                break;
            case ValueKind.Map:
                to.Open();
                WriteMembers(to, value.Map, graph);
                to.Close();
                break;
            case ValueKind.Node:
                to.Open();
                WriteMembers(to, graph.NodeProperties(value.Node), graph);
                to.Close();
                break;
            case ValueKind.Relationship:
                WriteRelationship(to, value.Relationship, graph);
                break;
            case ValueKind.Path:
                WritePath(to, value.Path, graph);
                break;
            default:
                to.Value(value.Temporal.ToString());
                break;
        }
    }

    private static void WriteMembers(JsonOut to, MapValue map, GraphView graph)
    {
        for (int i = 0; i < map.Count; i++)
        {
            to.NameOf(map.Keys[i]);
            Write(to, map.Values[i], graph);
        }
    }

    private static void WriteRelationship(JsonOut to, int relationship, GraphView graph)
    {
        to.Open().Member("type"u8, graph.Types.Name(graph.TypeOf(relationship)))
            .Member("source"u8, graph.ElementId(graph.SourceOf(relationship))).Member("target"u8, graph.ElementId(graph.TargetOf(relationship)));
        MapValue properties = graph.RelationshipProperties(relationship);
        if (properties.Count > 0)
        {
            to.OpenMember("properties"u8);
            WriteMembers(to, properties, graph);
            to.Close();
        }

        to.Close();
    }

    private static void WritePath(JsonOut to, PathValue path, GraphView graph)
    {
        to.Open().OpenMember("nodes"u8, '[');
        foreach (int node in path.Nodes)
        {
            Write(to, Value.OfNode(node), graph);
        }

        to.Close(']').OpenMember("relationships"u8, '[');
        foreach (int relationship in path.Relationships)
        {
            WriteRelationship(to, relationship, graph);
        }

        to.Close(']').Member("length"u8, (long)path.Length).Close();
    }
}
