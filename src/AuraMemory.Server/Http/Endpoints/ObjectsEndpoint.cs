using System.Globalization;
using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Objects.Json;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Http.Routing;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary>Objects as plain resources: the body is the stored JSON itself.</summary>
internal sealed class ObjectsEndpoint(ServerContext server)
{
    public async Task GetAsync(HttpContext context)
    {
        if (!TryKey(context, out byte[] key))
        {
            await BadKey(context);
            return;
        }

        RequestScratch scratch = server.Rent();
        try
        {
            ObjectBuffer buffer = scratch.Buffer;
            ReadStatus status;
            int bytes;
            if (HttpMethods.IsHead(context.Request.Method))
            {
                status = server.Store.Describe(key, out ObjectHeader header, out bytes, out TierId tier);
                if (status == ReadStatus.Found)
                {
                    Headers(context, header.Version, header.ExpiresAtMs);
                    Answer.TierHeaders(context, tier, 0);
                }

                if (status == ReadStatus.Found && ETags.IsNotModified(context.Request.Headers.IfNoneMatch, header.Version))
                {
                    context.Response.StatusCode = StatusCodes.Status304NotModified;
                    return;
                }
            }
            else
            {
                long started = System.Diagnostics.Stopwatch.GetTimestamp();
                status = server.Store.Read(key, buffer);
                bytes = buffer.DataBytes;
                if (status == ReadStatus.Found)
                {
                    Headers(context, buffer.Header.Version, buffer.Header.ExpiresAtMs);
                    long latencyNs = buffer.LatencyNs > 0 ? buffer.LatencyNs : Elapsed.Nanoseconds(started);
                    Answer.TierHeaders(context, buffer.Tier, latencyNs);
                    if (ETags.IsNotModified(context.Request.Headers.IfNoneMatch, buffer.Header.Version))
                    {
                        context.Response.StatusCode = StatusCodes.Status304NotModified;
                        return;
                    }
                }
            }

            if (OutcomeMap.OfRead(status) is { } problem)
            {
                await Answer.ProblemAsync(context, problem);
                return;
            }

            context.Response.Headers.ContentType = "application/json";
            context.Response.ContentLength = bytes;
            if (HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            await LeaseStream.CopyAsync(context, buffer);
        }
        finally
        {
            server.Return(scratch);
        }
    }

    public async Task PutAsync(HttpContext context)
    {
        if (!TryKey(context, out byte[] key))
        {
            await BadKey(context);
            return;
        }

        Problem? problem = ETags.TryCondition(context.Request.Headers, out WriteCondition condition);
        problem ??= Parameters.Read(context.Request.Query, ["enable_shape_analysis", "wait"]);
        bool analyze = true;
        problem ??= Parameters.TryFlag(context.Request.Query, "enable_shape_analysis", true, out analyze);
        bool wait = false;
        problem ??= Parameters.TryFlag(context.Request.Query, "wait", false, out wait);
        RequestBody body = problem is null ? await RequestBody.ReadAsync(context, server) : default;
        RequestScratch scratch = server.Rent();
        try
        {
            StoreOptions options = server.Store.Options;
            (int start, int length) = (0, 0);
            problem ??= body.Problem ?? Check(body.Bytes.Span, options.MaxObjectBytes, out start, out length);
            StoreOutcome outcome = default;
            ShapeState shape = default;
            if (problem is null)
            {
                var command = new StoreCommand
                {
                    Key = key,
                    Data = body.Bytes.Slice(start, length),
                    Condition = condition,
                    AnalyzeShape = analyze,
                };
                outcome = await server.Store.StoreAsync(command, context.RequestAborted);
                problem = OutcomeMap.OfWrite(outcome.Status, outcome.Version);
                if (problem is null)
                {
                    TouchGraph(key, outcome.Created);
                    shape = await server.Shapes.SubmitAsync(command, outcome, wait, context.RequestAborted);
                }
            }

            body.Dispose();
            if (problem is not null)
            {
                await Answer.ProblemAsync(context, Condition(problem, condition));
                return;
            }

            Headers(context, outcome.Version);
            Answer.TierHeaders(context, outcome.Tier, outcome.LatencyNs);
            scratch.Out.Open().PlainMember("key"u8, key).PlainMember("tier"u8, Names.Utf8(outcome.Tier))
                .Member("size_bytes"u8, outcome.DataBytes).Member("version"u8, outcome.Version)
                .Member("created"u8, outcome.Created);
            ShapeJson.State(scratch.Out, analyze ? shape : default);
            scratch.Out.Close();
            if (outcome.Created)
            {
                context.Response.Headers.Location = context.Request.Path.Value;
            }

            await Answer.SendAsync(context, scratch.Out, outcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }
        finally
        {
            body.Dispose();
            server.Return(scratch);
        }
    }

    private void TouchGraph(byte[] key, bool mayHaveEnded)
    {
        if (server.Graph.Concerns(key))
        {
            server.Graph.Touch(key, mayHaveEnded);
        }
    }

    public async Task DeleteAsync(HttpContext context)
    {
        if (!TryKey(context, out byte[] key))
        {
            await BadKey(context);
            return;
        }

        Problem? problem = ETags.TryCondition(context.Request.Headers, out WriteCondition condition);
        if (problem is null)
        {
            DeleteOutcome outcome = await server.Store.DeleteAsync(key, condition, null, context.RequestAborted);
            problem = OutcomeMap.OfWrite(outcome.Status, outcome.Version);
            if (problem is null)
            {
                server.Shapes.Deleted(key, outcome.Version);
                TouchGraph(key, mayHaveEnded: true);
            }
        }

        if (problem is not null)
        {
            await Answer.ProblemAsync(context, Condition(problem, condition));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task RelationshipsAsync(HttpContext context)
    {
        if (!TryKey(context, out byte[] key))
        {
            await BadKey(context);
            return;
        }

        Problem? problem = Parameters.Read(context.Request.Query, ["direction", "limit"]);
        string direction = context.Request.Query["direction"].ToString();
        if (direction is not ("" or "out" or "in"))
        {
            problem ??= Problem.Invalid("direction", "direction must be out or in.");
        }

        problem ??= Parameters.TryInt(context.Request.Query, "limit", 1, 10_000, 1000, out _);
        var found = new List<RelationshipView>();
        problem ??= OutcomeMap.OfRead(server.Store.Relationships(
            key, direction == "in" ? RelationshipDirection.Incoming : RelationshipDirection.Outgoing, Parameters.LimitOf(context.Request.Query, 1000), found));
        if (problem is not null)
        {
            await Answer.ProblemAsync(context, problem);
            return;
        }

        var to = new JsonOut();
        to.Open().PlainMember("key"u8, key).PlainMember("direction"u8, direction == "in" ? "in"u8 : "out"u8)
            .OpenMember("relationships"u8, '[');
        foreach (RelationshipView view in found)
        {
            to.Open().Member("source"u8, view.Source).Member("type"u8, view.Type).Member("target"u8, view.Target)
                .Member("weight"u8, view.Weight);
            if (view.Properties is not null)
            {
                to.RawMember("properties"u8, Encoding.UTF8.GetBytes(view.Properties));
            }

            to.Close();
        }

        to.Close(']').Close();
        await Answer.SendAsync(context, to);
    }

    public Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        Problem? problem = Parameters.Read(query, ["prefix", "tier", "cursor", "limit"]);
        string prefix = query["prefix"].ToString();
        if (prefix.Length > 0 && !ObjectKey.IsValid(Encoding.UTF8.GetBytes(prefix.TrimStart('.') + "k")))
        {
            problem ??= Problem.Invalid("prefix", $"prefix must be the beginning of a key: {ObjectKey.Expectation}.");
        }

        TierId? tier = null;
        if (query["tier"].ToString() is { Length: > 0 } name)
        {
            if (TierIds.TryParse(name, out TierId parsed))
            {
                tier = parsed;
            }
            else
            {
                problem ??= Problem.Invalid("tier", $"tier must be one of {string.Join(", ", Names.Tiers)}.");
            }
        }

        problem ??= Parameters.TryInt(query, "limit", 1, 10_000, 100, out _);
        string? after = null;
        if (query["cursor"].ToString() is { Length: > 0 } cursor && !Cursor.TryRead(cursor, out after))
        {
            problem ??= Problem.Invalid("cursor", "cursor must be the next_cursor of an earlier page, unchanged.");
        }

        if (problem is not null)
        {
            return Answer.ProblemAsync(context, problem);
        }

        ListingPage page = server.Store.List(prefix, tier, after, Parameters.LimitOf(query, 100), context.RequestAborted);
        if (OutcomeMap.OfRead(page.Status) is { } failed)
        {
            return Answer.ProblemAsync(context, failed);
        }

        var to = new JsonOut();
        to.Open().OpenMember("objects"u8, '[');
        foreach (ObjectListing item in page.Items)
        {
            to.Open().Member("key"u8, item.Key).Member("size_bytes"u8, item.DataBytes).PlainMember("tier"u8, Names.Utf8(item.Tier))
                .Member("version"u8, item.Version).Close();
        }

        to.Close(']').Member("next_cursor"u8, page.Next is null ? null : Cursor.Of(page.Next)).Close();
        return Answer.SendAsync(context, to);
    }

    private Problem? Check(ReadOnlySpan<byte> body, int most, out int start, out int length)
    {
        (start, length) = (0, 0);
        if (!JsonText.TryValidate(body, out JsonFault fault, server.Settings.MaxJsonDepth))
        {
            string path = JsonPath.Of(body, fault.Position);
            return new Problem(ProblemType.InvalidJson, fault.Describe(body), path.Length == 0 ? null : path);
        }

        var scanner = new JsonScanner(body);
        scanner.Peek();
        start = scanner.Position;
        length = body.TrimEnd(" \t\r\n"u8).Length - start;
        return length <= most ? null : new Problem(
            ProblemType.TooLarge, $"The object has {length} bytes; at most {most} are allowed (setting max_object_bytes).");
    }

    private static Problem Condition(Problem problem, WriteCondition condition) =>
        problem.Type == ProblemType.ConditionFailed && condition == WriteCondition.IfAbsent ? problem with { Member = "If-None-Match" } : problem;

    private static void Headers(HttpContext context, long version, long expiresAtMs = 0)
    {
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
        context.Response.Headers.CacheControl = "no-cache";
        if (expiresAtMs != 0)
        {
            context.Response.Headers["X-Expires-At"] = IsoTime.OfMilliseconds(expiresAtMs);
        }
    }

    private static bool TryKey(HttpContext context, out byte[] key)
    {
        ReadOnlySpan<char> text = Router.KeyOf(context.Request.Path.Value!);
        key = text.Length <= ObjectKey.MaxBytes ? Encoding.UTF8.GetBytes(text.ToString()) : [];
        return ObjectKey.IsValid(key);
    }

    private static Task BadKey(HttpContext context) =>
        Answer.ProblemAsync(context, Problem.Invalid("key", $"The key in the path must be {ObjectKey.Expectation}."));
}
