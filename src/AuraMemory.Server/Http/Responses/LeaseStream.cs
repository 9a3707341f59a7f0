using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;

namespace AuraMemory.Server.Http.Responses;

/// <summary>Sends a large value in chunks: straight from the memory tier that holds it, under its lease, or from the reader's copy.</summary>
/// <remarks>
/// The composed text has a gap where the data belongs. Each chunk is copied out and flushed before the next is asked for, so
/// a slow client holds one chunk, and the tier can take its memory back between two. When it does, the connection is
/// aborted: the length was announced, so the client cannot take the part for the whole.
/// </remarks>
internal static class LeaseStream
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Notes the place of the data in <paramref name="to"/>; <paramref name="streamed"/> says whether it is left out there.</summary>
    public static void Mark(JsonOut to, ObjectBuffer buffer, out bool streamed)
    {
        streamed = IsStreamed(buffer);
        if (streamed)
        {
            to.MarkGap();
        }
    }

    /// <summary>True for a value too large to be composed into the answer's text.</summary>
    public static bool IsStreamed(ObjectBuffer buffer) => buffer.Lease is not null || buffer.DataBytes > ObjectBuffer.LargeCopyBytes;

    public static async Task SendAsync(HttpContext context, JsonOut text, ObjectBuffer buffer)
    {
        HttpResponse response = context.Response;
        response.Headers.ContentType = "application/json";
        response.ContentLength = text.Count + buffer.DataBytes;
        await response.BodyWriter.WriteAsync(text.Written[..text.Gap], context.RequestAborted);
        if (await CopyAsync(context, buffer))
        {
            await response.BodyWriter.WriteAsync(text.Written[text.Gap..], context.RequestAborted);
        }
    }

    /// <summary>Sends the data alone; false when the lease was revoked and the connection aborted.</summary>
    public static async Task<bool> CopyAsync(HttpContext context, ObjectBuffer buffer)
    {
        System.IO.Pipelines.PipeWriter writer = context.Response.BodyWriter;
        for (int at = 0; at < buffer.DataBytes;)
        {
            int count = Math.Min(ChunkBytes, buffer.DataBytes - at);
            if (!buffer.TryCopyData(at, writer.GetSpan(count)[..count]))
            {
                context.Abort();
                return false;
            }

            writer.Advance(count);
            at += count;
            await writer.FlushAsync(context.RequestAborted);
        }

        return true;
    }
}
