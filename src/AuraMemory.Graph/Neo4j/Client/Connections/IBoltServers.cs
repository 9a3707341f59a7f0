namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>Where connections come from: one server, or those that it names.</summary>
internal interface IBoltServers : IAsyncDisposable
{
    /// <summary>Connections that are open or being opened.</summary>
    int Open { get; }

    /// <summary>Connections that are in use or being opened.</summary>
    int InUse { get; }

    /// <summary>A connection to a server that writes, or to one that reads.</summary>
    /// <exception cref="Neo4jException">A server refuses.</exception>
    /// <exception cref="Neo4jUnavailableException">There is none.</exception>
    Task<BoltConnection> AcquireAsync(bool forWriting, CancellationToken cancellation);

    /// <summary>Gives a connection back.</summary>
    Task ReleaseAsync(BoltConnection connection);

    /// <summary>Something failed on a connection, and may say something about its server.</summary>
    void Report(BoltConnection connection, Exception failure);

    /// <summary>Whether it may go well with another connection.</summary>
    bool IsTransient(Exception failure);
}
