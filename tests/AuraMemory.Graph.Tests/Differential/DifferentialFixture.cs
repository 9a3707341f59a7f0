using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.RealNeo4j;
using AuraMemory.Tck.Running;

namespace AuraMemory.Graph.Tests.Differential;

/// <summary>A Neo4j that nobody else uses, since queries see all it holds, and a connection to it. Skips the test when there is none.</summary>
public sealed class DifferentialFixture : IAsyncDisposable
{
    private Neo4jTestServer? _server;
    private PeerSession? _peer;

    /// <summary>The connection.</summary>
    internal async Task<PeerSession> PeerAsync()
    {
        if (_peer is null)
        {
            _server ??= await Neo4jTestServer.StartAsync(new Neo4jServerOptions(HasPassword: false));
            _peer = await PeerSession.OpenAsync("127.0.0.1", _server.Port);
        }

        return _peer;
    }

    /// <summary>The graph of the corpus on both sides.</summary>
    internal async Task<(EmbeddedSide Ours, PeerSession Theirs)> CorpusGraphAsync()
    {
        PeerSession peer = await PeerAsync();
        string script = await File.ReadAllTextAsync(Corpus.PathOf("graph.cypher"));
        var graph = new PropertyGraph();
        new GraphLoader(graph, new TableProcedures()).Run(script, MapValue.Empty);
        await peer.WriteAsync("MATCH (n) DETACH DELETE n", []);
        await peer.WriteAsync(script, []);
        return (new EmbeddedSide(graph.Snapshot()), peer);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
