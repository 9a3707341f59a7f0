namespace AuraMemory.Server.Tests;

public class RefusalTests(LiveServer server) : IClassFixture<LiveServer>
{
    public static TheoryData<string, string, int, string?> Refusals => new()
    {
        // endpoint, body, status, member
        { "/store", "", 400, null },
        { "/store", "[]", 400, null },
        { "/store", "{", 400, null },
        { "/store", "{\"data\":1}x", 400, null },
        { "/store", "{\"data\":1,}", 400, null },
        { "/store", "{}", 400, "data" },
        { "/store", "{\"data\":1,\"dta\":2}", 400, "dta" },
        { "/store", "{\"data\":1,\"data\":2}", 400, "data" },
        { "/store", "{\"data\":1,\"d\\u0061ta\":2}", 400, "data" },
        { "/store", "{\"key\":1,\"data\":1}", 400, "key" },
        { "/store", "{\"key\":\"a/b\",\"data\":1}", 400, "key" },
        { "/store", "{\"key\":\"..\",\"data\":1}", 400, "key" },
        { "/store", "{\"key\":\"\\u0001x\",\"data\":1}", 400, "key" },
        { "/store", "{\"data\":{\"a\":1,\"a\":2}}", 400, "data.a" },
        { "/store", "{\"data\":{\"v\":[1,1e999]}}", 400, "data.v[1]" },
        { "/store", "{\"data\":\"\\ud800\"}", 400, "data" },
        { "/store", "{\"data\":1,\"enable_shape_analysis\":\"yes\"}", 400, "enable_shape_analysis" },
        { "/store", "{\"data\":1,\"shape\":[]}", 400, "shape" },
        { "/store", "{\"data\":1,\"shape\":{\"kind\":\"sphere\"}}", 400, "shape.kind" },
        { "/store", "{\"data\":1,\"metadata\":[]}", 400, "metadata" },
        { "/store", "{\"data\":1,\"relationships\":\"a\"}", 400, "relationships" },
        { "/store", "{\"data\":1,\"relationships\":[1]}", 400, "relationships[0]" },
        { "/store", "{\"data\":1,\"relationships\":[\"a\",\"a b\"]}", 400, "relationships[1]" },
        { "/store", "{\"data\":1,\"relationships\":[{}]}", 400, "relationships[0].key" },
        { "/store", "{\"data\":1,\"relationships\":[{\"key\":\"a\",\"kind\":1}]}", 400, "relationships[0].kind" },
        { "/store", "{\"data\":1,\"relationships\":[{\"key\":\"a\",\"type\":\"a-b\"}]}", 400, "relationships[0].type" },
        { "/store", "{\"data\":1,\"relationships\":[{\"key\":\"a\",\"weight\":\"1\"}]}", 400, "relationships[0].weight" },
        { "/store", "{\"data\":1,\"preferred_tier\":\"l4\"}", 400, "preferred_tier" },
        { "/store", "{\"data\":1,\"preferred_tier\":4}", 400, "preferred_tier" },
        { "/store", "{\"data\":1,\"ttl_seconds\":0}", 400, "ttl_seconds" },
        { "/store", "{\"data\":1,\"ttl_seconds\":1e10}", 400, "ttl_seconds" },
        { "/store", "{\"data\":1,\"ttl_seconds\":\"1\"}", 400, "ttl_seconds" },
        { "/store", "{\"data\":1,\"durability\":\"replicated\"}", 400, "durability" },
        { "/retrieve", "{}", 400, "key" },
        { "/retrieve", "{\"key\":null}", 400, "key" },
        { "/retrieve", "{\"key\":\"a\",\"include_metadata\":1}", 400, "include_metadata" },
        { "/retrieve", "{\"key\":\"a\",\"prefetch_related\":null}", 400, "prefetch_related" },
        { "/retrieve", "{\"key\":\"a\",\"keys\":[]}", 400, "keys" },
        { "/retrieve", "{\"key\":\"nobody\"}", 404, "key" },
        { "/bulk/store", "{}", 400, "items" },
        { "/bulk/store", "{\"items\":[]}", 400, "items" },
        { "/bulk/store", "{\"items\":{}}", 400, "items" },
        { "/bulk/store", "{\"items\":[1]}", 400, "items[0]" },
        { "/bulk/store", "{\"items\":[{\"data\":1},{\"kez\":1}]}", 400, "items[1].kez" },
        { "/bulk/store", "{\"items\":[{\"data\":1},{\"data\":{\"a\":[1,2,]}}]}", 400, "items[1].data.a[2]" },
        { "/bulk/store", "{\"items\":[{\"data\":1}],\"batch_size\":0}", 400, "batch_size" },
        { "/bulk/store", "{\"items\":[{\"data\":1}],\"batch_size\":1.5}", 400, "batch_size" },
        { "/bulk/store", "{\"items\":[{\"data\":1}],\"enable_shape_analysis\":0}", 400, "enable_shape_analysis" },
        { "/bulk/retrieve", "{}", 400, "keys" },
        { "/bulk/retrieve", "{\"keys\":[]}", 400, "keys" },
        { "/bulk/retrieve", "{\"keys\":[\"a\",2]}", 400, "keys[1]" },
        { "/bulk/retrieve", "{\"keys\":[\"a\"],\"key\":1}", 400, "key" },
        { "/prefetch", "{}", 400, "keys" },
        { "/prefetch", "{\"keys\":[\"a\"],\"target_tier\":\"fast\"}", 400, "target_tier" },
        { "/prefetch", "{\"keys\":[\"a\"],\"recursive\":2}", 400, "recursive" },
        { "/prefetch", "{\"keys\":[\"a\"],\"max_depth\":4}", 400, "max_depth" },
        { "/prefetch", "{\"keys\":[\"a\"],\"depth\":4}", 400, "depth" },
        { "/tier/migrate", "{\"target_tier\":\"dram\"}", 400, "key" },
        { "/tier/migrate", "{\"key\":\"a\"}", 400, "target_tier" },
        { "/tier/migrate", "{\"key\":\"a\",\"target_tier\":\"dram\",\"force\":1}", 400, "force" },
        { "/tier/migrate", "{\"key\":\"a\",\"target_tier\":\"dram\",\"reason\":1}", 400, "reason" },
        { "/tier/migrate", "{\"key\":\"a\",\"target_tier\":\"dram\",\"why\":1}", 400, "why" },
        { "/tier/migrate", "{\"key\":\"nobody\",\"target_tier\":\"dram\"}", 404, "key" },
        { "/benchmark", "{\"benchmark_type\":\"speed\"}", 400, "benchmark_type" },
        { "/benchmark", "{\"iterations\":99}", 400, "iterations" },
        { "/benchmark", "{\"data_size_bytes\":1048577}", 400, "data_size_bytes" },
        { "/benchmark", "{\"concurrent_operations\":0}", 400, "concurrent_operations" },
        { "/benchmark", "{\"tiers_to_test\":[\"x\"]}", 400, "tiers_to_test[0]" },
        { "/benchmark", "{\"loops\":1}", 400, "loops" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_bad_request_is_refused_with_the_member_at_fault(string path, string body, int status, string? member)
    {
        using HttpResponseMessage response = await server.PostAsync(path, body);
        var problem = await LiveServer.ProblemAsync(response, status);
        Assert.Equal(member, problem.TryGetProperty("member", out var named) ? named.GetString() : null);
    }

    [Theory]
    [InlineData("/bulk/retrieve", "keys", 10_000)]
    [InlineData("/prefetch", "keys", 100)]
    public async Task One_key_too_many_is_refused(string path, string member, int most)
    {
        string keys = string.Join(',', Enumerable.Repeat("\"a\"", most));
        Assert.True((await server.PostAsync(path, $"{{\"keys\":[{keys}]}}")).IsSuccessStatusCode);
        var problem = await LiveServer.ProblemAsync(await server.PostAsync(path, $"{{\"keys\":[{keys},\"a\"]}}"), 400);
        Assert.Equal(member, problem.GetProperty("member").GetString());
    }

    [Fact]
    public async Task Sizes_beyond_the_limits_are_413()
    {
        string large = new('x', 1 << 20);
        var problem = await LiveServer.ProblemAsync(await server.PostAsync("/store", $"{{\"data\":\"{large}\"}}"), 413);
        Assert.Equal("data", problem.GetProperty("member").GetString());
        problem = await LiveServer.ProblemAsync(
            await server.PostAsync("/store", $"{{\"data\":1,\"metadata\":{{\"m\":\"{large[..65536]}\"}}}}"), 413);
        Assert.Equal("metadata", problem.GetProperty("member").GetString());
        await LiveServer.ProblemAsync(await server.PostAsync("/store", $"{{\"data\":\"{large}{large}{large}{large}\"}}"), 413);
    }

    [Fact]
    public async Task Depth_64_is_stored_and_65_is_refused()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Assert.True((await server.PostAsync("/store", $"{{\"data\":{Nested(64)}}}")).IsSuccessStatusCode);
        var problem = await LiveServer.ProblemAsync(await server.PostAsync("/store", $"{{\"data\":{Nested(65)}}}"), 400);
        Assert.Contains("64 levels", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Every_path_that_is_not_there_and_every_wrong_method_is_a_problem()
    {
        await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/nothing"), 404);
        await LiveServer.ProblemAsync(await server.PostAsync("/query/nothing", "{}"), 404);
        HttpResponseMessage response = await server.Client.GetAsync("/api/v1/store");
        await LiveServer.ProblemAsync(response, 405);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Content_that_is_not_json_is_415_and_an_answer_that_is_not_wanted_is_406()
    {
        await LiveServer.ProblemAsync(
            await server.Client.PostAsync("/api/v1/store", new StringContent("<a/>", System.Text.Encoding.UTF8, "text/xml")), 415);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tiers");
        request.Headers.Accept.ParseAdd("text/html");
        await LiveServer.ProblemAsync(await server.Client.SendAsync(request), 406);
    }
}
