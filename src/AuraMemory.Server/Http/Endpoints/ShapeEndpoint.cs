using System.Diagnostics;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Http.Requests;
using AuraMemory.Server.Http.Responses;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Server.Http.Endpoints;

/// <summary><c>POST /shape/analyze</c> and <c>POST /shape/distance</c>: the mathematics alone, nothing is stored or looked up.</summary>
internal sealed class ShapeEndpoint(ServerContext server)
{
    /// <summary>What an exact matching of n bars takes, nanoseconds, is about n^3 times this (100 ms at n = 1000).</summary>
    private const double MatchingNsPerCube = 0.1;

    public async Task AnalyzeAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        try
        {
            ShapeAnalyzeRequest request = new();
            Problem? problem = body.Problem ?? ShapeAnalyzeRequest.Read(body.Bytes, server.Settings.MaxJsonDepth, out request);
            long started = Stopwatch.GetTimestamp();
            ShapeAnalysis? shape = null;
            if (problem is null)
            {
                (shape, problem) = await ShapeAnalyses.OfAsync(server, request.Data, request.Options, "data", context.RequestAborted);
            }

            body.Dispose();
            if (problem is not null)
            {
                await Answer.ProblemAsync(context, problem);
                return;
            }

            long duration = Elapsed.Nanoseconds(started);
            var to = new JsonOut();
            to.Open();
            ShapeJson.Describe(to, shape!);
            ShapeJson.Betti(to, shape!, server.Store.Options.PersistenceThreshold);
            ShapeJson.Diagrams(to, "diagrams"u8, shape!.Barcode);
            ShapeJson.Signature(to, ShapeAnalyses.SignatureOf(server, shape.Barcode));
            to.Member("duration_us"u8, duration / 1000.0).Close();
            await Answer.SendAsync(context, to);
        }
        finally
        {
            body.Dispose();
        }
    }

    public async Task DistanceAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, server);
        try
        {
            ShapeDistanceRequest request = new();
            Problem? problem = body.Problem ?? ShapeDistanceRequest.Read(body.Bytes, server.Settings.MaxJsonDepth, out request);
            long started = Stopwatch.GetTimestamp();
            (Side? a, Side? b) = (null, null);
            if (problem is null)
            {
                (a, b, problem) = await SidesAsync(request, context.RequestAborted);
            }

            body.Dispose();
            Matchings? found = null;
            if (problem is null)
            {
                (found, problem) = await server.ShapeWork.RunAsync(
                    Estimate(a!.Barcode, b!.Barcode), c => Matchings.Of(request, a.Barcode, b.Barcode, c), context.RequestAborted);
            }

            if (problem is not null)
            {
                await Answer.ProblemAsync(context, problem);
                return;
            }

            await Answer.SendAsync(context, Write(request, found!, a!, b!, Elapsed.Nanoseconds(started)));
        }
        finally
        {
            body.Dispose();
        }
    }

    private async ValueTask<(Side? A, Side? B, Problem? Problem)> SidesAsync(ShapeDistanceRequest request, CancellationToken cancellation)
    {
        (Side? a, Problem? problem) = await SideAsync(request.DiagramsOfA, request.A, request.Options, "a", cancellation);
        if (problem is not null)
        {
            return (null, null, problem);
        }

        (Side? b, problem) = await SideAsync(request.DiagramsOfB, request.B, request.Options, "b", cancellation);
        if (problem is null && a!.Shape is { } one && b!.Shape is { } other
            && (one.Kind != other.Kind || one.Filtration != other.Filtration || one.Cells != other.Cells))
        {
            problem = Problem.Invalid(
                "b", $"b is a shape of another kind than a: {Name(other)}, not {Name(one)}. Say in shape what both are, or send diagrams.");
        }

        return (a, b, problem);

        static string Name(ShapeAnalysis shape) =>
            $"{ShapeOptionsText.NameOf(shape.Kind)} by {ShapeOptionsText.NameOf(shape.Filtration)}"
            + (shape.Kind == ShapeKind.Grid ? $" with {ShapeOptionsText.NameOf(shape.Cells)} cells" : "");
    }

    private async ValueTask<(Side? Side, Problem? Problem)> SideAsync(
        Barcode? given, ReadOnlyMemory<byte> data, ShapeOptions options, string member, CancellationToken cancellation)
    {
        if (given is not null)
        {
            return (new Side(given, null), null);
        }

        (ShapeAnalysis? shape, Problem? problem) = await ShapeAnalyses.OfAsync(server, data, options, member, cancellation);
        return (shape is null ? null : new Side(shape.Barcode, shape), problem);
    }

    private static long Estimate(Barcode a, Barcode b)
    {
        double sum = 0;
        for (int dimension = 0; dimension <= Barcode.HighestDimension; dimension++)
        {
            sum += Math.Pow(a[dimension].Count + (double)b[dimension].Count, 3) / 8;
        }

        return (long)(sum * MatchingNsPerCube);
    }

    private static JsonOut Write(ShapeDistanceRequest request, Matchings found, Side a, Side b, long durationNs)
    {
        var to = new JsonOut();
        to.Open().Name("distance"u8);
        Number(to, found.Distance).Member("metric"u8, request.Metric);
        if (!request.Bottleneck)
        {
            to.Member("order"u8, request.Order);
            if (request.EuclideanNorm)
            {
                to.Member("internal_p"u8, 2);
            }
            else
            {
                to.PlainMember("internal_p"u8, "infinity"u8);
            }
        }

        to.Member("essential"u8, request.Essential).OpenMember("dimensions"u8, '[');
        foreach (DimensionMatching part in found.Parts)
        {
            to.Open().Member("dimension"u8, part.Dimension).Name("distance"u8);
            Number(to, part.Matching.Distance).OpenMember("matching"u8, '[');
            foreach ((int ofA, int ofB, double cost) in part.Matching.Pairs)
            {
                to.Open().Name("a"u8);
                Point(to, part.A, ofA).Name("b"u8);
                Point(to, part.B, ofB).Member("cost"u8, cost).Close();
            }

            to.Close(']').Close();
        }

        to.Close(']');
        Shape(to, "a"u8, a);
        Shape(to, "b"u8, b);
        return to.Member("duration_us"u8, durationNs / 1000.0).Close();
    }

    /// <summary>What a side was computed from; nothing for diagrams that were sent.</summary>
    private static void Shape(JsonOut to, ReadOnlySpan<byte> name, Side side)
    {
        if (side.Shape is { } shape)
        {
            to.OpenMember(name);
            ShapeJson.Describe(to, shape);
            to.Close();
        }
    }

    private static JsonOut Point(JsonOut to, Diagram diagram, int index)
    {
        if (index < 0)
        {
            return to.Null();
        }

        ShapeJson.Point(to, diagram.Bars[index]);
        return to;
    }

    private static JsonOut Number(JsonOut to, double distance) => double.IsFinite(distance) ? to.Value(distance) : to.Null();

    /// <param name="Barcode">Its diagrams.</param>
    /// <param name="Shape">Where they come from; null = the caller.</param>
    private sealed record Side(Barcode Barcode, ShapeAnalysis? Shape);
}

