using AuraMemory.Engine;
using AuraMemory.Engine.Tiers;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Neo4j;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary>What operators look at: efficiency, tiers, features, health.</summary>
internal sealed class OverviewEndpoint(ServerContext server)
{
    private const double Gb = 1e9;

    private static readonly string Version = typeof(OverviewEndpoint).Assembly.GetName().Version?.ToString(3) ?? "";

    public Task StatsAsync(HttpContext context)
    {
        StoreReport report = server.Store.Report();
        (long capacity, long used) = Totals(report);
        double dollars = 0;
        foreach (TierReport tier in report.Tiers)
        {
            dollars += tier.Usage.UsedBytes / Gb * tier.NominalDollarsPerGb;
        }

        var to = new JsonOut();
        to.Open().Member("total_capacity_gb"u8, capacity / Gb).Member("total_usage_gb"u8, used / Gb)
            .Member("utilization_percent"u8, Percent(used, capacity)).Member("hit_ratio"u8, report.HitRatio)
            .Member("average_latency_ns"u8, report.AverageLatencyNs)
            .Member("effective_bandwidth_gbps"u8, report.EffectiveBandwidthBytesPerSecond / Gb);
        WriteDistribution(to, report);
        to.Member("total_accesses"u8, report.TotalAccesses).Member("tier_promotions"u8, report.Promotions)
            .Member("tier_demotions"u8, report.Demotions)
            .Member("cost_per_gb_effective"u8, report.DistinctBytes == 0 ? 0 : dollars / (report.DistinctBytes / Gb))
            .Member("shape_index_entries"u8, server.Shapes.Report().Entries).Member("timestamp"u8, IsoTime.Of(server.Time.GetUtcNow())).Close();
        return Answer.SendAsync(context, to);
    }

    public Task TiersAsync(HttpContext context)
    {
        StoreReport report = server.Store.Report();
        var to = new JsonOut();
        to.Open().Member("calibrating"u8, report.Calibrating).OpenMember("tiers"u8);
        foreach (TierReport tier in report.Tiers)
        {
            WriteTier(to, tier);
        }

        to.Close().Close();
        return Answer.SendAsync(context, to);
    }

    /// <summary>Measures the tiers again; the answer does not wait for it.</summary>
    public Task CalibrateAsync(HttpContext context)
    {
        server.Store.RequestCalibration();
        var to = new JsonOut();
        to.Open().Member("calibrating"u8, true).Close();
        return Answer.SendAsync(context, to, StatusCodes.Status202Accepted);
    }

    public Task HealthAsync(HttpContext context)
    {
        StoreReport report = server.Store.Report();
        (long capacity, long used) = Totals(report);
        ShapeReport shapes = server.Shapes.Report();
        GraphReport graph = server.Graph.Report();
        bool healthy = shapes.Healthy && !graph.IsFull && graph.Neo4j is null or { IsHealthy: true } && !report.Components.Any(c => !c.Healthy) && !report.Tiers.Any(t => !t.InService);
        var to = new JsonOut();
        to.Open().Member("status"u8, healthy ? "healthy" : "degraded").Member("total_capacity_bytes"u8, capacity)
            .Member("total_usage_bytes"u8, used).Member("utilization_percent"u8, Percent(used, capacity))
            .Member("hit_ratio"u8, report.HitRatio).Member("average_latency_ns"u8, report.AverageLatencyNs);
        WriteDistribution(to, report);
        to.Member("total_accesses"u8, report.TotalAccesses).Member("tier_promotions"u8, report.Promotions)
            .Member("tier_demotions"u8, report.Demotions).Member("shape_index_size"u8, shapes.Entries).OpenMember("checks"u8);
        foreach (ComponentHealth check in report.Components)
        {
            Check(to, System.Text.Encoding.UTF8.GetBytes(check.Name), check.Healthy, check.Detail);
        }

        Check(to, "shapes"u8, shapes.Healthy, shapes.Detail);
        Check(to, "graph"u8, !graph.IsFull, Detail(graph));
        if (graph.Neo4j is { } neo4j)
        {
            Check(to, "neo4j"u8, neo4j.IsHealthy, neo4j.Detail);
        }

        to.Close().Close();
        return Answer.SendAsync(context, to);
    }

