using System.Text.Json;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapeRefusalTests(LiveServer server) : IClassFixture<LiveServer>
{
    private static readonly string Bars2049 = string.Join(',', Enumerable.Repeat("[0,1]", 2049));

    public static TheoryData<string, string, int, string?> Refusals => new()
    {
        // endpoint, body, status, member
        { "/query/shape", "{}", 400, "query_data" },
        { "/query/shape", "{\"query_data\":[1,2],\"query_data\":[1]}", 400, "query_data" },
        { "/query/shape", "{\"query_data\":[1,2],\"metric\":1}", 400, "metric" },
        { "/query/shape", "{\"query_data\":[1,NaN]}", 400, "query_data[1]" },
        { "/query/shape", "{\"query_data\":[1,1e999]}", 400, "query_data[1]" },
        { "/query/shape", "{\"query_data\":{\"a\":1,\"a\":2}}", 400, "query_data.a" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"k\":0}", 400, "k" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"k\":101}", 400, "k" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"k\":\"7\"}", 400, "k" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"k\":null}", 400, "k" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"distance_metric\":\"cosine\"}", 400, "distance_metric" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"order\":3}", 400, "order" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"order\":2,\"distance_metric\":\"bottleneck\"}", 400, "order" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"mode\":\"fast\"}", 400, "mode" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"min_similarity\":1.01}", 400, "min_similarity" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"min_similarity\":\"NaN\"}", 400, "min_similarity" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"shape\":7}", 400, "shape" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"shape\":{\"kind\":\"cloud\"}}", 400, "shape.kind" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"shape\":{\"max_dimension\":3}}", 400, "shape.max_dimension" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"shape\":{\"colour\":3}}", 400, "shape.colour" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":[]}", 400, "filters" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"key\":1}}", 400, "filters.key" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"metadata\":{}}}", 400, "filters.metadata" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"metadata.\":1}}", 400, "filters.metadata." },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"tier\":\"l4\"}}", 400, "filters.tier" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"tier\":[]}}", 400, "filters.tier" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"tier\":[\"dram\",\"dram\"]}}", 400, "filters.tier[1]" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"tier\":[\"dram\",7]}}", 400, "filters.tier[1]" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"size\":7}}", 400, "filters.size" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"size\":{}}}", 400, "filters.size" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"size\":{\"min\":\"1\"}}}", 400, "filters.size.min" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"size\":{\"min\":-1}}}", 400, "filters.size.min" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"age\":{\"min\":2,\"max\":1}}}", 400, "filters.age" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"age\":{\"least\":2}}}", 400, "filters.age.least" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"age\":{\"min\":2},\"age\":{\"min\":2}}}", 400, "filters.age" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"metadata.a\":[]}}", 400, "filters.metadata.a" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"metadata.a\":[1,[2]]}}", 400, "filters.metadata.a[1]" },
        { "/query/shape", "{\"query_data\":[1,2,1],\"filters\":{\"metadata.a\":{\"max\":{}}}}", 400, "filters.metadata.a.max" },
        { "/shape/analyze", "{}", 400, "data" },
        { "/shape/analyze", "{\"data\":[1,2],\"shape\":{}}", 400, "shape" },
        { "/shape/analyze", "{\"data\":[1,2],\"kind\":5}", 400, "kind" },
        { "/shape/analyze", "{\"data\":[1,2],\"kind\":\"series\",\"kind\":\"series\"}", 400, "kind" },
        { "/shape/analyze", "{\"data\":[1,2],\"max_points\":3}", 400, "max_points" },
        { "/shape/analyze", "{\"data\":[1,2],\"threshold\":\"NaN\"}", 400, "threshold" },
        { "/shape/analyze", "{\"data\":[1,2],\"delay\":0}", 400, "delay" },
        { "/shape/analyze", "{\"data\":[1,2],\"embedding_dimension\":17}", 400, "embedding_dimension" },
        { "/shape/analyze", "{\"data\":[1,2],\"path\":\"a\"}", 400, "path" },
        { "/shape/analyze", "{\"data\":[1,2],\"cells\":\"edges\"}", 400, "cells" },
        { "/shape/analyze", "{\"data\":[1,2],\"filtration\":[]}", 400, "filtration" },
        { "/shape/analyze", "{\"data\":[]}", 422, "data" },
        { "/shape/analyze", "{\"data\":null}", 422, "data" },
        { "/shape/distance", "{\"b\":[1,2,1]}", 400, "a" },
        { "/shape/distance", "{\"a\":[1,2,1]}", 400, "b" },
        { "/shape/distance", "{\"a\":\"x\",\"b\":[1,2,1]}", 422, "a" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{}}", 422, "b" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"c\":1}", 400, "c" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"metric\":\"euclidean\"}", 400, "metric" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"order\":0}", 400, "order" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"metric\":\"bottleneck\",\"order\":2}", 400, "order" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"metric\":\"bottleneck\",\"internal_p\":2}", 400, "internal_p" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"internal_p\":1}", 400, "internal_p" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"internal_p\":\"two\"}", 400, "internal_p" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"internal_p\":null}", 400, "internal_p" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"dimension\":3}", 400, "dimension" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"essential\":1}", 400, "essential" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":[1,2,1],\"shape\":{\"kind\":null,\"delay\":-1}}", 400, "shape.delay" },
        { "/shape/distance", "{\"a\":{\"diagrams\":[]},\"b\":[1,2,1]}", 400, "a.diagrams" },
        { "/shape/distance", "{\"a\":{\"diagrams\":{}},\"b\":[1,2,1]}", 400, "a.diagrams" },
        { "/shape/distance", "{\"a\":{\"diagrams\":{\"3\":[]}},\"b\":[1,2,1]}", 400, "a.diagrams.3" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":1}}}", 400, "b.diagrams.0" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":[[0,1],[1]]}}}", 400, "b.diagrams.0[1]" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":[[1,0]]}}}", 400, "b.diagrams.0[0]" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":[[null,0]]}}}", 400, "b.diagrams.0[0]" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":[[0,1,2]]}}}", 400, "b.diagrams.0[0]" },
        { "/shape/distance", "{\"a\":[1,2,1],\"b\":{\"diagrams\":{\"0\":[[0,\"Infinity\"]]}}}", 400, "b.diagrams.0[0]" },
        { "/shape/distance", $"{{\"a\":[1,2,1],\"b\":{{\"diagrams\":{{\"1\":[{Bars2049}]}}}}}}", 422, "b.diagrams.1" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_bad_request_is_refused_with_the_member_at_fault(string path, string body, int status, string? member)
    {
        using HttpResponseMessage response = await server.PostAsync(path, body);
        JsonElement problem = await LiveServer.ProblemAsync(response, status);
        Assert.Equal(member, problem.TryGetProperty("member", out JsonElement named) ? named.GetString() : null);
        Assert.Contains(member!.Split('[')[0], problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/query/shape", "query_data")]
    [InlineData("/shape/analyze", "data")]
    public async Task Depth_64_is_read_and_65_is_refused(string path, string member)
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        await LiveServer.ProblemAsync(await server.PostAsync(path, $"{{\"{member}\":{Nested(64)}}}"), 422);
        JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync(path, $"{{\"{member}\":{Nested(65)}}}"), 400);
        Assert.Contains("64 levels", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Options_longer_than_4_kib_are_413()
    {
        string padding = new(' ', 4096);
        JsonElement problem = await LiveServer.ProblemAsync(
            await server.PostAsync("/query/shape", $"{{\"query_data\":[1,2,1],\"shape\":{{\"kind\":\"series\"{padding}}}}}"), 413);
        Assert.Equal("shape", problem.GetProperty("member").GetString());
    }
}
