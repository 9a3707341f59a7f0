using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AuraMemory.Cli.Transfer;

/// <summary>Checks a line of an import before it is sent, so that one bad line does not fail the request of its neighbours.</summary>
/// <remarks>
/// Checked here: one JSON object, valid UTF-8, known members once each, a key the service accepts, data present. What only
/// the service knows (sizes, tiers, relationship types) it reports itself.
/// </remarks>
internal static class ImportLine
{
    private const int LongestKey = 512;

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-");

    private static readonly string[] Members = ["key", "data", "metadata", "relationships", "ttl_seconds"];

    /// <summary>Checks a line.</summary>
    /// <param name="line">Its bytes.</param>
    /// <param name="key">The key, when it is good.</param>
    /// <returns>What is wrong, in a sentence; null when nothing is.</returns>
    public static string? Check(ReadOnlySpan<byte> line, out string key)
    {
        key = "";
        if (!Utf8.IsValid(line))
        {
            return "It is not valid UTF-8.";
        }

        try
        {
            return CheckMembers(line, ref key);
        }
        catch (JsonException wrong)
        {
            return $"It is not a JSON object: {wrong.Message}";
        }
        catch (InvalidOperationException)
        {
            return "A string in it is not valid Unicode.";
        }
    }

    private static string? CheckMembers(ReadOnlySpan<byte> line, ref string key)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "It is not a JSON object.";
        }

        int seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            int member = Array.IndexOf(Members, name);
            if (member < 0)
            {
                return $"The member \"{name}\" is not known; known are {string.Join(", ", Members)}.";
            }

            if ((seen & (1 << member)) != 0)
            {
                return $"The member \"{name}\" is there twice.";
            }

            seen |= 1 << member;
            reader.Read();
            if (member == 0)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    return "The key is not a string.";
                }

                key = reader.GetString()!;
            }

            reader.Skip();
        }

        if (reader.Read())
        {
            return "There is more after the object.";
        }

        return (seen & 1) == 0 ? "It has no key."
            : (seen & 2) == 0 ? "It has no data."
            : IsKey(key) ? null
            : "Its key is not 1 to 512 characters of A-Z a-z 0-9 _ . : - (and neither \".\" nor \"..\").";
    }

    private static bool IsKey(string key) =>
        key.Length is >= 1 and <= LongestKey && !key.AsSpan().ContainsAnyExcept(KeyCharacters) && key is not ("." or "..");

    /// <summary>A hash that does not change between runs or machines (FNV-1a): the same key is always in the same lane.</summary>
    public static uint Lane(string key)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.ASCII.GetBytes(key))
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }
}
