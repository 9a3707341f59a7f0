using System.Text;
using System.Text.Json;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Tests.Graph;

public sealed class GraphDoorTests(GraphServer server) : IClassFixture<GraphServer>
{
    [Fact]
    public async Task A_query_gives_rows_as_objects_and_counts_what_it_met()
    {
        JsonElement answer = await server.PostOkAsync(
            "/query/graph", "{\"cypher_query\":\"MATCH p = (a {key: $k})-[r:KNOWS]->(b) RETURN a, r, p, b.key AS other, b.data\",\"parameters\":{\"k\":\"ann\"}}");
        Assert.Equal(["results", "query", "execution_time_ms", "backend", "nodes_visited", "relationships_traversed"], answer.EnumerateObject().Select(p => p.Name));
        JsonElement row = answer.GetProperty("results")[0];
        Assert.Equal(["a", "r", "p", "other", "b.data"], row.EnumerateObject().Select(p => p.Name));
        Assert.Equal("ann", row.GetProperty("a").GetProperty("key").GetString());
        Assert.Equal("dram", row.GetProperty("a").GetProperty("tier").GetString());
        Assert.Equal("{\"type\":\"KNOWS\",\"source\":\"ann\",\"target\":\"bob\",\"properties\":{\"weight\":2,\"since\":2001}}", row.GetProperty("r").GetRawText());
        Assert.Equal(1, row.GetProperty("p").GetProperty("length").GetInt32());
        Assert.Equal("bob", row.GetProperty("other").GetString());
        Assert.Equal("{\"age\":41}", row.GetProperty("b.data").GetRawText());
        Assert.Equal("embedded", answer.GetProperty("backend").GetString());
        Assert.Equal(1, answer.GetProperty("relationships_traversed").GetInt64());
    }

    [Fact]
    public async Task A_walk_gives_neighbours_by_distance_with_a_path()
    {
        JsonElement answer = await server.PostOkAsync("/query/graph", "{\"start_key\":\"ann\",\"max_hops\":2}");
        Assert.Equal(
            ["{\"key\":\"bob\",\"distance\":1,\"tier\":\"dram\",\"path\":[\"ann\",\"bob\"]", "{\"key\":\"cid\",\"distance\":2,\"tier\":\"dram\",\"path\":[\"ann\",\"bob\",\"cid\"]"],
            answer.GetProperty("results").EnumerateArray().Select(r => r.GetRawText().Split(",\"relationships\"")[0]));
        Assert.Equal("[]", (await server.PostOkAsync("/query/graph", "{\"start_key\":\"ann\",\"relationship_types\":[\"LIKES\"]}")).GetProperty("results").GetRawText());
    }

