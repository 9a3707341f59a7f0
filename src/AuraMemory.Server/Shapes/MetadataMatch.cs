using System.Text.Json;

namespace AuraMemory.Server.Shapes;

/// <summary>Whether the metadata of an object passes the conditions of a search.</summary>
internal static class MetadataMatch
{
    /// <summary>True when every condition holds. O(length of the metadata x conditions).</summary>
    /// <param name="metadata">A validated JSON object; empty = none.</param>
    /// <param name="filters">The conditions.</param>
    public static bool Passes(ReadOnlySpan<byte> metadata, IReadOnlyList<MetadataFilter> filters)
    {
        if (filters.Count == 0)
        {
            return true;
        }

        if (metadata.IsEmpty)
        {
            return false;
        }

        for (int i = 0; i < filters.Count; i++)
        {
            if (!Passes(metadata, filters[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Passes(ReadOnlySpan<byte> metadata, MetadataFilter filter)
    {
        var reader = new Utf8JsonReader(metadata);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = reader.ValueTextEquals(filter.Name);
            reader.Read();
            if (isIt)
            {
                return InRange(reader, filter.Range) && IsAnyOf(ref reader, filter.AnyOf);
            }

            reader.Skip();
        }

        return false;
    }

    private static bool InRange(in Utf8JsonReader reader, NumberRange? range) =>
        range is not { } wanted || (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && wanted.Contains(value));

    private static bool IsAnyOf(ref Utf8JsonReader reader, IReadOnlyList<ScalarValue> values)
    {
        if (values.Count == 0)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Equals(reader, values);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Equals(reader, values))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool Equals(in Utf8JsonReader reader, IReadOnlyList<ScalarValue> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            ScalarValue value = values[i];
            bool equal = value.Kind switch
            {
                ScalarKind.Null => reader.TokenType == JsonTokenType.Null,
                ScalarKind.False => reader.TokenType == JsonTokenType.False,
                ScalarKind.True => reader.TokenType == JsonTokenType.True,
                ScalarKind.Number => reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number) && number == value.Number,
                _ => reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(value.Text),
            };
            if (equal)
            {
                return true;
            }
        }

        return false;
    }
}
