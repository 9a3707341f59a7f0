namespace AuraMemory.Graph.Neo4j.Door;

/// <summary>What answers the queries of a door.</summary>
public interface IBoltQueries
{
    /// <summary>Answers a query.</summary>
    /// <param name="query">Its text.</param>
    /// <param name="parameters">Its parameters, as they travelled.</param>
    /// <param name="timeout">Time the client gives it; null = as long as the limits allow.</param>
    /// <param name="cancellation">The client has given up.</param>
    /// <exception cref="BoltFailureException">It cannot be answered.</exception>
    Task<IBoltAnswer> RunAsync(string query, IReadOnlyDictionary<string, object?> parameters, TimeSpan? timeout, CancellationToken cancellation);
}

/// <summary>Rows of an answer, written one by one as the client asks for them.</summary>
public interface IBoltAnswer : IDisposable
{
    /// <summary>Names of the columns.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Rows.</summary>
    int Count { get; }

    /// <summary>The plan as text, when the query asked for it; else null.</summary>
    string? Plan { get; }

    /// <summary>One row, as values that can travel.</summary>
    object?[] Row(int index);
}

/// <summary>A failure in the terms of the protocol.</summary>
/// <param name="code">Neo4j's code for it, for example <c>Neo.ClientError.Statement.SyntaxError</c>.</param>
/// <param name="message">For people.</param>
public sealed class BoltFailureException(string code, string message) : Exception(message)
{
    /// <summary>Neo4j's code for it.</summary>
    public string Code => code;
}

/// <summary>How a door behaves.</summary>
public sealed record BoltDoorSettings
{
    /// <summary>What the server calls itself. Drivers refuse what does not begin with <c>Neo4j/</c>.</summary>
    public string Server { get; init; } = "Neo4j/5.4.0";

    /// <summary>Name of the one database.</summary>
    public string Database { get; init; } = "neo4j";

    /// <summary>Host and port that <c>neo4j://</c> clients are sent to; null = the address they came by.</summary>
    public string? Address { get; init; }

    /// <summary>Whether credentials are right: scheme (<c>none</c>, <c>basic</c>, <c>bearer</c>), principal, credentials.</summary>
    public Func<string, string?, string?, bool> Authenticate { get; init; } = static (_, _, _) => true;

    /// <summary>Bytes of a message that is taken.</summary>
    public int LongestMessage { get; init; } = 16 << 20;

    /// <summary>Time for handshake and credentials.</summary>
    public TimeSpan GreetingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Results open at a time in one transaction.</summary>
    public int OpenResults { get; init; } = 16;
}
