using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AuraMemory.Client.Http;
using AuraMemory.Client.Wire;

namespace AuraMemory.Client;

/// <summary>Typed client of the service's REST door.</summary>
/// <remarks>
/// Safe to use from any number of threads; keep one for the life of the program. Every call throws
/// <see cref="AuraMemoryException"/> when the service refuses, fails or cannot be reached, and
/// <see cref="OperationCanceledException"/> when cancelled. Calls that may be repeated without harm (reads, placements,
/// unconditional stores of named keys) are repeated on 429, 503 and a broken connection within the bounds of the options.
/// </remarks>
public sealed partial class AuraMemoryClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly RequestPipeline _pipeline;
    private readonly Uri _root;

    /// <summary>Makes a client.</summary>
    /// <param name="options">Null = the defaults.</param>
    /// <param name="handler">Transport to use (tests, proxies); null = a pooled socket handler of the client's own.</param>
    public AuraMemoryClient(AuraMemoryClientOptions? options = null, HttpMessageHandler? handler = null)
    {
        Options = options ?? new AuraMemoryClientOptions();
        Options.Validate();
        string root = Options.BaseAddress.AbsoluteUri;
        _root = new Uri(root.EndsWith('/') ? root : root + "/");
        _http = handler is null
            ? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            : new HttpClient(handler, disposeHandler: false);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _pipeline = new RequestPipeline(_http, Options);
    }

    /// <summary>Makes a client with default options for an address.</summary>
    public AuraMemoryClient(string baseAddress)
        : this(new AuraMemoryClientOptions { BaseAddress = new Uri(baseAddress) })
    {
    }

    /// <summary>The options in force.</summary>
    public AuraMemoryClientOptions Options { get; }

    /// <summary>Stores one object.</summary>
    public Task<StoreResponse> StoreAsync(StoreRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return PostAsync(request.WaitForShape ? "api/v1/store?wait=true" : "api/v1/store", request, Context.StoreRequest, Context.StoreResponse, request.Key is not null, cancellation);
    }

    /// <summary>Stores one value of a type of the caller's.</summary>
    public Task<StoreResponse> StoreAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        StoreAsync(new StoreRequest { Key = key, Data = JsonSerializer.SerializeToElement(value, type) }, cancellation);

    /// <summary>Reads one object; null when there is none.</summary>
    public Task<RetrieveResponse?> RetrieveAsync(string key, bool includeMetadata = false, CancellationToken cancellation = default) =>
        RetrieveAsync(new RetrieveRequest(key, includeMetadata), cancellation);

    /// <summary>Reads one object; null when there is none.</summary>
    public async Task<RetrieveResponse?> RetrieveAsync(RetrieveRequest request, CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => Post("api/v1/retrieve", Body(request, Context.RetrieveRequest)),
            repeatable: true, status => status == HttpStatusCode.NotFound, cancellation).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await ReadAsync(response, Context.RetrieveResponse, cancellation).ConfigureAwait(false);
    }

    /// <summary>Stores many objects; each stands alone, see <see cref="StoreResponse.Error"/>.</summary>
    public Task<BulkStoreResponse> BulkStoreAsync(BulkStoreRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool named = true;
        foreach (StoreRequest item in request.Items)
        {
            named &= item.Key is not null;
        }

        return PostAsync(
            request.WaitForShapes ? "api/v1/bulk/store?wait=true" : "api/v1/bulk/store",
            request, Context.BulkStoreRequest, Context.BulkStoreResponse, named, cancellation);
    }

    /// <summary>Stores many objects that are JSON texts in the wire's own form already, without parsing them again.</summary>
    /// <param name="items">UTF-8 JSON objects as in <see cref="StoreRequest"/>, each with its key; the caller has checked them.</param>
    /// <param name="enableShapeAnalysis">Default of the items.</param>
    /// <param name="batchSize">Objects committed together, 1 to 1000.</param>
    /// <param name="waitForShapes">True = the answer waits until the objects can be found by shape.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public async Task<BulkStoreResponse> BulkStoreTextAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> items, bool enableShapeAnalysis = false, int batchSize = 100, bool waitForShapes = false,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var body = new ArrayBufferWriter<byte>();
        body.Write("{\"items\":["u8);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                body.Write(","u8);
            }

            body.Write(items[i].Span);
        }

        body.Write(enableShapeAnalysis ? "],\"enable_shape_analysis\":true,\"batch_size\":"u8 : "],\"batch_size\":"u8);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(batchSize, Context.Int32));
        body.Write("}"u8);
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => Post(waitForShapes ? "api/v1/bulk/store?wait=true" : "api/v1/bulk/store", body.WrittenMemory), repeatable: true, null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, Context.BulkStoreResponse, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads many objects.</summary>
    public Task<BulkRetrieveResponse> BulkRetrieveAsync(BulkRetrieveRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/bulk/retrieve", request, Context.BulkRetrieveRequest, Context.BulkRetrieveResponse, true, cancellation);

    /// <summary>Brings objects, and on demand what they are related to, into a tier.</summary>
    public Task<PrefetchResponse> PrefetchAsync(PrefetchRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/prefetch", request, Context.PrefetchRequest, Context.PrefetchResponse, true, cancellation);

    /// <summary>Makes a tier the fastest that holds the object.</summary>
    public Task<MigrateResponse> MigrateAsync(MigrateRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/tier/migrate", request, Context.MigrateRequest, Context.MigrateResponse, true, cancellation);

    /// <summary>Lets the running service measure itself.</summary>
    public Task<BenchmarkResponse> BenchmarkAsync(BenchmarkRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/benchmark", request, Context.BenchmarkRequest, Context.BenchmarkResponse, false, cancellation);

    /// <summary>The eight tiers, nominal beside measured.</summary>
    public Task<TiersResponse> TiersAsync(CancellationToken cancellation = default) =>
        GetAsync("api/v1/tiers", Context.TiersResponse, cancellation);

    /// <summary>The efficiency report.</summary>
    public Task<EfficiencyReport> EfficiencyAsync(CancellationToken cancellation = default) =>
        GetAsync("api/v1/stats/efficiency", Context.EfficiencyReport, cancellation);

    /// <summary>Health by component.</summary>
    public Task<HealthReport> HealthAsync(CancellationToken cancellation = default) =>
        GetAsync("api/v1/health", Context.HealthReport, cancellation);

    /// <summary>What is enabled, with which backend and settings, as the service writes it.</summary>
    public Task<JsonElement> FeaturesAsync(CancellationToken cancellation = default) =>
        GetAsync("api/v1/features", Context.JsonElement, cancellation);

    /// <summary>The answer of a GET as the service wrote it, byte for byte.</summary>
    /// <param name="path">Path and query below the base address, without a leading slash.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<byte[]> RawAsync(string path, CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, At(path)), true, null, cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A benchmark's answer in the wire's form.</summary>
    public static byte[] ToJson(BenchmarkResponse response) => Body(response, Context.BenchmarkResponse);

    /// <summary>Whether the service says it is ready to serve.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, At("health/ready")), false, _ => true, cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    /// <summary>The service's clock as its <c>Date</c> header gives it, whole seconds; null when it sends none.</summary>
    public async Task<DateTimeOffset?> ServiceDateAsync(CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, At("health/live")), false, _ => true, cancellation).ConfigureAwait(false);
        return response.Headers.Date;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static WireJson Context => WireJson.Instance;

    private static byte[] Body<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private Uri At(string path) => new(_root, path);

    private HttpRequestMessage Post(string path, ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = content };
    }

    private async Task<TAnswer> PostAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asks, JsonTypeInfo<TAnswer> answers, bool repeatable,
        CancellationToken cancellation)
    {
        byte[] body = Body(question, asks);
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => Post(path, body), repeatable, null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, answers, cancellation).ConfigureAwait(false);
    }

    private async Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answers, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, At(path)), true, null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, answers, cancellation).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation,
        [CallerMemberName] string caller = "")
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new AuraMemoryException($"The service answered null ({caller}).");
        }
        catch (JsonException cause)
        {
            throw new AuraMemoryException(
                $"The answer is not what this client understands ({caller}): {cause.Message} Is it an AURA Memory Tiers service of the same version?");
        }
    }
}
