using System.Buffers.Text;
using System.Diagnostics;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /retrieve</c> and <c>POST /bulk/retrieve</c>.</summary>
internal sealed class RetrieveEndpoint(ServerContext server)
{
    /// <summary>A bulk answer longer than this is sent in parts of about this size.</summary>
    private const int PartBytes = 256 * 1024;

    /// <summary>For so long a bulk answer waits for room for large objects; those that find none later are answered as busy.</summary>
    private const long ThrottledNs = 30_000_000_000;

    /// <summary>Room for an item's member names, tier and numbers: everything but key and data.</summary>
    private const int FixedItemBytes = 256;

    private static readonly TimeSpan ThrottledPause = TimeSpan.FromMilliseconds(5);

    public async Task RetrieveAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RequestScratch scratch = server.Rent();
        try
        {
            Problem? problem = body.Problem ?? Retrieve(context, body.Bytes.Span, scratch);
            body.Dispose();
            if (problem is not null)
            {
                await Answer.ProblemAsync(context, problem);
            }
            else if (!LeaseStream.IsStreamed(scratch.Buffer))
            {
                await Answer.SendAsync(context, scratch.Out);
            }
            else
            {
                await LeaseStream.SendAsync(context, scratch.Out, scratch.Buffer);
            }
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    public async Task BulkRetrieveAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        RequestScratch scratch = server.Rent();
        ReadBatch keys = scratch.Batch;
        try
        {
            Problem? problem = body.Problem ?? BulkRetrieveRequest.Read(body.Bytes.Span, server.Settings.MaxBulkItems, keys);
            body.Dispose();
            if (problem is not null)
            {
                await Answer.ProblemAsync(context, problem);
                return;
            }

            await SendManyAsync(context, scratch, keys);
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    private Problem? Retrieve(HttpContext context, ReadOnlySpan<byte> body, RequestScratch scratch)
    {
        if (RetrieveRequest.Read(body, out RetrieveRequest request) is { } fault)
        {
            return fault;
        }

        IObjectStore store = server.Store;
        ObjectBuffer buffer = scratch.Buffer;
        long started = Stopwatch.GetTimestamp();
        ReadStatus status = store.Read(request.Key, buffer);
        if (status != ReadStatus.Found)
        {
            return OutcomeMap.OfRead(status);
        }

        long latencyNs = buffer.LatencyNs > 0 ? buffer.LatencyNs : Elapsed.Nanoseconds(started);
        if (request.PrefetchRelated && ((buffer.Header.Flags & ObjectFlags.HasRelationships) != 0 || server.Graph.Concerns(request.Key)))
        {
            store.PrefetchRelated(request.Key, scratch.Related);
        }

        JsonOut to = scratch.Out.Open().PlainMember("key"u8, request.Key).Name("data"u8);
        LeaseStream.Mark(to, buffer, out bool streamed);
        if (!streamed)
        {
            to.Append(buffer.Data);
        }

        to.PlainMember("tier"u8, Names.Utf8(buffer.Tier)).Member("latency_ns"u8, latencyNs).Member("access_count"u8, buffer.AccessCount);
        to.OpenMember("prefetched_keys"u8, '[');
        foreach (string related in scratch.Related)
        {
            to.Value(related);
        }

        to.Close(']');
        if (request.IncludeMetadata)
        {
            to.RawMember("metadata"u8, buffer.Metadata.IsEmpty ? "null"u8 : buffer.Metadata);
            if (buffer.LastAccessSeconds > 0)
            {
                to.Member("last_access_time"u8, IsoTime.OfSeconds(buffer.LastAccessSeconds));
            }

            if (buffer.Header.ExpiresAtMs != 0)
            {
                to.Member("expires_at"u8, IsoTime.OfMilliseconds(buffer.Header.ExpiresAtMs));
            }
        }

        to.Member("version"u8, buffer.Header.Version).Close();
        Answer.TierHeaders(context, buffer.Tier, latencyNs);
        return null;
    }

    private async Task SendManyAsync(HttpContext context, RequestScratch scratch, ReadBatch keys)
    {
        JsonOut to = scratch.Out;
        to.Open().OpenMember("items"u8, '[');
        int found = 0;
        long started = Stopwatch.GetTimestamp();
        keys.LargeApart = scratch.Buffer;
        for (int at = 0; at < keys.Count;)
        {
            int next = server.Store.ReadMany(keys, at, PartBytes);
            if (FirstThrottled(keys, at, next) is int throttled and >= 0 && Elapsed.Nanoseconds(started) < ThrottledNs)
            {
                // Others read large objects now; what was read before the one that found no room goes out meanwhile.
                scratch.Buffer.Release();
                found += WriteAll(to, keys, at, throttled);
                at = throttled;
                await Task.Delay(ThrottledPause, server.Time, context.RequestAborted);
            }
            else
            {
                int whole = keys.LargeIndex < 0 ? next : next - 1;
                found += WriteAll(to, keys, at, whole);
                at = next;
                if (whole < next)
                {
                    found++;
                    if (!await SendLargeAsync(context, to, keys, whole, scratch.Buffer))
                    {
                        return;
                    }
                }
            }

            if (to.Count >= PartBytes && at < keys.Count)
            {
                await SendPartAsync(context, to);
                to.Continue();
            }
        }

        to.Close(']').Member("found"u8, found).Member("missing"u8, keys.Count - found)
            .Member("duration_us"u8, Elapsed.Nanoseconds(started) / 1000).Close();
        await (context.Response.HasStarted ? SendPartAsync(context, to) : Answer.SendAsync(context, to));
    }

    private static async Task SendPartAsync(HttpContext context, JsonOut to)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.ContentType = "application/json";
        }

        await context.Response.BodyWriter.WriteAsync(to.Written, context.RequestAborted);
        to.Clear();
    }

