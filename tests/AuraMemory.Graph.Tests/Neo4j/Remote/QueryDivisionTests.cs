using AuraMemory.Graph.Neo4j.Remote;
using AuraMemory.Graph.Query;

namespace AuraMemory.Graph.Tests.Neo4j.Remote;

/// <summary>Which part of a query goes to the server that has the graph, and which stays with the documents.</summary>
public class QueryDivisionTests
{
    private static readonly HashSet<string> Documents = ["data", "metadata"];

    [Theory]
    [InlineData("MATCH (n:MemoryNode {key: 'a'})-[:RELATED_TO*1..3]-(m) WHERE m.tier = 'dram' RETURN m.key")]
    [InlineData("MATCH (n) RETURN n")]
    [InlineData("MATCH (a)(()-[:R]->()){1,3}(b) RETURN a.key")]
    [InlineData("CALL { MATCH (n) RETURN n.key AS k } RETURN k")]
    [InlineData("CALL db.labels() YIELD label RETURN label")]
    [InlineData("RETURN 'n.data' AS text // m.data")]
    [InlineData("THIS IS NO QUERY")]
    public void What_names_no_document_goes_there_as_it_is(string query)
    {
        RemoteQuery divided = Of(query);
        Assert.Equal(QueryPlace.There, divided.Place);
        Assert.Equal(query, divided.Text);
    }

    [Theory]
    [InlineData(
        "MATCH (n)--(m) RETURN m.key, m.data",
        "MATCH (n)--(m) RETURN m.key AS `m.key`, `m` AS `aura m`",
        "m.data AS `c1`")]
    [InlineData(
        "MATCH (n)--(m) RETURN m.data.a[0] + $p AS v, n.key AS k ORDER BY k DESC SKIP 1 LIMIT $l;",
        "MATCH (n)--(m) RETURN n.key AS `k`, `m` AS `aura m` ORDER BY k DESC SKIP 1 LIMIT $l",
        "m.data.a[0] + $p AS `c0`")]
    [InlineData(
        "MATCH p = (n)-->(m) RETURN [x IN nodes(p) | x.metadata] AS m, {a: n['data'], b: n.key} AS both",
        "MATCH p = (n)-->(m) RETURN `p` AS `aura p`, `n` AS `aura n`",
        "[x IN nodes(p) | x.metadata] AS `c0`, {a: n['data'], b: n.key} AS `c1`")]
    [InlineData(
        "MATCH (`odd name`) RETURN `odd name` {.key, .data}, count { (`odd name`)--() } AS degree",
        "MATCH (`odd name`) RETURN count { (`odd name`)--() } AS `degree`, `odd name` AS `aura odd name`",
        "`odd name` {.key, .data} AS `c0`")]
    [InlineData("MATCH (n) RETURN n.data AS `order`, 'a, b AS c' AS text ORDER BY n.key", "MATCH (n) RETURN 'a, b AS c' AS `text`, `n` AS `aura n` ORDER BY n.key", "n.data AS `c0`")]
    public void Documents_in_the_last_return_are_filled_in_here(string query, string there, string here)
    {
        RemoteQuery divided = Of(query);
        Assert.Equal(QueryPlace.Both, divided.Place);
        Assert.Equal(there, divided.Text.TrimEnd());
        Assert.EndsWith(" RETURN " + here, divided.LocalText);
        Assert.All(divided.Columns.Where(c => c.IsLocal), c => Assert.InRange(c.Number, 0, divided.Columns.Count - 1));
    }

    [Theory]
    [InlineData("MATCH (n) WHERE n.data.x > 1 RETURN n.key")]
    [InlineData("MATCH (n {data: 1}) RETURN n.key")]
    [InlineData("MATCH (n) WITH n.data AS d RETURN d")]
    [InlineData("MATCH (n) RETURN DISTINCT n.data")]
    [InlineData("MATCH (n) RETURN n.data, count(*)")]
    [InlineData("MATCH (n) RETURN collect(n.data)")]
    [InlineData("MATCH (n) RETURN n.key ORDER BY n.data.x")]
    [InlineData("MATCH (n) RETURN n.data.x AS x ORDER BY x")]
    [InlineData("MATCH (n) RETURN [(n)--(m) | m.data] AS all")]
    [InlineData("MATCH (n) RETURN n.data UNION MATCH (n) RETURN n.data")]
    [InlineData("MATCH (n) WHERE EXISTS { (n)--(m) WHERE m.metadata.y } RETURN n.key")]
    [InlineData("PROFILE MATCH (n) RETURN n.data")]
    [InlineData("CALL gds.pageRank.stream('*') YIELD node, score RETURN node.key, score")]
    [InlineData("CALL memory.similarTopology('a', 3) YIELD node RETURN node.data")]
    public void What_documents_decide_and_what_only_we_have_is_answered_here(string query) => Assert.Equal(QueryPlace.Here, Of(query).Place);

    [Theory]
    [InlineData("MATCH (n) SET n.x = 1", "ReadOnly")]
    [InlineData("CALL { LOAD CSV FROM 'file:///x' AS line RETURN line } RETURN line", "ReadOnly")]
    [InlineData("CALL { MATCH (n) RETURN n } RETURN n.data", "NotSupported")]
    public void Refused_here_already(string query, string type) => Assert.Equal(type, Assert.Throws<CypherException>(() => Of(query)).Type);

    private static RemoteQuery Of(string query) => QueryDivision.Of(
        query, Documents, p => p.StartsWith("gds.", StringComparison.Ordinal) || p.StartsWith("memory.", StringComparison.Ordinal), QueryLimits.Default);
}
