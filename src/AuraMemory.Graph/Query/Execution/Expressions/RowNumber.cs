using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Expressions;

/// <summary>The number of a <c>SKIP</c> or a <c>LIMIT</c>.</summary>
/// <param name="Value">The expression, which reads no slots.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record RowNumber(Compiled Value, TextPosition Position)
{
    /// <summary>The number.</summary>
    /// <exception cref="CypherException">It is no integer, or negative.</exception>
    public long Evaluate(QueryRun run)
    {
        Value value = Value.Code.Evaluate(run);
        if (value.Kind != ValueKind.Integer)
        {
            throw CypherException.Runtime("SyntaxError", "InvalidArgumentType", $"SKIP and LIMIT take an integer, not {value.Kind}.", Position);
        }

        return value.Integer >= 0
            ? value.Integer
            : throw CypherException.Runtime("SyntaxError", "NegativeIntegerArgument", $"SKIP and LIMIT take no negative number: {value.Integer}.", Position);
    }
}
