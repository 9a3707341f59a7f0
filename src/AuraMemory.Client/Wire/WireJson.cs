using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraMemory.Client.Wire;

/// <summary>The wire's JSON: snake_case, source-generated, JSON values passed on byte for byte.</summary>
/// <remarks>
/// Members of messages that have a default are settable, not init-only: generated readers overwrite the default of an
/// init-only member that is missing from the text.
/// </remarks>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(StoreRequest))]
[JsonSerializable(typeof(StoreResponse))]
[JsonSerializable(typeof(RetrieveRequest))]
[JsonSerializable(typeof(RetrieveResponse))]
[JsonSerializable(typeof(BulkStoreRequest))]
[JsonSerializable(typeof(BulkStoreResponse))]
[JsonSerializable(typeof(BulkRetrieveRequest))]
[JsonSerializable(typeof(BulkRetrieveResponse))]
[JsonSerializable(typeof(PrefetchRequest))]
[JsonSerializable(typeof(PrefetchResponse))]
[JsonSerializable(typeof(MigrateRequest))]
[JsonSerializable(typeof(MigrateResponse))]
[JsonSerializable(typeof(TiersResponse))]
[JsonSerializable(typeof(EfficiencyReport))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(BenchmarkRequest))]
[JsonSerializable(typeof(BenchmarkResponse))]
[JsonSerializable(typeof(ObjectPage))]
[JsonSerializable(typeof(RelationshipsResponse))]
[JsonSerializable(typeof(ShapeQueryRequest))]
[JsonSerializable(typeof(ShapeQueryResponse))]
[JsonSerializable(typeof(ShapeAnalyzeRequest))]
[JsonSerializable(typeof(ShapeFeatures))]
[JsonSerializable(typeof(ShapeDistanceRequest))]
[JsonSerializable(typeof(ShapeDistanceResponse))]
[JsonSerializable(typeof(ObjectShape))]
[JsonSerializable(typeof(GraphQueryRequest))]
[JsonSerializable(typeof(GraphQueryResponse))]
[JsonSerializable(typeof(RelationshipsRequest))]
[JsonSerializable(typeof(RelationshipsOutcome))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(int))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The context in use: like Default, but text beyond ASCII is sent as UTF-8, not as escapes.</summary>
    public static WireJson Instance { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new RawElementConverter() },
    });

    /// <summary>Writes an element with the very bytes it was parsed from: the service keeps data byte for byte.</summary>
    private sealed class RawElementConverter : JsonConverter<System.Text.Json.JsonElement>
    {
        public override System.Text.Json.JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            System.Text.Json.JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, System.Text.Json.JsonElement value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
