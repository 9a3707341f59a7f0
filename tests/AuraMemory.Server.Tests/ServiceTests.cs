using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Tests;

public class ServiceTests(LiveServer server) : IClassFixture<LiveServer>
{
    [Theory]
    [InlineData("{ \"a\" : [ 1.0, -0, 1e2 ] }")]
    [InlineData("null")]
    [InlineData("\"\\u00e9é\\ud83d\\ude00\"")]
    [InlineData("123456789012345678901234567890.10")]
    public async Task The_bytes_that_come_out_are_the_bytes_that_went_in(string data)
    {
        await server.PostOkAsync("/store", $" {{\"key\":\"same\", \"data\" : {data} , \"metadata\":{{ \"m\":1}} }} ");
        Assert.Equal(data, await server.Client.GetStringAsync("/api/v1/objects/same"));
        string retrieved = await (await server.PostAsync("/retrieve", "{\"key\":\"same\",\"include_metadata\":true}")).Content.ReadAsStringAsync();
        Assert.StartsWith($"{{\"key\":\"same\",\"data\":{data},\"tier\":\"dram\",", retrieved);
        Assert.Contains("\"metadata\":{ \"m\":1}", retrieved);
        string bulk = await (await server.PostAsync("/bulk/retrieve", "{\"keys\":[\"same\"]}")).Content.ReadAsStringAsync();
        Assert.Contains($"\"data\":{data},", bulk);
    }

    [Fact]
    public async Task Store_and_retrieve_have_the_members_of_the_contract()
    {
        using HttpResponseMessage response = await server.PostAsync(
            "/store", "{\"key\":\"full\",\"data\":[1],\"relationships\":[\"b\",{\"key\":\"c\",\"type\":\"IN\",\"weight\":2}],\"metadata\":{},\"preferred_tier\":\"l3_cache\",\"ttl_seconds\":1.5,\"durability\":\"fsync\"}");
        Assert.Equal("l3_cache", response.Headers.GetValues("X-Memory-Tier").Single());
        Assert.Equal("100", response.Headers.GetValues("X-Latency-NS").Single());
        JsonElement stored = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(
            ["key", "tier", "size_bytes", "latency_ns", "shape_indexed", "shape_status", "shape_reason", "relationships_stored", "metadata_stored", "version"],
            stored.EnumerateObject().Select(p => p.Name));
        var command = server.Store.CommandOf("full")!;
        Assert.Equal(TimeSpan.FromSeconds(1.5), command.TimeToLive);
        Assert.Equal(DurabilityLevel.Fsync, command.Durability);
        Assert.True(command.AnalyzeShape);
        Assert.Equal([new Relationship("b"), new Relationship("c", "IN", 2)], command.Relationships);

        JsonElement read = await server.PostOkAsync("/retrieve", "{\"key\":\"full\",\"include_metadata\":true}");
        Assert.Equal(
            ["key", "data", "tier", "latency_ns", "access_count", "prefetched_keys", "metadata", "last_access_time", "expires_at", "version"],
            read.EnumerateObject().Select(p => p.Name));
        Assert.Equal("2023-11-14T22:13:20Z", read.GetProperty("last_access_time").GetString());
        JsonElement ends = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/objects/c/relationships?direction=in")).RootElement;
        Assert.Equal("full", ends.GetProperty("relationships")[0].GetProperty("source").GetString());
    }

