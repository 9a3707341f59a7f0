using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraMemory.Client.Wire;

/// <summary>An error as the service describes it: RFC 9457 problem details.</summary>
public sealed record ProblemDocument
{
    /// <summary>A URI that names the kind of problem.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of problem in a few words.</summary>
    public string? Title { get; init; }

    /// <summary>HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>What happened this time.</summary>
    public string? Detail { get; init; }

    /// <summary>The number under which the service logged the request.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Members beyond the standard ones.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extensions { get; set; }
}
