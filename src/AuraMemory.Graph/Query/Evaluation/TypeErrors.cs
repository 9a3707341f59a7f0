using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The refusals of operators and functions.</summary>
internal static class TypeErrors
{
    /// <summary>A value of a kind that does not fit.</summary>
    public static CypherException Kind(string what, string expected, Value found, TextPosition at) =>
        CypherException.Runtime("TypeError", "InvalidArgumentType", $"{what} takes {expected}, not {Name(found)}.", at);

    /// <summary>An argument of a function of a kind that it has no value for.</summary>
    public static CypherException Argument(string function, string expected, Value found, TextPosition at) =>
        CypherException.Runtime("TypeError", "InvalidArgumentValue", $"{function}() takes {expected}, not {Name(found)}.", at);

    /// <summary>A number outside of what is allowed.</summary>
    public static CypherException Range(string message, TextPosition at) =>
        CypherException.Runtime("ArgumentError", "NumberOutOfRange", message, at);

    /// <summary>An integer that does not fit into 64 bits.</summary>
    public static CypherException Overflow(string computation, TextPosition at) =>
        CypherException.Runtime("ArithmeticError", "IntegerOverflow", $"{computation} is not between -2^63 and 2^63 - 1; compute with floats.", at);

    /// <summary>A kind in words.</summary>
    public static string Name(Value value) => value.Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Integer => $"the integer {value}",
        ValueKind.Float => $"the float {value}",
        ValueKind.Boolean => $"the boolean {value}",
        ValueKind.String => "a string",
        ValueKind.DateTime or ValueKind.LocalDateTime => "a date with time",
        ValueKind kind => "a " + kind.ToString().ToLowerInvariant(),
    };
}
