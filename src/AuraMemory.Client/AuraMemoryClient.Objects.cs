using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using AuraMemory.Client.Wire;

namespace AuraMemory.Client;

/// <summary>An object as a plain HTTP resource.</summary>
/// <param name="Json">The JSON text, byte for byte as it was stored; empty for <c>HEAD</c>.</param>
/// <param name="ETag">Its version as an entity tag, quotes included.</param>
/// <param name="Tier">Tier it was read from, when the service says so.</param>
/// <param name="ExpiresAt">When it expires, to the millisecond; null when it does not.</param>
public sealed record ObjectResource(ReadOnlyMemory<byte> Json, string? ETag, string? Tier, DateTimeOffset? ExpiresAt = null);

/// <summary>How a conditional write ended.</summary>
/// <param name="Done">False: the condition did not hold and nothing was changed.</param>
/// <param name="ETag">The new version's entity tag; null after a delete or a refusal.</param>
public sealed record WriteResult(bool Done, string? ETag);

public sealed partial class AuraMemoryClient
{
    /// <summary>Reads an object as a resource; null when there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="ifNoneMatch">An entity tag: when the object still has it, the answer is null content with that tag.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ObjectResource?> GetObjectAsync(string key, string? ifNoneMatch = null, CancellationToken cancellation = default) =>
        ReadObjectAsync(HttpMethod.Get, key, ifNoneMatch, cancellation);

    /// <summary>Entity tag and tier of an object without its content; null when there is none.</summary>
    public Task<ObjectResource?> HeadObjectAsync(string key, CancellationToken cancellation = default) =>
        ReadObjectAsync(HttpMethod.Head, key, null, cancellation);

    /// <summary>Writes an object's JSON text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="json">A JSON text.</param>
    /// <param name="ifMatch">Only when the present entity tag is this one (<c>*</c> = any).</param>
    /// <param name="ifNoneMatch">Only when the present entity tag is not this one (<c>*</c> = only when the key is free).</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<WriteResult?> PutObjectAsync(
        string key, ReadOnlyMemory<byte> json, string? ifMatch = null, string? ifNoneMatch = null,
        CancellationToken cancellation = default) =>
        WriteObjectAsync(HttpMethod.Put, key, json, ifMatch, ifNoneMatch, cancellation);

    /// <summary>Deletes an object and its relationships; null when there is none.</summary>
    public Task<WriteResult?> DeleteObjectAsync(string key, string? ifMatch = null, CancellationToken cancellation = default) =>
        WriteObjectAsync(HttpMethod.Delete, key, null, ifMatch, null, cancellation);

    /// <summary>All keys in key order, a page at a time behind the scenes.</summary>
    /// <param name="prefix">Keys begin with it; null = all.</param>
    /// <param name="tier">Only objects whose fastest tier this is; null = all.</param>
    /// <param name="pageSize">Keys a request; 1 to 10 000.</param>
    /// <param name="cancellation">Stops.</param>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string? prefix = null, string? tier = null, int pageSize = 1000,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = null;
        do
        {
            ObjectPage page = await ListPageAsync(prefix, tier, cursor, pageSize, cancellation).ConfigureAwait(false);
            foreach (ObjectEntry entry in page.Objects)
            {
                yield return entry;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>One page of keys.</summary>
    /// <param name="prefix">Keys begin with it; null = all.</param>
    /// <param name="tier">Only objects whose fastest tier this is; null = all.</param>
    /// <param name="cursor"><see cref="ObjectPage.NextCursor"/> of the page before; null = the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ObjectPage> ListPageAsync(
        string? prefix, string? tier, string? cursor, int limit, CancellationToken cancellation = default)
    {
        string path = "api/v1/objects?limit=" + limit.ToString(CultureInfo.InvariantCulture)
            + Parameter("prefix", prefix) + Parameter("tier", tier) + Parameter("cursor", cursor);
        return GetAsync(path, Context.ObjectPage, cancellation);

        static string Parameter(string name, string? value) =>
            string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";
    }

    /// <summary>Relationships of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="incoming">True = those that end at it; false = those that start at it.</param>
    /// <param name="limit">At most so many, 1 to 10 000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<RelationshipsResponse> RelationshipsAsync(
        string key, bool incoming = false, int limit = 1000, CancellationToken cancellation = default) =>
        GetAsync(
            $"api/v1/objects/{Uri.EscapeDataString(key)}/relationships?direction={(incoming ? "in" : "out")}"
                + $"&limit={limit.ToString(CultureInfo.InvariantCulture)}",
            Context.RelationshipsResponse,
            cancellation);

    private async Task<ObjectResource?> ReadObjectAsync(
        HttpMethod method, string key, string? ifNoneMatch, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () => Conditional(method, key, null, ifNoneMatch), true, status => status == HttpStatusCode.NotFound, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        DateTimeOffset? expires = DateTimeOffset.TryParse(
            Header("X-Expires-At"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
        return new ObjectResource(body, response.Headers.ETag?.ToString(), Header("X-Memory-Tier"), expires);

        string? Header(string name) =>
            response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
    }

    private async Task<WriteResult?> WriteObjectAsync(
        HttpMethod method, string key, ReadOnlyMemory<byte>? json, string? ifMatch, string? ifNoneMatch,
        CancellationToken cancellation)
    {
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () =>
            {
                HttpRequestMessage request = Conditional(method, key, ifMatch, ifNoneMatch);
                if (json is { } text)
                {
                    request.Content = new ReadOnlyMemoryContent(text);
                    request.Content.Headers.ContentType = Json;
                }

                return request;
            },
            repeatable: method == HttpMethod.Put && ifMatch is null && ifNoneMatch is null,
            status => status is HttpStatusCode.PreconditionFailed || (status is HttpStatusCode.NotFound && json is null),
            cancellation).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.PreconditionFailed => new WriteResult(false, null),
            _ => new WriteResult(true, response.Headers.ETag?.ToString()),
        };
    }

    private HttpRequestMessage Conditional(HttpMethod method, string key, string? ifMatch, string? ifNoneMatch)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var request = new HttpRequestMessage(method, At("api/v1/objects/" + Uri.EscapeDataString(key)));
        Add(request.Headers.IfMatch, ifMatch);
        Add(request.Headers.IfNoneMatch, ifNoneMatch);
        return request;

        static void Add(HttpHeaderValueCollection<EntityTagHeaderValue> header, string? tag)
        {
            if (tag is not null)
            {
                header.Add(tag == "*" ? EntityTagHeaderValue.Any : EntityTagHeaderValue.Parse(tag));
            }
        }
    }
}
