using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraMemory.Client.Wire;

/// <summary>A relationship to another key.</summary>
/// <param name="Key">The other end; it need not exist.</param>
/// <param name="Type">1 to 64 of <c>[A-Za-z0-9_]</c>; null = <c>RELATED_TO</c>.</param>
/// <param name="Weight">A finite number; null = 1.</param>
public sealed record RelationshipTo(string Key, string? Type = null, double? Weight = null);

/// <summary>One object to store (<c>POST /store</c> and each item of <c>POST /bulk/store</c>).</summary>
public sealed record StoreRequest
{
    /// <summary>1 to 512 of <c>[A-Za-z0-9_.:-]</c>; null = the service makes one.</summary>
    public string? Key { get; init; }

    /// <summary>Any JSON value.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Null = the endpoint's default (on for one object, off in bulk).</summary>
    public bool? EnableShapeAnalysis { get; init; }

    /// <summary>Where the shape is in the data; null = found by the service.</summary>
    public JsonElement? Shape { get; init; }

    /// <summary>Relationships to assert, at most 1000.</summary>
    public IReadOnlyList<RelationshipTo>? Relationships { get; init; }

    /// <summary>A JSON object, at most 64 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Tier in which a copy is wanted, for example <c>cxl_hot</c>.</summary>
    public string? PreferredTier { get; init; }

    /// <summary>Seconds until it expires; null = never.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary><c>volatile</c>, <c>process</c> or <c>fsync</c>; null = the service's default.</summary>
    public string? Durability { get; init; }

    /// <summary>True = the answer waits until the object can be found by shape; for one object, not for an item of many.</summary>
    [JsonIgnore]
    public bool WaitForShape { get; init; }
}

/// <summary>What became of one store. In bulk, an item that failed has <see cref="Error"/>.</summary>
public sealed record StoreResponse
{
    /// <summary>Key stored.</summary>
    public string? Key { get; init; }

    /// <summary>Fastest tier that holds it.</summary>
    public string? Tier { get; init; }

    /// <summary>Length of the data, bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Nanoseconds inside the service.</summary>
    public double LatencyNs { get; init; }

    /// <summary>True when the shape is in the index already.</summary>
    public bool ShapeIndexed { get; init; }

    /// <summary><c>indexed</c>, <c>pending</c>, <c>none</c> or <c>disabled</c>.</summary>
    public string? ShapeStatus { get; init; }

    /// <summary>Why there is no shape.</summary>
    public string? ShapeReason { get; init; }

    /// <summary>Relationships asserted by this store.</summary>
    public int RelationshipsStored { get; init; }

    /// <summary>Version written.</summary>
    public long Version { get; init; }

    /// <summary>In bulk: why this item was not stored; null when it was.</summary>
    public ProblemDocument? Error { get; init; }
}

/// <summary>Asks for one object.</summary>
public sealed record RetrieveRequest(string Key, bool IncludeMetadata = false, bool PrefetchRelated = true);

/// <summary>One object as read. In bulk, a key that is not there has <see cref="Found"/> false.</summary>
public sealed record RetrieveResponse
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>False only in bulk answers, for a key that is not there.</summary>
    public bool Found { get; set; } = true;

    /// <summary>The JSON value.</summary>
    public JsonElement Data { get; init; }

    /// <summary>Tier it was read from.</summary>
    public string? Tier { get; init; }

    /// <summary>Nanoseconds inside the service.</summary>
    public double LatencyNs { get; init; }

    /// <summary>Reads so far; approximate for cold objects.</summary>
    public long AccessCount { get; init; }

    /// <summary>Related keys now being fetched ahead.</summary>
    public IReadOnlyList<string>? PrefetchedKeys { get; init; }

    /// <summary>Metadata, when asked for.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>When it expires, to the millisecond; null when it does not or metadata was not asked for.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Version read.</summary>
    public long Version { get; init; }

    /// <summary>In bulk: why this key could not be read; null when it could.</summary>
    public ProblemDocument? Error { get; init; }
}

/// <summary>Many objects to store.</summary>
public sealed record BulkStoreRequest
{
    /// <summary>1 to 10 000.</summary>
    public required IReadOnlyList<StoreRequest> Items { get; init; }

    /// <summary>Default of the items; off unless said otherwise.</summary>
    public bool? EnableShapeAnalysis { get; init; }

    /// <summary>Objects committed together, 1 to 1000; null = 100.</summary>
    public int? BatchSize { get; init; }

    /// <summary>True = the answer waits until the objects can be found by shape.</summary>
    [JsonIgnore]
    public bool WaitForShapes { get; init; }
}

/// <summary>What became of a bulk store; entry i belongs to item i.</summary>
public sealed record BulkStoreResponse
{
    /// <summary>By item, in order.</summary>
    public IReadOnlyList<StoreResponse> Items { get; set; } = [];

    /// <summary>Items stored.</summary>
    public int Stored { get; init; }

    /// <summary>Items not stored.</summary>
    public int Failed { get; init; }

    /// <summary>Microseconds inside the service.</summary>
    public double DurationUs { get; init; }
}

/// <summary>Asks for many objects.</summary>
/// <param name="Keys">1 to 10 000.</param>
public sealed record BulkRetrieveRequest(IReadOnlyList<string> Keys);

/// <summary>Many objects; entry i belongs to key i.</summary>
public sealed record BulkRetrieveResponse
{
    /// <summary>By key, in order.</summary>
    public IReadOnlyList<RetrieveResponse> Items { get; set; } = [];
}

/// <summary>One line of a listing.</summary>
public sealed record ObjectEntry
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Length of the data, bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Fastest tier that holds it.</summary>
    public string? Tier { get; init; }

    /// <summary>Present version.</summary>
    public long Version { get; init; }
}

/// <summary>One page of a listing, in key order.</summary>
public sealed record ObjectPage
{
    /// <summary>Entries.</summary>
    public IReadOnlyList<ObjectEntry> Objects { get; set; } = [];

    /// <summary>Give it back to get the next page; null at the end.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>A relationship as read back.</summary>
/// <param name="Source">Key it starts at.</param>
/// <param name="Type">Its type.</param>
/// <param name="Target">Key it ends at.</param>
/// <param name="Weight">Its weight.</param>
public sealed record RelationshipEntry(string Source, string Type, string Target, double Weight);

/// <summary>Relationships of a key at one of its ends.</summary>
public sealed record RelationshipsResponse
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>In no particular order.</summary>
    public IReadOnlyList<RelationshipEntry> Relationships { get; set; } = [];
}
