using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Transfer;

/// <summary>Writes objects as lines an import reads.</summary>
/// <remarks>
/// Keys come in byte order, page by page; the objects of a page are read several at a time. The export is no snapshot: an
/// object written meanwhile is in it as of the moment it was read, and one deleted meanwhile is left out.
/// </remarks>
internal sealed class Exporter(AuraMemoryClient client, string? prefix, string? tier, int pageSize, int concurrency)
{
    private const int MostRelationships = 1000;

    private long _objects;
    private long _bytes;

    /// <summary>Objects written in this run.</summary>
    public long Objects => Interlocked.Read(ref _objects);

    /// <summary>Bytes written in this run.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Writes everything behind a key.</summary>
    /// <param name="output">Receives whole lines.</param>
    /// <param name="after">Keys up to and including this one are left out; null = none.</param>
    /// <param name="cancellation">Stops between lines.</param>
    public async Task RunAsync(Stream output, string? after, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            ObjectPage page = await client.ListPageAsync(prefix, tier, cursor, pageSize, cancellation).ConfigureAwait(false);
            var keys = new List<string>(page.Objects.Count);
            foreach (ObjectEntry entry in page.Objects)
            {
                if (after is null || string.CompareOrdinal(entry.Key, after) > 0)
                {
                    keys.Add(entry.Key);
                }
            }

            if (keys.Count > 0)
            {
                await WriteAsync(keys, output, cancellation).ConfigureAwait(false);
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private async Task WriteAsync(List<string> keys, Stream output, CancellationToken cancellation)
    {
        // One by one and several at a time: the bulk read gives neither metadata nor relationships.
        var lines = new byte[]?[keys.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, keys.Count, parallel, async (i, stop) =>
        {
            RetrieveResponse? found = await client.RetrieveAsync(
                new RetrieveRequest(keys[i], IncludeMetadata: true, PrefetchRelated: false), stop).ConfigureAwait(false);
            if (found is not null)
            {
                RelationshipsResponse related = await client.RelationshipsAsync(
                    keys[i], limit: MostRelationships, cancellation: stop).ConfigureAwait(false);
                lines[i] = Line(found, related.Relationships);
            }
        }).ConfigureAwait(false);
        foreach (byte[]? line in lines)
        {
            if (line is not null)
            {
                await output.WriteAsync(line, cancellation).ConfigureAwait(false);
                Interlocked.Increment(ref _objects);
                Interlocked.Add(ref _bytes, line.Length);
            }
        }
    }

    private static byte[] Line(RetrieveResponse found, IReadOnlyList<RelationshipEntry> relationships)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("key", found.Key);
            WriteRaw(writer, "data", found.Data);
            if (found.Metadata is { ValueKind: JsonValueKind.Object } metadata)
            {
                WriteRaw(writer, "metadata", metadata);
            }

            if (found.ExpiresAt is { } expires)
            {
                writer.WriteString("expires_at", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            }

            if (relationships.Count > 0)
            {
                writer.WriteStartArray("relationships");
                foreach (RelationshipEntry to in relationships)
                {
                    writer.WriteStartObject();
                    writer.WriteString("key", to.Target);
                    writer.WriteString("type", to.Type);
                    writer.WriteNumber("weight", to.Weight);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        byte[] line = new byte[buffer.WrittenCount + 1];
        buffer.WrittenSpan.CopyTo(line);
        line[^1] = (byte)'\n';
        return line;
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, JsonElement value)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        writer.WritePropertyName(name);
        if (!raw.ContainsAny((byte)'\n', (byte)'\r'))
        {
            writer.WriteRawValue(raw, skipInputValidation: true);
            return;
        }

        // A line feed can only be white space between tokens in valid JSON; one line must stay one line.
        value.WriteTo(writer);
    }
}
