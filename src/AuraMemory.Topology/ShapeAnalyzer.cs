using System.Globalization;
using AuraMemory.Topology.Extraction;

namespace AuraMemory.Topology;

/// <summary>From JSON to a shape: finds what has one, chooses or obeys kind and filtration, keeps within the limits, computes the diagrams.</summary>
/// <remarks>
/// Deterministic: the same bytes, options and limits give the same answer. Time and memory are bounded by the limits, not by the data. The rules are in
/// docs/algorithms/from-json-to-a-shape.md.
/// </remarks>
public static class ShapeAnalyzer
{
    private const double NanosecondsAByte = 4;
    private const double NanosecondsANumber = 100;
    private const double NanosecondsALandmarkDistance = 2;
    private const double NanosecondsAnEdgeAndPoint = 0.6;
    private const double NanosecondsATriangle = 6;

    /// <summary>Distances that come from no space, random ones above all: measured with 64 to 256 points.</summary>
    private const double NanosecondsACubeOfDistances = 250;

    private const double NanosecondsAStep = 200;

    /// <summary>Analyses one JSON value.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="options">What the caller says about it.</param>
    /// <param name="limits">Bounds on work and memory.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The shape, or why there is none: never an exception for what the data or the options are.</returns>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static ShapeOutcome Analyze(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(limits);
        string? reason = Wrong(options) ?? Unfit(options);
        if (reason is not null)
        {
            return new ShapeOutcome(null, reason);
        }

        reason = ShapeExtraction.Extract(json, options, limits, cancellation, out ShapeInput? input);
        if (reason is not null)
        {
            return new ShapeOutcome(null, reason);
        }

