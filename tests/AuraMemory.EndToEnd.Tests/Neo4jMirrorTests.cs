using System.Globalization;
using System.Text.Json;
using AuraMemory.RealNeo4j;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The graph in a real Neo4j: what is stored is there, whatever dies in between, and queries run there.</summary>
public sealed class Neo4jMirrorTests(OwnNeo4jServer server) : IClassFixture<OwnNeo4jServer>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-mirror-").FullName;
    private Neo4jTestServer _neo4j = null!;

    public async ValueTask InitializeAsync()
    {
        _neo4j = await server.GetAsync();
        await MirroredService.AskAsync(_neo4j, "MATCH (n) DETACH DELETE n", writes: true);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Queries_run_in_the_neo4j_and_see_what_was_acknowledged_before()
    {
        await using MirroredService service = await StartAsync();
        await using (ChildProcess example = await ChildProcess.RunAsync("python3", ["samples/mission/graph_relationships.py", service.Url]))
        {
            Assert.Equal(0, await example.ExitAsync());
            Assert.Contains("sensor_121: {'name': 'sensor_121'}", example.Output);
        }

        for (int i = 0; i < 20; i++)
        {
            await service.PostOkAsync("/store", $$"""{"key":"own{{i}}","data":{"n":{{i}},"list":[{{i}},2]},"metadata":{"m":{{i}}},"relationships":[{"key":"sensor_121","type":"OWNS","weight":{{i}}.5}]}""");
            JsonElement answer = await service.QueryAsync(
                $"MATCH (a:MemoryNode {{key: 'own{i}'}})-[r:OWNS]->(b) RETURN b.key AS b, r, a.data.list[0] + 1 AS next, a.metadata AS meta, a {{.key, .data}} AS a");
            Assert.Equal("neo4j", answer.GetProperty("backend").GetString());
            Assert.Equal(JsonValueKind.Null, answer.GetProperty("nodes_visited").ValueKind);
            JsonElement row = answer.GetProperty("results")[0];
            Assert.Equal("sensor_121", row.GetProperty("b").GetString());
            Assert.Equal(i + 1, row.GetProperty("next").GetInt32());
            Assert.Equal(i, row.GetProperty("meta").GetProperty("m").GetInt32());
            Assert.Equal(i, row.GetProperty("a").GetProperty("data").GetProperty("n").GetInt32());
            Assert.Equal($"own{i}", row.GetProperty("r").GetProperty("source").GetString());
        }

        // Documents decide which rows there are: the embedded copy answers; so it does where its algorithms are called.
        Assert.Equal("embedded", (await service.QueryAsync("MATCH (n) WHERE n.data.n > 17 RETURN n.key")).GetProperty("backend").GetString());
        Assert.Equal("embedded", (await service.QueryAsync("CALL gds.wcc.stats('*') YIELD componentCount RETURN componentCount")).GetProperty("backend").GetString());

        // Outside of the embedded subset.
        Assert.Equal(20, (await service.QueryAsync("MATCH (a)(()-[:OWNS]->()){1,2}(b) RETURN a.key")).GetProperty("results").GetArrayLength());
        await RefusedAsync(service, "CALL { CREATE (n) RETURN n } RETURN 1 AS one", "read-only-query");
        await RefusedAsync(service, "CALL { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } RETURN line", "read-only-query");
        await RefusedAsync(service, "RETURN unknown", "invalid-query");
        await RefusedAsync(service, "UNWIND range(1, 100000000) AS x RETURN x", "query-limit");
        Assert.Contains("NodeUniqueIndexSeek", (await service.QueryAsync("EXPLAIN MATCH (n:MemoryNode {key: 'own1'}) RETURN n.key")).GetProperty("plan").GetString());
        await service.AgreesAsync();
    }

    [Fact]
    public async Task Tiers_access_counts_and_scores_arrive()
    {
        await using MirroredService service = await StartAsync("--neo4j_refresh_seconds", "0.2", "--graph_scores_seconds", "0.2");
        await service.PostOkAsync("/store", """{"key":"hub","data":{"series":[1,2,3,2,1]}}""");
        await service.PostOkAsync("/store", """{"key":"leaf","data":1,"relationships":["hub"]}""");
        await service.PostOkAsync("/tier/migrate", """{"key":"hub","target_tier":"cxl_hot","force":true}""");
        Assert.Equal("cxl_hot", (await service.QueryAsync("MATCH (n:MemoryNode {key: 'hub'}) RETURN n.tier AS t")).GetProperty("results")[0].GetProperty("t").GetString());
        for (int i = 0; i < 5; i++)
        {
            await service.PostOkAsync("/retrieve", """{"key":"leaf"}""");
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonElement row = (await service.QueryAsync(
                "MATCH (leaf:MemoryNode {key: 'leaf'}), (hub:MemoryNode {key: 'hub'}) RETURN leaf.access_count AS count, hub.pagerank AS rank, hub.community = leaf.community AS together, hub.betti AS betti"))
                .GetProperty("results")[0];
            if (row.GetProperty("count").GetInt64() >= 5 && row.GetProperty("rank").ValueKind == JsonValueKind.Number && row.GetProperty("betti").ValueKind == JsonValueKind.Array)
            {
                Assert.True(row.GetProperty("rank").GetDouble() > 0.15);
                Assert.True(row.GetProperty("together").GetBoolean());
                break;
            }

            Assert.False(patience.IsCancellationRequested, row.ToString());
        }
    }

    [Fact]
    public async Task A_neo4j_that_dies_loses_nothing_and_catches_up_by_itself()
    {
        await using MirroredService service = await StartAsync();
        var random = new Random(5);
        await ChangeAsync(service, random, 150);
        await service.AgreesAsync();

        await _neo4j.KillAsync();
        await ChangeAsync(service, random, 150);
        await service.HealthAsync("degraded", "embedded copy");
        JsonElement answer = await service.QueryAsync("MATCH (n) RETURN count(n) AS n");
        Assert.Equal("embedded", answer.GetProperty("backend").GetString());
        Assert.Contains("cannot be asked", answer.GetProperty("note").GetString());
        using (HttpResponseMessage refused = await service.PostAsync("/query/graph", """{"cypher_query":"MATCH (a)(()-->()){1,2}(b) RETURN a.key"}"""))
        {
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter is not null);
        }

        Assert.True(await service.MetricAsync("memory_neo4j_behind") > 0);
        await _neo4j.RestartAsync();
        await service.HealthAsync("healthy", "Neo4j/");
        await service.AgreesAsync();
        Assert.Equal(0, await service.MetricAsync("memory_neo4j_behind"));
    }

    [Fact]
    public async Task A_service_that_dies_goes_on_where_the_neo4j_is()
    {
        var random = new Random(6);
        await using (MirroredService service = await StartAsync())
        {
            await ChangeAsync(service, random, 120);
            await service.Process.KillAsync();
        }

        await using (MirroredService service = await StartAsync())
        {
            await service.AgreesAsync();
            await ChangeAsync(service, random, 60);
            await service.StopAsync();
        }

        // Emptied by somebody, while nobody looked.
        await MirroredService.AskAsync(_neo4j, "MATCH (n) DETACH DELETE n", writes: true);
        await using (MirroredService service = await StartAsync())
        {
            await service.AgreesAsync();
        }
    }

    [Fact]
    public async Task What_another_store_has_put_there_is_left_alone_until_it_is_given_over()
    {
        await using (MirroredService service = await StartAsync())
        {
            await service.PostOkAsync("/store", """{"key":"mine","data":1}""");
            await service.CaughtUpAsync();
        }

        string other = Path.Combine(_folder, "other");
        await using (var service = new MirroredService(_neo4j, other))
        {
            await service.InitializeAsync();
            await service.PostOkAsync("/store", """{"key":"theirs","data":1}""");
            await service.HealthAsync("degraded", "neo4j_adopt");
            Assert.Equal("embedded", (await service.QueryAsync("MATCH (n) RETURN n.key")).GetProperty("backend").GetString());
            Assert.Equal("mine", (await MirroredService.AskAsync(_neo4j, "MATCH (n:MemoryNode) RETURN n.key")).Single()[0]);
        }

        await using (var service = new MirroredService(_neo4j, other, "--neo4j_adopt", "true"))
        {
            await service.InitializeAsync();
            await service.AgreesAsync();
            Assert.Equal("theirs", (await MirroredService.AskAsync(_neo4j, "MATCH (n:MemoryNode) RETURN n.key")).Single()[0]);
        }
    }

    [Fact]
    public async Task Wrong_credentials_are_said_and_cost_nothing_else()
    {
        await using var service = new MirroredService(_neo4j, Path.Combine(_folder, "data"), "--neo4j_user", "nobody");
        await service.InitializeAsync();
        await service.PostOkAsync("/store", """{"key":"a","data":1}""");
        await service.HealthAsync("degraded", "unauthorized");
        Assert.Equal(1, (await service.QueryAsync("MATCH (n) RETURN n.key")).GetProperty("results").GetArrayLength());
    }

    private async Task<MirroredService> StartAsync(params string[] arguments)
    {
        var service = new MirroredService(_neo4j, Path.Combine(_folder, "data"), arguments);
        await service.InitializeAsync();
        return service;
    }

    private static async Task RefusedAsync(MirroredService service, string query, string problem)
    {
        using HttpResponseMessage answer = await service.PostAsync("/query/graph", JsonSerializer.Serialize(new { cypher_query = query }));
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is 400 or 422, body);
        Assert.Contains("problem:" + problem, body);
    }

    // Objects come, change and go; relationships are asserted before their targets are there, again with other weights, with odd names, and taken back.
    private static async Task ChangeAsync(MirroredService service, Random random, int changes)
    {
        for (int i = 0; i < changes; i++)
        {
            (string a, string b) = (Key(), Key());
            string type = random.Next(4) switch { 0 => "KNOWS", 1 => "a_Type_9", _ => "RELATED_TO" };
            string weight = (random.Next(8) / 2.0).ToString(CultureInfo.InvariantCulture);
            string relationship = JsonSerializer.Serialize(new { key = b, type });
            using HttpResponseMessage answer = random.Next(10) switch
            {
                < 4 => await service.PostAsync("/store", $$"""{"key":"{{a}}","data":{"n":{{i}},"pad":"{{new string('x', random.Next(50))}}"},"relationships":[{{relationship}}]}"""),
                < 6 => await service.PostAsync("/store", $$"""{"key":"{{a}}","data":{{i}}}"""),
                < 8 => await service.PostAsync(
                    "/relationships", $$"""{"source":"{{a}}","target":"{{b}}","type":{{JsonSerializer.Serialize(type)}},"weight":{{weight}},"properties":{ "note":"n{{i}}", "map":{ "x":[1,null] }, "mixed":[1,2.5] } }"""),
                8 => await service.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/relationships")
                {
                    Content = new StringContent($$"""{"source":"{{a}}","target":"{{b}}"}""", System.Text.Encoding.UTF8, "application/json"),
                }),
                _ => await service.Client.DeleteAsync("/api/v1/objects/" + a),
            };
            Assert.True((int)answer.StatusCode is < 300 or 404, await answer.Content.ReadAsStringAsync());
        }

        string Key() => "k" + random.Next(40).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>One server for the tests of a class, which run one after the other and may kill it.</summary>
public sealed class OwnNeo4jServer : IAsyncDisposable
{
    private readonly Lazy<Task<Neo4jTestServer>> _server = new(() => Neo4jTestServer.StartAsync());

    /// <summary>The server. Skips the test when there is none.</summary>
    public Task<Neo4jTestServer> GetAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
