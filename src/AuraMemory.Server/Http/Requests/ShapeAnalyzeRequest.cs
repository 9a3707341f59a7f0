using System.Buffers;
using System.Text;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /shape/analyze</c>: data, and beside it the same options that the member <c>shape</c> of a store has.</summary>
internal sealed class ShapeAnalyzeRequest
{
    private const int OptionDepth = 2;

    private static readonly string[] OptionNames =
        ["path", "kind", "filtration", "cells", "max_dimension", "threshold", "max_points", "embedding_dimension", "delay"];

    private static readonly string Members = "data, " + string.Join(", ", OptionNames[..^1]) + " and " + OptionNames[^1];

    /// <summary>The data, in the request's body.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    public ShapeOptions Options { get; private set; } = ShapeOptions.Default;

    public static Problem? Read(ReadOnlyMemory<byte> body, int depth, out ShapeAnalyzeRequest request)
    {
        request = new ShapeAnalyzeRequest();
        var reader = new RequestReader(body.Span);
        var options = new ArrayBufferWriter<byte>();
        options.Write("{"u8);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("data"u8))
            {
                read = reader.Once(ref seen, 0, "data") && reader.TryRaw(depth, out int start, out int length)
                    && !(request.Data = body.Slice(start, length)).IsEmpty;
                continue;
            }

            int option = Array.IndexOf(OptionNames, Encoding.UTF8.GetString(name));
            read = option >= 0
                ? reader.Once(ref seen, option + 1, OptionNames[option]) && TryOption(ref reader, body, OptionNames[option], options)
                : reader.Unknown(name, Members);
        }

        options.Write("}"u8);
        if (reader.TryEnd() && ShapeMember.Check(ref reader, options.WrittenSpan, "", out ShapeOptions said))
        {
            request.Options = said;
            if (request.Data.IsEmpty)
            {
                reader.Reject(Problem.Invalid("data", "data is missing; any JSON value is accepted."));
            }
        }

        return reader.Fault;
    }

    private static bool TryOption(ref RequestReader reader, ReadOnlyMemory<byte> body, string name, ArrayBufferWriter<byte> into)
    {
        if (!reader.TryRaw(OptionDepth, out int start, out int length))
        {
            return false;
        }

        if (into.WrittenCount > 1)
        {
            into.Write(","u8);
        }

        into.Write("\""u8);
        into.Write(Encoding.UTF8.GetBytes(name));
        into.Write("\":"u8);
        into.Write(body.Span.Slice(start, length));
        return true;
    }
}