        // Asked for without a kind, a filtration must fit the kind that was found.
        reason = Unfit(options with { Kind = input!.Kind });
        return reason is not null ? new ShapeOutcome(null, reason) : new ShapeComputation(input, options, limits, cancellation).Run();
    }

    /// <summary>
    /// Roughly what <see cref="Analyze"/> will take, told from a glance at the bytes: commas and brackets are counted, nothing is read. Within a factor of a few
    /// on ordinary data; meant for deciding whether to compute at once. O(bytes), a fraction of a nanosecond each.
    /// </summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="options">What the caller says about it.</param>
    /// <param name="limits">Bounds on work and memory.</param>
    /// <returns>Nanoseconds on one core of about 3 GHz.</returns>
    public static long EstimateCost(ReadOnlySpan<byte> json, ShapeOptions options, ShapeLimits limits)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(limits);
        double separators = json.Count((byte)',') + 1;
        double rows = json.Count((byte)'[') + json.Count((byte)'{') - 1;
        double cost = 1000 + (json.Length * NanosecondsAByte) + (Math.Min(separators, limits.MaxNumbers) * NanosecondsANumber);

        // Points have at least two numbers a row and rarely more than sixteen; a list of numbers has no rows to speak of.
        bool pointLike = rows >= 3 && separators / rows is >= 1.5 and <= Inputs.PointCloud.MostCoordinates + 1;
        bool hops = options.Filtration == Filtration.Hop;
        bool distances = options.Kind == ShapeKind.Distances || (options.Kind is null && !hops && rows >= 3 && BeginsLikeDistances(json));
        bool rips = distances || hops || options.Kind is ShapeKind.Points or ShapeKind.Delay || (options.Kind is null && pointLike);
        if (!rips)
        {
            bool graph = options.Kind == ShapeKind.Graph || json.IndexOf("\"edges\""u8) >= 0 || json.IndexOf("\"links\""u8) >= 0;
            return (long)(graph ? cost + (Math.Min(separators, limits.MaxSimplices) * 300) : cost);
        }

        double points = options.Kind is ShapeKind.Delay ? separators
            : distances ? Math.Sqrt(separators)
            : pointLike ? rows : separators;
        double used = Math.Min(points, Math.Min(options.MaxPoints ?? limits.MaxPoints, Math.Max(limits.MaxPoints, limits.MaxPointsAsked)));
        cost += used < points ? points * used * NanosecondsALandmarkDistance : 0;
        double cube = used * used * used;
        bool space = options.MaxDimension is { } dimension ? dimension == 2 : used <= limits.MaxPointsInPlane;
        double reduction = (cube / 2 * NanosecondsAnEdgeAndPoint) + (space ? cube / 6 * NanosecondsATriangle : 0);

        // Lengths along paths and given distances need not be those of any space.
        reduction = hops || distances ? Math.Max(reduction, cube * NanosecondsACubeOfDistances) : reduction;
        return (long)(cost + Math.Min(reduction, 3.0 * limits.MaxSteps * NanosecondsAStep));
    }

    /// <summary>Whether the first matrix of a text begins as a distance matrix does: zero, then what the second row begins with.</summary>
    private static bool BeginsLikeDistances(ReadOnlySpan<byte> json)
    {
        int row = json.IndexOf((byte)'[');
        while (row >= 0)
        {
            json = json[(row + 1)..].TrimStart(" \t\r\n"u8);
            if (json.Length == 0 || json[0] != (byte)'[')
            {
                row = json.IndexOf((byte)'[');
                continue;
            }

            int second = json[1..].IndexOf((byte)'[') + 1;
            return second > 0
                && TryNumber(json[1..], out double diagonal, out int end) && diagonal == 0
                && TryNumber(json[(end + 2)..], out double above, out _) && above > 0
                && TryNumber(json[(second + 1)..], out double below, out _) && below.Equals(above);
        }

        return false;

        static bool TryNumber(ReadOnlySpan<byte> text, out double number, out int end)
        {
            int comma = text.IndexOf((byte)',');
            end = comma;
            number = 0;
            return comma >= 0 && double.TryParse(text[..comma], NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        }
    }

    private static string? Wrong(ShapeOptions options)
    {
        if (options.MaxDimension is < 0 or > Barcode.HighestDimension)
        {
            return $"max_dimension is {options.MaxDimension}; it must be 0 to {Barcode.HighestDimension}.";
        }

        if (options.Threshold is { } threshold && !double.IsFinite(threshold))
        {
            return $"threshold is {threshold.ToString(CultureInfo.InvariantCulture)}; it must be a finite number.";
        }

        if (options.MaxPoints < 4)
        {
            return $"max_points is {options.MaxPoints}; it must be at least 4.";
        }

        if (options.EmbeddingDimension is < 2 or > ShapeOptions.MostEmbeddingDimensions)
        {
            return $"embedding_dimension is {options.EmbeddingDimension}; it must be 2 to {ShapeOptions.MostEmbeddingDimensions}.";
        }

        return options.Delay < 1 ? $"delay is {options.Delay}; it must be at least 1." : null;
    }

    /// <summary>Whether kind and filtration go together, where both are known.</summary>
    private static string? Unfit(ShapeOptions options)
    {
        if (options.Kind is not { } kind || options.Filtration == Filtration.Default)
        {
            return null;
        }

        bool fits = kind switch
        {
            ShapeKind.Series or ShapeKind.Grid => options.Filtration is Filtration.Sublevel or Filtration.Superlevel,
            ShapeKind.Graph => options.Filtration is Filtration.Degree or Filtration.Hop,
            _ => options.Filtration == Filtration.Rips,
        };
        string possible = kind switch
        {
            ShapeKind.Series => "sublevel or superlevel (kind 'delay' has rips)",
            ShapeKind.Grid => "sublevel or superlevel",
            ShapeKind.Graph => "degree or hop",
            _ => "rips",
        };
        return fits ? null : $"A shape of kind '{Name(kind)}' has the filtration {possible}, not {Name(options.Filtration)}.";

        static string Name<T>(T value)
            where T : struct, Enum => value.ToString().ToLowerInvariant();
    }
}
