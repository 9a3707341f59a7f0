using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using AuraMemory.Cli.Output;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Commands;

/// <summary><c>get</c>: one object's JSON.</summary>
internal sealed class GetCommand : ICliCommand
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _globals;
    private readonly Argument<string> _key = new("key") { Description = "Key of the object" };

    public GetCommand(CliEnvironment environment, GlobalOptions globals)
    {
        _environment = environment;
        _globals = globals;
        Definition = new Command(
            "get",
            """
            Writes the JSON of an object, byte for byte as it was stored. With --json it is wrapped with key, tier,
            version and metadata. Exit code 3 when there is no such object.

            Example: aura-memory get sensor_123
            """)
        {
            _key,
        };
    }

    public Command Definition { get; }

    public async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string key = parse.GetRequiredValue(_key);
        using AuraMemoryClient client = _globals.Connect(parse);
        RetrieveResponse? found = await client.RetrieveAsync(key, includeMetadata: true, cancellation).ConfigureAwait(false);
        if (found is null)
        {
            _environment.Note($"There is no object {key}. \"aura-memory ls\" lists what there is.");
            return ExitCodes.NotFound;
        }

        if (!parse.GetValue(_globals.Json))
        {
            JsonOutput.WriteText(_environment, JsonMarshal.GetRawUtf8Value(found.Data));
            return ExitCodes.Ok;
        }

        JsonOutput.Write(_environment, writer =>
        {
            writer.WriteString("key", found.Key);
            writer.WriteString("tier", found.Tier);
            writer.WriteNumber("version", found.Version);
            writer.WriteNumber("latency_ns", found.LatencyNs);
            writer.WriteNumber("access_count", found.AccessCount);
            WriteRaw(writer, "data", found.Data);
            if (found.Metadata is { ValueKind: JsonValueKind.Object } metadata)
            {
                WriteRaw(writer, "metadata", metadata);
            }
        });
        return ExitCodes.Ok;
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