    /// <summary>Sends a large object from where it lies; false when its memory was taken back and the connection aborted.</summary>
    private static async Task<bool> SendLargeAsync(HttpContext context, JsonOut to, ReadBatch keys, int index, ObjectBuffer buffer)
    {
        to.Open().PlainMember("key"u8, keys.Key(index)).Member("found"u8, true).Name("data"u8);
        await SendPartAsync(context, to);
        bool sent = await LeaseStream.CopyAsync(context, buffer);
        buffer.Release();
        to.Continue();
        to.PlainMember("tier"u8, Names.Utf8(keys.Tier(index))).Member("latency_ns"u8, keys.LatencyNs(index))
            .Member("access_count"u8, keys.AccessCount(index)).OpenMember("prefetched_keys"u8, '[').Close(']')
            .Member("version"u8, keys.Header(index).Version).Close();
        return sent;
    }

    private static int FirstThrottled(ReadBatch batch, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            if (batch.Status(i) == ReadStatus.Throttled)
            {
                return i;
            }
        }

        return -1;
    }

    private static int WriteAll(JsonOut to, ReadBatch batch, int first, int end)
    {
        int found = 0;
        for (int i = first; i < end; i++)
        {
            ReadStatus status = batch.Status(i);
            if (status == ReadStatus.Found)
            {
                found++;
                WriteFound(to, batch, i);
                continue;
            }

            to.Open().PlainMember("key"u8, batch.Key(i)).Member("found"u8, false);
            if (status != ReadStatus.NotFound)
            {
                to.OpenMember("error"u8);
                Answer.WriteMembers(to, OutcomeMap.OfRead(status)!);
                to.Close();
            }

            to.Close();
        }

        return found;
    }

    /// <summary>One item in one reservation: bulk answers are bounded by how fast items are composed.</summary>
    private static void WriteFound(JsonOut to, ReadBatch batch, int index)
    {
        ReadOnlySpan<byte> key = batch.Key(index);
        ReadOnlySpan<byte> data = batch.Data(index);
        Span<byte> span = to.BeginElement(key.Length + data.Length + FixedItemBytes);
        int at = Put(span, 0, "{\"key\":\""u8);
        at = Put(span, at, key);
        at = Put(span, at, "\",\"found\":true,\"data\":"u8);
        at = Put(span, at, data);
        at = Put(span, at, ",\"tier\":\""u8);
        at = Put(span, at, Names.Utf8(batch.Tier(index)));
        at = Put(span, at, "\",\"latency_ns\":"u8);
        Utf8Formatter.TryFormat(batch.LatencyNs(index), span[at..], out int digits);
        at = Put(span, at + digits, ",\"access_count\":"u8);
        Utf8Formatter.TryFormat(batch.AccessCount(index), span[at..], out digits);
        at = Put(span, at + digits, ",\"prefetched_keys\":[],\"version\":"u8);
        Utf8Formatter.TryFormat(batch.Header(index).Version, span[at..], out digits);
        at += digits;
        span[at++] = (byte)'}';
        to.Advance(at);
    }

    private static int Put(Span<byte> to, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }

}
