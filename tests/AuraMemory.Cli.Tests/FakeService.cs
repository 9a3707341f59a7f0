using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AuraMemory.Cli.Tests;

/// <summary>The service's wire behaviour over a dictionary, as a transport: no port, no process. Faults are staged by hooks.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);

    public List<string> Requests { get; } = [];

    public List<string> StoredKeysInOrder { get; } = [];

    /// <summary>Looks at a request first; a non-null answer is sent instead of the real one.</summary>
    public Func<HttpRequestMessage, string, HttpResponseMessage?>? Intercept { get; set; }

    /// <summary>Why an item of a bulk store fails; null = it does not.</summary>
    public Func<JsonObject, JsonObject?>? ItemFault { get; set; }

    /// <summary>Called after a bulk store was applied.</summary>
    public Action? AfterBulkStore { get; set; }

    public SortedDictionary<string, JsonObject> Objects => _objects;

    public static HttpResponseMessage Problem(int status, string detail) =>
        Answer(status, new JsonObject { ["title"] = "t", ["status"] = status, ["detail"] = detail, ["correlation_id"] = "c-1" }, "application/problem+json");

    public static HttpResponseMessage Answer(int status, JsonNode body, string type = "application/json") => new((HttpStatusCode)status)
    {
        Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_lock)
        {
            Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
            return Intercept?.Invoke(request, body) ?? Route(request, body);
        }
    }

    private HttpResponseMessage Route(HttpRequestMessage request, string body)
    {
        string path = request.RequestUri!.AbsolutePath;
        JsonObject? json = body.Length > 0 ? JsonNode.Parse(body)!.AsObject() : null;
        return (request.Method.Method, path) switch
        {
            ("POST", "/api/v1/store") => Answer(200, Store(json!)),
            ("POST", "/api/v1/bulk/store") => BulkStore(json!),
            ("POST", "/api/v1/retrieve") => Retrieve(json!),
            ("GET", "/api/v1/objects") => List(request.RequestUri.Query),
            ("GET", "/api/v1/tiers") => Answer(200, Tiers()),
            ("GET", "/api/v1/health") => Answer(200, new JsonObject { ["status"] = "healthy", ["checks"] = new JsonObject() }),
            ("GET", "/api/v1/features") => Answer(200, new JsonObject { ["version"] = "0.1.0", ["settings"] = new JsonObject { ["memory_limit_bytes"] = 1_000_000_000 } }),
            ("GET", "/health/ready" or "/health/live") => Answer(200, new JsonObject { ["status"] = "ready" }),
            ("GET", _) when path.EndsWith("/relationships", StringComparison.Ordinal) => Relationships(path.Split('/')[4]),
            ("DELETE", _) => _objects.Remove(path.Split('/')[4]) ? new HttpResponseMessage(HttpStatusCode.NoContent) : Problem(404, "No object is stored under this key."),
            _ => Problem(404, "No such endpoint"),
        };
    }

    private JsonObject Store(JsonObject item)
    {
        string key = (string)item["key"]!;
        _objects[key] = item.DeepClone().AsObject();
        StoredKeysInOrder.Add(key);
        return new JsonObject
        {
            ["key"] = key,
            ["tier"] = "dram",
            ["size_bytes"] = (item["data"]?.ToJsonString() ?? "null").Length,
            ["latency_ns"] = 1000,
            ["shape_indexed"] = false,
            ["shape_status"] = "none",
            ["relationships_stored"] = 0,
            ["version"] = 1,
        };
    }

    private HttpResponseMessage BulkStore(JsonObject request)
    {
        var items = new JsonArray();
        foreach (JsonNode? item in request["items"]!.AsArray())
        {
            items.Add(ItemFault?.Invoke(item!.AsObject()) is { } fault
                ? new JsonObject { ["key"] = (string)item!["key"]!, ["error"] = fault }
                : Store(item!.AsObject()));
        }

        AfterBulkStore?.Invoke();
        return Answer(200, new JsonObject { ["items"] = items, ["stored"] = items.Count, ["failed"] = 0, ["duration_us"] = 1 });
    }

    private HttpResponseMessage Retrieve(JsonObject request)
    {
        string key = (string)request["key"]!;
        return _objects.TryGetValue(key, out JsonObject? found)
            ? Answer(200, new JsonObject
            {
                ["key"] = key,
                ["data"] = found["data"]?.DeepClone(),
                ["tier"] = "dram",
                ["latency_ns"] = 900,
                ["access_count"] = 1,
                ["prefetched_keys"] = new JsonArray(),
                ["metadata"] = found["metadata"]?.DeepClone(),
                ["version"] = 1,
            })
            : Problem(404, "No object is stored under this key.");
    }

    private HttpResponseMessage Relationships(string key)
    {
        var found = new JsonArray();
        foreach (JsonNode? to in _objects[key]["relationships"]?.AsArray() ?? [])
        {
            found.Add(new JsonObject
            {
                ["source"] = key,
                ["type"] = to is JsonObject o ? (string)o["type"]! : "RELATED_TO",
                ["target"] = to is JsonObject p ? (string)p["key"]! : (string)to!,
                ["weight"] = 1,
            });
        }

        return Answer(200, new JsonObject { ["key"] = key, ["relationships"] = found });
    }

    private HttpResponseMessage List(string query)
    {
        System.Collections.Specialized.NameValueCollection parameters = System.Web.HttpUtility.ParseQueryString(query);
        int limit = int.Parse(parameters["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
        string after = parameters["cursor"] is { } cursor ? cursor[2..] : "";
        string prefix = parameters["prefix"] ?? "";
        List<string> keys = [.. _objects.Keys.Where(k => string.CompareOrdinal(k, after) > 0 && k.StartsWith(prefix, StringComparison.Ordinal)).Take(limit)];
        var objects = new JsonArray([.. keys.Select(k => new JsonObject { ["key"] = k, ["size_bytes"] = 10, ["tier"] = "dram", ["version"] = 1 })]);
        return Answer(200, new JsonObject { ["objects"] = objects, ["next_cursor"] = keys.Count == limit ? "c:" + keys[^1] : null });
    }

    private static JsonObject Tiers() => new()
    {
        ["calibrating"] = false,
        ["tiers"] = new JsonObject { ["l1_cache"] = Tier("arena", true, 0.5), ["cxl_hot"] = Tier("shared-memory", false, 15) },
    };

    private static JsonObject Tier(string backend, bool hardware, double nominal) => new()
    {
        ["nominal"] = new JsonObject { ["latency_ns"] = nominal, ["bandwidth_gbps"] = 256, ["cost_per_gb"] = 50 },
        ["measured"] = new JsonObject { ["latency_ns"] = 87.5, ["bandwidth_gbps"] = 10, ["measured_at"] = "2026-01-01T00:00:00Z" },
        ["capacity_bytes"] = 1000,
        ["usage_bytes"] = 500,
        ["backend"] = backend,
        ["hardware"] = hardware,
        ["persistent"] = false,
    };
}
