using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /retrieve</c>.</summary>
internal ref struct RetrieveRequest
{
    public ReadOnlySpan<byte> Key;
    public bool IncludeMetadata;
    public bool PrefetchRelated;

    public static Problem? Read(ReadOnlySpan<byte> body, out RetrieveRequest request)
    {
        request = new RetrieveRequest { PrefetchRelated = true };
        var reader = new RequestReader(body);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("key"u8))
            {
                read = reader.Once(ref seen, 0, "key") && reader.TryKey(out request.Key);
            }
            else if (name.SequenceEqual("include_metadata"u8))
            {
                read = reader.Once(ref seen, 1, "include_metadata") && reader.TryBool(out request.IncludeMetadata);
            }
            else if (name.SequenceEqual("prefetch_related"u8))
            {
                read = reader.Once(ref seen, 2, "prefetch_related") && reader.TryBool(out request.PrefetchRelated);
            }
            else
            {
                read = reader.Unknown(name, "key, include_metadata and prefetch_related");
            }
        }

        if (reader.TryEnd() && request.Key.IsEmpty)
        {
            reader.Reject(Problem.Invalid("key", "key is missing."));
        }

        return reader.Fault;
    }
}

/// <summary><c>POST /prefetch</c>.</summary>
internal sealed class PrefetchRequest
{
    private const int MostKeys = 100;

    public List<ReadOnlyMemory<byte>> Keys { get; private set; } = [];

    public TierId Target { get; private set; } = TierId.L3Cache;

    public bool Recursive { get; private set; }

    public int MaxDepth { get; private set; } = 1;

    public static Problem? Read(ReadOnlyMemory<byte> body, out PrefetchRequest request)
    {
        request = new PrefetchRequest();
        var reader = new RequestReader(body.Span);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("keys"u8))
            {
                read = reader.Once(ref seen, 0, "keys") && KeyList.TryRead(ref reader, body, MostKeys, request.Keys);
            }
            else if (name.SequenceEqual("target_tier"u8))
            {
                read = reader.Once(ref seen, 1, "target_tier") && reader.TryTier(out TierId tier);
                request.Target = read && reader.LastTier is { } target ? target : request.Target;
            }
            else if (name.SequenceEqual("recursive"u8))
            {
                read = reader.Once(ref seen, 2, "recursive") && reader.TryBool(out bool recursive);
                request.Recursive = read && reader.LastBool;
            }
            else if (name.SequenceEqual("max_depth"u8))
            {
                read = reader.Once(ref seen, 3, "max_depth") && reader.TryInt(1, 3, out int depth);
                request.MaxDepth = read ? reader.LastInt : 1;
            }
            else
            {
                read = reader.Unknown(name, "keys, target_tier, recursive and max_depth");
            }
        }

        if (reader.TryEnd() && (seen & 1) == 0)
        {
            reader.Reject(Problem.Invalid("keys", $"keys is missing; it must be an array of 1 to {MostKeys} keys."));
        }

        return reader.Fault;
    }
}

/// <summary><c>POST /tier/migrate</c>.</summary>
internal sealed class MigrateRequest
{
    private const int LongestReason = 1024;

    public ReadOnlyMemory<byte> Key { get; private set; }

    public TierId Target { get; private set; }

    public string? Reason { get; private set; }

    public bool Force { get; private set; }

    public static Problem? Read(ReadOnlyMemory<byte> body, out MigrateRequest request)
    {
        request = new MigrateRequest();
        var reader = new RequestReader(body.Span);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("key"u8))
            {
                read = reader.Once(ref seen, 0, "key") && reader.TryKey(out ReadOnlySpan<byte> _);
                request.Key = read ? reader.LastString.ToArray() : default;
            }
            else if (name.SequenceEqual("target_tier"u8))
            {
                read = reader.Once(ref seen, 1, "target_tier") && reader.TryTier(out _);
                request.Target = reader.LastTier ?? default;
            }
            else if (name.SequenceEqual("reason"u8))
            {
                read = reader.Once(ref seen, 2, "reason") && (reader.IsNull() || request.TryReason(ref reader));
            }
            else if (name.SequenceEqual("force"u8))
            {
                read = reader.Once(ref seen, 3, "force") && reader.TryBool(out _);
                request.Force = read && reader.LastBool;
            }
            else
            {
                read = reader.Unknown(name, "key, target_tier, reason and force");
            }
        }

        if (reader.TryEnd())
        {
            if ((seen & 1) == 0)
            {
                reader.Reject(Problem.Invalid("key", "key is missing."));
            }
            else if ((seen & 2) == 0)
            {
                reader.Reject(Problem.Invalid("target_tier", $"target_tier is missing; it must be one of {string.Join(", ", Names.Tiers)}."));
            }
        }

        return reader.Fault;
    }

    private bool TryReason(ref RequestReader reader)
    {
        if (!reader.TryString("a string", out ReadOnlySpan<byte> reason))
        {
            return false;
        }

        Reason = System.Text.Encoding.UTF8.GetString(reason);
        return Reason.Length <= LongestReason
            || reader.Reject(Problem.Invalid("reason", $"reason must have at most {LongestReason} characters."));
    }
}

/// <summary>An array of keys.</summary>
internal static class KeyList
{
    public static bool TryRead(ref RequestReader reader, ReadOnlyMemory<byte> body, int most, List<ReadOnlyMemory<byte>> into)
    {
        if (!reader.TryOpenArray($"an array of 1 to {most} keys"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            if (into.Count == most)
            {
                return reader.Reject(Problem.Invalid("keys", $"keys has more than {most} entries; it must be an array of 1 to {most} keys."));
            }

            reader.InElement("keys", into.Count);
            if (!reader.TryKey(out ReadOnlyMemory<byte> key, body))
            {
                return false;
            }

            into.Add(key);
            reader.OutOfElement("keys");
        }

        return reader.Fault is null
            && (into.Count > 0 || reader.Reject(Problem.Invalid("keys", $"keys is empty; it must be an array of 1 to {most} keys.")));
    }
}
