namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>The server of a <c>bolt://</c> address, for everything.</summary>
internal sealed class OneServer(BoltPool pool) : IBoltServers
{
    public int Open => pool.Open;

    public int InUse => pool.InUse;

    public Task<BoltConnection> AcquireAsync(bool forWriting, CancellationToken cancellation) => pool.AcquireAsync(cancellation);

    public Task ReleaseAsync(BoltConnection connection) => pool.ReleaseAsync(connection);

    public void Report(BoltConnection connection, Exception failure)
    {
        if (failure is Neo4jUnavailableException { Reason: Neo4jUnavailability.ConnectionLost } or Neo4jException { Code: Neo4jException.AuthorizationExpired })
        {
            pool.Forget();
        }
    }

    public bool IsTransient(Exception failure) =>
        failure is Neo4jException { IsTransient: true } or Neo4jUnavailableException { IsTransient: true };

    public ValueTask DisposeAsync() => pool.DisposeAsync();
}
