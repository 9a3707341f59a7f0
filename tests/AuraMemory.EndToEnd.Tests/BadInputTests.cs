using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>A service with small limits and objects whose bytes must still be there after everything.</summary>
public sealed class LimitedService() : RunningService(
    null, "--max_body_bytes", "256KiB", "--max_object_bytes", "64KiB", "--max_bulk_items", "50", "--shutdown_seconds", "10")
{
    private readonly Dictionary<string, string> _stored = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        string[] texts = ["null", "0", "-0", "1e308", "[ 1 , 2 ]", "{\"ä\":\"\\u00e4\",\"_\":\"\"}", "\"\\ud83d\\ude00\"", "12345678901234567890.10", "{}"];
        for (int i = 0; i < texts.Length; i++)
        {
            _stored[$"kept:{i}"] = texts[i];
            using HttpResponseMessage put = await Client.PutAsync($"/api/v1/objects/kept:{i}", new StringContent(texts[i], Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
    }

    public async Task NothingIsLostAsync()
    {
        foreach ((string key, string text) in _stored)
        {
            Assert.Equal(Encoding.UTF8.GetBytes(text), await Client.GetByteArrayAsync("/api/v1/objects/" + key));
        }

        JsonElement list = await GetOkAsync("/api/v1/objects?prefix=kept:&limit=100");
        Assert.Equal(_stored.Count, list.GetProperty("objects").GetArrayLength());
    }
}

/// <summary>What callers get wrong is refused precisely, never with a 5xx, and harms nothing that is stored.</summary>
public class BadInputTests(LimitedService service) : IClassFixture<LimitedService>
{
    private static readonly string[] Wrong = ["null", "true", "7", "-1", "1.5", "\"\"", "\"a b\"", "[]", "[7]", "{}", "{\"x\":1}", "1e999"];

    /// <summary>Every member of every endpoint, with which of <see cref="Wrong"/> it accepts after all, and what else the request needs.</summary>
    public static TheoryData<string, string, string, string> Members => new()
    {
        // endpoint, member, the rest of the request, accepted
        { "/store", "key", "\"data\":1", "null" },
        { "/store", "data", "\"key\":\"bad:data\"", "null|true|7|-1|1.5|\"\"|\"a b\"|[]|[7]|{}|{\"x\":1}" },
        { "/store", "enable_shape_analysis", "\"data\":1", "true" },
        { "/store", "shape", "\"data\":1", "null|{}" },
        { "/store", "relationships", "\"data\":1", "null|[]" },
        { "/store", "metadata", "\"data\":1", "null|{}|{\"x\":1}" },
        { "/store", "preferred_tier", "\"data\":1", "null" },
        { "/store", "ttl_seconds", "\"data\":1", "null|7|1.5" },
        { "/store", "durability", "\"data\":1", "null" },
        { "/retrieve", "key", "\"include_metadata\":true", "" },
        { "/retrieve", "include_metadata", "\"key\":\"kept:1\"", "true" },
        { "/retrieve", "prefetch_related", "\"key\":\"kept:1\"", "true" },
        { "/bulk/store", "items", "\"batch_size\":10", "" },
        { "/bulk/store", "batch_size", "\"items\":[{\"data\":1}]", "7" },
        { "/bulk/store", "enable_shape_analysis", "\"items\":[{\"data\":1}]", "true" },
        { "/bulk/retrieve", "keys", "", "" },
        { "/prefetch", "keys", "\"max_depth\":1", "" },
        { "/prefetch", "target_tier", "\"keys\":[\"kept:1\"]", "" },
        { "/prefetch", "recursive", "\"keys\":[\"kept:1\"]", "true" },
        { "/prefetch", "max_depth", "\"keys\":[\"kept:1\"]", "" },
        { "/tier/migrate", "key", "\"target_tier\":\"dram\"", "" },
        { "/tier/migrate", "target_tier", "\"key\":\"kept:1\"", "" },
        { "/tier/migrate", "reason", "\"key\":\"kept:1\",\"target_tier\":\"dram\"", "null|\"\"|\"a b\"" },
        { "/tier/migrate", "force", "\"key\":\"kept:1\",\"target_tier\":\"dram\"", "true" },
        { "/query/shape", "query_data", "\"k\":1", "" },
        { "/query/shape", "shape", "\"query_data\":[1,3,1]", "null|{}" },
        { "/query/shape", "k", "\"query_data\":[1,3,1]", "7" },
        { "/query/shape", "distance_metric", "\"query_data\":[1,3,1]", "" },
        { "/query/shape", "order", "\"query_data\":[1,3,1]", "" },
        { "/query/shape", "mode", "\"query_data\":[1,3,1]", "" },
        { "/query/shape", "filters", "\"query_data\":[1,3,1]", "null|{}" },
        { "/query/shape", "min_similarity", "\"query_data\":[1,3,1]", "null" },
        { "/shape/analyze", "data", "\"kind\":null", "" },
        { "/shape/analyze", "path", "\"data\":[1,3,1]", "null|\"\"" },
        { "/shape/analyze", "kind", "\"data\":[1,3,1]", "null" },
        { "/shape/analyze", "filtration", "\"data\":[1,3,1]", "null" },
        { "/shape/analyze", "cells", "\"data\":[1,3,1]", "null" },
        { "/shape/analyze", "max_dimension", "\"data\":[1,3,1]", "null" },
        { "/shape/analyze", "threshold", "\"data\":[1,3,1]", "null|7|1.5|-1" },
        { "/shape/analyze", "max_points", "\"data\":[1,3,1]", "null|7" },
        { "/shape/analyze", "embedding_dimension", "\"data\":[1,3,1]", "null|7" },
        { "/shape/analyze", "delay", "\"data\":[1,3,1]", "null|7" },
        { "/shape/distance", "a", "\"b\":[1,3,1]", "" },
        { "/shape/distance", "b", "\"a\":[1,3,1]", "" },
        { "/shape/distance", "shape", "\"a\":[1,3,1],\"b\":[1,3,1]", "null|{}" },
        { "/shape/distance", "metric", "\"a\":[1,3,1],\"b\":[1,3,1]", "" },
        { "/shape/distance", "order", "\"a\":[1,3,1],\"b\":[1,3,1]", "" },
        { "/shape/distance", "internal_p", "\"a\":[1,3,1],\"b\":[1,3,1]", "" },
        { "/shape/distance", "dimension", "\"a\":[1,3,1],\"b\":[1,3,1]", "null" },
        { "/shape/distance", "essential", "\"a\":[1,3,1],\"b\":[1,3,1]", "true" },
        { "/benchmark", "benchmark_type", "\"iterations\":100", "" },
        { "/benchmark", "iterations", "\"benchmark_type\":\"latency\"", "" },
        { "/benchmark", "data_size_bytes", "\"benchmark_type\":\"latency\",\"iterations\":100", "7" },
        { "/benchmark", "tiers_to_test", "\"benchmark_type\":\"latency\",\"iterations\":100", "null" },
        { "/benchmark", "concurrent_operations", "\"benchmark_type\":\"throughput\",\"iterations\":100", "7" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Every_member_of_every_endpoint_refuses_what_it_cannot_be(string path, string member, string rest, string accepted)
    {
        HashSet<string> fine = [.. accepted.Split('|')];
        foreach (string value in Wrong)
        {
            string body = $"{{{rest}{(rest.Length > 0 ? "," : "")}\"{member}\":{value}}}";
            using HttpResponseMessage answer = await service.PostAsync(path, body);
            if (fine.Contains(value))
            {
                Assert.True(answer.IsSuccessStatusCode, $"{body}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
            else
            {
                // What is read and has no shape, or one that does not fit what is said of it, is 422.
                bool shape = path.Contains("/shape", StringComparison.Ordinal) && (int)answer.StatusCode == 422;
                string named = await RefusedAsync(answer, shape ? 422 : 400, body);
                Assert.True(named == member || named.StartsWith(member + "[", StringComparison.Ordinal) || named.StartsWith(member + ".", StringComparison.Ordinal), $"{body}: names {named}");
            }
        }

        using HttpResponseMessage unknown = await service.PostAsync(path, $"{{\"{member}_\":1}}");
        Assert.Equal(member + "_", await RefusedAsync(unknown, 400, member));
        string twice = $"{{{rest}{(rest.Length > 0 ? "," : "")}\"again\":1,\"again\":2}}";
        using HttpResponseMessage duplicate = await service.PostAsync(path, twice);
        Assert.Equal("again", await RefusedAsync(duplicate, 400, twice));
        await service.NothingIsLostAsync();
    }

    [Fact]
    public async Task Bytes_that_are_not_acceptable_json_are_refused_at_every_door()
    {
        byte[][] values =
        [
            [(byte)'"', 0xff, (byte)'"'],
            [(byte)'"', 0xc0, 0xaf, (byte)'"'], [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"'], [(byte)'"', 0xf4, 0x90, 0x80, 0x80, (byte)'"'],
            "\"\\ud800\""u8.ToArray(), "\"\\udc00x\""u8.ToArray(), "{\"\\ud800\":1}"u8.ToArray(),
            "1e999"u8.ToArray(), "-1e400"u8.ToArray(), "[1e309]"u8.ToArray(), "NaN"u8.ToArray(), "01"u8.ToArray(), "+1"u8.ToArray(), "1."u8.ToArray(),
            "{\"a\":1,\"a\":2}"u8.ToArray(), "{\"a\":{\"b\":1,\"\\u0062\":2}}"u8.ToArray(), "'a'"u8.ToArray(), "[1,]"u8.ToArray(), "{"u8.ToArray(),
            "\"\n\""u8.ToArray(), "[1] [2]"u8.ToArray(), "// c\n1"u8.ToArray(), [0xef, 0xbb, 0xbf, (byte)'1'],
            Encoding.ASCII.GetBytes(new string('[', 65) + new string(']', 65)), Encoding.ASCII.GetBytes(new string('[', 20_000)),
        ];
        foreach (byte[] value in values)
        {
            string shown = Encoding.Latin1.GetString(value, 0, Math.Min(value.Length, 40));
            using HttpResponseMessage put = await SendAsync(HttpMethod.Put, "/api/v1/objects/bad:put", value);
            await RefusedAsync(put, 400, shown);
            using HttpResponseMessage store = await SendAsync(
                HttpMethod.Post, "/api/v1/store", [.. "{\"key\":\"bad:store\",\"data\":"u8, .. value, (byte)'}']);
            await RefusedAsync(store, 400, shown);
            using HttpResponseMessage bulk = await SendAsync(
                HttpMethod.Post, "/api/v1/bulk/store", [.. "{\"items\":[{\"key\":\"bad:a\",\"data\":1},{\"key\":\"bad:b\",\"data\":"u8, .. value, .. "}]}"u8]);
            await RefusedAsync(bulk, 400, shown);
        }

        JsonElement list = await service.GetOkAsync("/api/v1/objects?prefix=bad:");
        Assert.DoesNotContain(list.GetProperty("objects").EnumerateArray(), o => o.GetProperty("key").GetString() != "bad:data");
        await service.NothingIsLostAsync();
    }

    [Fact]
    public async Task Keys_outside_the_pattern_are_refused_in_paths_and_bodies()
    {
        string[] keys = ["", ".", "..", "a b", "a/b", "ä", "a\\u0000b", "{x}", "*", "a\\n", new string('k', 513)];
        foreach (string key in keys)
        {
            using HttpResponseMessage store = await service.PostAsync("/store", $"{{\"key\":\"{key}\",\"data\":1}}");
            Assert.Equal("key", await RefusedAsync(store, 400, key));
        }

        foreach (string path in (string[])["a%20b", "%2e%2e%2fetc%2fpasswd", "a%2Fb", "%00", "%C3%A4", new string('k', 513), "a%0d%0ab"])
        {
            using HttpResponseMessage get = await service.Client.GetAsync("/api/v1/objects/" + path);
            Assert.True((int)get.StatusCode is 400 or 404, $"{path}: {(int)get.StatusCode}");
        }

        Assert.True((await service.PostAsync("/store", $"{{\"key\":\"{new string('k', 512)}\",\"data\":1}}")).IsSuccessStatusCode);
        await service.NothingIsLostAsync();
    }

    [Fact]
    public async Task What_is_too_large_is_413_and_too_many_is_400()
    {
        string large = new('x', 65 * 1024);
        Assert.Equal("data", await RefusedAsync(await service.PostAsync("/store", $"{{\"data\":\"{large}\"}}"), 413, "data"));
        using HttpResponseMessage metadata = await service.PostAsync("/store", $"{{\"data\":1,\"metadata\":{{\"m\":\"{large}\"}}}}");
        Assert.Equal("metadata", await RefusedAsync(metadata, 413, "metadata"));
        await RefusedAsync(await service.PostAsync("/store", $"{{\"data\":\"{large}{large}{large}{large}\"}}"), 413, "body");
        string items = string.Join(',', Enumerable.Repeat("{\"data\":1}", 51));
        Assert.Equal("items", await RefusedAsync(await service.PostAsync("/bulk/store", $"{{\"items\":[{items}]}}"), 400, "items"));
        string keys = string.Join(',', Enumerable.Repeat("\"a\"", 101));
        Assert.Equal("keys", await RefusedAsync(await service.PostAsync("/prefetch", $"{{\"keys\":[{keys}]}}"), 400, "keys"));
        string related = string.Join(',', Enumerable.Repeat("\"a\"", 1001));
        using HttpResponseMessage relationships = await service.PostAsync("/store", $"{{\"data\":1,\"relationships\":[{related}]}}");
        Assert.StartsWith("relationships", await RefusedAsync(relationships, 400, "relationships"));
        await service.NothingIsLostAsync();
    }

    [Fact]
    public async Task Slow_clients_are_cut_off_and_others_are_served_meanwhile()
    {
        Task<string> body = DripAsync("POST /api/v1/store HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{");
        Task<string> headers = DripAsync("POST /api/v1/store HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        for (int i = 0; i < 100; i++)
        {
            await service.PostOkAsync("/store", $"{{\"key\":\"meanwhile:{i}\",\"data\":{i}}}");
        }

        string[] answers = await Task.WhenAll(body, headers);
        Assert.All(answers, a => Assert.True(a.Length == 0 || a.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), a));
        await service.NothingIsLostAsync();
    }

    /// <summary>Sends a byte every quarter of a second until the service answers or hangs up; returns what it answered.</summary>
    private async Task<string> DripAsync(string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(service.Url).Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        byte[] buffer = new byte[4096];
        Task<int> answer = stream.ReadAsync(buffer).AsTask();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        long deadline = Environment.TickCount64 + 60_000;
        try
        {
            while (!answer.IsCompleted && await timer.WaitForNextTickAsync())
            {
                Assert.True(Environment.TickCount64 < deadline, "The service let the client drip for a minute.");
                await stream.WriteAsync(" "u8.ToArray());
            }

            return Encoding.ASCII.GetString(buffer, 0, await answer);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[] body)
    {
        var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        return service.Client.SendAsync(request);
    }

    /// <summary>Checks the problem document and returns the member it names.</summary>
    private static async Task<string> RefusedAsync(HttpResponseMessage answer, int status, string what)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{what}: {(int)answer.StatusCode} {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using JsonDocument problem = JsonDocument.Parse(body);
        Assert.Equal(answer.Headers.GetValues("X-Request-ID").Single(), problem.RootElement.GetProperty("correlation_id").GetString());
        Assert.False(string.IsNullOrWhiteSpace(problem.RootElement.GetProperty("detail").GetString()));
        return problem.RootElement.TryGetProperty("member", out JsonElement member) ? member.GetString()! : "";
    }
}
