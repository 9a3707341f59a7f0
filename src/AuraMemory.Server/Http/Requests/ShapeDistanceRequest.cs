using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /shape/distance</c>.</summary>
internal sealed class ShapeDistanceRequest
{
    private const string Members = "a, b, shape, metric, order, internal_p, dimension and essential";
    private const string NormExpectation = "\"infinity\" or 2";

    private static readonly string[] Norms = ["infinity"];
    private static readonly string[] Metrics = ["wasserstein", "bottleneck"];

    /// <summary>One side: data in the request's body, or diagrams.</summary>
    public ReadOnlyMemory<byte> A { get; private set; }

    /// <summary>The other side.</summary>
    public ReadOnlyMemory<byte> B { get; private set; }

    public Barcode? DiagramsOfA { get; private set; }

    public Barcode? DiagramsOfB { get; private set; }

    /// <summary>What the caller says about the shape of both, where they are data.</summary>
    public ShapeOptions Options { get; private set; } = ShapeOptions.Default;

    public bool Bottleneck { get; private set; }

    public int Order { get; private set; } = 1;

    /// <summary>True = distances of points in the plane are Euclidean, false = the larger of the differences.</summary>
    public bool EuclideanNorm { get; private set; }

    /// <summary>Only this dimension; null = all that both have.</summary>
    public int? Dimension { get; private set; }

    /// <summary>Whether classes that never die are compared too.</summary>
    public bool Essential { get; private set; }

    public string Metric => Metrics[Bottleneck ? 1 : 0];

    public static Problem? Read(ReadOnlyMemory<byte> body, int depth, out ShapeDistanceRequest request)
    {
        request = new ShapeDistanceRequest();
        var reader = new RequestReader(body.Span);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("a"u8))
            {
                read = reader.Once(ref seen, 0, "a") && reader.TryRaw(depth, out int start, out int length)
                    && !(request.A = body.Slice(start, length)).IsEmpty;
            }
            else if (name.SequenceEqual("b"u8))
            {
                read = reader.Once(ref seen, 1, "b") && reader.TryRaw(depth, out int start, out int length)
                    && !(request.B = body.Slice(start, length)).IsEmpty;
            }
            else if (name.SequenceEqual("shape"u8))
            {
                read = reader.Once(ref seen, 2, "shape") && (reader.IsNull() || request.TryShape(ref reader, body));
            }
            else if (name.SequenceEqual("metric"u8))
            {
                read = reader.Once(ref seen, 3, "metric") && reader.TryOneOf(Metrics, out int index);
                request.Bottleneck = read && reader.LastString.SequenceEqual("bottleneck"u8);
            }
            else if (name.SequenceEqual("order"u8))
            {
                read = reader.Once(ref seen, 4, "order") && reader.TryInt(1, 2, out int order) && (request.Order = order) > 0;
            }
            else if (name.SequenceEqual("internal_p"u8))
            {
                read = reader.Once(ref seen, 5, "internal_p") && request.TryNorm(ref reader);
            }
            else if (name.SequenceEqual("dimension"u8))
            {
                read = reader.Once(ref seen, 6, "dimension")
                    && (reader.IsNull() || (reader.TryInt(0, Barcode.HighestDimension, out int dimension) && (request.Dimension = dimension) >= 0));
            }
            else if (name.SequenceEqual("essential"u8))
            {
                read = reader.Once(ref seen, 7, "essential") && reader.TryBool(out _);
                request.Essential = read && reader.LastBool;
            }
            else
            {
                read = reader.Unknown(name, Members);
            }
        }

        return reader.TryEnd() ? request.Complete() : reader.Fault;
    }

    private Problem? Complete()
    {
        if (A.IsEmpty || B.IsEmpty)
        {
            string missing = A.IsEmpty ? "a" : "b";
            return Problem.Invalid(missing, $"{missing} is missing; it must be data, or {{\"diagrams\": …}}.");
        }

        if (Bottleneck && (Order == 2 || EuclideanNorm))
        {
            string member = Order == 2 ? "order" : "internal_p";
            return Problem.Invalid(member, $"{member} belongs to wasserstein; bottleneck has none.");
        }

        Problem? first = DiagramsReader.Read(A.Span, "a", out Barcode? a);
        Problem? second = DiagramsReader.Read(B.Span, "b", out Barcode? b);
        (DiagramsOfA, DiagramsOfB) = (a, b);
        return first ?? second;
    }

    private bool TryShape(ref RequestReader reader, ReadOnlyMemory<byte> body)
    {
        bool read = ShapeMember.TryRead(ref reader, body, out _, out ShapeOptions options);
        Options = options;
        return read;
    }

    private bool TryNorm(ref RequestReader reader)
    {
        if (reader.NextIs('"'))
        {
            return reader.TryOneOf(Norms, out _);
        }

        if (!reader.NextIs('2'))
        {
            return reader.Expected("internal_p", NormExpectation);
        }

        EuclideanNorm = true;
        return reader.TryInt(2, 2, out _);
    }
}
