using System.Globalization;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http;
using AuraMemory.Server.Neo4j;
using AuraMemory.Server.Shapes;
using Prometheus;

namespace AuraMemory.Server.Telemetry;

/// <summary>The page for Prometheus: the store's own counters, read once a scrape, and the basics of the process.</summary>
/// <remarks>
/// The engine counts; nothing is counted twice. prometheus-net's histogram type cannot take over counts from outside, so the
/// page's lines for the store are written here from one <see cref="StoreReport"/>, and the library writes the process's.
/// Its bridges from meters and event counters are off: they would publish the same figures under second names.
/// </remarks>
internal sealed class StoreMetrics
{
    private const string PageType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ServerContext _server;
    private readonly CollectorRegistry _process = Metrics.NewCustomRegistry();

    static StoreMetrics() => Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions
    {
        SuppressMeters = true,
        SuppressEventCounters = true,
        SuppressDebugMetrics = true,
        SuppressProcessMetrics = true,
    });

    public StoreMetrics(ServerContext server)
    {
        _server = server;
        DotNetStats.Register(_process);
    }

    public async Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = PageType;
        var page = new MetricsPage();
        page.Family("aura_ready", "gauge", "1 when requests are served.").Sample("", _server.Gate.IsReady ? 1 : 0);
        page.Family("aura_request_body_bytes_in_flight", "gauge", "Bytes of request bodies held in memory.").Sample("", _server.Bodies.Held);
        if (_server.Gate.Store is { } store)
        {
            ShapeReport shapes = _server.Shapes.Report();
            Write(page, store.Report(), shapes.Healthy, !_server.Graph.Report().IsFull);
            WriteShapes(page, shapes, _server.ShapeWork.Running);
            GraphReport graph = _server.Graph.Report();
            WriteGraph(page, graph);
            if (graph.Neo4j is { } neo4j)
            {
                WriteNeo4j(page, graph, neo4j);
            }
        }

        await context.Response.WriteAsync(page.ToString(), context.RequestAborted);
        using var process = new MemoryStream();
        await _process.CollectAndExportAsTextAsync(process, context.RequestAborted);
        await context.Response.Body.WriteAsync(process.GetBuffer().AsMemory(0, (int)process.Length), context.RequestAborted);
    }

    private static void WriteGraph(MetricsPage page, GraphReport graph)
    {
        page.Family("memory_graph_nodes", "gauge", "Objects with relationships.").Sample("", graph.Nodes);
        page.Family("memory_graph_relationships", "gauge", "Relationships between stored objects.").Sample("", graph.Relationships);
        page.Family("memory_graph_awaited_targets", "gauge", "Targets of relationships that are not stored.").Sample("", graph.Awaited);
        page.Family("memory_graph_bytes", "gauge", "Memory of the graph, estimated.").Sample("", graph.Bytes);
        page.Family("memory_graph_signatures", "gauge", "Objects that are found by how they are embedded in the graph.").Sample("", graph.Signatures);
        page.Family("memory_graph_behind", "gauge", "Changes of the store that the graph has not looked at yet, at most.").Sample("", graph.Behind);
        page.Family("memory_graph_full", "gauge", "1 when relationships are missing for want of memory.").Sample("", graph.IsFull ? 1 : 0);
        page.Family("memory_graph_queries_total", "counter", "Graph queries and walks answered.").Sample("", graph.Queries);
        page.Family("memory_graph_query_failures_total", "counter", "Graph queries and walks refused or stopped.").Sample("", graph.Failures);
    }

    private static void WriteNeo4j(MetricsPage page, GraphReport graph, MirrorReport neo4j)
    {
        page.Family("memory_neo4j_connected", "gauge", "1 when the Neo4j answered last time.").Sample("", neo4j.IsConnected ? 1 : 0);
        page.Family("memory_neo4j_healthy", "gauge", "1 when the Neo4j is kept up.").Sample("", neo4j.IsHealthy ? 1 : 0);
        page.Family("memory_neo4j_behind", "gauge", "Changes of the store that the Neo4j has not got yet, at most.").Sample("", neo4j.Behind);
        page.Family("memory_neo4j_applied_total", "counter", "Changes brought to the Neo4j.").Sample("", neo4j.Applied);
        page.Family("memory_neo4j_refused_total", "counter", "Objects that the Neo4j refused for good.").Sample("", neo4j.Refused);
        page.Family("memory_neo4j_answered_by_embedded_total", "counter", "Queries answered by the embedded copy because the Neo4j could not be asked.").Sample("", graph.AnsweredHere);
        page.Family("memory_neo4j_connections", "gauge", "Connections to the Neo4j.").Sample("", graph.Connections);
    }

    private static void WriteShapes(MetricsPage page, ShapeReport shapes, int running)
    {
        page.Family("memory_shape_entries", "gauge", "Objects that can be found by shape.").Sample("", shapes.Entries);
        page.Family("memory_shape_pending", "gauge", "Objects whose analysis is queued or under way.").Sample("", shapes.Pending);
        page.Family("memory_shape_behind", "gauge", "Changes of the store that the shapes have not looked at yet, at most.").Sample("", shapes.Behind);
        page.Family("memory_shape_not_indexed", "gauge", "Shapes kept that did not fit into the index.").Sample("", shapes.NotIndexed);
        page.Family("memory_shape_index_bytes", "gauge", "Memory of the shape index.").Sample("", shapes.UsedBytes);
        page.Family("memory_shape_index_capacity_bytes", "gauge", "Budget of the shape index.").Sample("", shapes.CapacityBytes);
        page.Family("memory_shape_analyses_total", "counter", "Shapes computed of stored objects.").Sample("", shapes.Analyses);
        page.Family("memory_shape_analysis_seconds_total", "counter", "Time these took.").Sample("", shapes.AnalysisSeconds);
        page.Family("memory_shape_failures_total", "counter", "Analyses given up: a limit of time, or an error.").Sample("", shapes.Failures);
        page.Family("memory_shape_searches_total", "counter", "Searches by shape.").Sample("", shapes.Searches);
        page.Family("memory_shape_exact_evaluations_total", "counter", "Exact distances computed for searches.").Sample("", shapes.ExactEvaluations);
        page.Family("memory_shape_requests_running", "gauge", "Longer computations of shapes under way for requests.").Sample("", running);
    }

    private static void Write(MetricsPage page, StoreReport report, bool shapesHealthy, bool graphHealthy)
    {
        page.Family("memory_access_total", "counter", "Operations by tier that served them and by result.");
        foreach (OperationReport o in report.Operations)
        {
            string tier = o.Tier?.Name() ?? "none";
            page.Sample($"{{operation=\"{o.Operation.Name()}\",tier=\"{tier}\",result=\"hit\"}}", o.Hits);
            page.Sample($"{{operation=\"{o.Operation.Name()}\",tier=\"{tier}\",result=\"miss\"}}", o.Misses);
        }

        page.Family("memory_hit_ratio", "gauge", "Share of found reads served from l1 to dram.").Sample("", report.HitRatio);
        page.Family("memory_tier_latency_ns", "histogram", "Latency of the timed operations, nanoseconds.");
        foreach (OperationReport o in report.Operations)
        {
            WriteHistogram(page, o);
        }

        WriteTiers(page, report);
        page.Family("memory_tier_migrations_total", "counter", "Copies moved, by direction.")
            .Sample("{direction=\"promotion\"}", report.Promotions).Sample("{direction=\"demotion\"}", report.Demotions);
        page.Family("memory_prefetch_total", "counter", "Objects fetched ahead, by what became of it.")
            .Sample("{outcome=\"issued\"}", report.Prefetch.Issued).Sample("{outcome=\"useful\"}", report.Prefetch.Useful)
            .Sample("{outcome=\"late\"}", report.Prefetch.Late).Sample("{outcome=\"wasted\"}", report.Prefetch.Wasted);
        page.Family("memory_objects", "gauge", "Distinct objects stored.").Sample("", report.DistinctObjects);
        page.Family("memory_object_bytes", "gauge", "Bytes of the distinct objects.").Sample("", report.DistinctBytes);
        page.Family("memory_limit_bytes", "gauge", "The one memory limit.").Sample("", report.MemoryLimitBytes);
        page.Family("memory_limit_used_bytes", "gauge", "Memory charged to the limit.").Sample("", report.MemoryUsedBytes);
        page.Family("memory_change_number", "gauge", "Newest number of the change sequence.").Sample("", report.LastChangeNumber);
        page.Family("memory_calibrating", "gauge", "1 while tiers are being measured.").Sample("", report.Calibrating ? 1 : 0);
        page.Family("memory_component_healthy", "gauge", "1 when the component works.");
        foreach (ComponentHealth component in report.Components)
        {
            page.Sample($"{{component=\"{MetricsPage.Label(component.Name)}\"}}", component.Healthy ? 1 : 0);
        }

        page.Sample("{component=\"shapes\"}", shapesHealthy ? 1 : 0);
        page.Sample("{component=\"graph\"}", graphHealthy ? 1 : 0);
    }

    private static void WriteTiers(MetricsPage page, StoreReport report)
    {
        page.Family("memory_usage_bytes", "gauge", "Bytes that live copies occupy, by tier.");
        foreach (TierReport t in report.Tiers)
        {
            page.Sample($"{{tier=\"{t.Tier.Name()}\"}}", t.Usage.UsedBytes);
        }

        page.Family("memory_capacity_bytes", "gauge", "Byte budget by tier.");
        foreach (TierReport t in report.Tiers)
        {
            page.Sample($"{{tier=\"{t.Tier.Name()}\"}}", t.Usage.CapacityBytes);
        }

        page.Family("memory_tier_entries", "gauge", "Copies by tier.");
        foreach (TierReport t in report.Tiers)
        {
            page.Sample($"{{tier=\"{t.Tier.Name()}\"}}", t.Usage.Entries);
        }

        page.Family("memory_backend_healthy", "gauge", "1 when the tier is in service; labels say what serves it and whether it is the real hardware.");
        foreach (TierReport t in report.Tiers)
        {
            string hardware = t.Backend.Hardware ? "true" : "false";
            page.Sample($"{{tier=\"{t.Tier.Name()}\",backend=\"{MetricsPage.Label(t.Backend.Name)}\",hardware=\"{hardware}\"}}", t.InService ? 1 : 0);
        }
    }

    private static void WriteHistogram(MetricsPage page, OperationReport o)
    {
        string labels = $"tier=\"{o.Tier?.Name() ?? "none"}\",operation=\"{o.Operation.Name()}\"";
        long cumulative = 0;
        for (int i = 0; i < o.Latency.Counts.Count; i++)
        {
            cumulative += o.Latency.Counts[i];
            string bound = i < LatencyHistogram.BoundsNs.Count
                ? LatencyHistogram.BoundsNs[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            page.Sample($"_bucket{{{labels},le=\"{bound}\"}}", cumulative);
        }

        page.Sample($"_sum{{{labels}}}", o.Latency.SumNs);
        page.Sample($"_count{{{labels}}}", cumulative);
    }
}