    private static string Detail(GraphReport graph) =>
        graph.IsFull ? "The relationships need more memory than graph_memory_bytes: graph queries are refused."
        : graph.IsLoaded ? $"{graph.Relationships} relationships between {graph.Nodes} objects."
        : "Being loaded from the store.";

    private static void Check(JsonOut to, ReadOnlySpan<byte> name, bool healthy, string detail) =>
        to.OpenMember(name).Member("status"u8, healthy ? "healthy" : "degraded").Member("detail"u8, detail).Close();

    private static void WriteNeo4j(JsonOut to, GraphReport graph)
    {
        if (graph.Neo4j is not { } neo4j)
        {
            return;
        }

        to.OpenMember("neo4j"u8).Member("connected"u8, neo4j.IsConnected).Member("server"u8, neo4j.Server).Member("behind"u8, neo4j.Behind)
            .Member("applied"u8, neo4j.Applied).Member("refused"u8, neo4j.Refused).Member("answered_by_embedded"u8, graph.AnsweredHere)
            .Member("connections"u8, (long)graph.Connections);
        if (neo4j.RoundSeconds is { } seconds)
        {
            to.Member("refresh_round_seconds"u8, seconds);
        }

        to.Member("detail"u8, neo4j.Detail).Close();
    }

    public Task FeaturesAsync(HttpContext context)
    {
        StoreReport report = server.Store.Report();
        var to = new JsonOut();
        to.Open().Member("version"u8, Version).Member("memory_limit_bytes"u8, report.MemoryLimitBytes)
            .Member("memory_used_bytes"u8, report.MemoryUsedBytes).OpenMember("enabled"u8, '[');
        foreach (string feature in (ReadOnlySpan<string>)
            ["objects", "bulk", "conditional_writes", "ttl", "durability", "relationships", "tier_migration", "prefetch", "metrics", "benchmark", "shape_analysis", "graph_queries"])
        {
            to.Value(feature);
        }

        ShapeReport shapes = server.Shapes.Report();
        if (shapes.Enabled)
        {
            to.Value("shape_search");
        }

        to.Close(']').OpenMember("not_available"u8);
        foreach ((string name, string why) in NotAvailable)
        {
            to.Member(System.Text.Encoding.UTF8.GetBytes(name), why);
        }

        to.Close().OpenMember("backends"u8);
        foreach (TierReport tier in report.Tiers)
        {
            to.OpenMember(Names.Utf8(tier.Tier)).Member("backend"u8, tier.Backend.Name).Member("hardware"u8, tier.Backend.Hardware).Close();
        }

        to.Close().OpenMember("shapes"u8).Member("enabled"u8, shapes.Enabled).Member("entries"u8, shapes.Entries)
            .Member("pending"u8, shapes.Pending).Member("not_indexed"u8, shapes.NotIndexed).Member("used_bytes"u8, shapes.UsedBytes)
            .Member("capacity_bytes"u8, shapes.CapacityBytes).Member("loading"u8, shapes.Loading).Member("detail"u8, shapes.Detail)
            .Close();
        GraphReport graph = server.Graph.Report();
        to.OpenMember("graph"u8).Member("backend"u8, graph.Neo4j is null ? GraphAnswer.Embedded : Neo4jAnswers.Backend).Member("nodes"u8, graph.Nodes).Member("relationships"u8, graph.Relationships)
            .Member("awaited_targets"u8, (long)graph.Awaited).Member("used_bytes"u8, graph.Bytes).Member("loading"u8, !graph.IsLoaded)
            .Member("detail"u8, Detail(graph));
        WriteNeo4j(to, graph);
        to.Close().OpenMember("settings"u8);
        foreach ((string name, string value) in server.ShownSettings)
        {
            to.Member(System.Text.Encoding.UTF8.GetBytes(name), value);
        }

        to.Close().OpenMember("warnings"u8, '[');
        foreach (string warning in server.Warnings)
        {
            to.Value(warning);
        }

        to.Close(']').Close();
        return Answer.SendAsync(context, to);
    }

