using System.Net;
using System.Text;
using System.Text.Json;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Tests.Shapes;

public class ShapeDoorTests(LiveServer server) : IClassFixture<LiveServer>
{
    private const string Square = "[[0,0],[1,0],[1,1],[0,1]]";

    [Fact]
    public async Task A_store_says_what_became_of_the_shape()
    {
        JsonElement indexed = await server.PostOkAsync("/store", "{\"key\":\"said:1\",\"data\":{\"readings\":[1,2,3,2,1]}}");
        Assert.True(indexed.GetProperty("shape_indexed").GetBoolean());
        Assert.Equal("indexed", indexed.GetProperty("shape_status").GetString());
        Assert.False(indexed.TryGetProperty("shape_reason", out _));
        JsonElement none = await server.PostOkAsync("/store", "{\"key\":\"said:2\",\"data\":\"a text\"}");
        Assert.False(none.GetProperty("shape_indexed").GetBoolean());
        Assert.Equal("none", none.GetProperty("shape_status").GetString());
        Assert.NotEmpty(none.GetProperty("shape_reason").GetString()!);
        JsonElement unasked = await server.PostOkAsync("/store", "{\"key\":\"said:1\",\"data\":[1,2,3,2,1],\"enable_shape_analysis\":false}");
        Assert.Equal("none", unasked.GetProperty("shape_status").GetString());
        Assert.Equal(0, server.Shapes.Count(k => k == "said:1"));
    }

    [Fact]
    public async Task The_options_of_a_shape_are_stored_as_they_came_and_obeyed()
    {
        const string Options = "{ \"path\":\"/b\", \"filtration\":\"superlevel\" }";
        await server.PostOkAsync("/store", $"{{\"key\":\"said:3\",\"data\":{{\"a\":[1,2,3,4,5,6],\"b\":[1,5,2]}},\"shape\":{Options}}}");
        Assert.Equal(Options, Encoding.UTF8.GetString(server.Store.CommandOf("said:3")!.ShapeOptions.Span));
        JsonElement shape = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/objects/said:3/shape")).RootElement;
        Assert.Equal("/b", shape.GetProperty("path").GetString());
        Assert.Equal("superlevel", shape.GetProperty("filtration").GetString());
    }

    [Theory]
    [InlineData("/store?wait=true", "{\"key\":\"lazy:1\",\"data\":[1,3,2,3,1]}", "indexed")]
    [InlineData("/store?wait=false", "{\"key\":\"lazy:2\",\"data\":[1,3,2,3,1]}", "pending")]
    [InlineData("/store", "{\"key\":\"lazy:3\",\"data\":[1,3,2,3,1]}", "pending")]
    public async Task Waiting_is_asked_for_behind_the_question_mark(string path, string body, string status)
    {
        server.Shapes.Lazy = true;
        JsonElement stored = await server.PostOkAsync(path, body);
        JsonElement bulk = await server.PostOkAsync("/bulk" + path, $"{{\"enable_shape_analysis\":true,\"items\":[{body}]}}");
        string put = "/api/v1/objects/lazy:4" + path["/store".Length..];
        using HttpResponseMessage answer = await server.Client.PutAsync(put, new StringContent("[1,3,2,3,1]", Encoding.UTF8, "application/json"));
        server.Shapes.Lazy = false;
        JsonElement resource = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.All([stored, bulk.GetProperty("items")[0], resource], a => Assert.Equal(status, a.GetProperty("shape_status").GetString()));
    }

