using System.Text.Encodings.Web;
using System.Text.Json;

namespace AuraMemory.Cli.Output;

/// <summary>Results for machines: one JSON object on standard output.</summary>
internal static class JsonOutput
{
    /// <summary>Writes an object and a line feed.</summary>
    public static void Write(CliEnvironment environment, Action<Utf8JsonWriter> members)
    {
        using Stream output = environment.OpenOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        output.Flush();
    }

    /// <summary>Writes bytes that are JSON already and a line feed.</summary>
    public static void WriteText(CliEnvironment environment, ReadOnlySpan<byte> json)
    {
        using Stream output = environment.OpenOutput();
        output.Write(json);
        output.WriteByte((byte)'\n');
        output.Flush();
    }
}
