using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Http.Routing;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>GET /objects/{key}/shape</c>: the kept shape of an object, as JSON or drawn.</summary>
internal sealed class ObjectShapeEndpoint(ServerContext server)
{
    public const string SvgType = "image/svg+xml";

    private const int PendingRetrySeconds = 1;

    public Task GetAsync(HttpContext context)
    {
        byte[] key = Encoding.UTF8.GetBytes(Router.KeyOf(context.Request.Path.Value!).ToString());
        if (!ObjectKey.IsValid(key))
        {
            return Answer.ProblemAsync(context, Problem.Invalid("key", $"The key in the path must be {ObjectKey.Expectation}."));
        }

        Problem? problem = Parameters.Read(context.Request.Query, ["format"]);
        string format = context.Request.Query["format"].ToString();
        if (format is not ("" or "json" or "svg"))
        {
            problem ??= Problem.Invalid("format", "format must be json or svg.");
        }

        if (problem is not null)
        {
            return Answer.ProblemAsync(context, problem);
        }

        ShapeLookup found = server.Shapes.Find(key);
        if (OutcomeMap.OfRead(found.Object) is { } failed)
        {
            return Answer.ProblemAsync(context, failed);
        }

        context.Response.Headers.Vary = "Accept";
        if (found.Analysis is not null)
        {
            context.Response.Headers.ETag = $"\"{found.Version}\"";
            context.Response.Headers.CacheControl = "no-cache";
            if (ETags.IsNotModified(context.Request.Headers.IfNoneMatch, found.Version))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        return format == "svg" || (format.Length == 0 && WantsPicture(context.Request.Headers.Accept.ToString()))
            ? DrawAsync(context, key, found)
            : TellAsync(context, key, found);
    }

    /// <summary>True when a picture is named and JSON is not: a browser's image element says so.</summary>
    private static bool WantsPicture(string accept) =>
        accept.Contains(SvgType, StringComparison.OrdinalIgnoreCase) && !accept.Contains("json", StringComparison.OrdinalIgnoreCase)
        && !accept.Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static async Task DrawAsync(HttpContext context, byte[] key, ShapeLookup found)
    {
        if (found.Analysis is not { } shape)
        {
            bool pending = found.State.Status == ShapeStatus.Pending;
            await Answer.ProblemAsync(context, new Problem(
                ProblemType.NoSuchShape, found.State.Reason ?? "The object was stored without shape analysis.", "key",
                pending ? PendingRetrySeconds : 0));
            return;
        }

        byte[] picture = Encoding.UTF8.GetBytes(Picture(shape, ObjectKey.ToText(key)));
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentType = SvgType + "; charset=utf-8";

        // Opened as a page of its own a drawing could run scripts; ours has none, and shall not be made to have any.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = picture.Length;
        await context.Response.BodyWriter.WriteAsync(picture, context.RequestAborted);
    }

    private static string Picture(ShapeAnalysis shape, string title) => throw new InvalidOperationException(title + shape.Kind);

    private Task TellAsync(HttpContext context, byte[] key, ShapeLookup found)
    {
        var to = new JsonOut();
        to.Open().PlainMember("key"u8, key).Member("version"u8, found.Version);
        ShapeJson.State(to, found.State);
        if (found.Analysis is { } shape)
        {
            ShapeJson.Describe(to, shape);
            ShapeJson.Betti(to, shape, server.Store.Options.PersistenceThreshold);
            ShapeJson.Diagrams(to, "diagrams"u8, shape.Barcode);
            ShapeJson.Signature(to, ShapeAnalyses.SignatureOf(server, shape.Barcode));
        }

        to.Close();
        return Answer.SendAsync(context, to);
    }
}