    [Theory]
    [InlineData("/store?wait=1", "wait")]
    [InlineData("/store?wait=true&wait=true", "wait")]
    [InlineData("/store?shape=true", "shape")]
    [InlineData("/bulk/store?wait=yes", "wait")]
    public async Task Parameters_of_a_store_are_refused_by_name(string path, string member)
    {
        JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync(path, "{\"data\":1}"), 400);
        Assert.Equal(member, problem.GetProperty("member").GetString());
    }

    [Fact]
    public async Task A_query_answers_the_stored_bytes_with_the_members_of_the_contract()
    {
        await server.PostOkAsync("/bulk/store", "{\"enable_shape_analysis\":true,\"items\":[{\"key\":\"q:1\",\"data\":{ \"readings\":[1,2,3,2,1] }},{\"key\":\"q:2\",\"data\":[9,0,9,0,9,0,9.0]}]}");
        JsonElement answer = await server.PostOkAsync("/query/shape", "{\"query_data\":{\"pattern\":[9,0,9,0,9,0,9]},\"k\":1}");
        Assert.Equal(
            ["results", "query_latency_ns", "num_results", "mode", "certified_exact", "exact_evaluations", "tda_features", "index_size"],
            answer.EnumerateObject().Select(p => p.Name));
        JsonElement first = answer.GetProperty("results")[0];
        Assert.Equal("q:2", first.GetProperty("key").GetString());
        Assert.Equal("[9,0,9,0,9,0,9.0]", first.GetProperty("data").GetRawText());
        Assert.Equal("dram", first.GetProperty("tier").GetString());
        Assert.Equal(0, first.GetProperty("distance").GetDouble());
        Assert.Equal(1, first.GetProperty("similarity_score").GetDouble());
        Assert.Equal(1, answer.GetProperty("num_results").GetInt32());
        Assert.True(answer.GetProperty("query_latency_ns").GetInt64() > 0);
        JsonElement features = answer.GetProperty("tda_features");
        Assert.Equal("[3,0,0]", features.GetProperty("betti_numbers").GetRawText());
        Assert.Equal("[[0,9],[0,9],[0,null]]", features.GetProperty("persistence_diagram").GetProperty("0").GetRawText());
        Assert.Equal(128, features.GetProperty("signature").GetArrayLength());
        Assert.Equal("/pattern", features.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Everything_a_query_says_reaches_the_search()
    {
        await server.PostOkAsync(
            "/query/shape",
            """
            {"query_data":[1,2,1],"shape":{"kind":"series"},"k":7,"distance_metric":"wasserstein","order":2,"mode":"exact","min_similarity":0.25,
             "filters":{"tier":["dram","cxl_hot"],"size":{"min":1,"max":2.5},"age":{"max":60},"metadata.site":"A","metadata.a.b":[1,true,null,"x"],"metadata.t":{"min":-3}}}
            """);
        ShapeQuery query = server.Shapes.LastQuery!;
        Assert.Equal((7, ShapeMetric.Wasserstein, 2, ShapeMode.Exact, 0.25), (query.K, query.Metric, query.Order, query.Mode, query.MinSimilarity));
        Assert.Equal([TierId.Dram, TierId.CxlHot], query.Filter.Tiers);
        Assert.Equal(new NumberRange(1, 2.5), query.Filter.Size);
        Assert.Equal(new NumberRange(null, 60), query.Filter.AgeSeconds);
        Assert.Equal(["site", "a.b", "t"], query.Filter.Metadata.Select(m => m.Name));
        Assert.Equal([new ScalarValue(ScalarKind.Text, "A")], query.Filter.Metadata[0].AnyOf);
        Assert.Equal(
            [new(ScalarKind.Number, null, 1), new(ScalarKind.True), new(ScalarKind.Null), new(ScalarKind.Text, "x")], query.Filter.Metadata[1].AnyOf);
        Assert.Equal(new NumberRange(-3, null), query.Filter.Metadata[2].Range);
    }

    [Fact]
    public async Task Large_results_are_sent_in_parts_and_are_one_document()
    {
        string padding = new('y', 100_000);
        for (int i = 0; i < 8; i++)
        {
            await server.PostOkAsync("/store", $"{{\"key\":\"large:{i}\",\"data\":{{\"p\":\"{padding}\",\"s\":[{i},100,0,100,0]}}}}");
        }

        JsonElement answer = await server.PostOkAsync("/query/shape", "{\"query_data\":[3,100,0,100,0],\"k\":100}");
        Assert.Equal(answer.GetProperty("num_results").GetInt32(), answer.GetProperty("results").GetArrayLength());
        Assert.True(answer.GetProperty("results").GetArrayLength() >= 8);
    }

    [Fact]
    public async Task What_has_changed_since_it_was_found_is_not_shown()
    {
        await server.PostOkAsync("/store", "{\"key\":\"gone\",\"data\":[77,1,50,1,77]}");
        await server.Store.DeleteAsync("gone"u8.ToArray());
        JsonElement answer = await server.PostOkAsync("/query/shape", "{\"query_data\":[77,1,50,1,77],\"k\":1}");
        Assert.Equal(0, answer.GetProperty("num_results").GetInt32());
        server.Shapes.Deleted("gone"u8, 0);
    }

    [Theory]
    [InlineData("{\"query_data\":\"text\"}", "query_data")]
    [InlineData("{\"query_data\":{\"a\":{}}}", "query_data")]
    [InlineData("{\"query_data\":[1,2,3],\"shape\":{\"path\":\"/nowhere\"}}", "query_data")]
    public async Task A_query_without_a_shape_is_refused_and_says_why(string body, string member)
    {
        JsonElement problem = await LiveServer.ProblemAsync(await server.PostAsync("/query/shape", body), 422);
        Assert.Equal(member, problem.GetProperty("member").GetString());
        Assert.EndsWith("no-shape", problem.GetProperty("type").GetString());
        Assert.True(problem.GetProperty("detail").GetString()!.Length > "query_data has no shape: ".Length);
    }

    [Fact]
    public async Task A_square_has_one_loop()
    {
        JsonElement answer = await server.PostOkAsync("/shape/analyze", $"{{\"data\":{{\"p\":{Square}}},\"kind\":\"points\",\"max_dimension\":1}}");
        Assert.Equal(
            ["kind", "filtration", "path", "points", "used_points", "scale", "error_bound", "dropped_half_persistence", "notes", "betti_numbers", "diagrams", "signature", "duration_us"],
            answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal("[[1,1.4142135623730951]]", answer.GetProperty("diagrams").GetProperty("1").GetRawText());
        Assert.Equal("[[0,1],[0,1],[0,1],[0,null]]", answer.GetProperty("diagrams").GetProperty("0").GetRawText());
    }

    [Theory]
    [InlineData("{\"0\":[[0,2]]}", "{\"0\":[[0,3]]}", "", "1")]
    [InlineData("{\"0\":[[0,2]],\"1\":[[0,1]]}", "{\"0\":[[0,3]],\"1\":[]}", "", "1.5")]
    [InlineData("{\"0\":[[0,2]],\"1\":[[0,1]]}", "{\"0\":[[0,3]]}", "", "1")]
    [InlineData("{\"0\":[[0,2]],\"1\":[[0,1]]}", "{\"0\":[[0,3]],\"1\":[]}", ",\"dimension\":1", "0.5")]
    [InlineData("{\"0\":[[0,2]],\"1\":[[0,1]]}", "{\"0\":[[0,3]],\"1\":[]}", ",\"metric\":\"bottleneck\"", "1")]
    [InlineData("{\"0\":[[0,4]]}", "{\"0\":[]}", ",\"order\":2,\"internal_p\":2", "2.8284271247461903")]
    [InlineData("{\"0\":[[0,4],[1,null]]}", "{\"0\":[[0,4]]}", "", "0")]
    [InlineData("{\"0\":[[0,4],[1,null]]}", "{\"0\":[[0,4]]}", ",\"essential\":true", "null")]
    [InlineData("{\"0\":[[0,4],[1,null]]}", "{\"0\":[[0,4],[4,null]]}", ",\"essential\":true", "3")]
    public async Task Distances_of_diagrams_are_what_a_hand_computes(string a, string b, string options, string expected)
    {
        JsonElement answer = await server.PostOkAsync("/shape/distance", $"{{\"a\":{{\"diagrams\":{a}}},\"b\":{{\"diagrams\":{b}}}{options}}}");
        Assert.Equal(expected, answer.GetProperty("distance").GetRawText());
    }

    [Fact]
    public async Task A_matching_names_every_bar_once_with_its_partner_or_the_diagonal()
    {
        JsonElement answer = await server.PostOkAsync(
            "/shape/distance", "{\"a\":{\"diagrams\":{\"0\":[[0,10],[5,6]]}},\"b\":{\"diagrams\":{\"0\":[[0,9]]}}}");
        JsonElement part = answer.GetProperty("dimensions")[0];
        Assert.Equal(
            "[{\"a\":[0,10],\"b\":[0,9],\"cost\":1},{\"a\":[5,6],\"b\":null,\"cost\":0.5}]", part.GetProperty("matching").GetRawText());
        Assert.False(answer.TryGetProperty("a", out _));
    }

    [Fact]
    public async Task An_answer_of_the_analysis_may_be_given_back_and_data_compares_with_data()
    {
        string analysed = await (await server.PostAsync("/shape/analyze", "{\"data\":[1,4,2,4,1]}")).Content.ReadAsStringAsync();
        JsonElement answer = await server.PostOkAsync("/shape/distance", $"{{\"a\":{analysed},\"b\":[1,4,2,4,1]}}");
        Assert.Equal(0, answer.GetProperty("distance").GetDouble());
        Assert.Equal("series", answer.GetProperty("b").GetProperty("kind").GetString());
        JsonElement problem = await LiveServer.ProblemAsync(
            await server.PostAsync("/shape/distance", $"{{\"a\":{Square},\"b\":[1,4,2,4,1],\"shape\":null}}"), 400);
        Assert.Equal("b", problem.GetProperty("member").GetString());
    }

    [Fact]
    public async Task The_kept_shape_is_told_drawn_and_cached_by_version()
    {
        await server.PostOkAsync("/store", "{\"key\":\"drawn\",\"data\":[1,4,2,4,1]}");
        const string Path = "/api/v1/objects/drawn/shape";
        using HttpResponseMessage told = await server.Client.GetAsync(Path);
        Assert.Equal("application/json", told.Content.Headers.ContentType!.MediaType);
        JsonElement shape = JsonDocument.Parse(await told.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("indexed", shape.GetProperty("shape_status").GetString());
        Assert.Equal("[[2,4],[1,4],[1,null]]", shape.GetProperty("diagrams").GetProperty("0").GetRawText());

        using HttpResponseMessage drawn = await server.Client.GetAsync(Path + "?format=svg");
        Assert.Equal("image/svg+xml", drawn.Content.Headers.ContentType!.MediaType);
        Assert.Contains("default-src 'none'", drawn.Headers.GetValues("Content-Security-Policy").Single());
        var picture = System.Xml.Linq.XDocument.Parse(await drawn.Content.ReadAsStringAsync());
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Equal("image/svg+xml", await TypeForAsync(Path, "image/svg+xml"));
        Assert.Equal("image/svg+xml", await TypeForAsync(Path, "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"));
        Assert.Equal("application/json", await TypeForAsync(Path, "text/html,application/xhtml+xml,image/avif,*/*;q=0.8"));
        Assert.Equal("application/json", await TypeForAsync(Path + "?format=json", "image/svg+xml"));

        using var again = new HttpRequestMessage(HttpMethod.Get, Path);
        again.Headers.TryAddWithoutValidation("If-None-Match", told.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, (await server.Client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task An_object_without_a_shape_says_so_and_has_no_picture()
    {
        await server.PostOkAsync("/store", "{\"key\":\"plain\",\"data\":\"text\"}");
        JsonElement told = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/objects/plain/shape")).RootElement;
        Assert.Equal("none", told.GetProperty("shape_status").GetString());
        Assert.False(told.TryGetProperty("diagrams", out _));
        JsonElement problem = await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/objects/plain/shape?format=svg"), 404);
        Assert.EndsWith("no-such-shape", problem.GetProperty("type").GetString());
        using HttpResponseMessage pending = await server.Client.GetAsync("/api/v1/objects/pending/shape?format=svg");
        Assert.NotNull(pending.Headers.RetryAfter);
        await LiveServer.ProblemAsync(pending, 404);
        await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/objects/nobody/shape"), 404);
        problem = await LiveServer.ProblemAsync(await server.Client.GetAsync("/api/v1/objects/plain/shape?format=png"), 400);
        Assert.Equal("format", problem.GetProperty("member").GetString());
    }

    [Fact]
    public async Task Overviews_show_the_index()
    {
        long entries = server.Shapes.Report().Entries;
        JsonElement health = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/health")).RootElement;
        Assert.Equal("healthy", health.GetProperty("checks").GetProperty("shapes").GetProperty("status").GetString());
        Assert.True(health.GetProperty("shape_index_size").GetInt64() >= entries);
        JsonElement features = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v1/features")).RootElement;
        Assert.Contains("shape_search", features.GetProperty("enabled").EnumerateArray().Select(e => e.GetString()));
        Assert.False(features.GetProperty("not_available").TryGetProperty("shape_search", out _));
        Assert.Contains("\nmemory_shape_entries ", await server.Client.GetStringAsync("/metrics"));
    }

    private async Task<string> TypeForAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        return answer.Content.Headers.ContentType!.MediaType!;
    }
}
