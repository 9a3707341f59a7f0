using AuraMemory.Topology.Extraction;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;
using AuraMemory.Topology.Rips;

namespace AuraMemory.Topology;

/// <summary>The diagrams of one input within the limits.</summary>
internal sealed class ShapeComputation
{
    private const int UsualEmbedding = 3;

    /// <summary>Steps of a reduction for each simplex of the limit: of the order of a second in all by default.</summary>
    private const long WorkASimplex = 200;

    private readonly ShapeInput _input;
    private readonly ShapeOptions _options;
    private readonly ShapeLimits _limits;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notes;

    /// <summary>Sets what is computed.</summary>
    /// <param name="input">What was found.</param>
    /// <param name="options">What the caller said; the filtration fits the kind.</param>
    /// <param name="limits">Bounds on work and memory.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public ShapeComputation(ShapeInput input, ShapeOptions options, ShapeLimits limits, CancellationToken cancellation)
    {
        _input = input;
        _options = options;
        _limits = limits;
        _cancellation = cancellation;
        _notes = [.. input.Notes];
    }

    /// <summary>Computes.</summary>
    public ShapeOutcome Run() => _input.Kind switch
    {
        ShapeKind.Series => Series(),
        ShapeKind.Grid => Grid(),
        ShapeKind.Graph => _options.Filtration == Filtration.Hop ? Hop() : Degree(),
        ShapeKind.Distances => Distances(),
        ShapeKind.Delay => Delay(),
        _ => Cloud(_input.Points!, _input.Points!.Count),
    };

    private static double RangeOf(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return high - low;
    }

    private ShapeOutcome Series()
    {
        double[] samples = _input.Series!;
        bool above = _options.Filtration == Filtration.Superlevel;
        var barcode = new Barcode(above ? SeriesPersistence.Superlevel(samples) : SeriesPersistence.Sublevel(samples));
        return Finish(EndOfLevels(barcode), above ? Filtration.Superlevel : Filtration.Sublevel, RangeOf(samples), samples.Length, samples.Length, 0);
    }

    private ShapeOutcome Grid()
    {
        ValueGrid grid = _input.Grid!;
        bool above = _options.Filtration == Filtration.Superlevel;
        double range = RangeOf(grid.Values.Span);
        int found = grid.Values.Length;
        int dimension = _options.MaxDimension ?? Barcode.HighestDimension;
        double deviation = 0;
        Barcode? barcode = null;
        while (barcode is null)
        {
            bool fits = grid.Extents.Count == 2 || dimension == 0 || CubicalLoops.CellsOf(grid.Extents, _options.Cells) <= _limits.MaxSimplices;
            barcode = fits ? GridPersistence.Compute(grid, _options.Cells, above ? -1 : 1, dimension, WorkASimplex * _limits.MaxSimplices, _cancellation) : null;
            if (barcode is null)
            {
                PooledGrid pooled = GridPooling.Halve(grid);
                grid = pooled.Grid;
                deviation += pooled.Deviation;
            }
        }

        if (grid.Values.Length < found)
        {
            _notes.Add($"pooled to {string.Join(" x ", grid.Extents)} cells");
        }

        ShapeOutcome outcome = Finish(EndOfLevels(barcode), above ? Filtration.Superlevel : Filtration.Sublevel, range, found, grid.Values.Length, deviation);
        return outcome with { Analysis = outcome.Analysis! with { Cells = _options.Cells } };
    }

    private ShapeOutcome Degree()
    {
        WeightedGraph graph = _input.Graph!;
        int[] degrees = GraphPersistence.Degrees(graph);
        int asked = _options.MaxDimension ?? Barcode.HighestDimension;
        Barcode barcode = GraphPersistence.DegreeClique(graph, asked, _limits.MaxSimplices, _cancellation);
        if (barcode.Dimensions <= asked)
        {
            _notes.Add($"more than {_limits.MaxSimplices} cliques or too much work: computed up to dimension {barcode.Dimensions - 1}");
        }

        int low = int.MaxValue;
        int high = 0;
        foreach (int degree in degrees)
        {
            low = Math.Min(low, degree);
            high = Math.Max(high, degree);
        }

        return Finish(EndOfLevels(barcode), Filtration.Degree, high - low, graph.Count, graph.Count, 0);
    }

    private ShapeOutcome Hop()
    {
        WeightedGraph graph = _input.Graph!;
        int used = Math.Min(graph.Count, MostPoints());
        HopLandmarks landmarks = HopLandmarks.Choose(graph, used, _cancellation);
        return double.IsPositiveInfinity(landmarks.CoveringRadius)
            ? new ShapeOutcome(null, $"The graph has more components than the {used} landmarks that can stand for its {graph.Count} vertices.")
            : Complex(landmarks.Distances, Filtration.Hop, graph.Count, 2 * landmarks.CoveringRadius);
    }

