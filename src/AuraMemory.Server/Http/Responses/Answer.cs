using System.Globalization;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using Microsoft.Extensions.Primitives;

namespace AuraMemory.Server.Http.Responses;

/// <summary>Sends what was composed, and problems.</summary>
internal static class Answer
{
    private static readonly StringValues JsonType = "application/json";

    /// <summary>Sends the composed body in one write with its length.</summary>
    public static Task SendAsync(HttpContext context, JsonOut body, int status = StatusCodes.Status200OK)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.Headers.ContentType = JsonType;
        response.ContentLength = body.Count;
        ValueTask<System.IO.Pipelines.FlushResult> write = response.BodyWriter.WriteAsync(body.Written, context.RequestAborted);
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult();
            return Task.CompletedTask;
        }

        return write.AsTask();
    }

    public static void TierHeaders(HttpContext context, TierId tier, long latencyNs)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["X-Memory-Tier"] = Names.Header(tier);
        headers["X-Latency-NS"] = latencyNs.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a problem document (RFC 9457) with the request's correlation id.</summary>
    public static async Task ProblemAsync(HttpContext context, Problem problem)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = problem.Type.Status;
        response.Headers.ContentType = "application/problem+json";
        if (problem.RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = problem.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = new JsonOut();
        body.Open();
        WriteMembers(body, problem);
        body.Member("correlation_id"u8, context.TraceIdentifier);
        body.Close();
        response.ContentLength = body.Count;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body.Written, context.RequestAborted);
        }
    }

    /// <summary>The members of a problem without the correlation id; used within bulk answers too.</summary>
    public static void WriteMembers(JsonOut body, Problem problem)
    {
        body.Member("type"u8, problem.Type.Uri);
        body.Member("title"u8, problem.Type.Title);
        body.Member("status"u8, problem.Type.Status);
        body.Member("detail"u8, problem.Detail);
        if (problem.Member is not null)
        {
            body.Member("member"u8, problem.Member);
        }
    }
}