/// <summary>The matching of one dimension, and the bars it is of.</summary>
internal sealed record DimensionMatching(int Dimension, Diagram A, Diagram B, DiagramMatching Matching);

/// <summary>The matchings of the dimensions asked for, and the distance they make together.</summary>
/// <param name="Distance">Wasserstein: the sum over the dimensions (order 2: the root of the sum of squares); bottleneck: the largest.</param>
/// <param name="Parts">By dimension.</param>
internal sealed record Matchings(double Distance, IReadOnlyList<DimensionMatching> Parts)
{
    /// <summary>Matches two barcodes in the dimensions both have, or the one asked for.</summary>
    public static Matchings Of(ShapeDistanceRequest request, Barcode a, Barcode b, CancellationToken cancellation)
    {
        int first = request.Dimension ?? 0;
        int last = request.Dimension ?? Math.Min(a.Dimensions, b.Dimensions) - 1;
        GroundNorm norm = request.EuclideanNorm ? GroundNorm.Euclidean : GroundNorm.Infinity;
        var parts = new List<DimensionMatching>();
        double total = 0;
        for (int dimension = first; dimension <= last; dimension++)
        {
            Diagram ofA = request.Essential ? a[dimension] : new Diagram(a[dimension].Finite);
            Diagram ofB = request.Essential ? b[dimension] : new Diagram(b[dimension].Finite);
            DiagramMatching matching = request.Bottleneck
                ? Bottleneck.Match(ofA, ofB, cancellation)
                : Wasserstein.Match(ofA, ofB, request.Order, norm, cancellation);
            parts.Add(new DimensionMatching(dimension, ofA, ofB, matching));
            double distance = matching.Distance;
            total = request.Bottleneck ? Math.Max(total, distance) : request.Order == 2 ? double.Hypot(total, distance) : total + distance;
        }

        return new Matchings(total, parts);
    }
}