    private ShapeOutcome Distances()
    {
        DistanceMatrix all = _input.Distances!;
        int most = MostPoints();
        if (all.Count <= most)
        {
            return Complex(all, Filtration.Rips, all.Count, 0);
        }

        LandmarkChoice landmarks = FarthestPoints.Choose(all, most, _cancellation);
        double distortion = LandmarkDistortion.Of(all, landmarks.Points, _cancellation);
        return double.IsPositiveInfinity(distortion)
            ? new ShapeOutcome(null, $"The {most} landmarks that can stand for {all.Count} points do not reach all of them.")
            : Complex(LandmarkDistortion.Between(all, landmarks.Points), Filtration.Rips, all.Count, distortion);
    }

    private ShapeOutcome Delay()
    {
        double[] samples = _input.Series!;
        int dimension = _options.EmbeddingDimension ?? UsualEmbedding;
        int delay = _options.Delay ?? DelayEmbedding.ChooseDelay(samples, dimension);
        PointCloud windows = DelayEmbedding.Embed(samples, dimension, delay);
        if (windows.Count == 0)
        {
            return new ShapeOutcome(null, $"{samples.Length} samples are too few for {dimension} coordinates {delay} samples apart.");
        }

        _notes.Add($"embedded in {dimension} coordinates, delay {delay}");
        return Cloud(windows, samples.Length);
    }

    private ShapeOutcome Cloud(PointCloud points, int found)
    {
        int most = MostPoints();
        if (points.Count <= most)
        {
            return Rips(points, found, 0);
        }

        LandmarkChoice landmarks = FarthestPoints.Choose(points, most, _cancellation);
        var coordinates = new double[landmarks.Points.Length * points.Dimension];
        for (int i = 0; i < landmarks.Points.Length; i++)
        {
            points[landmarks.Points[i]].CopyTo(coordinates.AsSpan(i * points.Dimension));
        }

        return Rips(new PointCloud(coordinates, points.Dimension), found, 2 * landmarks.CoveringRadius);
    }

    private ShapeOutcome Rips(PointCloud points, int found, double error)
    {
        if (WrongThreshold() is { } wrong)
        {
            return new ShapeOutcome(null, wrong);
        }

        // The threshold may cut below the enclosing radius, which is the scale all the same.
        RipsResult result = RipsPersistence.Compute(points, Dimension(points.Count), _options.Threshold, _cancellation);
        double scale = _options.Threshold is null ? result.Threshold : RipsPersistence.Compute(points, 0, null, _cancellation).Threshold;
        return Finish(result.Barcode, Filtration.Rips, scale, found, points.Count, error);
    }

    private ShapeOutcome Complex(DistanceMatrix distances, Filtration filtration, int found, double error)
    {
        if (WrongThreshold() is { } wrong)
        {
            return new ShapeOutcome(null, wrong);
        }

        RipsResult result = RipsPersistence.Compute(distances, Dimension(distances.Count), _options.Threshold, _cancellation);
        double scale = _options.Threshold is null ? result.Threshold : RipsPersistence.Compute(distances, 0, null, _cancellation).Threshold;
        return Finish(result.Barcode, filtration, scale, found, distances.Count, error);
    }

    private string? WrongThreshold() =>
        _options.Threshold < 0 ? $"threshold is {_options.Threshold}; a length is not negative." : null;

    private int MostPoints()
    {
        if (_options.MaxPoints > _limits.MaxPoints)
        {
            _notes.Add($"max_points was lowered from {_options.MaxPoints} to the limit of {_limits.MaxPoints}");
        }

        return Math.Min(_options.MaxPoints ?? _limits.MaxPoints, _limits.MaxPoints);
    }

    private int Dimension(int points) => _options.MaxDimension ?? (points <= _limits.MaxPointsInPlane ? 2 : 1);

    private Barcode EndOfLevels(Barcode barcode) =>
        _options.Threshold is { } end ? BarcodeCut.EndedAt(barcode, end) : barcode;

    private ShapeOutcome Finish(Barcode barcode, Filtration filtration, double scale, int found, int used, double error)
    {
        Barcode kept = BarcodeCut.Longest(barcode, _limits.MaxBars, out double longest, out double halves);
        if (longest > 0)
        {
            _notes.Add($"only the {_limits.MaxBars} longest finite bars of a dimension were kept; Betti numbers may be higher than told where more are longer than the threshold");
        }

        if (used < found && error > 0)
        {
            _notes.Add($"{used} of {found} points or cells stand for all; the diagrams are off by at most the error bound");
        }

        return new ShapeOutcome(
            new ShapeAnalysis
            {
                Kind = _input.Kind,
                Filtration = filtration,
                Path = _input.Path,
                Barcode = kept,
                Scale = scale,
                Points = found,
                UsedPoints = used,
                ErrorBound = error + (longest / 2),
                DroppedHalfPersistence = halves,
                Notes = [.. _notes],
            },
            null);
    }
}
