using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Problems;
using Microsoft.Extensions.Primitives;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Checks the parameters after the question mark.</summary>
internal static class Parameters
{
    /// <summary>Refuses parameters that are unknown or given twice.</summary>
    public static Problem? Read(IQueryCollection query, string[] known)
    {
        foreach (KeyValuePair<string, StringValues> parameter in query)
        {
            if (Array.IndexOf(known, parameter.Key) < 0)
            {
                return new Problem(
                    ProblemType.UnknownMember, $"{parameter.Key} is not a parameter of this endpoint; it has {string.Join(", ", known)}.", parameter.Key);
            }

            if (parameter.Value.Count > 1)
            {
                return Problem.Invalid(parameter.Key, $"{parameter.Key} is given {parameter.Value.Count} times.");
            }
        }

        return null;
    }

    public static Problem? TryInt(IQueryCollection query, string name, int least, int most, int normal, out int value)
    {
        value = normal;
        string text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most
            ? null
            : Problem.Invalid(name, $"{name} must be a whole number from {least} to {most}.");
    }

    /// <summary>A flag after the question mark; absent = <paramref name="normal"/>.</summary>
    public static Problem? TryFlag(IQueryCollection query, string name, bool normal, out bool value)
    {
        string text = query[name].ToString();
        value = text.Length == 0 ? normal : text == "true";
        return text is "" or "true" or "false" ? null : Problem.Invalid(name, $"{name} must be true or false.");
    }

    /// <summary>The parameters of a store: whether it waits for the shape. Without a question mark nothing is read.</summary>
    public static Problem? TryWait(HttpRequest request, out bool wait)
    {
        wait = false;
        return request.QueryString.HasValue ? Read(request.Query, ["wait"]) ?? TryFlag(request.Query, "wait", false, out wait) : null;
    }

    /// <summary>The limit of a request that <see cref="TryInt"/> has accepted.</summary>
    public static int LimitOf(IQueryCollection query, int normal) =>
        int.TryParse(query["limit"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : normal;
}

/// <summary>Where the next page of a listing begins, in a form that asks not to be taken apart.</summary>
internal static class Cursor
{
    public static string Of(string after) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(after));

    public static bool TryRead(string cursor, out string? after)
    {
        after = null;
        if (!Base64Url.IsValid(cursor))
        {
            return false;
        }

        byte[] key = Base64Url.DecodeFromChars(cursor);
        if (!ObjectKey.IsValid(key))
        {
            return false;
        }

        after = ObjectKey.ToText(key);
        return true;
    }
}

/// <summary>Conditions in headers (RFC 9110, section 13). An object's entity tag is its version in quotes.</summary>
internal static class ETags
{
    /// <summary>The condition of a write; a problem when the headers do not parse or contradict each other.</summary>
    public static Problem? TryCondition(IHeaderDictionary headers, out WriteCondition condition)
    {
        condition = WriteCondition.None;
        string match = headers.IfMatch.ToString();
        string noneMatch = headers.IfNoneMatch.ToString();
        if (match.Length > 0 && noneMatch.Length > 0)
        {
            return Problem.Invalid("If-None-Match", "Send If-Match or If-None-Match, not both.");
        }

        if (match == "*" || noneMatch == "*")
        {
            condition = match == "*" ? WriteCondition.IfPresent : WriteCondition.IfAbsent;
            return null;
        }

        string tag = match.Length > 0 ? match : noneMatch;
        if (tag.Length == 0)
        {
            return null;
        }

        if (!TryVersion(tag, out long version))
        {
            return Problem.Invalid(
                match.Length > 0 ? "If-Match" : "If-None-Match", "The condition must be * or one entity tag: a version in double quotes, as in the ETag header.");
        }

        condition = match.Length > 0 ? WriteCondition.IfVersion(version) : WriteCondition.IfNotVersion(version);
        return null;
    }

    /// <summary>Whether a read's <c>If-None-Match</c> names the present version.</summary>
    public static bool IsNotModified(StringValues ifNoneMatch, long version)
    {
        if (StringValues.IsNullOrEmpty(ifNoneMatch))
        {
            return false;
        }

        foreach (string tag in ifNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            string strong = tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
            if (tag == "*" || (TryVersion(strong, out long named) && named == version))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryVersion(string tag, out long version)
    {
        version = 0;
        return tag.Length >= 3 && tag[0] == '"' && tag[^1] == '"'
            && long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }
}
