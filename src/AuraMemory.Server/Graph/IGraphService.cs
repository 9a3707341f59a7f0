using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Neo4j;

namespace AuraMemory.Server.Graph;

/// <summary>The graph of stored objects, as the doors see it.</summary>
internal interface IGraphService : IAsyncDisposable
{
    /// <summary>Whether there is one.</summary>
    bool IsEnabled { get; }

    /// <summary>Says that a key was stored, deleted, related or the opposite, so that the next query sees it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mayHaveEnded">Whether an object of that key may have ended since the last call, so that relationships towards it are gone.</param>
    void Touch(ReadOnlySpan<byte> key, bool mayHaveEnded);

    /// <summary>Whether a store or deletion of a key changes the graph.</summary>
    bool Concerns(ReadOnlySpan<byte> key);

    /// <summary>Says that an object was moved to another tier, for who keeps that elsewhere.</summary>
    void Moved(ReadOnlySpan<byte> key);

    /// <summary>Answers a query of the graph's language.</summary>
    /// <param name="query">Its text.</param>
    /// <param name="parameters">Values of <c>$name</c>.</param>
    /// <param name="cancellation">The caller has gone away.</param>
    /// <exception cref="AuraMemory.Graph.Query.CypherException">The query is wrong, or took more than it may.</exception>
    /// <exception cref="GraphUnavailableException">The graph is being loaded, or busy.</exception>
    ValueTask<GraphAnswer> QueryAsync(string query, MapValue parameters, CancellationToken cancellation);

    /// <summary>Walks from an object along relationships, either way, nearest first.</summary>
    /// <param name="walk">From where, how far, along what.</param>
    /// <param name="cancellation">The caller has gone away.</param>
    /// <exception cref="AuraMemory.Graph.Query.CypherException">It took more than it may.</exception>
    /// <exception cref="GraphUnavailableException">The graph is being loaded, or busy.</exception>
    ValueTask<GraphAnswer?> WalkAsync(GraphWalk walk, CancellationToken cancellation);

    /// <summary>What there is.</summary>
    GraphReport Report();
}

/// <summary>A walk from an object.</summary>
/// <param name="Start">Its key.</param>
/// <param name="MaxHops">Relationships in a row at most, 1 to 5.</param>
/// <param name="Types">Types that are walked; empty = all.</param>
internal sealed record GraphWalk(string Start, int MaxHops, IReadOnlyList<string> Types);

/// <summary>The answer to a query: rows of values, and how to write them.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">One value a column.</param>
/// <param name="View">What nodes and relationships of the rows are numbers of; the receiver disposes the answer, and with it the view.</param>
/// <param name="Backend">What answered: <c>embedded</c> or <c>neo4j</c>.</param>
internal sealed record GraphAnswer(IReadOnlyList<string> Columns, IReadOnlyList<Value[]> Rows, GraphView View, string Backend = GraphAnswer.Embedded) : IDisposable
{
    /// <summary>Name of the embedded graph.</summary>
    public const string Embedded = "embedded";

    /// <summary>Nodes met by scans, look-ups and expansions; null where the backend does not tell.</summary>
    public long? NodesVisited { get; init; }

    /// <summary>Relationships walked; null where the backend does not tell.</summary>
    public long? RelationshipsTraversed { get; init; }

    /// <summary>The plan as text, for <c>EXPLAIN</c> and <c>PROFILE</c>; else null.</summary>
    public string? Plan { get; init; }

    /// <summary>What whoever asked should know of how it was answered; else null.</summary>
    public string? Note { get; init; }

    public void Dispose() => (View as IDisposable)?.Dispose();
}

/// <summary>What the graph is made of.</summary>
/// <param name="IsLoaded">Whether queries are answered yet.</param>
/// <param name="IsFull">Whether relationships are missing for want of memory, so that queries are refused.</param>
/// <param name="Nodes">Objects with relationships.</param>
/// <param name="Relationships">Relationships between stored objects.</param>
/// <param name="Awaited">Keys that are targets of relationships and not stored.</param>
/// <param name="Bytes">Memory, estimated, with that of signatures.</param>
/// <param name="Behind">Changes not applied yet, at most.</param>
/// <param name="Queries">Queries and walks answered.</param>
/// <param name="Failures">Queries and walks refused or stopped.</param>
/// <param name="Signatures">Objects that are found by how they are embedded.</param>
internal sealed record GraphReport(
    bool IsLoaded, bool IsFull, long Nodes, long Relationships, long Awaited, long Bytes, long Behind, long Queries, long Failures, long Signatures)
{
    /// <summary>How the Neo4j is kept up; null when the graph lives here only.</summary>
    public MirrorReport? Neo4j { get; init; }

    /// <summary>Queries that the embedded copy answered because the Neo4j could not be asked.</summary>
    public long AnsweredHere { get; init; }

    /// <summary>Connections to the Neo4j.</summary>
    public int Connections { get; init; }
}

/// <summary>The graph cannot answer now; it will by itself.</summary>
internal sealed class GraphUnavailableException(string message) : Exception(message);
