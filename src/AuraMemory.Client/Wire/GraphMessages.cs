using System.Text.Json;

namespace AuraMemory.Client.Wire;

/// <summary>Asks the graph: a query in Cypher, or a walk from an object. Exactly one of <see cref="CypherQuery"/> and <see cref="StartKey"/> is set.</summary>
public sealed record GraphQueryRequest
{
    /// <summary>A query in the subset of Cypher the service knows; it only reads.</summary>
    public string? CypherQuery { get; init; }

    /// <summary>A JSON object with the parameters of the query; null = none.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Key of the object whose neighbours are sought.</summary>
    public string? StartKey { get; init; }

    /// <summary>Relationships away at most; null = the service's default.</summary>
    public int? MaxHops { get; init; }

    /// <summary>Types of the relationships that are followed; null = all.</summary>
    public IReadOnlyList<string>? RelationshipTypes { get; init; }
}

/// <summary>What the graph answers.</summary>
public sealed record GraphQueryResponse
{
    /// <summary>Rows: objects with a member a column, as the query names it.</summary>
    public IReadOnlyList<JsonElement> Results { get; set; } = [];

    /// <summary>The query, or the key the walk began at.</summary>
    public string? Query { get; init; }

    /// <summary>Milliseconds inside the service.</summary>
    public double ExecutionTimeMs { get; init; }

    /// <summary><c>embedded</c> or <c>neo4j</c>.</summary>
    public string? Backend { get; init; }

    /// <summary>Nodes looked at; null from a Neo4j, which does not count them.</summary>
    public long? NodesVisited { get; init; }

    /// <summary>Relationships followed; null from a Neo4j.</summary>
    public long? RelationshipsTraversed { get; init; }

    /// <summary>What is to be known of the answer: that a Neo4j could not be asked, or lacks the last changes.</summary>
    public string? Note { get; init; }

    /// <summary>The plan, of <c>EXPLAIN</c> and <c>PROFILE</c>.</summary>
    public string? Plan { get; init; }
}

/// <summary>A relationship by itself, as it is asserted or removed.</summary>
/// <param name="Source">Key of the object it starts at, which is stored.</param>
/// <param name="Target">Key it ends at; may be stored later.</param>
public sealed record RelationshipRequest(string Source, string Target)
{
    /// <summary>1 to 64 characters of A-Z a-z 0-9 _; null = <c>RELATED_TO</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Its weight; null = 1. Not part of what is removed.</summary>
    public double? Weight { get; init; }

    /// <summary>A JSON object of flat values or lists of them; null = none.</summary>
    public JsonElement? Properties { get; init; }
}

/// <summary>Many relationships at once.</summary>
/// <param name="Relationships">At least one.</param>
internal sealed record RelationshipsRequest(IReadOnlyList<RelationshipRequest> Relationships);

/// <summary>What became of relationships.</summary>
public sealed record RelationshipsOutcome
{
    /// <summary>How many are new or changed.</summary>
    public int Asserted { get; init; }

    /// <summary>How many were there and are gone.</summary>
    public int Removed { get; init; }

    /// <summary>How many were refused, because nothing is stored under the source's key.</summary>
    public int Failed { get; init; }
}
