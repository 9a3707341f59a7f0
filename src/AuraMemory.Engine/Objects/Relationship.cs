namespace AuraMemory.Engine.Objects;

/// <summary>A directed, typed, weighted edge between two keys. Identity is (source, type, target).</summary>
/// <param name="Target">Key of the other end; it need not exist yet.</param>
/// <param name="Type">1 to 64 characters of <c>[A-Za-z0-9_]</c>; <c>RELATED_TO</c> unless said otherwise.</param>
/// <param name="Weight">A finite number; 1 unless said otherwise.</param>
/// <param name="Properties">A JSON object as text, at most <see cref="MaxPropertiesBytes"/> in UTF-8; null = none. Replaced as a whole when asserted again.</param>
public sealed record Relationship(
    string Target, string Type = Relationship.DefaultType, double Weight = 1.0, string? Properties = null)
{
    /// <summary>Longest properties, bytes of UTF-8.</summary>
    public const int MaxPropertiesBytes = 4096;

    /// <summary>Type of a relationship that names none.</summary>
    public const string DefaultType = "RELATED_TO";

    /// <summary>Longest type name, characters.</summary>
    public const int MaxTypeLength = 64;

    /// <summary>True when <paramref name="type"/> is an acceptable type name.</summary>
    public static bool IsValidType(ReadOnlySpan<char> type)
    {
        if (type.Length is 0 or > MaxTypeLength)
        {
            return false;
        }

        foreach (char c in type)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Which end of a relationship a key is asked as.</summary>
public enum RelationshipDirection : byte
{
    /// <summary>The key is the source.</summary>
    Outgoing,

    /// <summary>The key is the target.</summary>
    Incoming,
}

/// <summary>A relationship as read back from either end.</summary>
public sealed record RelationshipView(string Source, string Type, string Target, double Weight, string? Properties = null);
