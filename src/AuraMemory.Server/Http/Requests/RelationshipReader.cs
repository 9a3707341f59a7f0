using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Reads relationships: those of an object that is stored, and those that name their source themselves.</summary>
internal static class RelationshipReader
{
    /// <summary>Depth of nesting within properties; they are flat values or lists of them.</summary>
    private const int PropertiesDepth = 4;

    private const string TypeExpectation = "1 to 64 characters of A-Z a-z 0-9 _";

    /// <summary>Reads <c>relationships</c> of a store: keys, or objects with key, type, weight and properties.</summary>
    public static bool TryList(ref RequestReader reader, int most, out List<Relationship>? relationships)
    {
        relationships = null;
        if (!reader.TryOpenArray("an array of keys or of {key, type, weight, properties}"))
        {
            return false;
        }

        var list = new List<Relationship>();
        while (reader.NextElement())
        {
            string element = $"relationships[{list.Count}]";
            if (list.Count == most)
            {
                return reader.Reject(Problem.Invalid(
                    reader.Path("relationships"), $"{reader.Path("relationships")} has more than {most} entries (setting max_relationships)."));
            }

            reader.Named(element);
            if (reader.NextIs('"'))
            {
                if (!reader.TryKey(out ReadOnlySpan<byte> key))
                {
                    return false;
                }

                list.Add(new Relationship(ObjectKey.ToText(key)));
            }
            else if (TryElement(ref reader, element + ".", "key", withSource: false, known: "key, type, weight and properties", out _, out Relationship? one))
            {
                list.Add(one!);
            }
            else
            {
                return false;
            }

            reader.Named("relationships");
        }

        relationships = list;
        return reader.Fault is null;
    }

    /// <summary>Reads one relationship as an object.</summary>
    /// <param name="reader">Stands before its <c>{</c>.</param>
    /// <param name="prefix">What stands before the names of its members in messages: <c>relationships[3].</c>.</param>
    /// <param name="targetName">Name of the member that holds the target.</param>
    /// <param name="withSource">Whether it has a member <c>source</c>.</param>
    /// <param name="known">Its members, for messages.</param>
    /// <param name="source">The source; null without.</param>
    /// <param name="relationship">The rest.</param>
    public static bool TryElement(
        ref RequestReader reader, string prefix, string targetName, bool withSource, string known, out byte[]? source, out Relationship? relationship)
    {
        (source, relationship) = (null, null);
        string element = prefix.TrimEnd('.');
        if (!reader.NextIs('{'))
        {
            return reader.Expected(element, withSource ? "an object {source, target, type, weight, properties}" : "a key or an object {key, type, weight, properties}");
        }

        reader.TryOpenObject(element);
        var parts = default(Parts);
        while (reader.Next(out ReadOnlySpan<byte> name))
        {
            if (!TryMember(ref reader, name, prefix, targetName, withSource, ref parts, out bool isKnown))
            {
                return isKnown ? false : reader.UnknownIn(element, name, known);
            }
        }

        return TryComplete(ref reader, prefix, targetName, withSource, parts, out source, out relationship);
    }

    /// <summary>Reads one member if it is one of a relationship.</summary>
    /// <returns>False when it is not (<paramref name="isKnown"/> tells), or is refused.</returns>
    public static bool TryMember(
        ref RequestReader reader, ReadOnlySpan<byte> name, string prefix, string targetName, bool withSource, ref Parts parts, out bool isKnown)
    {
        isKnown = true;
        if (name.SequenceEqual(Encoding.UTF8.GetBytes(targetName)))
        {
            bool read = reader.Once(ref parts.Seen, 0, prefix + targetName) && reader.TryKey(out ReadOnlySpan<byte> _);
            parts.Target = read ? ObjectKey.ToText(reader.LastString) : null;
            return read;
        }

        if (name.SequenceEqual("type"u8))
        {
            return reader.Once(ref parts.Seen, 1, prefix + "type") && TryType(ref reader, prefix + "type", out parts.Type);
        }

        if (name.SequenceEqual("weight"u8))
        {
            return reader.Once(ref parts.Seen, 2, prefix + "weight") && reader.TryNumber(out parts.Weight);
        }

        if (name.SequenceEqual("properties"u8))
        {
            return reader.Once(ref parts.Seen, 3, prefix + "properties") && TryProperties(ref reader, prefix + "properties", out parts.Properties);
        }

        if (withSource && name.SequenceEqual("source"u8))
        {
            bool read = reader.Once(ref parts.Seen, 4, prefix + "source") && reader.TryKey(out ReadOnlySpan<byte> _);
            parts.Source = read ? reader.LastString.ToArray() : null;
            return read;
        }

        isKnown = false;
        return false;
    }

    /// <summary>Checks that what a relationship needs was there.</summary>
    public static bool TryComplete(
        ref RequestReader reader, string prefix, string targetName, bool withSource, in Parts parts, out byte[]? source, out Relationship? relationship)
    {
        source = parts.Source;
        relationship = null;
        if (reader.Fault is not null)
        {
            return false;
        }

        if (parts.Target is null || (withSource && source is null))
        {
            string missing = reader.Path(prefix + (parts.Target is null ? targetName : "source"));
            return reader.Reject(Problem.Invalid(missing, $"{missing} is missing."));
        }

        relationship = new Relationship(
            parts.Target, parts.Type ?? Relationship.DefaultType, (parts.Seen & 4) != 0 ? parts.Weight : 1, parts.Properties);
        return true;
    }

    private static bool TryType(ref RequestReader reader, string member, out string? type)
    {
        type = null;
        if (!reader.TryString("a string, " + TypeExpectation, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        type = Encoding.UTF8.GetString(value);
        return Relationship.IsValidType(type)
            || reader.Reject(Problem.Invalid(reader.Path(member), $"{reader.Path(member)} must be {TypeExpectation}."));
    }

    private static bool TryProperties(ref RequestReader reader, string member, out string? properties)
    {
        properties = null;
        if (reader.IsNull())
        {
            return true;
        }

        if (!reader.NextIs('{'))
        {
            return reader.Expected(member, "a JSON object");
        }

        if (!reader.TryRaw(PropertiesDepth, out int start, out int length))
        {
            return false;
        }

        if (length > Relationship.MaxPropertiesBytes)
        {
            return reader.Reject(new Problem(
                ProblemType.TooLarge, $"{reader.Path(member)} has {length} bytes; at most {Relationship.MaxPropertiesBytes} are allowed.", reader.Path(member)));
        }

        properties = Encoding.UTF8.GetString(reader.Raw(start, length));
        properties = properties == "{}" ? null : properties;
        return true;
    }

    /// <summary>What was read of a relationship.</summary>
    public struct Parts
    {
        /// <summary>Members met.</summary>
        public uint Seen;

        /// <summary>Key of its source.</summary>
        public byte[]? Source;

        /// <summary>Key of its target.</summary>
        public string? Target;

        /// <summary>Its type.</summary>
        public string? Type;

        /// <summary>Its weight.</summary>
        public double Weight;

        /// <summary>Its properties as JSON.</summary>
        public string? Properties;
    }
}
