using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Properties, elements and parts of values.</summary>
public static class Lookups
{
    /// <summary><c>owner.key</c>: of a node, relationship, map or temporal value.</summary>
    public static Value Property(QueryContext context, Value owner, string key, TextPosition p)
    {
        ArgumentNullException.ThrowIfNull(context);
        switch (owner.Kind)
        {
            case ValueKind.Null:
                return Value.Null;
            case ValueKind.Map:
                return owner.Map[key];
            case ValueKind.Node:
                int ofNode = context.Graph.Keys.Find(key);
                return ofNode < 0 ? Value.Null : context.Graph.NodeProperty(owner.Node, ofNode);
            case ValueKind.Relationship:
                int ofRelationship = context.Graph.Keys.Find(key);
                return ofRelationship < 0 ? Value.Null : context.Graph.RelationshipProperty(owner.Relationship, ofRelationship);
            case >= ValueKind.Date:
                return owner.Temporal.TryComponent(key, out Value component)
                    ? component
                    : throw CypherException.Runtime("TypeError", "InvalidArgumentType", $"{TypeErrors.Name(owner)} has no component {key}.", p);
            default:
                throw TypeErrors.Kind($"The property .{key}", "a node, a relationship, a map or a temporal value as its owner", owner, p);
        }
    }

    /// <summary><c>owner[index]</c>: an element of a list, counted from the end when negative, or a property by name. Null beyond the ends.</summary>
    public static Value Index(QueryContext context, Value owner, Value index, TextPosition p)
    {
        if (owner.IsNull || index.IsNull)
        {
            return Value.Null;
        }

        switch (owner.Kind)
        {
            case ValueKind.List:
                if (index.Kind != ValueKind.Integer)
                {
                    throw CypherException.Runtime(
                        "TypeError", "ListElementAccessByNonInteger", $"Elements of a list are numbered by integers, not by {TypeErrors.Name(index)}.", p);
                }

                long at = index.Integer < 0 ? index.Integer + owner.List.Length : index.Integer;
                return at >= 0 && at < owner.List.Length ? owner.List[at] : Value.Null;
            case ValueKind.Map or ValueKind.Node or ValueKind.Relationship or >= ValueKind.Date:
                return index.Kind == ValueKind.String
                    ? Property(context, owner, index.Text, p)
                    : throw CypherException.Runtime(
                        "TypeError", "MapElementAccessByNonString", $"Properties are named by strings, not by {TypeErrors.Name(index)}.", p);
            default:
                throw TypeErrors.Kind("[ ]", "a list, a map, a node, a relationship or a temporal value before it", owner, p);
        }
    }

    /// <summary><c>owner[from..to]</c>: the elements from one place up to, but not including, another; places outside are the ends.</summary>
    /// <param name="owner">A list; what is none is a list of one.</param>
    /// <param name="from">First place; null as a C# value when not written.</param>
    /// <param name="to">Place after the last; null as a C# value when not written.</param>
    /// <param name="p">Where it stands.</param>
    public static Value Slice(Value owner, Value? from, Value? to, TextPosition p)
    {
        if (owner.IsNull || from is { IsNull: true } || to is { IsNull: true })
        {
            return Value.Null;
        }

        Value[] list = owner.Kind == ValueKind.List ? owner.List : [owner];
        long first = Place(from, 0, list.Length, p);
        long last = Place(to, list.Length, list.Length, p);
        return Value.Of(first < last ? list[(int)first..(int)last] : []);
    }

    private static long Place(Value? place, long otherwise, int length, TextPosition p)
    {
        if (place is not { } given)
        {
            return otherwise;
        }

        if (given.Kind != ValueKind.Integer)
        {
            throw CypherException.Runtime(
                "TypeError", "ListElementAccessByNonInteger", $"Elements of a list are numbered by integers, not by {TypeErrors.Name(given)}.", p);
        }

        return Math.Clamp(given.Integer < 0 ? given.Integer + length : given.Integer, 0, length);
    }
}
