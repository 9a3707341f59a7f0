using AuraMemory.RealNeo4j;

[assembly: AssemblyFixture(typeof(SharedNeo4jServer))]

namespace AuraMemory.RealNeo4j;

/// <summary>One server for all tests of an assembly, started by the first that asks for it. Tests share its data: each uses labels of its own.</summary>
public sealed class SharedNeo4jServer : IAsyncDisposable
{
    private readonly Lazy<Task<Neo4jTestServer>> _server = new(Neo4jTestServer.FindAsync);

    /// <summary>The server. Skips the test when there is none.</summary>
    public Task<Neo4jTestServer> GetAsync() => _server.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
