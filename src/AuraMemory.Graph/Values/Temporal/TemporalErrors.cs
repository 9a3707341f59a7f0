using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>The refusals of temporal functions.</summary>
internal static class TemporalErrors
{
    /// <summary>A value of the right type that makes no sense.</summary>
    internal static CypherException Argument(string message, TextPosition at) =>
        CypherException.Runtime("ArgumentError", "InvalidArgumentValue", message, at);

    /// <summary>Text that is no temporal value. Its class is Neo4j's.</summary>
    internal static CypherException Unreadable(string message, TextPosition at) =>
        CypherException.Runtime("SyntaxError", "InvalidArgumentValue", message, at);

    /// <summary>A value of a type that does not fit.</summary>
    internal static CypherException Type(string message, TextPosition at) =>
        CypherException.Runtime("TypeError", "InvalidArgumentType", message, at);

    /// <summary>A result that leaves the range of its kind.</summary>
    internal static CypherException Range(string message, bool isDuration, TextPosition at) =>
        CypherException.Runtime(isDuration ? "ArgumentError" : "ArithmeticError", "NumberOutOfRange", message, at);
}
