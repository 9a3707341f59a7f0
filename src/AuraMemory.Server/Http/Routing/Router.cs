using System.Collections.Frozen;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Responses;

namespace AuraMemory.Server.Http.Routing;

/// <summary>How open a route is.</summary>
internal enum RouteAccess : byte
{
    /// <summary>Needs a key when keys are set, and the open store.</summary>
    Store,

    /// <summary>Needs a key when keys are set; works before the store is open.</summary>
    Guarded,

    /// <summary>Open to everybody (liveness and readiness probes).</summary>
    Open,
}

/// <summary>One endpoint.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Template">Path; <c>{key}</c> stands for one segment.</param>
/// <param name="Access">Who may call it, when.</param>
/// <param name="Handler">What it does.</param>
/// <param name="AlsoServes">Media type it can answer with besides JSON; null = none.</param>
internal sealed record ApiRoute(string Method, string Template, RouteAccess Access, RequestDelegate Handler, string? AlsoServes = null);

/// <summary>Finds the endpoint of a request by its exact path; answers 404 and 405 itself.</summary>
/// <remarks>
/// The paths are few and fixed, so a look-up in one frozen table replaces the framework's route tree, and "no such method"
/// can name the methods there are.
/// </remarks>
internal sealed class Router
{
    public const string ObjectPrefix = "/api/v1/objects/";

    /// <summary>What may stand behind the key of an object.</summary>
    private static readonly string[] Suffixes = ["/relationships", "/shape"];

    private readonly FrozenDictionary<string, ApiRoute[]> _byTemplate;

    public Router(IReadOnlyList<ApiRoute> routes)
    {
        Routes = routes;
        _byTemplate = routes.GroupBy(r => r.Template).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    /// <summary>The routes of a path; null when no endpoint has it.</summary>
    public ApiRoute[]? Find(string path)
    {
        if (_byTemplate.TryGetValue(path, out ApiRoute[]? routes))
        {
            return routes;
        }

        if (!path.StartsWith(ObjectPrefix, StringComparison.Ordinal) || path.Length == ObjectPrefix.Length)
        {
            return null;
        }

        ReadOnlySpan<char> rest = path.AsSpan(ObjectPrefix.Length);
        if (!rest.Contains('/'))
        {
            return _byTemplate["/api/v1/objects/{key}"];
        }

        foreach (string suffix in Suffixes)
        {
            if (rest.EndsWith(suffix) && !rest[..^suffix.Length].Contains('/'))
            {
                return _byTemplate["/api/v1/objects/{key}" + suffix];
            }
        }

        return null;
    }

    /// <summary>The route for a method among those of a path; null when there is none.</summary>
    public static ApiRoute? Select(ApiRoute[] routes, string method)
    {
        foreach (ApiRoute route in routes)
        {
            if (HttpMethods.Equals(route.Method, method))
            {
                return route;
            }
        }

        return null;
    }

    public static Task NoSuchRoute(HttpContext context) => Answer.ProblemAsync(
        context, new Problem(ProblemType.NoSuchRoute, "No endpoint has this path; GET /api/docs lists them."));

    public static Task NoSuchMethod(HttpContext context, ApiRoute[] routes)
    {
        string allowed = string.Join(", ", routes.Select(r => r.Method));
        context.Response.Headers.Allow = allowed;
        return Answer.ProblemAsync(context, new Problem(ProblemType.MethodNotAllowed, $"This endpoint has {allowed}."));
    }

    /// <summary>The key in the path of an object endpoint, as it was sent.</summary>
    public static ReadOnlySpan<char> KeyOf(string path)
    {
        ReadOnlySpan<char> rest = path.AsSpan(ObjectPrefix.Length);
        int slash = rest.IndexOf('/');
        return slash < 0 ? rest : rest[..slash];
    }
}
