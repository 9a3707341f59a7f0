using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Server.Neo4j;

/// <summary>Failures of a Neo4j in the terms of our own queries.</summary>
internal static class Neo4jFailures
{
    private const string Statement = "Neo.ClientError.Statement.";

    /// <summary>What is said to who asked.</summary>
    /// <exception cref="Neo4jUnavailableException">It is not about the query.</exception>
    public static CypherException Explain(Neo4jException failure, QueryLimits limits)
    {
        if (failure.Code.StartsWith("Neo.ClientError.Transaction.TransactionTimedOut", StringComparison.Ordinal) || failure.Code == "Neo.ClientError.Transaction.Terminated")
        {
            return CypherException.Runtime(
                "LimitExceeded", "Time", $"The query ran longer than {limits.Time.TotalSeconds} s at the Neo4j. Narrow it (labels, a shorter path length, LIMIT), or raise the limit.",
                TextPosition.None);
        }

        if (failure.Code.Contains("MemoryLimit", StringComparison.Ordinal) || failure.Code.Contains("OutOfMemory", StringComparison.Ordinal))
        {
            return CypherException.Runtime("LimitExceeded", "Memory", $"The query needs more memory than the Neo4j gives it: {failure.Message}", TextPosition.None);
        }

        if (!failure.Code.StartsWith(Statement, StringComparison.Ordinal) && !failure.Code.StartsWith("Neo.ClientError.Procedure.", StringComparison.Ordinal)
            && !failure.Code.StartsWith("Neo.ClientError.Schema.", StringComparison.Ordinal))
        {
            throw new Neo4jUnavailableException(Neo4jUnavailability.Unreachable, $"{failure.Message} [{failure.Code}]", failure);
        }

        string title = failure.Code.StartsWith(Statement, StringComparison.Ordinal) ? failure.Code[Statement.Length..] : failure.Code.Split('.')[^1];
        return title switch
        {
            "AccessMode" => Of("ReadOnly", "Write", "The query would write. Queries only read: store, relate and delete through the API."),
            "SyntaxError" => Of("SyntaxError", title, failure.Message),
            "ParameterMissing" => Of("ParameterMissing", "MissingParameter", failure.Message),
            "TypeError" or "ArgumentError" or "ArithmeticError" => Of(title, title, failure.Message),
            "EntityNotFound" => Of("EntityNotFound", title, failure.Message),
            "ProcedureNotFound" => Of("ProcedureError", title, failure.Message),
            _ => Of("NotSupported", title, failure.Message),
        };
    }

    private static CypherException Of(string type, string detail, string message) => new(type, ErrorPhase.Runtime, detail, message, TextPosition.None);
}
