using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>What the service says about itself: benchmark, metrics, docs page.</summary>
public partial class ReportTests(RunningService service) : IClassFixture<RunningService>
{
    private const string ExpectedLint = "memory_tier_latency_ns metric names should not contain abbreviated units";

    private static readonly string[] Tiers =
        ["l1_cache", "l2_cache", "l3_cache", "cxl_hot", "dram", "pmem_warm", "nvme_cold", "hdd_archive"];

    [Theory]
    [InlineData("latency", "latency_")]
    [InlineData("throughput", "throughput_")]
    [InlineData("tier_migration", "migration_")]
    [InlineData("shape_index", "shape_")]
    [InlineData("full", "latency_")]
    public async Task A_benchmark_measures_and_leaves_no_key_behind(string type, string prefix)
    {
        double before = await service.MetricAsync("memory_objects");
        JsonElement answer = await service.PostOkAsync("/benchmark", $"{{\"benchmark_type\":\"{type}\",\"iterations\":200,\"concurrent_operations\":2}}");
        JsonElement[] rows = [.. answer.GetProperty("results").EnumerateArray()];
        Assert.Contains(rows, r => r.GetProperty("metric").GetString()!.StartsWith(prefix, StringComparison.Ordinal));
        foreach (JsonElement row in rows)
        {
            string metric = row.GetProperty("metric").GetString()!;
            double value = row.GetProperty("value").GetDouble();
            string unit = row.GetProperty("unit").GetString()!;
            if (unit != "ns")
            {
                // Rates of anything here are hundreds a second; a search evaluates at least one distance, and has objects to search.
                Assert.True(value >= (unit.EndsWith("/s", StringComparison.Ordinal) ? 100 : 1), $"{metric}: {value} {unit}");
                continue;
            }

            // Nothing that crosses a clock is faster than ten nanoseconds, and nothing local takes ten seconds.
            Assert.True(value is > 10 and < 1e10, $"{metric}: {value}");
            JsonElement p = row.GetProperty("percentiles");
            Assert.True(p.GetProperty("p50").GetDouble() > 0, metric);
            Assert.True(p.GetProperty("p50").GetDouble() <= p.GetProperty("p99").GetDouble(), metric);
            Assert.True(p.GetProperty("p99").GetDouble() <= p.GetProperty("p99.9").GetDouble(), metric);
        }

        if (type is "latency" or "full")
        {
            Assert.All(Tiers, t => Assert.Contains(rows, r => r.GetProperty("metric").GetString() == "latency_" + t));
        }

        if (type is "tier_migration" or "full")
        {
            Assert.Equal(56, rows.Count(r => r.GetProperty("metric").GetString()!.StartsWith("migration_", StringComparison.Ordinal)));
        }

        Assert.True(answer.GetProperty("total_duration_ms").GetDouble() > 0);
        Assert.Equal(before, await service.MetricAsync("memory_objects"));
        Assert.DoesNotContain(
            (await service.GetOkAsync("/api/v1/objects?limit=10000")).GetProperty("objects").EnumerateArray(),
            o => o.GetProperty("key").GetString()!.Contains("benchmark", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_have_the_promised_names_and_labels()
    {
        await service.PostOkAsync("/store", "{\"key\":\"metric\",\"data\":1}");
        await service.PostOkAsync("/retrieve", "{\"key\":\"metric\"}");
        string page = await service.Client.GetStringAsync("/metrics");
        var families = new Dictionary<string, string>();
        foreach (Match type in TypeLine().Matches(page))
        {
            Assert.True(families.TryAdd(type.Groups[1].Value, type.Groups[2].Value), $"{type.Value} stands twice.");
        }

        Assert.Equal("counter", families["memory_access_total"]);
        Assert.Equal("gauge", families["memory_hit_ratio"]);
        Assert.Equal("histogram", families["memory_tier_latency_ns"]);
        Assert.Equal("gauge", families["memory_usage_bytes"]);
        Assert.Equal("gauge", families["memory_capacity_bytes"]);
        Assert.Equal(["operation,result,tier"], Labels(page, "memory_access_total"));
        Assert.Equal(["le,operation,tier"], Labels(page, "memory_tier_latency_ns_bucket"));
        Assert.Equal(["operation,tier"], Labels(page, "memory_tier_latency_ns_count"));
        foreach (string family in (string[])["memory_usage_bytes", "memory_capacity_bytes"])
        {
            Assert.Equal(["tier"], Labels(page, family));
            Assert.All(Tiers, t => Assert.Contains($"\n{family}{{tier=\"{t}\"}} ", page));
        }

        string[] series = [.. page.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')])];
        Assert.Equal(series.Length, series.Distinct().Count());
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say_but_what_the_required_name_brings()
    {
        Assert.SkipUnless(ChildProcess.Exists("promtool"), "promtool is not installed (Debian: prometheus).");
        Assert.SkipUnless(ChildProcess.Exists("bash"), "bash is not installed.");
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await service.Client.GetStringAsync("/metrics"));
            await using ChildProcess run = await ChildProcess.RunAsync("bash", ["-c", $"promtool check metrics < '{file}'"]);
            Assert.Equal(ExpectedLint, run.Everything.Trim());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_docs_page_needs_nothing_but_the_service()
    {
        using HttpResponseMessage first = await service.Client.GetAsync("/api/docs");
        string path = first.Headers.Location is { } moved ? new Uri(new Uri(service.Url + "/api/docs"), moved).PathAndQuery : "/api/docs";
        string page = await service.Client.GetStringAsync(path);
        Assert.Contains("AURA Memory Tiers", page);
        Assert.DoesNotMatch("""(src|href)\s*=\s*["'](https?:)?//""", page);
        foreach (Match script in ScriptSource().Matches(page))
        {
            Uri source = new(new Uri(service.Url + path), script.Groups[1].Value);
            Assert.True((await service.Client.GetByteArrayAsync(source)).Length > 1000, source.ToString());
        }

        foreach (string off in (string[])["\"agent\":{\"disabled\":true", "\"mcp\":{\"disabled\":true", "\"showDeveloperTools\":\"never\"", "\"telemetry\":false"])
        {
            Assert.Contains(off, page);
        }

        JsonElement contract = await service.GetOkAsync("/api/openapi.json");
        Assert.StartsWith("3.1", contract.GetProperty("openapi").GetString());
    }

    private static string[] Labels(string page, string name) =>
    [
        .. page.Split('\n').Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
            .Select(l => string.Join(',', LabelName().Matches(l).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal))).Distinct(),
    ];

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex("[{,](\\w+)=\"")]
    private static partial Regex LabelName();

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex ScriptSource();
}
