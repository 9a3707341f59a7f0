using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AuraMemory.Cli.Transfer;

/// <summary>The moment at which the object of a line expires, and where in the line it is said.</summary>
/// <param name="Begin">Offset of the member's name.</param>
/// <param name="End">Offset behind its value; 0 = the line has none.</param>
/// <param name="At">The moment.</param>
internal readonly record struct ImportExpiry(int Begin, int End, DateTimeOffset At)
{
    /// <summary>True when the line has one.</summary>
    public bool IsGiven => End > 0;

    /// <summary>The line with the time to live that is left, as the service takes it: a moment in a file outlives any pause.</summary>
    public byte[] AsTimeToLive(ReadOnlySpan<byte> line, DateTimeOffset now)
    {
        string left = string.Create(CultureInfo.InvariantCulture, $"\"ttl_seconds\":{Math.Max(0.001, (At - now).TotalSeconds):0.###}");
        return [.. line[..Begin], .. Encoding.ASCII.GetBytes(left), .. line[End..]];
    }
}

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

    private static readonly string[] Members = ["key", "data", "metadata", "relationships", "ttl_seconds", "expires_at"];
    private const int TimeToLive = 4;
    private const int Expiry = 5;

    /// <summary>Checks a line.</summary>
    /// <param name="line">Its bytes.</param>
    /// <param name="key">The key, when it is good.</param>
    /// <param name="expiry">Its <c>expires_at</c>, when it has one.</param>
    /// <returns>What is wrong, in a sentence; null when nothing is.</returns>
    public static string? Check(ReadOnlySpan<byte> line, out string key, out ImportExpiry expiry)
    {
        key = "";
        expiry = default;
        if (!Utf8.IsValid(line))
        {
            return "It is not valid UTF-8.";
        }

        try
        {
            return CheckMembers(line, ref key, ref expiry);
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

    private static string? CheckMembers(ReadOnlySpan<byte> line, ref string key, ref ImportExpiry expiry)
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
            int begin = (int)reader.TokenStartIndex;
            reader.Read();
            if (member == 0)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    return "The key is not a string.";
                }

                key = reader.GetString()!;
            }
            else if (member == Expiry)
            {
                if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out DateTimeOffset at))
                {
                    return "Its expires_at is not a time such as \"2030-01-31T12:00:00Z\".";
                }

                expiry = new ImportExpiry(begin, (int)reader.BytesConsumed, at);
            }

            reader.Skip();
        }

        if (reader.Read())
        {
            return "There is more after the object.";
        }

        return (seen & 1) == 0 ? "It has no key."
            : (seen & 2) == 0 ? "It has no data."
            : (seen & (1 << TimeToLive)) != 0 && (seen & (1 << Expiry)) != 0 ? "It has both ttl_seconds and expires_at."
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
