using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuraMemory.Bench.Rest;

/// <summary>The peer of <c>rest</c>: as little as a JSON endpoint on Kestrel can do, over a dictionary, with our response's members.</summary>
internal static class RestPeer
{
    public const string Command = "rest-peer";

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        int port = (int)arguments.Number("port", 5080);
        long objects = arguments.Number("n", 0, least: 0);
        int bytes = (int)arguments.Number("size", 100);
        var data = new ConcurrentDictionary<string, byte[]>(2, (int)Math.Max(objects, 31));
        for (long i = 0; i < objects; i++)
        {
            data[RestLoad.Key(i)] = RestLoad.Document(i, bytes);
        }

        ConcurrentDictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> look = data.GetAlternateLookup<ReadOnlySpan<char>>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.ListenLocalhost(port);
            o.AddServerHeader = false;
        });
        await using WebApplication app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/api/v1/retrieve", context => AnswerAsync(context, look, bulk: false));
        app.MapPost("/api/v1/bulk/retrieve", context => AnswerAsync(context, look, bulk: true));
        await app.RunAsync().ConfigureAwait(false);
        return 0;
    }

    private static async Task AnswerAsync(
        HttpContext context, ConcurrentDictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> look, bool bulk)
    {
        PipeReader body = context.Request.BodyReader;
        ReadResult read = await body.ReadAsync().ConfigureAwait(false);
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync().ConfigureAwait(false);
        }

        context.Response.ContentType = "application/json";
        Write(read.Buffer, context.Response.BodyWriter, look, bulk);
        body.AdvanceTo(read.Buffer.End);
        await context.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
    }

    private static void Write(
        ReadOnlySequence<byte> body, PipeWriter to, ConcurrentDictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> look, bool bulk)
    {
        var json = new Utf8JsonReader(body);
        Utf8JsonWriter writer = _writer ??= new Utf8JsonWriter(to, new JsonWriterOptions { SkipValidation = true });
        writer.Reset(to);
        Span<char> key = stackalloc char[512];
        if (bulk)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
        }

        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.String)
            {
                continue;
            }

            Span<char> name = key[..json.CopyString(key)];
            writer.WriteStartObject();
            writer.WriteString("key"u8, name);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(look.TryGetValue(name, out byte[]? value) ? value : "null"u8, skipInputValidation: true);
            writer.WriteString("tier"u8, "dram"u8);
            writer.WriteNumber("latency_ns"u8, 100);
            writer.WriteNumber("access_count"u8, 1);
            writer.WriteStartArray("prefetched_keys"u8);
            writer.WriteEndArray();
            writer.WriteNumber("version"u8, 1);
            writer.WriteEndObject();
        }

        if (bulk)
        {
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.Flush();
    }
}
