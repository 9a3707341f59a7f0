using System.Diagnostics;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The graph is what the store says, whatever happened to the process.</summary>
public sealed class GraphRestartTests : IDisposable
{
    private const string Edges = "{\"cypher_query\":\"MATCH (a)-[r]->(b) RETURN a.key + type(r) + b.key AS e ORDER BY e\"}";
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-graph-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Relationships_survive_a_kill_and_those_to_keys_that_came_later_are_edges()
    {
        await using (var service = new RunningService(_folder))
        {
            await service.InitializeAsync();
            await service.PostOkAsync("/store", "{\"key\":\"a\",\"data\":1,\"relationships\":[\"b\",{\"key\":\"later\",\"type\":\"AWAITS\"}]}");
            await service.PostOkAsync("/store", "{\"key\":\"b\",\"data\":1}");
            await service.PostOkAsync("/relationships", "{\"source\":\"b\",\"target\":\"a\",\"type\":\"BACK\",\"properties\":{\"n\":1}}");
            Assert.Equal(["aRELATED_TOb", "bBACKa"], await EdgesAsync(service));
            await service.Process.KillAsync();
        }

        await using (var service = new RunningService(_folder))
        {
            await service.InitializeAsync();
            Assert.Equal(["aRELATED_TOb", "bBACKa"], await EdgesAsync(service));
            await service.PostOkAsync("/store", "{\"key\":\"later\",\"data\":1}");
            Assert.Equal(["aAWAITSlater", "aRELATED_TOb", "bBACKa"], await EdgesAsync(service));
            using HttpResponseMessage deleted = await service.Client.DeleteAsync("/api/v1/objects/a");
            Assert.True(deleted.IsSuccessStatusCode);
            Assert.Empty(await EdgesAsync(service));
            await service.Process.KillAsync();
        }

        await using (var service = new RunningService(_folder))
        {
            await service.InitializeAsync();
            Assert.Empty(await EdgesAsync(service));
        }
    }

    [Fact]
    public async Task An_object_that_expires_takes_its_edges_with_it()
    {
        await using var service = new RunningService(_folder, "--expiry_scan_seconds", "0.05");
        await service.InitializeAsync();
        await service.PostOkAsync("/store", "{\"key\":\"stays\",\"data\":1}");
        await service.PostOkAsync("/store", "{\"key\":\"goes\",\"data\":1,\"ttl_seconds\":4,\"relationships\":[\"stays\"]}");
        Assert.Equal(["goesRELATED_TOstays"], await EdgesAsync(service));
        long began = Stopwatch.GetTimestamp();
        while ((await EdgesAsync(service)).Length > 0 || await service.MetricAsync("memory_graph_relationships") > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "The edge outlived its object by a minute.");
            await Task.Delay(20);
        }

        Assert.Equal(0, await service.MetricAsync("memory_graph_nodes"));
    }

    private static async Task<string[]> EdgesAsync(RunningService service)
    {
        JsonElement answer = await service.PostOkAsync("/query/graph", Edges);
        return [.. answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("e").GetString()!)];
    }
}