    [Theory]
    [InlineData("{\"cypher_query\":\"MATCH (n RETURN n\"}", 400, "invalid-query", "cypher_query", "line 1, column 10")]
    [InlineData("{\"cypher_query\":\"MATCH (n) RETURN m\"}", 400, "invalid-query", "cypher_query", "UndefinedVariable")]
    [InlineData("{\"cypher_query\":\"MATCH (n) DETACH DELETE n\"}", 400, "read-only-query", "cypher_query", "DETACH")]
    [InlineData("{\"cypher_query\":\"CREATE (n)\"}", 400, "read-only-query", "cypher_query", "only read")]
    [InlineData("{\"cypher_query\":\"CALL { MATCH (n) RETURN n } RETURN n\"}", 400, "invalid-query", "cypher_query", "OutsideSubset")]
    [InlineData("{\"cypher_query\":\"RETURN $missing\"}", 400, "invalid-query", "cypher_query", "missing")]
    [InlineData("{\"cypher_query\":\"RETURN 1/0\"}", 400, "invalid-query", "cypher_query", "DivisionByZero")]
    [InlineData("{\"cypher_query\":\"UNWIND range(1, 200000) AS x RETURN x\"}", 422, "query-limit", "cypher_query", "Rows")]
    [InlineData("{\"cypher_query\":\"RETURN 1\",\"parameters\":[1]}", 400, "invalid-request", "parameters", "object")]
    [InlineData("{\"cypher_query\":\"\"}", 400, "invalid-request", "cypher_query", "empty")]
    [InlineData("{\"cypher_query\":\"RETURN 1\",\"start_key\":\"ann\"}", 400, "invalid-request", "start_key", "not both")]
    [InlineData("{}", 400, "invalid-request", "cypher_query", "missing")]
    [InlineData("{\"start_key\":\"ann\",\"max_hops\":6}", 400, "invalid-request", "max_hops", "5")]
    [InlineData("{\"start_key\":\"nobody\"}", 404, "not-found", "start_key", "start_key")]
    public async Task What_cannot_be_answered_is_refused_with_the_place(string body, int status, string slug, string member, string says)
    {
        JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync("/query/graph", body), status);
        Assert.EndsWith(":" + slug, problem.GetProperty("type").GetString());
        Assert.Equal(member, problem.GetProperty("member").GetString());
        Assert.Contains(says, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Relationships_are_asserted_and_removed_by_themselves()
    {
        await server.PostOkAsync("/store", "{\"key\":\"rel_a\",\"data\":1}");
        await server.PostOkAsync("/store", "{\"key\":\"rel_b\",\"data\":1}");
        for (int i = 0; i < 2; i++)
        {
            JsonElement asserted = await server.PostOkAsync("/relationships", "{\"source\":\"rel_a\",\"target\":\"rel_b\",\"type\":\"OF\",\"weight\":0.5}");
            Assert.Equal(1, asserted.GetProperty("asserted").GetInt32());
        }

        const string Query = "{\"cypher_query\":\"MATCH ({key: 'rel_a'})-[r]->(b) RETURN type(r) AS t, b.key AS b, r.weight AS w\"}";
        Assert.Equal("[{\"t\":\"OF\",\"b\":\"rel_b\",\"w\":0.5}]", (await server.PostOkAsync("/query/graph", Query)).GetProperty("results").GetRawText());
        JsonElement many = await server.PostOkAsync(
            "/relationships", "{\"relationships\":[{\"source\":\"rel_a\",\"target\":\"rel_b\"},{\"source\":\"nobody\",\"target\":\"rel_b\"}]}");
        Assert.Equal((1, 1), (many.GetProperty("asserted").GetInt32(), many.GetProperty("failed").GetInt32()));
        Assert.Equal("source", many.GetProperty("items")[1].GetProperty("error").GetProperty("member").GetString());
        using var remove = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/relationships")
        {
            Content = new StringContent("{\"relationships\":[{\"source\":\"rel_a\",\"target\":\"rel_b\"},{\"source\":\"rel_a\",\"target\":\"rel_b\",\"type\":\"OF\"}]}", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage removed = await server.Client.SendAsync(remove);
        Assert.Contains("\"removed\":2", await removed.Content.ReadAsStringAsync());
        Assert.Equal("[]", (await server.PostOkAsync("/query/graph", Query)).GetProperty("results").GetRawText());
    }

    [Fact]
    public async Task A_plan_is_shown_as_a_tree()
    {
        JsonElement answer = await server.PostOkAsync("/query/graph", "{\"cypher_query\":\"PROFILE MATCH (a {key: 'ann'})-->(b) RETURN b.key AS k\"}");
        string plan = answer.GetProperty("plan").GetString()!;
        Assert.StartsWith("ProduceResults k", plan, StringComparison.Ordinal);
        Assert.Contains("1 given", plan, StringComparison.Ordinal);
        Assert.Equal(1, answer.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Health_features_and_metrics_know_the_graph()
    {
        JsonElement health = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/health")).RootElement;
        Assert.Equal("healthy", health.GetProperty("checks").GetProperty("graph").GetProperty("status").GetString());
        JsonElement features = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/features")).RootElement;
        Assert.Equal("embedded", features.GetProperty("graph").GetProperty("backend").GetString());
        Assert.Contains("memory_graph_relationships 2", await server.Client.GetStringAsync("/metrics"));
    }
}

/// <summary>A service whose graph has three people.</summary>
public sealed class GraphServer : IAsyncLifetime
{
    private readonly LiveServer _live = new();

    public HttpClient Client => _live.Client;

    public Task<HttpResponseMessage> PostAsync(string path, string json) => _live.PostAsync(path, json);

    public Task<JsonElement> PostOkAsync(string path, string json) => _live.PostOkAsync(path, json);

    public async ValueTask InitializeAsync()
    {
        await _live.InitializeAsync();
        _live.Context.Graph = new GraphService(
            _live.Store, _live.Shapes, new GraphProcedures(TimeProvider.System), new GraphSettings(), TimeProvider.System,
            follower =>
            {
                Assert.True(follower.RebuildAsync(CancellationToken.None).IsCompletedSuccessfully);
                return () => 0;
            });
        await PostOkAsync("/store", "{\"key\":\"cid\",\"data\":{\"age\":7}}");
        await PostOkAsync("/store", "{\"key\":\"bob\",\"data\":{\"age\":41},\"relationships\":[{\"key\":\"cid\",\"type\":\"KNOWS\"}]}");
        await PostOkAsync("/store", "{\"key\":\"ann\",\"data\":{\"age\":40},\"relationships\":[{\"key\":\"bob\",\"type\":\"KNOWS\",\"weight\":2,\"properties\":{\"since\":2001}}]}");
    }

    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)_live).DisposeAsync();
}
