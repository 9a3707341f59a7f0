using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Reads the member <c>shape</c> of a request: what the caller says about the shape of its data.</summary>
internal static class ShapeMember
{
    /// <summary>Nesting allowed within the options; none of them has parts.</summary>
    private const int Depth = 2;

    /// <summary>Reads the object that follows.</summary>
    /// <param name="reader">Stands before the value of <c>shape</c>.</param>
    /// <param name="body">What the reader reads.</param>
    /// <param name="text">The options as they came.</param>
    /// <param name="options">What they say.</param>
    public static bool TryRead(
        ref RequestReader reader, ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> text, out ShapeOptions options)
    {
        text = default;
        options = ShapeOptions.Default;
        if (!reader.NextIs('{'))
        {
            return reader.Expected("shape", "a JSON object");
        }

        if (!reader.TryRaw(Depth, out int start, out int length))
        {
            return false;
        }

        text = body.Slice(start, length);
        return Check(ref reader, text.Span, "shape", out options);
    }

    /// <summary>Gives a text of options its meaning; refuses the request, naming the member, when it has none.</summary>
    /// <param name="reader">Receives the refusal.</param>
    /// <param name="text">A validated JSON object.</param>
    /// <param name="parent">Member whose parts the options are; empty when they are the request's own.</param>
    /// <param name="options">What it says.</param>
    public static bool Check(ref RequestReader reader, ReadOnlySpan<byte> text, string parent, out ShapeOptions options)
    {
        if (ShapeOptionsText.TryRead(text, out options, out string member, out string? fault))
        {
            return true;
        }

        string path = reader.Path(member.Length == 0 ? parent : parent.Length == 0 ? member : parent + "." + member);
        ProblemType type = text.Length > ShapeOptionsText.MaxBytes ? ProblemType.TooLarge : ProblemType.InvalidRequest;
        return reader.Reject(new Problem(type, $"{path} {fault}.", path));
    }
}
