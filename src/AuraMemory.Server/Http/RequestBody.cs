using System.Buffers;
using System.IO.Pipelines;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http;

/// <summary>The whole body of a request as contiguous bytes.</summary>
/// <remarks>
/// A body that lies in one segment of the request pipe is used where it lies: no copy, no allocation. A longer one is copied
/// into an array as it arrives, a pooled one unless it is large. Dispose after the last use of <see cref="Bytes"/>.
/// </remarks>
internal struct RequestBody : IDisposable
{
    private const int PooledBytes = 256 * 1024;

    private PipeReader? _pipe;
    private SequencePosition _end;
    private byte[]? _rented;
    private long _charge;
    private BodyGate? _gate;

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    public Problem? Problem { get; private set; }

    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, ServerContext server)
    {
        var body = new RequestBody();
        int most = server.MaxBodyBytes;
        long? announced = context.Request.ContentLength;
        if (announced > most)
        {
            body.Problem = TooLarge(most);
            return body;
        }

        if (!IsJson(context.Request.ContentType))
        {
            body.Problem = new Problem(
                ProblemType.UnsupportedMediaType, "The body must be JSON in UTF-8; send Content-Type: application/json.", "Content-Type");
            return body;
        }

        body._charge = await server.Bodies.EnterAsync(announced ?? most, context.RequestAborted);
        if (body._charge < 0)
        {
            body.Problem = new Problem(ProblemType.Busy, "The service holds as many request bodies as it may; nothing was done.", RetryAfterSeconds: 1);
            return body;
        }

        body._gate = server.Bodies;
        try
        {
            PipeReader pipe = context.Request.BodyReader;
            ReadResult read = await pipe.ReadAsync(context.RequestAborted);
            if (read.IsCompleted && read.Buffer.IsSingleSegment)
            {
                body._pipe = pipe;
                body._end = read.Buffer.End;
                body.Bytes = read.Buffer.First;
                return body;
            }

            byte[] rented = Rent(announced ?? Math.Max(read.Buffer.Length * 2, 16 * 1024));
            body._rented = rented;
            int count = 0;
            while (true)
            {
                ReadOnlySequence<byte> part = read.Buffer;
                if (count + part.Length > most)
                {
                    pipe.AdvanceTo(part.End);
                    body.Problem = TooLarge(most);
                    return body;
                }

                if (count + part.Length > rented.Length)
                {
                    byte[] larger = Rent(Math.Min(most, Math.Max(rented.Length * 2L, count + part.Length)));
                    rented.AsSpan(0, count).CopyTo(larger);
                    Return(rented);
                    body._rented = rented = larger;
                }

                part.CopyTo(rented.AsSpan(count));
                count += (int)part.Length;
                pipe.AdvanceTo(part.End);
                if (read.IsCompleted)
                {
                    break;
                }

                read = await pipe.ReadAsync(context.RequestAborted);
            }

            body.Bytes = rented.AsMemory(0, count);
            return body;
        }
        catch (BadHttpRequestException e)
        {
            body.Problem = e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(most),
                StatusCodes.Status408RequestTimeout => new Problem(ProblemType.Timeout, "The body came too slowly."),
                _ => new Problem(ProblemType.InvalidRequest, "The body ended early or is framed wrongly."),
            };
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _pipe?.AdvanceTo(_end);
        _pipe = null;
        if (_rented is not null)
        {
            Return(_rented);
            _rented = null;
        }

        _gate?.Leave(_charge);
        _gate = null;
        Bytes = default;
    }

    /// <summary>The shared pool keeps an array for each thread: large ones would fill a small heap with what nobody uses.</summary>
    private static byte[] Rent(long bytes) =>
        bytes > PooledBytes ? GC.AllocateUninitializedArray<byte>((int)bytes) : ArrayPool<byte>.Shared.Rent((int)bytes);

    private static void Return(byte[] array)
    {
        if (array.Length <= PooledBytes)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private static Problem TooLarge(int most) =>
        new(ProblemType.TooLarge, $"The body is longer than {most} bytes (setting max_body_bytes).");

    private static bool IsJson(string? contentType)
    {
        // curl -d says "form" when the user says nothing; the body decides, as for an absent type.
        if (string.IsNullOrEmpty(contentType) || contentType == "application/json" || contentType == "application/x-www-form-urlencoded")
        {
            return true;
        }

        ReadOnlySpan<char> type = contentType.AsSpan();
        int semicolon = type.IndexOf(';');
        if (semicolon >= 0)
        {
            ReadOnlySpan<char> parameters = type[(semicolon + 1)..];
            int charset = parameters.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
            if (charset >= 0 && !parameters[(charset + 8)..].Trim(" \"").StartsWith("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            type = type[..semicolon].Trim();
        }

        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }
}
