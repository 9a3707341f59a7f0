using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /bulk/store</c>: the whole request is checked before anything is stored.</summary>
internal sealed class BulkStoreRequest
{
    private const string Members = "items, enable_shape_analysis and batch_size";

    public List<StoreRequest> Items { get; } = [];

    public int BatchSize { get; private set; } = 100;

    public static Problem? Read(
        ReadOnlyMemory<byte> body, int mostItems, in StoreLimits limits, KeyGenerator keys, out BulkStoreRequest request)
    {
        request = new BulkStoreRequest();
        var reader = new RequestReader(body.Span);
        uint seen = 0;
        bool analyze = false;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("items"u8))
            {
                read = reader.Once(ref seen, 0, "items") && TryItems(ref reader, body, mostItems, limits, keys, request.Items);
            }
            else if (name.SequenceEqual("enable_shape_analysis"u8))
            {
                read = reader.Once(ref seen, 1, "enable_shape_analysis") && reader.TryBool(out analyze);
            }
            else if (name.SequenceEqual("batch_size"u8))
            {
                read = reader.Once(ref seen, 2, "batch_size") && reader.TryInt(1, 1000, out int _);
                request.BatchSize = reader.LastInt;
            }
            else
            {
                read = reader.Unknown(name, Members);
            }
        }

        if (reader.TryEnd() && (seen & 1) == 0)
        {
            reader.Reject(Problem.Invalid("items", $"items is missing; it must be an array of 1 to {mostItems} objects."));
        }

        // The default may stand after the items it is for.
        for (int i = 0; analyze && reader.Fault is null && i < request.Items.Count; i++)
        {
            StoreRequest item = request.Items[i];
            if (!item.AnalysisGiven)
            {
                request.Items[i] = item with { Command = item.Command with { AnalyzeShape = true } };
            }
        }

        return reader.Fault;
    }

    private static bool TryItems(
        ref RequestReader reader, ReadOnlyMemory<byte> body, int most, in StoreLimits limits, KeyGenerator keys, List<StoreRequest> into)
    {
        if (!reader.TryOpenArray($"an array of 1 to {most} objects"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            if (into.Count == most)
            {
                return reader.Reject(Problem.Invalid("items", $"items has more than {most} entries (setting max_bulk_items)."));
            }

            reader.InElement("items", into.Count);
            if (!reader.TryOpenObject("") || StoreRequestParser.Read(ref reader, body, limits, false, keys) is not { } item)
            {
                return false;
            }

            into.Add(item);
            reader.OutOfElement("items");
        }

        return reader.Fault is null
            && (into.Count > 0 || reader.Reject(Problem.Invalid("items", $"items is empty; it must be an array of 1 to {most} objects.")));
    }
}

/// <summary><c>POST /bulk/retrieve</c>.</summary>
internal static class BulkRetrieveRequest
{
    public static Problem? Read(ReadOnlySpan<byte> body, int most, Engine.ReadBatch into)
    {
        var reader = new RequestReader(body);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            read = name.SequenceEqual("keys"u8)
                ? reader.Once(ref seen, 0, "keys") && TryKeys(ref reader, most, into)
                : reader.Unknown(name, "keys");
        }

        if (reader.TryEnd() && seen == 0)
        {
            reader.Reject(Problem.Invalid("keys", $"keys is missing; it must be an array of 1 to {most} keys."));
        }

        return reader.Fault;
    }

    private static bool TryKeys(ref RequestReader reader, int most, Engine.ReadBatch into)
    {
        if (!reader.TryOpenArray($"an array of 1 to {most} keys"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            if (into.Count == most)
            {
                return reader.Reject(Problem.Invalid("keys", $"keys has more than {most} entries (setting max_bulk_items)."));
            }

            reader.InElement("keys", into.Count);
            if (!reader.TryKey(out ReadOnlySpan<byte> key))
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
