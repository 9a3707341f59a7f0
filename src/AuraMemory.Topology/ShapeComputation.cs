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

    /// <summary>So few points are never made fewer: their reduction is some milliseconds at most.</summary>
    private const int FewestPoints = 32;

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
        return Fitting(graph.Count, graph.Count, Filtration.Hop, most =>
        {
            HopLandmarks landmarks = HopLandmarks.Choose(graph, most, _cancellation);
            return new Sample(landmarks.Distances, 2 * landmarks.CoveringRadius);
        });
    }

    private ShapeOutcome Distances()
    {
        DistanceMatrix all = _input.Distances!;
        return Fitting(all.Count, all.Count, Filtration.Rips, most =>
        {
            if (all.Count <= most)
            {
                return new Sample(all, 0);
            }

            LandmarkChoice landmarks = FarthestPoints.Choose(all, most, _cancellation);
            return new Sample(LandmarkDistortion.Between(all, landmarks.Points), LandmarkDistortion.Of(all, landmarks.Points, _cancellation));
        });
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
        ShapeOutcome outcome = Cloud(windows, samples.Length);
        return outcome.Analysis is { } analysis
            ? outcome with { Analysis = analysis with { Embedding = new SeriesEmbedding(dimension, delay, _options.Delay is not null) } }
            : outcome;
    }

    private ShapeOutcome Cloud(PointCloud points, int found) => Fitting(points.Count, found, Filtration.Rips, most =>
    {
        if (points.Count <= most)
        {
            return new Sample(new PairwiseDistances(points).Matrix(_cancellation), 0);
        }

        LandmarkChoice landmarks = FarthestPoints.Choose(points, most, _cancellation);
        var coordinates = new double[landmarks.Points.Length * points.Dimension];
        for (int i = 0; i < landmarks.Points.Length; i++)
        {
            points[landmarks.Points[i]].CopyTo(coordinates.AsSpan(i * points.Dimension));
        }

        DistanceMatrix between = new PairwiseDistances(new PointCloud(coordinates, points.Dimension)).Matrix(_cancellation);
        return new Sample(between, 2 * landmarks.CoveringRadius);
    });

    /// <summary>The Rips complex of as many points as are allowed; of fewer, while its reduction takes too many steps.</summary>
    /// <remarks>
    /// How much a reduction takes cannot be told from the number of points: 256 in space are done in 40 ms, 256 with random distances in dimension 2 not in a minute. So it is tried,
    /// and counted in steps, not seconds: the same data gives the same answer on every machine. The cost rises with more than the cube of the points, so a third fewer take
    /// a quarter of the steps or less, and there are a few tries at most.
    /// </remarks>
    /// <param name="points">Points there are.</param>
    /// <param name="found">What they were made of, for the answer.</param>
    /// <param name="filtration">Rips or hop.</param>
    /// <param name="choose">At most so many points, and what that costs in error.</param>
    private ShapeOutcome Fitting(int points, int found, Filtration filtration, Func<int, Sample> choose)
    {
        if (WrongThreshold() is { } wrong)
        {
            return new ShapeOutcome(null, wrong);
        }

        int most = Math.Min(points, MostPoints());
        while (true)
        {
            Sample sample = choose(most);
            if (double.IsPositiveInfinity(sample.Error))
            {
                return new ShapeOutcome(null, $"The {most} landmarks that can stand for {points} points do not reach all of them.");
            }

            int used = sample.Distances.Count;
            int dimension = _options.MaxDimension ?? (used <= _limits.MaxPointsInPlane ? 2 : 1);
            long steps = used <= FewestPoints ? long.MaxValue : _limits.MaxSteps;
            if (RipsPersistence.Within(sample.Distances, dimension, _options.Threshold, steps, _cancellation) is { } result)
            {
                // The threshold may cut below the enclosing radius, which is the scale all the same.
                double scale = _options.Threshold is null
                    ? result.Threshold
                    : RipsPersistence.Compute(sample.Distances, 0, null, _cancellation).Threshold;
                return Finish(result.Barcode, filtration, scale, found, used, sample.Error);
            }

            most = Math.Max(FewestPoints, used * 2 / 3);
            _notes.Add($"dimension {dimension} of {used} points takes more than {_limits.MaxSteps} steps: tried with {most}");
        }
    }

    private string? WrongThreshold() =>
        _options.Threshold < 0 ? $"threshold is {_options.Threshold}; a length is not negative." : null;

    private int MostPoints()
    {
        int ceiling = Math.Max(_limits.MaxPoints, _limits.MaxPointsAsked);
        if (_options.MaxPoints > ceiling)
        {
            _notes.Add($"max_points was lowered from {_options.MaxPoints} to the limit of {ceiling}");
        }

        int most = Math.Min(_options.MaxPoints ?? _limits.MaxPoints, ceiling);
        return Math.Min(most, _options.MaxDimension == 2 ? RipsPersistence.MostPointsInPlane : RipsPersistence.MostPoints);
    }

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

    /// <summary>Points that stand for all, and the bound on the bottleneck distance that comes of it; infinite where they cannot.</summary>
    private readonly record struct Sample(DistanceMatrix Distances, double Error);
}
