using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>Writes values of both sides in one form: by type (<c>1</c> is not <c>1.0</c>), entities by labels, type and properties, temporal values by their text.</summary>
internal static partial class SharedForm
{
    // Last bits of logarithms and sines, and of sums whose order is free, are nobody's promise.
    private const double Tolerance = 1e-12;

    /// <summary>A value of the embedded graph.</summary>
    public static string Of(Value value, GraphView graph)
    {
        var text = new StringBuilder();
        Write(text, value, graph);
        return text.ToString();
    }

    /// <summary>A value that Neo4j sent.</summary>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>Rows as a bag: in an order in which floats that are nearly the same stand side by side.</summary>
    public static string[] Sorted(IEnumerable<string> rows) =>
        [.. rows.OrderBy(r => Floats().Replace(r, m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture).ToString("E9", CultureInfo.InvariantCulture)), StringComparer.Ordinal)];

    /// <summary>Whether two texts are the same but for the last bits of floats.</summary>
    public static bool AreSame(string a, string b)
    {
        if (a == b)
        {
            return true;
        }

        if (Floats().Replace(a, "#") != Floats().Replace(b, "#"))
        {
            return false;
        }

        return Floats().Matches(a).Zip(Floats().Matches(b)).All(p => AreClose(p.First.Groups[1].Value, p.Second.Groups[1].Value));
    }

    private static bool AreClose(string a, string b)
    {
        double x = double.Parse(a, CultureInfo.InvariantCulture);
        double y = double.Parse(b, CultureInfo.InvariantCulture);
        return x.Equals(y) || Math.Abs(x - y) <= Tolerance * Math.Max(Math.Abs(x), Math.Abs(y));
    }

    private static void Write(StringBuilder text, Value value, GraphView graph)
    {
        switch (value.Kind)
        {
            case ValueKind.List:
                List(text, value.List, v => Write(text, v, graph));
                break;
            case ValueKind.Map:
                Map(text, value.Map, graph);
                break;
            case ValueKind.Node:
                Node(text, value.Node, graph);
                break;
            case ValueKind.Relationship:
                Relationship(text, value.Relationship, graph);
                break;
            case ValueKind.Path:
                Node(text, value.Path.Nodes[0], graph);
                for (int i = 0; i < value.Path.Length; i++)
                {
                    int relationship = value.Path.Relationships[i];
                    bool isForward = graph.SourceOf(relationship) == value.Path.Nodes[i];
                    text.Append(isForward ? "-" : "<-");
                    Relationship(text, relationship, graph);
                    text.Append(isForward ? "->" : "-");
                    Node(text, value.Path.Nodes[i + 1], graph);
                }

                break;
            default:
                Write(text, value.Kind switch
                {
                    ValueKind.Null => null,
                    ValueKind.Boolean => value.Boolean,
                    ValueKind.Integer => value.Integer,
                    ValueKind.Float => value.Float,
                    ValueKind.String => value.Text,
                    _ => (object)value.Temporal,
                });
                break;
        }
    }

    private static void Map(StringBuilder text, MapValue map, GraphView graph)
    {
        var entries = new List<(string Key, Value Value)>();
        for (int i = 0; i < map.Count; i++)
        {
            entries.Add((map.Keys[i], map.Values[i]));
        }

        Entries(text, entries, v => Write(text, v, graph));
    }

    private static void Node(StringBuilder text, int node, GraphView graph)
    {
        var labels = new List<string>();
        foreach (int label in graph.LabelsOf(node))
        {
            labels.Add(graph.Labels.Name(label));
        }

        text.Append('(').AppendJoin(':', labels.Order(StringComparer.Ordinal)).Append(' ');
        Map(text, graph.NodeProperties(node), graph);
        text.Append(')');
    }

    private static void Relationship(StringBuilder text, int relationship, GraphView graph)
    {
        text.Append("[:").Append(graph.Types.Name(graph.TypeOf(relationship))).Append(' ');
        Map(text, graph.RelationshipProperties(relationship), graph);
        text.Append(']');
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case long integer:
                text.Append(integer.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append("float ").Append(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case string characters:
                text.Append('"').Append(characters.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
                break;
            case TemporalValue temporal:
                text.Append(temporal.Kind).Append(' ').Append(temporal.ToLongText());
                break;
            case List<object?> list:
                List(text, list, v => Write(text, v));
                break;
            case Dictionary<string, object?> map:
                Entries(text, map.Select(e => (e.Key, e.Value)), v => Write(text, v));
                break;
            case BoltNode node:
                text.Append('(').AppendJoin(':', node.Labels.Order(StringComparer.Ordinal)).Append(' ');
                Write(text, node.Properties);
                text.Append(')');
                break;
            case BoltRelationship relationship:
                Relationship(text, relationship.Type, relationship.Properties);
                break;
            case BoltPath path:
                Path(text, path);
                break;
            default:
                text.Append(value);
                break;
        }
    }

    private static void Path(StringBuilder text, BoltPath path)
    {
        Write(text, path.Nodes[0]);
        for (int i = 0; i < path.Steps.Count; i += 2)
        {
            bool isForward = path.Steps[i] > 0;
            BoltPathRelationship relationship = path.Relationships[(int)Math.Abs(path.Steps[i]) - 1];
            text.Append(isForward ? "-" : "<-");
            Relationship(text, relationship.Type, relationship.Properties);
            text.Append(isForward ? "->" : "-");
            Write(text, path.Nodes[(int)path.Steps[i + 1]]);
        }
    }

    private static void Relationship(StringBuilder text, string type, Dictionary<string, object?> properties)
    {
        text.Append("[:").Append(type).Append(' ');
        Write(text, properties);
        text.Append(']');
    }

    private static void List<T>(StringBuilder text, IEnumerable<T> elements, Action<T> write)
    {
        text.Append('[');
        string between = "";
        foreach (T element in elements)
        {
            text.Append(between);
            write(element);
            between = ", ";
        }

        text.Append(']');
    }

    private static void Entries<T>(StringBuilder text, IEnumerable<(string Key, T Value)> entries, Action<T> write)
    {
        text.Append('{');
        string between = "";
        foreach ((string key, T value) in entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            text.Append(between).Append(key).Append(": ");
            write(value);
            between = ", ";
        }

        text.Append('}');
    }

    [GeneratedRegex(@"(?<=^|[\[\s{])float (-?(?:[0-9.]+(?:E[+-]?[0-9]+)?|∞|Infinity|NaN)|NaN)")]
    private static partial Regex Floats();
}
