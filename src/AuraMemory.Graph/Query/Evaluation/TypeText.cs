using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The names that <c>valueType()</c> gives: Cypher's type names, with <c>NOT NULL</c> for what is not null.</summary>
internal static class TypeText
{
    /// <summary>The type of a value.</summary>
    public static string Of(Value value) => value.Kind switch
    {
        ValueKind.Null => "NULL",
        ValueKind.List => $"LIST<{Inner(value.List)}> NOT NULL",
        _ => Name(value) + " NOT NULL",
    };

    private static string Name(Value value) => value.Kind switch
    {
        ValueKind.Boolean => "BOOLEAN",
        ValueKind.Integer => "INTEGER",
        ValueKind.Float => "FLOAT",
        ValueKind.String => "STRING",
        ValueKind.Map => "MAP",
        ValueKind.Node => "NODE",
        ValueKind.Relationship => "RELATIONSHIP",
        ValueKind.Path => "PATH",
        ValueKind.Date => "DATE",
        ValueKind.LocalTime => "LOCAL TIME",
        ValueKind.Time => "ZONED TIME",
        ValueKind.LocalDateTime => "LOCAL DATETIME",
        ValueKind.DateTime => "ZONED DATETIME",
        ValueKind.Duration => "DURATION",
        _ => Of(value),
    };

    // All types in the list, in the order of their ranks, each once.
    private static string Inner(Value[] elements)
    {
        if (elements.Length == 0)
        {
            return "NOTHING";
        }

        bool hasNull = elements.Any(e => e.IsNull);
        string[] types = [.. elements.Where(e => !e.IsNull).Select(e => Of(e)[..^" NOT NULL".Length]).Distinct().OrderBy(Rank)];
        return types.Length == 0 ? "NULL" : string.Join(" | ", types.Select(t => hasNull ? t : t + " NOT NULL"));
    }

    private static int Rank(string type)
    {
        string[] order =
        [
            "BOOLEAN", "STRING", "INTEGER", "FLOAT", "DATE", "LOCAL TIME", "ZONED TIME", "LOCAL DATETIME", "ZONED DATETIME", "DURATION", "NODE", "RELATIONSHIP", "MAP",
        ];
        int at = Array.IndexOf(order, type);
        return at >= 0 ? at : type == "PATH" ? order.Length + 1 : order.Length;
    }
}
