using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Limits a store request is held to.</summary>
internal readonly record struct StoreLimits(int ObjectBytes, int MetadataBytes, int Relationships, int Depth);

/// <summary>What a store asks for beyond the <see cref="StoreCommand"/>.</summary>
internal sealed record StoreRequest(StoreCommand Command, bool HasMetadata, bool AnalysisGiven);

/// <summary>Reads <c>POST /store</c> and the items of <c>POST /bulk/store</c>.</summary>
internal static class StoreRequestParser
{
    public const double MostTtlSeconds = 10 * 365.25 * 86_400;

    private const string Members =
        "key, data, enable_shape_analysis, shape, relationships, metadata, preferred_tier, ttl_seconds and durability";

    /// <summary>Reads the object the reader stands in (its brace already open); null after a fault.</summary>
    public static StoreRequest? Read(
        ref RequestReader reader, ReadOnlyMemory<byte> body, in StoreLimits limits, bool analyzeShape, KeyGenerator keys)
    {
        uint seen = 0;
        ReadOnlyMemory<byte> key = default;
        ReadOnlyMemory<byte> data = default;
        ReadOnlyMemory<byte> metadata = default;
        ReadOnlyMemory<byte> shape = default;
        List<Relationship>? relationships = null;
        TierId? tier = null;
        TimeSpan? ttl = null;
        DurabilityLevel? durability = null;
        bool hasData = false;
        while (reader.Next(out ReadOnlySpan<byte> name))
        {
            bool read;
            if (name.SequenceEqual("key"u8))
            {
                read = reader.Once(ref seen, 0, "key") && (reader.IsNull() || reader.TryKey(out key, body));
            }
            else if (name.SequenceEqual("data"u8))
            {
                read = reader.Once(ref seen, 1, "data") && TryData(ref reader, body, limits, out data);
                hasData = true;
            }
            else if (name.SequenceEqual("enable_shape_analysis"u8))
            {
                read = reader.Once(ref seen, 2, "enable_shape_analysis") && reader.TryBool(out analyzeShape);
            }
            else if (name.SequenceEqual("shape"u8))
            {
                read = reader.Once(ref seen, 3, "shape") && (reader.IsNull() || ShapeMember.TryRead(ref reader, body, out shape, out _));
            }
            else if (name.SequenceEqual("relationships"u8))
            {
                read = reader.Once(ref seen, 4, "relationships")
                    && (reader.IsNull() || RelationshipReader.TryList(ref reader, limits.Relationships, out relationships));
            }
            else if (name.SequenceEqual("metadata"u8))
            {
                read = reader.Once(ref seen, 5, "metadata") && (reader.IsNull() || TryMetadata(ref reader, body, limits, out metadata));
            }
            else if (name.SequenceEqual("preferred_tier"u8))
            {
                read = reader.Once(ref seen, 6, "preferred_tier") && (reader.IsNull() || TryTier(ref reader, out tier));
            }
            else if (name.SequenceEqual("ttl_seconds"u8))
            {
                read = reader.Once(ref seen, 7, "ttl_seconds") && (reader.IsNull() || TryTtl(ref reader, out ttl));
            }
            else if (name.SequenceEqual("durability"u8))
            {
                read = reader.Once(ref seen, 8, "durability") && (reader.IsNull() || TryDurability(ref reader, out durability));
            }
            else
            {
                read = reader.Unknown(name, Members);
            }

            if (!read)
            {
                return null;
            }
        }

        if (reader.Fault is not null)
        {
            return null;
        }

        if (!hasData)
        {
            reader.Reject(Problem.Invalid(reader.Path("data"), $"{reader.Path("data")} is missing; any JSON value is accepted, null included."));
            return null;
        }

        return new StoreRequest(
            new StoreCommand
            {
                Key = key.IsEmpty ? keys.Next() : key,
                Data = data,
                Metadata = metadata,
                Relationships = relationships is null ? [] : relationships,
                PreferredTier = tier,
                TimeToLive = ttl,
                Durability = durability,
                AnalyzeShape = analyzeShape,
                ShapeOptions = shape,
            },
            !metadata.IsEmpty,
            (seen & 4) != 0);
    }

    private static bool TryData(ref RequestReader reader, ReadOnlyMemory<byte> body, in StoreLimits limits, out ReadOnlyMemory<byte> data)
    {
        data = default;
        if (!reader.TryRaw(limits.Depth, out int start, out int length))
        {
            return false;
        }

        data = body.Slice(start, length);
        return length <= limits.ObjectBytes || reader.Reject(new Problem(
            ProblemType.TooLarge, $"{reader.Path("data")} has {length} bytes; at most {limits.ObjectBytes} are allowed (setting max_object_bytes).", reader.Path("data")));
    }

    private static bool TryMetadata(ref RequestReader reader, ReadOnlyMemory<byte> body, in StoreLimits limits, out ReadOnlyMemory<byte> metadata)
    {
        metadata = default;
        if (!reader.NextIs('{'))
        {
            return reader.Expected("metadata", "a JSON object");
        }

        if (!reader.TryRaw(limits.Depth, out int start, out int length))
        {
            return false;
        }

        metadata = body.Slice(start, length);
        return length <= limits.MetadataBytes || reader.Reject(new Problem(
            ProblemType.TooLarge, $"{reader.Path("metadata")} has {length} bytes; at most {limits.MetadataBytes} are allowed (setting max_metadata_bytes).", reader.Path("metadata")));
    }

    private static bool TryTier(ref RequestReader reader, out TierId? tier)
    {
        bool read = reader.TryTier(out TierId value);
        tier = value;
        return read;
    }

    private static bool TryDurability(ref RequestReader reader, out DurabilityLevel? durability)
    {
        bool read = reader.TryOneOf(Names.Durabilities, out int index);
        durability = (DurabilityLevel)Math.Max(index, 0);
        return read;
    }

    private static bool TryTtl(ref RequestReader reader, out TimeSpan? ttl)
    {
        ttl = null;
        if (!reader.TryNumber(out double seconds))
        {
            return false;
        }

        if (!(seconds > 0 && seconds <= MostTtlSeconds))
        {
            return reader.Reject(Problem.Invalid(
                reader.Path("ttl_seconds"), $"{reader.Path("ttl_seconds")} must be above 0 and at most {MostTtlSeconds} (ten years)."));
        }

        // An expiry is kept in milliseconds; one below that would be none at all.
        ttl = TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(seconds * 1000)));
        return true;
    }
}