    [Fact]
    public async Task Generated_keys_have_26_characters_and_sort_by_time()
    {
        string[] keys = new string[20];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (await server.PostOkAsync("/store", "{\"data\":1}")).GetProperty("key").GetString()!;
            Assert.Equal(26, keys[i].Length);
        }

        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public async Task Bulk_answers_item_by_item_and_the_default_may_stand_last()
    {
        JsonElement stored = await server.PostOkAsync(
            "/bulk/store", "{\"items\":[{\"key\":\"b1\",\"data\":1},{\"key\":\"b2\",\"data\":2,\"enable_shape_analysis\":false}],\"enable_shape_analysis\":true}");
        Assert.Equal(2, stored.GetProperty("stored").GetInt32());
        Assert.True(server.Store.CommandOf("b1")!.AnalyzeShape);
        Assert.False(server.Store.CommandOf("b2")!.AnalyzeShape);
        JsonElement read = await server.PostOkAsync("/bulk/retrieve", "{\"keys\":[\"b1\",\"nobody\",\"b2\"]}");
        Assert.Equal([true, false, true], read.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("found").GetBoolean()));
    }

    [Fact]
    public async Task A_large_bulk_answer_is_sent_in_parts_and_is_one_document()
    {
        string large = new('y', 5000);
        await server.PostOkAsync("/store", $"{{\"key\":\"part\",\"data\":\"{large}\"}}");
        string keys = string.Join(',', Enumerable.Repeat("\"part\"", 1000));
        JsonElement read = await server.PostOkAsync("/bulk/retrieve", $"{{\"keys\":[{keys}]}}");
        Assert.Equal(1000, read.GetProperty("items").GetArrayLength());
        Assert.Equal(1000, read.GetProperty("found").GetInt32());
    }

    [Fact]
    public async Task Entity_tags_guard_writes_and_spare_reads()
    {
        const string Path = "/api/v1/objects/tagged";
        using HttpResponseMessage created = await SendAsync(HttpMethod.Put, Path, "[1]", ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        string tag = created.Headers.ETag!.Tag;
        JsonElement problem = await LiveServer.ProblemAsync(await SendAsync(HttpMethod.Put, Path, "[2]", ("If-None-Match", "*")), 412);
        Assert.Equal("If-None-Match", problem.GetProperty("member").GetString());
        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync(HttpMethod.Get, Path, null, ("If-None-Match", tag))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, Path, "[3]", ("If-Match", tag))).StatusCode);
        await LiveServer.ProblemAsync(await SendAsync(HttpMethod.Put, Path, "[4]", ("If-Match", tag)), 412);
        await LiveServer.ProblemAsync(await SendAsync(HttpMethod.Delete, Path, null, ("If-Match", tag)), 412);
        await LiveServer.ProblemAsync(await SendAsync(HttpMethod.Put, Path, "[4]", ("If-Match", "7")), 400);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, Path, null);
        Assert.Equal(3, head.Content.Headers.ContentLength);
        Assert.Equal("no-cache", head.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, Path, null)).StatusCode);
        await LiveServer.ProblemAsync(await SendAsync(HttpMethod.Get, Path, null), 404);
    }

    [Fact]
    public async Task Pages_of_a_listing_join_to_the_whole()
    {
        for (int i = 0; i < 7; i++)
        {
            await server.PostOkAsync("/store", $"{{\"key\":\"page:{i}\",\"data\":{i}}}");
        }

        var keys = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            JsonElement page = JsonDocument.Parse(await server.Client.GetStringAsync($"/api/v1/objects?prefix=page:&limit=3&cursor={cursor}")).RootElement;
            keys.AddRange(page.GetProperty("objects").EnumerateArray().Select(o => o.GetProperty("key").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"page:{i}"), keys);
        foreach (string bad in new[] { "limit=0", "tier=x", "cursor=%21", "prefiks=a", "limit=1&limit=2", "prefix=a/b" })
        {
            await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/objects?" + bad), 400);
        }
    }

    [Theory]
    [InlineData(ReadStatus.Throttled, 429, true)]
    [InlineData(ReadStatus.Corrupt, 500, false)]
    [InlineData(ReadStatus.DeviceFailed, 503, true)]
    public async Task Reads_that_fail_say_how(ReadStatus status, int expected, bool retry)
    {
        server.Store.NextRead = status;
        using HttpResponseMessage response = await server.PostAsync("/retrieve", "{\"key\":\"any\"}");
        await LiveServer.ProblemAsync(response, expected);
        Assert.Equal(retry, response.Headers.RetryAfter is not null);
    }

    [Theory]
    [InlineData(WriteStatus.NoSpace, 507)]
    [InlineData(WriteStatus.Throttled, 429)]
    [InlineData(WriteStatus.DeviceFailed, 503)]
    [InlineData(WriteStatus.TooLarge, 413)]
    [InlineData(WriteStatus.TooManyRelationships, 400)]
    public async Task Writes_that_fail_say_how(WriteStatus status, int expected)
    {
        server.Store.NextWrite = status;
        await LiveServer.ProblemAsync(await server.PostAsync("/store", "{\"data\":1}"), expected);
    }

    [Fact]
    public async Task A_fault_is_a_500_with_the_callers_id_and_without_its_cause()
    {
        server.Store.ThrowOnRead = true;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/objects/any");
        request.Headers.Add("X-Request-ID", "mine-1");
        JsonElement problem = await LiveServer.ProblemAsync(await server.Client.SendAsync(request), 500);
        server.Store.ThrowOnRead = false;
        Assert.Equal("mine-1", problem.GetProperty("correlation_id").GetString());
        Assert.DoesNotContain("secret", problem.ToString());
    }

    [Fact]
    public async Task A_request_id_that_could_break_a_log_is_replaced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.TryAddWithoutValidation("X-Request-ID", "a b<");
        string id = (await server.Client.SendAsync(request)).Headers.GetValues("X-Request-ID").Single();
        Assert.NotEqual("a b<", id);
    }

    [Fact]
    public async Task Leased_data_is_streamed_whole_and_a_revoked_lease_breaks_the_connection()
    {
        string large = new('z', 300_000);
        await server.PostOkAsync("/store", $"{{\"key\":\"leased\",\"data\":\"{large}\"}}");
        server.Store.LeaseUpTo = int.MaxValue;
        JsonElement read = await server.PostOkAsync("/retrieve", "{\"key\":\"leased\"}");
        Assert.Equal(large, read.GetProperty("data").GetString());
        Assert.Equal($"\"{large}\"", await server.Client.GetStringAsync("/api/v1/objects/leased"));
        server.Store.LeaseUpTo = 100_000;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/api/v1/objects/leased"));
        server.Store.LeaseUpTo = null;
    }

    [Fact]
    public async Task Migration_prefetch_and_benchmark_answer_and_clean_up()
    {
        await server.PostOkAsync("/store", "{\"key\":\"mover\",\"data\":1}");
        JsonElement moved = await server.PostOkAsync("/tier/migrate", "{\"key\":\"mover\",\"target_tier\":\"pmem_warm\",\"reason\":\"why\"}");
        Assert.Equal("migrated", moved.GetProperty("status").GetString());
        Assert.Equal("dram", moved.GetProperty("from_tier").GetString());
        moved = await server.PostOkAsync("/tier/migrate", "{\"key\":\"mover\",\"target_tier\":\"l1_cache\"}");
        Assert.Equal("refused", moved.GetProperty("status").GetString());
        JsonElement fetched = await server.PostOkAsync("/prefetch", "{\"keys\":[\"mover\",\"nobody\"]}");
        Assert.Equal(0.5, fetched.GetProperty("success_rate").GetDouble());

        int before = server.Store.Count;
        JsonElement run = await server.PostOkAsync("/benchmark", "{\"iterations\":100,\"concurrent_operations\":2}");
        Assert.Equal(before, server.Store.Count);
        string[] metrics = [.. run.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("metric").GetString()!)];
        Assert.Contains("latency_dram", metrics);
        Assert.DoesNotContain("latency_l1_cache", metrics);
        Assert.Contains("migration_dram_to_pmem_warm", metrics);
        Assert.Contains("throughput_mixed_50_50", metrics);
        Assert.Contains("shape_search_wasserstein", metrics);
        Assert.Equal(0, server.Shapes.Count(k => k[0] == ObjectKey.InternalPrefix));
    }

    [Fact]
    public async Task Metrics_parse_and_have_the_published_names()
    {
        string text = await server.Client.GetStringAsync("/metrics");
        var names = new HashSet<string>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith('#'))
            {
                Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*(\\{([a-zA-Z_]+=\"([^\"\\\\]|\\\\.)*\",?)*\\})? [-+0-9.eE]+(Inf|NaN)?$", line);
                names.Add(line.Split('{', ' ')[0]);
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "memory_access_total", "memory_hit_ratio", "memory_tier_latency_ns_bucket", "memory_tier_latency_ns_sum",
                "memory_tier_latency_ns_count", "memory_usage_bytes", "memory_capacity_bytes", "memory_prefetch_total", "memory_tier_migrations_total",
                "memory_backend_healthy", "process_num_threads",
            },
            names);
        Assert.Equal(text.Split("# TYPE ").Length - 1, text.Split("# TYPE ").Skip(1).Select(p => p.Split(' ')[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("/api/v1/stats/efficiency", "total_capacity_gb,total_usage_gb,utilization_percent,hit_ratio,average_latency_ns,effective_bandwidth_gbps,tier_distribution,total_accesses,tier_promotions,tier_demotions,cost_per_gb_effective,shape_index_entries,timestamp")]
    [InlineData("/api/v1/health", "status,total_capacity_bytes,total_usage_bytes,utilization_percent,hit_ratio,average_latency_ns,tier_distribution,total_accesses,tier_promotions,tier_demotions,shape_index_size,checks")]
    [InlineData("/api/v1/features", "version,memory_limit_bytes,memory_used_bytes,enabled,not_available,backends,shapes,graph,settings,warnings")]
    [InlineData("/api/v1/tiers", "calibrating,tiers")]
    public async Task Overviews_have_the_members_of_the_contract(string path, string members)
    {
        JsonElement answer = JsonDocument.Parse(await server.Client.GetStringAsync(path)).RootElement;
        Assert.Equal(members.Split(','), answer.EnumerateObject().Select(p => p.Name));
        if (answer.TryGetProperty("tiers", out JsonElement tiers))
        {
            Assert.Equal(TierIds.All.ToArray().Select(t => t.Name()), tiers.EnumerateObject().Select(p => p.Name));
        }
    }

    [Fact]
    public async Task The_description_has_exactly_the_routes_and_the_docs_need_no_other_host()
    {
        JsonElement document = JsonDocument.Parse(await server.Client.GetStringAsync("/api/openapi.json")).RootElement;
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => m.Name.ToUpperInvariant() + " " + p.Name)).Order().ToArray();
        var settings = new Configuration.ServerSettings();
        var real = ServerHost.Routes(new Http.ServerContext(settings, TimeProvider.System))
            .Where(r => r.Template is not ("/" or "/api/openapi.json")).Select(r => $"{r.Method} {r.Template}").Order().ToArray();
        Assert.Equal(real, described);

        Assert.Equal(HttpStatusCode.Redirect, (await server.Client.GetAsync("/")).StatusCode);
        using var client = new HttpClient { BaseAddress = server.Address };
        string page = await client.GetStringAsync("/api/docs/");
        Assert.Contains("openapi.json", page);
        Assert.DoesNotContain("https://", page);
    }

    [Fact]
    public async Task A_chunked_body_and_curls_form_type_are_accepted()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/v1/store HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n8\r\n{\"data\":\r\n"));
        await stream.WriteAsync("4\r\n[1]}\r\n0\r\n\r\n"u8.ToArray());
        string answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", answer);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return server.Client.SendAsync(request);
    }
}
