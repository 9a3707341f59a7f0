using System.Globalization;
using System.Text.Json;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.RealNeo4j;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>A service whose graph lives in a real Neo4j, and a look at both sides.</summary>
internal sealed class MirroredService(Neo4jTestServer neo4j, string folder, params string[] arguments) : RunningService(
    folder, ["--neo4j_uri", neo4j.Uri, .. neo4j.Password is null ? [] : (string[])["--neo4j_password", neo4j.Password], .. arguments])
{
    private const string Nodes = "MATCH (n:MemoryNode) RETURN n.key + ' ' + toString(n.version) + ' ' + toString(n.size_bytes)";
    private const string Edges = "MATCH (a:MemoryNode)-[r]->(b:MemoryNode) RETURN a.key + ' ' + type(r) + ' ' + b.key + ' ' + toString(r.weight) + ' ' + coalesce(r.note, '')";

    /// <summary>Asks the Neo4j itself.</summary>
    public static async Task<List<object?[]>> AskAsync(Neo4jTestServer neo4j, string query, bool writes = false)
    {
        await using var driver = new Neo4jDriver(
            new Neo4jSettings { Address = Neo4jAddress.Parse(neo4j.Uri), User = neo4j.User, Password = neo4j.Password }, TimeProvider.System, 1);
        return await (writes ? driver.WriteAsync(Read, null, default) : driver.ReadAsync(Read, null, default));

        async Task<List<object?[]>> Read(Neo4jTransaction transaction, CancellationToken cancellation)
        {
            var rows = new List<object?[]>();
            Neo4jCursor cursor = await transaction.RunAsync(query, new Dictionary<string, object?>(), cancellation);
            while (await cursor.NextAsync(cancellation) is { } row)
            {
                rows.Add(row);
            }

            return rows;
        }
    }

    /// <summary>A query of the API.</summary>
    public Task<JsonElement> QueryAsync(string cypher) => PostOkAsync("/query/graph", JsonSerializer.Serialize(new { cypher_query = cypher }));

    /// <summary>Waits until everything that was acknowledged is in the Neo4j; fails after a minute.</summary>
    public async Task CaughtUpAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement answer;
        do
        {
            Assert.False(patience.IsCancellationRequested, "The Neo4j did not catch up within a minute: " + await Client.GetStringAsync("/api/v1/health"));
            answer = await QueryAsync("MATCH (n:MemoryNode) RETURN count(n)");
        }
        while (answer.GetProperty("backend").GetString() != "neo4j" || answer.TryGetProperty("note", out _));
    }

    /// <summary>The Neo4j has the objects of the store and their relationships, and nothing else.</summary>
    public async Task AgreesAsync()
    {
        await CaughtUpAsync();
        (List<string> nodes, List<string> edges) = await StoredAsync();
        Assert.Equal(nodes, await LinesAsync(Nodes));
        Assert.Equal(edges, await LinesAsync(Edges));
    }

    /// <summary>Waits until the health of the Neo4j is as wanted and says so.</summary>
    public async Task HealthAsync(string status, string detail)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonElement check = (await GetOkAsync("/api/v1/health")).GetProperty("checks").GetProperty("neo4j");
            if (check.GetProperty("status").GetString() == status && check.GetProperty("detail").GetString()!.Contains(detail, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            Assert.False(patience.IsCancellationRequested, $"Within a minute the Neo4j was not {status} ({detail}): {check}");
            await Task.Delay(20);
        }
    }

    private async Task<List<string>> LinesAsync(string query)
    {
        List<string> lines = [.. (await AskAsync(neo4j, query)).Select(r => (string)r[0]!)];
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private async Task<(List<string> Nodes, List<string> Edges)> StoredAsync()
    {
        var nodes = new List<string>();
        var keys = new HashSet<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            JsonElement page = await GetOkAsync("/api/v1/objects?limit=1000" + (cursor.Length > 0 ? "&cursor=" + cursor : ""));
            foreach (JsonElement item in page.GetProperty("objects").EnumerateArray())
            {
                keys.Add(item.GetProperty("key").GetString()!);
                nodes.Add($"{item.GetProperty("key").GetString()} {item.GetProperty("version")} {item.GetProperty("size_bytes")}");
            }

            cursor = page.GetProperty("next_cursor").GetString();
        }

        var edges = new List<string>();
        foreach (string key in keys)
        {
            JsonElement page = await GetOkAsync($"/api/v1/objects/{key}/relationships?limit=10000");
            foreach (JsonElement r in page.GetProperty("relationships").EnumerateArray())
            {
                string target = r.GetProperty("target").GetString()!;
                if (keys.Contains(target))
                {
                    string weight = r.GetProperty("weight").GetDouble().ToString("0.0###", CultureInfo.InvariantCulture);
                    string note = r.TryGetProperty("properties", out JsonElement given) && given.TryGetProperty("note", out JsonElement text) ? text.GetString()! : "";
                    edges.Add($"{key} {r.GetProperty("type").GetString()} {target} {weight} {note}");
                }
            }
        }

        nodes.Sort(StringComparer.Ordinal);
        edges.Sort(StringComparer.Ordinal);
        return (nodes, edges);
    }
}
