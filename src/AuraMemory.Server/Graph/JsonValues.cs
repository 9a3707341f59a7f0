using System.Globalization;
using System.Text.Json;
using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Graph;

/// <summary>From stored JSON to values of a query.</summary>
/// <remarks>
/// A number without fraction and exponent that fits into 64 bits is an integer, any other a float. The text has been validated when it
/// was stored or read from a request; nesting is bounded there.
/// </remarks>
internal static class JsonValues
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1024 };

    /// <summary>The value of a JSON text; O(length).</summary>
    public static Value Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>The map of a JSON object; empty for an empty text.</summary>
    public static MapValue ReadMap(ReadOnlySpan<byte> json) => json.IsEmpty ? MapValue.Empty : Read(json) is { Kind: ValueKind.Map } map ? map.Map : MapValue.Empty;

    private static Value Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => Value.Of(reader.GetString()),
        JsonTokenType.True => Value.True,
        JsonTokenType.False => Value.False,
        JsonTokenType.Number => ReadNumber(ref reader),
        _ => Value.Null,
    };

    private static Value ReadNumber(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueSpan;
        return !text.ContainsAny((byte)'.', (byte)'e', (byte)'E') && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
            ? Value.Of(integer)
            : Value.Of(double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static Value ReadArray(ref Utf8JsonReader reader)
    {
        var elements = new List<Value>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            elements.Add(Read(ref reader));
        }

        return Value.Of(elements.ToArray());
    }

    private static Value ReadObject(ref Utf8JsonReader reader)
    {
        var keys = new List<string>();
        var values = new List<Value>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            keys.Add(reader.GetString()!);
            reader.Read();
            values.Add(Read(ref reader));
        }

        return Value.Of(new MapValue([.. keys], [.. values]));
    }
}
