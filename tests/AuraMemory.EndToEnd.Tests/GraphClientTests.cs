using System.Text.Json;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The client's calls about the graph, against the running service: what is asked arrives, what is answered is read.</summary>
public class GraphClientTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task Relationships_are_asserted_queried_walked_and_removed()
    {
        using var client = new AuraMemoryClient(service.Url);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        foreach (string key in (string[])["graph:a", "graph:b", "graph:c"])
        {
            await client.StoreAsync(new StoreRequest { Key = key, Data = Json($$"""{"name":"{{key}}"}""") }, cancellation);
        }

        RelationshipRequest[] chain =
        [
            new("graph:a", "graph:b") { Type = "NEXT", Weight = 0.5, Properties = Json("""{"since":2024}""") },
            new("graph:b", "graph:c") { Type = "NEXT" },
            new("graph:absent", "graph:a"),
        ];
        RelationshipsOutcome asserted = await client.RelateAsync(chain, cancellation);
        Assert.Equal((2, 1), (asserted.Asserted, asserted.Failed));

        GraphQueryResponse rows = await client.QueryGraphAsync(
            new GraphQueryRequest
            {
                CypherQuery = "MATCH (n {key: $key})-[r:NEXT]->(m) RETURN m.key AS key, r.weight AS weight, r.since AS since, m.data AS data",
                Parameters = Json("""{"key":"graph:a"}"""),
            },
            cancellation);
        JsonElement row = Assert.Single(rows.Results);
        Assert.Equal(
            ("graph:b", 0.5, 2024, "graph:b"),
            (row.GetProperty("key").GetString(), row.GetProperty("weight").GetDouble(), row.GetProperty("since").GetInt32(), row.GetProperty("data").GetProperty("name").GetString()));
        Assert.Equal("embedded", rows.Backend);
        Assert.True(rows.NodesVisited >= 2 && rows.RelationshipsTraversed >= 1 && rows.ExecutionTimeMs > 0);
        Assert.Null(rows.Plan);

        GraphQueryResponse walk = await client.QueryGraphAsync(
            new GraphQueryRequest { StartKey = "graph:a", MaxHops = 1, RelationshipTypes = ["NEXT"] }, cancellation);
        Assert.Equal("graph:b", Assert.Single(walk.Results).GetProperty("key").GetString());
        Assert.Contains("Expand", (await client.QueryGraphAsync("EXPLAIN MATCH (a)-[:NEXT]->(b) RETURN a.key", cancellation)).Plan, StringComparison.Ordinal);

        RelationshipsOutcome removed = await client.UnrelateAsync(chain[..2], cancellation);
        Assert.Equal((2, 0), (removed.Removed, removed.Failed));
        Assert.Empty((await client.QueryGraphAsync("MATCH ({key: 'graph:a'})--(m) RETURN m.key", cancellation)).Results);
    }

    [Fact]
    public async Task What_the_service_refuses_is_told_with_its_position()
    {
        using var client = new AuraMemoryClient(service.Url);
        AuraMemoryException refused = await Assert.ThrowsAsync<AuraMemoryException>(() => client.QueryGraphAsync("MATCH (n) DELETE n", TestContext.Current.CancellationToken));
        Assert.Equal(400, (int)refused.Status!.Value);
        Assert.Contains("line 1", refused.Message, StringComparison.Ordinal);
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
