namespace AuraMemory.Server.Http.OpenApi;

/// <summary>The description of the API (OpenAPI 3.1), kept by hand beside the endpoints; a test compares it with the routes.</summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<byte[]> Text = new(Read);

    public static ReadOnlyMemory<byte> Bytes => Text.Value;

    public static async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Bytes.Length;
        await context.Response.BodyWriter.WriteAsync(Bytes, context.RequestAborted);
    }

    private static byte[] Read()
    {
        using Stream stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
