using System.Net;
using System.Text;
using AuraMemory.Client.Wire;

namespace AuraMemory.Client;

public sealed partial class AuraMemoryClient
{
    /// <summary>Finds the objects whose shape is most like that of some data.</summary>
    /// <exception cref="AuraMemoryException">The data has no shape (422), or what is said of every call.</exception>
    public Task<ShapeQueryResponse> QueryShapeAsync(ShapeQueryRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/query/shape", request, Context.ShapeQueryRequest, Context.ShapeQueryResponse, true, cancellation);

    /// <summary>Computes the shape of data; nothing is stored.</summary>
    public Task<ShapeFeatures> AnalyzeShapeAsync(ShapeAnalyzeRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/shape/analyze", request, Context.ShapeAnalyzeRequest, Context.ShapeFeatures, true, cancellation);

    /// <summary>Computes the distance of two shapes, with the matching that realises it.</summary>
    public Task<ShapeDistanceResponse> ShapeDistanceAsync(ShapeDistanceRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/shape/distance", request, Context.ShapeDistanceRequest, Context.ShapeDistanceResponse, true, cancellation);

    /// <summary>The kept shape of an object, or why it has none; null when there is no such object.</summary>
    public async Task<ObjectShape?> GetShapeAsync(string key, CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await ShapeOfAsync(key, "json", cancellation).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await ReadAsync(response, Context.ObjectShape, cancellation).ConfigureAwait(false);
    }

    /// <summary>Persistence diagram and barcode of an object as an SVG document; null when there is no such object, or no shape.</summary>
    public async Task<string?> GetShapePictureAsync(string key, CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await ShapeOfAsync(key, "svg", cancellation).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
    }

    private Task<HttpResponseMessage> ShapeOfAsync(string key, string format, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return _pipeline.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, At($"api/v1/objects/{Uri.EscapeDataString(key)}/shape?format={format}")),
            true, status => status == HttpStatusCode.NotFound, cancellation);
    }
}
