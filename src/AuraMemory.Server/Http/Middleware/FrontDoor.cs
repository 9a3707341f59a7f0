using System.Globalization;
using System.Security.Cryptography;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Http.Routing;

namespace AuraMemory.Server.Http.Middleware;

/// <summary>What every request passes: its id, its key, readiness, the endpoint, and what happens when that throws.</summary>
/// <remarks>
/// One delegate instead of a chain of middleware: the chain would cost the single retrieve more than its look-up in memory.
/// Paths it does not know (the docs page, which holds nothing secret) go on to the framework's own routing.
/// </remarks>
internal sealed partial class FrontDoor
{
    private const int LongestRequestId = 128;

    private readonly Router _router;
    private readonly ServerContext _server;
    private readonly ILogger _log;
    private readonly ApiKeySet _keys;
    private readonly string _idPrefix;
    private long _lastId;

    public FrontDoor(Router router, ServerContext server, ILogger log)
    {
        _router = router;
        _server = server;
        _log = log;
        _keys = new ApiKeySet(server.Settings.ApiKeys);
        _idPrefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)) + "-";
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string id = RequestId(context);
        context.TraceIdentifier = id;
        context.Response.Headers["X-Request-ID"] = id;
        ApiRoute[]? routes = _router.Find(context.Request.Path.Value ?? "/");
        if (routes is null)
        {
            return FallThroughAsync(context, next);
        }

        ApiRoute? route = Router.Select(routes, context.Request.Method);
        if (route is null)
        {
            return Router.NoSuchMethod(context, routes);
        }

        if (route.Access != RouteAccess.Open)
        {
            if (!IsAllowed(context))
            {
                return Unauthorized(context);
            }

            if (route.Access == RouteAccess.Store && _server.Gate.Store is null)
            {
                return Answer.ProblemAsync(context, new Problem(ProblemType.NotReady, _server.Gate.Reason, RetryAfterSeconds: 1));
            }

            if (!AcceptsJson(context.Request.Headers.Accept.ToString(), route))
            {
                return Answer.ProblemAsync(context, new Problem(ProblemType.NotAcceptable, "Only application/json is served here.", "Accept"));
            }
        }

        try
        {
            Task task = route.Handler(context);
            return task.IsCompletedSuccessfully ? task : GuardAsync(context, task);
        }
        catch (Exception e)
        {
            return FailAsync(context, e);
        }
    }

    private async Task GuardAsync(HttpContext context, Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            await FailAsync(context, e);
        }
    }

    private async Task FallThroughAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response.StatusCode == StatusCodes.Status404NotFound && !context.Response.HasStarted)
            {
                await Router.NoSuchRoute(context);
            }
        }
        catch (Exception e)
        {
            await FailAsync(context, e);
        }
    }

    private Task FailAsync(HttpContext context, Exception e)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        if (e is BadHttpRequestException bad)
        {
            ProblemType type = bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => ProblemType.TooLarge,
                StatusCodes.Status408RequestTimeout => ProblemType.Timeout,
                _ => ProblemType.InvalidRequest,
            };
            return Answer.ProblemAsync(context, new Problem(type, "The request could not be read to its end."));
        }

        if (e is OutOfMemoryException or InsufficientMemoryException)
        {
            return Answer.ProblemAsync(context, new Problem(
                ProblemType.Busy, "There is no memory for this request beside those under way.", RetryAfterSeconds: 1));
        }

        LogFault(_log, e, context.Request.Method, context.Request.Path, context.TraceIdentifier);
        return Answer.ProblemAsync(context, new Problem(
            ProblemType.Internal, "The request could not be served because of a fault in the service. The log has it under the correlation id."));
    }

    private static Task Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Answer.ProblemAsync(context, new Problem(
            ProblemType.Unauthorized, "Send a valid key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.", "Authorization"));
    }

    private bool IsAllowed(HttpContext context)
    {
        if (_keys.IsEmpty)
        {
            return true;
        }

        string given = context.Request.Headers["X-API-Key"].ToString();
        string authorization = context.Request.Headers.Authorization.ToString();
        if (given.Length == 0 && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            given = authorization[7..].Trim();
        }

        return _keys.Has(given);
    }

    private string RequestId(HttpContext context)
    {
        if (context.Request.Headers.TryGetValue("X-Request-ID", out var given) && given.Count == 1 && IsValidId(given[0]))
        {
            return given[0]!;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{_idPrefix}{Interlocked.Increment(ref _lastId):x}");
    }

    private static bool IsValidId(string? id)
    {
        if (id is null || id.Length is 0 or > LongestRequestId)
        {
            return false;
        }

        foreach (char c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AcceptsJson(string accept, ApiRoute route) =>
        accept.Length == 0
        || accept.Contains("*/*", StringComparison.Ordinal)
        || accept.Contains("json", StringComparison.OrdinalIgnoreCase)
        || accept.Contains("application/*", StringComparison.Ordinal)
        || (route.AlsoServes is { } also && accept.Contains(also, StringComparison.OrdinalIgnoreCase))
        || !route.Template.StartsWith("/api/v1/", StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed; correlation id {CorrelationId}")]
    private static partial void LogFault(ILogger log, Exception e, string method, string path, string correlationId);
}
