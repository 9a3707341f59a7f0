namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>A Neo4j refused or failed to do something, and said why.</summary>
/// <param name="code">Its code: <c>Neo.ClassOfError.Category.Title</c>.</param>
/// <param name="message">For people.</param>
public sealed class Neo4jException(string code, string message) : Exception(message)
{
    /// <summary>The time limit of a transaction has passed.</summary>
    public const string TimedOut = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration";

    /// <summary>The server no longer knows what the user may do; a new connection helps.</summary>
    internal const string AuthorizationExpired = "Neo.ClientError.Security.AuthorizationExpired";

    /// <summary>Its code, for example <c>Neo.ClientError.Statement.SyntaxError</c>.</summary>
    public string Code => code;

    /// <summary>Whether the same transaction may succeed when it is tried again.</summary>
    /// <remarks>Servers before version 5 called transactions that were ended from outside transient; they would be ended again.</remarks>
    public bool IsTransient => code switch
    {
        "Neo.TransientError.Transaction.Terminated" or "Neo.TransientError.Transaction.LockClientStopped" => false,
        AuthorizationExpired => true,
        _ => code.Contains(".TransientError.", StringComparison.Ordinal),
    };

    /// <summary>Whether the server is not the one that writes.</summary>
    internal bool IsNotWriter => code is "Neo.ClientError.Cluster.NotALeader" or "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase";

    /// <summary>Whether the server does not know the marks of transactions that it was given: its database is another than before.</summary>
    internal bool IsBookmark => code.StartsWith("Neo.ClientError.Transaction.InvalidBookmark", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{code}: {base.ToString()}";
}
