using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Bolt;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Neo4j;

/// <summary>An edge of the mirror: a relationship both of whose ends are objects.</summary>
/// <param name="Source">Key of the object it goes out from.</param>
/// <param name="Type">Its type.</param>
/// <param name="Target">Key of the object it goes to.</param>
internal readonly record struct MirrorEdge(string Source, string Type, string Target);

/// <summary>Objects and relationships as rows of parameters.</summary>
/// <param name="view">What sees the objects as nodes; for one batch.</param>
/// <remarks>
/// A property of a Neo4j is a scalar or a list of scalars of one kind. What a relationship's properties have beside (maps, nested and mixed lists) is
/// written as its JSON text.
/// </remarks>
internal sealed class MirrorRows(ObjectGraphView view)
{
    private static readonly string[] Stored = ["tier", "size_bytes", "access_count", "version", "created_at", "updated_at", "expires_at", "betti", "pagerank", "community"];
    private static readonly string[] Live = ["tier", "access_count", "betti", "pagerank", "community"];
    private readonly List<int> _found = [];

    /// <summary>Everything about an object; null when it is not there.</summary>
    /// <exception cref="AuraMemory.Graph.Query.CypherException">It cannot be read now.</exception>
    public Dictionary<string, object?>? Object(string key) => Read(key, Stored);

    /// <summary>What changes without a store; null when the object is not there.</summary>
    /// <exception cref="AuraMemory.Graph.Query.CypherException">It cannot be read now.</exception>
    public Dictionary<string, object?>? LiveOf(string key) => Read(key, Live);

    /// <summary>Properties of a relationship.</summary>
    public Dictionary<string, object?> Properties(RelationshipView relationship)
    {
        MapValue given = ObjectGraph.Properties(relationship);
        var properties = new Dictionary<string, object?>(given.Count, StringComparer.Ordinal);
        for (int i = 0; i < given.Count; i++)
        {
            properties[given.Keys[i]] = Property(given.Values[i]);
        }

        return properties;
    }

    /// <summary>Whether two properties that can travel are the same.</summary>
    public static bool Same(object? one, object? other) => (one, other) switch
    {
        (IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out object? value) && Same(entry.Value, value)),
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && !a.Where((element, i) => !Same(element, b[i])).Any(),
        _ => Equals(one, other),
    };

    private Dictionary<string, object?>? Read(string key, string[] names)
    {
        _found.Clear();
        view.TrySeek(-1, view.Keys.Intern("key"), Value.Of(key), _found);
        if (_found.Count == 0)
        {
            return null;
        }

        // What is not there is null in the row, so that it goes away in the mirror.
        var row = new Dictionary<string, object?>(names.Length + 1, StringComparer.Ordinal) { ["key"] = key };
        foreach (string name in names)
        {
            row[name] = BoltConversion.Of(view.NodeProperty(_found[0], view.Keys.Intern(name)), view);
        }

        return row;
    }

    private object? Property(Value value) => value.Kind switch
    {
        ValueKind.Map => Text(value),
        ValueKind.List when !IsFlat(value.List) => Text(value),
        ValueKind.List when value.List.Any(v => v.Kind == ValueKind.Float) => Array.ConvertAll(value.List, v => (object?)v.Number),
        ValueKind.List => Array.ConvertAll(value.List, Property),
        ValueKind.Boolean => value.Boolean,
        ValueKind.Integer => value.Integer,
        ValueKind.Float => value.Float,
        ValueKind.String => value.Text,
        _ => null,
    };

    private string Text(Value value)
    {
        var to = new JsonOut();
        GraphJson.Write(to, value, view);
        return Encoding.UTF8.GetString(to.Written.Span);
    }

    private static bool IsFlat(Value[] list) =>
        list.All(v => v.IsNumber) || list.All(v => v.Kind == ValueKind.String) || list.All(v => v.Kind == ValueKind.Boolean);
}
