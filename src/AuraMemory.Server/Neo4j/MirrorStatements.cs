namespace AuraMemory.Server.Neo4j;

/// <summary>What the mirror says to a Neo4j. All statements that change something may be repeated.</summary>
/// <remarks>Names of types come from users and cannot be parameters: they are put between backticks.</remarks>
internal static class MirrorStatements
{
    /// <summary>Finds the note that says whose mirror this is, and whether there are nodes of objects.</summary>
    public const string ReadNote = """
        OPTIONAL MATCH (note:AuraMirror {name: 'objects'})
        WITH note LIMIT 1
        RETURN note.store AS store, note.position AS position, EXISTS { MATCH (:MemoryNode) } AS hasNodes
        """;

    /// <summary>Writes the note.</summary>
    public const string WriteNote = "MERGE (note:AuraMirror {name: 'objects'}) SET note.store = $store, note.position = $position";

    /// <summary>Makes nodes of objects what the rows say; gives back the keys of those that were not there.</summary>
    public const string WriteNodes = """
        UNWIND $rows AS row
        OPTIONAL MATCH (known:MemoryNode {key: row.key})
        WITH row, known IS NULL AS isNew
        MERGE (n:MemoryNode {key: row.key})
        SET n += row
        WITH row, isNew WHERE isNew
        RETURN row.key
        """;

    /// <summary>Removes nodes of objects and their relationships.</summary>
    public const string RemoveNodes = "UNWIND $keys AS key MATCH (n:MemoryNode {key: key}) DETACH DELETE n";

    /// <summary>Keys of nodes in an interval, in order.</summary>
    public const string ListKeys = "MATCH (n:MemoryNode) WHERE n.key > $after AND n.key <= $last RETURN n.key ORDER BY n.key";

    /// <summary>Keys of nodes behind one, in order.</summary>
    public const string ListKeysAfter = "MATCH (n:MemoryNode) WHERE n.key > $after RETURN n.key ORDER BY n.key LIMIT $limit";

    /// <summary>Relationships that go out from nodes of objects to such nodes.</summary>
    public const string ReadRelationships = """
        UNWIND $keys AS key
        MATCH (:MemoryNode {key: key})-[r]->(other:MemoryNode)
        RETURN key, type(r), other.key, properties(r)
        """;

    /// <summary>Updates what changes without a change of the store, where it has changed.</summary>
    public const string WriteLive = """
        UNWIND $rows AS row
        MATCH (n:MemoryNode {key: row.key})
        WHERE n.tier <> row.tier OR n.access_count <> row.access_count
           OR coalesce(n.pagerank, -1.0) <> coalesce(row.pagerank, -1.0) OR coalesce(n.community, -1) <> coalesce(row.community, -1)
           OR coalesce(n.betti, [-1]) <> coalesce(row.betti, [-1])
        SET n.tier = row.tier, n.access_count = row.access_count, n.pagerank = row.pagerank, n.community = row.community, n.betti = row.betti
        RETURN count(*)
        """;

    /// <summary>Keys of nodes by their identities, for what came back without them.</summary>
    public const string ReadNodes = "MATCH (n) WHERE elementId(n) IN $ids RETURN n";

    /// <summary>The same before version 5, where identities are numbers.</summary>
    public const string ReadNodesByNumber = "MATCH (n) WHERE toString(id(n)) IN $ids RETURN n";

    private static readonly string[] Schema =
    [
        "CREATE CONSTRAINT aura_memory_key IF NOT EXISTS FOR (n:MemoryNode) REQUIRE n.key IS UNIQUE",
        "CREATE INDEX aura_memory_tier IF NOT EXISTS FOR (n:MemoryNode) ON (n.tier)",
        "CREATE INDEX aura_memory_updated IF NOT EXISTS FOR (n:MemoryNode) ON (n.updated_at)",
        "CREATE INDEX aura_memory_community IF NOT EXISTS FOR (n:MemoryNode) ON (n.community)",
    ];

    private static readonly string[] OlderSchema =
    [
        "CREATE CONSTRAINT aura_memory_key IF NOT EXISTS ON (n:MemoryNode) ASSERT n.key IS UNIQUE",
        "CREATE INDEX aura_memory_tier IF NOT EXISTS FOR (n:MemoryNode) ON (n.tier)",
        "CREATE INDEX aura_memory_updated IF NOT EXISTS FOR (n:MemoryNode) ON (n.updated_at)",
        "CREATE INDEX aura_memory_community IF NOT EXISTS FOR (n:MemoryNode) ON (n.community)",
    ];

    /// <summary>Constraint and indexes; each a transaction of its own.</summary>
    /// <param name="isOlder">Whether the server is older than 4.4.</param>
    public static IReadOnlyList<string> CreateSchema(bool isOlder) => isOlder ? OlderSchema : Schema;

    /// <summary>Makes relationships of a type what the rows say.</summary>
    public static string WriteRelationships(string type) =>
        $"UNWIND $rows AS row MATCH (a:MemoryNode {{key: row.source}}) MATCH (b:MemoryNode {{key: row.target}}) MERGE (a)-[r:{Quoted(type)}]->(b) SET r = row.properties";

    /// <summary>Removes relationships of a type.</summary>
    public static string RemoveRelationships(string type) =>
        $"UNWIND $rows AS row MATCH (:MemoryNode {{key: row.source}})-[r:{Quoted(type)}]->(:MemoryNode {{key: row.target}}) DELETE r";

    private static string Quoted(string type) => $"`{type.Replace("`", "``", StringComparison.Ordinal)}`";
}