    public Task LiveAsync(HttpContext context)
    {
        var to = new JsonOut();
        to.Open().Member("status"u8, "alive").Close();
        return Answer.SendAsync(context, to);
    }

    public Task ReadyAsync(HttpContext context)
    {
        bool ready = server.Gate.IsReady;
        var to = new JsonOut();
        to.Open().Member("status"u8, ready ? "ready" : "not_ready").Member("detail"u8, ready ? "The store is open." : server.Gate.Reason).Close();
        if (!ready)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return Answer.SendAsync(context, to, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static readonly (string Name, string Why)[] NotAvailable =
    [
        ("redis_pool", "REDIS_URL is recognised and not used by this version."),
        ("predictors", "Prefetching follows relationships and requests; access patterns are not learned in this version (prefetch_confidence_threshold and access_pattern_window have no effect yet)."),
        ("spot_prices", "use_spot_instances makes the service heed the termination notice; costs are computed with the nominal prices."),
        ("object_storage", "hdd_archive is a local path in this version."),
    ];

    private static void WriteTier(JsonOut to, TierReport tier)
    {
        to.OpenMember(Names.Utf8(tier.Tier)).OpenMember("nominal"u8).Member("latency_ns"u8, tier.Nominal.LatencyNs)
            .Member("bandwidth_gbps"u8, tier.Nominal.BandwidthBytesPerSecond / Gb).Member("cost_per_gb"u8, tier.NominalDollarsPerGb).Close();
        if (tier.Measured is { } measured)
        {
            to.OpenMember("measured"u8).Member("latency_ns"u8, measured.LatencyNs)
                .Member("bandwidth_gbps"u8, measured.BandwidthBytesPerSecond / Gb)
                .Member("measured_at"u8, tier.MeasuredAt is { } at ? IsoTime.Of(at) : null).Close();
        }
        else
        {
            to.Member("measured"u8, (string?)null);
        }

        to.Member("capacity_bytes"u8, tier.Usage.CapacityBytes).Member("requested_bytes"u8, tier.RequestedBytes)
            .Member("effective_bytes"u8, tier.Usage.CapacityBytes).Member("usage_bytes"u8, tier.Usage.UsedBytes)
            .Member("entries"u8, tier.Usage.Entries).Member("largest_object_bytes"u8, tier.LargestObjectBytes)
            .Member("backend"u8, tier.Backend.Name).Member("backend_details"u8, tier.Backend.Details)
            .Member("hardware"u8, tier.Backend.Hardware).Member("persistent"u8, tier.Backend.Persistent)
            .Member("in_service"u8, tier.InService).Member("use_case"u8, NominalTiers.UseCase(tier.Tier));
        if (tier.Warning is not null)
        {
            to.Member("warning"u8, tier.Warning);
        }

        to.Close();
    }

    private static void WriteDistribution(JsonOut to, StoreReport report)
    {
        to.OpenMember("tier_distribution"u8);
        foreach (TierReport tier in report.Tiers)
        {
            to.OpenMember(Names.Utf8(tier.Tier)).Member("entries"u8, tier.Usage.Entries).Member("usage_bytes"u8, tier.Usage.UsedBytes)
                .Member("capacity_bytes"u8, tier.Usage.CapacityBytes)
                .Member("utilization"u8, Percent(tier.Usage.UsedBytes, tier.Usage.CapacityBytes) / 100)
                .Member("avg_access_count"u8, tier.AverageAccessCount).Close();
        }

        to.Close();
    }

    private static (long Capacity, long Used) Totals(StoreReport report) =>
        (report.Tiers.Sum(t => t.Usage.CapacityBytes), report.Tiers.Sum(t => t.Usage.UsedBytes));

    private static double Percent(long used, long capacity) => capacity == 0 ? 0 : 100.0 * used / capacity;
}
