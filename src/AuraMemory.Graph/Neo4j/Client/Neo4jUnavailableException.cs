namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>Why a Neo4j cannot be used.</summary>
public enum Neo4jUnavailability
{
    /// <summary>No connection can be opened.</summary>
    Unreachable,

    /// <summary>The connection broke while it was used, or the server fell silent.</summary>
    ConnectionLost,

    /// <summary>No server was found that plays the part that is needed.</summary>
    NoRoute,

    /// <summary>All connections are in use and none came free in time.</summary>
    PoolExhausted,

    /// <summary>The server's certificate is not trusted, or it does not do TLS.</summary>
    Certificate,

    /// <summary>What answers does not speak a version of Bolt that is spoken here, or breaks its rules.</summary>
    Protocol,
}

/// <summary>A Neo4j cannot be used now.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">For people.</param>
/// <param name="inner">What happened.</param>
public sealed class Neo4jUnavailableException(Neo4jUnavailability reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public Neo4jUnavailability Reason => reason;

    /// <summary>Whether it may be otherwise soon. Who waited for a connection in vain has waited enough.</summary>
    public bool IsTransient => reason is Neo4jUnavailability.Unreachable or Neo4jUnavailability.ConnectionLost or Neo4jUnavailability.NoRoute;
}
