using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Extraction;

/// <summary>Turns a candidate into the input of a filtration, or says in a sentence why it is none.</summary>
internal readonly ref struct InputBuilder
{
    /// <summary>Fewest samples or points of what was found by itself; what the caller pointed at may have one.</summary>
    public const int FewestFound = 3;

    private readonly JsonDocumentView _view;
    private readonly ShapeKind? _kind;
    private readonly int _fewest;
    private readonly ShapeLimits _limits;
    private readonly List<string> _notes;

    /// <summary>Sets what the caller said.</summary>
    /// <param name="view">The text.</param>
    /// <param name="options">Kind and path count here.</param>
    /// <param name="limits">Most vertices count here.</param>
    /// <param name="notes">Gets what people should know of what was built.</param>
    public InputBuilder(JsonDocumentView view, ShapeOptions options, ShapeLimits limits, List<string> notes)
    {
        _view = view;
        _kind = options.Kind;
        _fewest = options.Kind is null && options.Path is null ? FewestFound : 1;
        _limits = limits;
        _notes = notes;
    }

    /// <summary>Builds the input. O(its numbers).</summary>
    /// <param name="candidate">What was found.</param>
    /// <param name="input">The input; null with a reason.</param>
    /// <returns>Why there is none; null with an input.</returns>
    public string? Build(Candidate candidate, out ShapeInput? input)
    {
        switch (candidate.Form)
        {
            case CandidateForm.List:
                return FromList(candidate.Node, out input);
            case CandidateForm.Matrix:
                return FromMatrix(candidate, out input);
            case CandidateForm.Volume:
                return FromVolume(candidate, out input);
            case CandidateForm.Ragged:
                return FromRagged(candidate, out input);
            case CandidateForm.Records:
                return FromColumns(candidate, new RecordTable(_view, candidate).Read(), out input);
            case CandidateForm.Columns:
                return FromColumns(candidate, ColumnsOf(candidate), out input);
            case CandidateForm.FlatGrid:
                return FromFlatGrid(candidate, out input);
            default:
                input = null;
                if (Unfit("a graph", ShapeKind.Graph) is { } unfit)
                {
                    return unfit;
                }

                string? reason = new GraphReader(_view, _limits.MaxVertices, _notes).Read(candidate, out WeightedGraph? graph);
                input = reason is null ? new ShapeInput { Kind = ShapeKind.Graph, Path = _view.PointerTo(candidate.Node), Graph = graph } : null;
                return reason;
        }
    }

    private static string Plural(int count, string one, string many) => count == 1 ? "1 " + one : $"{count} {many}";

    private string? Unfit(string what, params ReadOnlySpan<ShapeKind> kinds)
    {
        if (_kind is not { } kind)
        {
            return null;
        }

        foreach (ShapeKind possible in kinds)
        {
            if (possible == kind)
            {
                return null;
            }
        }

        return $"it is {what}, not what kind '{kind.ToString().ToLowerInvariant()}' needs";
    }

    private string? FromList(int node, out ShapeInput? input)
    {
        input = null;
        if (_kind is null or ShapeKind.Series or ShapeKind.Delay)
        {
            return FromSamples(node, _view.Tape.NumbersOf(node), out input);
        }

        if (_kind == ShapeKind.Points)
        {
            return FromRows(node, _view.Tape.NumbersOf(node).ToArray(), 1, out input);
        }

        if (_kind == ShapeKind.Distances)
        {
            ReadOnlySpan<double> numbers = _view.Tape.NumbersOf(node);
            int count = (int)Math.Round((1 + Math.Sqrt(1 + (8.0 * numbers.Length))) / 2);
            return (long)count * (count - 1) / 2 != numbers.Length
                ? $"{Plural(numbers.Length, "number is", "numbers are")} no lower triangle of a distance matrix"
                : FromTriangle(node, numbers.ToArray(), count, out input);
        }

        return Unfit("one list of numbers", ShapeKind.Series);
    }

    private string? FromSamples(int node, ReadOnlySpan<double> numbers, out ShapeInput? input)
    {
        input = null;
        var samples = new double[numbers.Length];
        int kept = 0;
        foreach (double number in numbers)
        {
            if (double.IsInfinity(number))
            {
                return TooLarge();
            }

            if (!double.IsNaN(number))
            {
                samples[kept++] = number;
            }
        }

        if (kept < numbers.Length)
        {
            _notes.Add($"{Plural(numbers.Length - kept, "missing sample was", "missing samples were")} skipped");
        }

        if (kept < _fewest)
        {
            return $"{Plural(kept, "sample is", "samples are")} too few for a shape";
        }

        input = new ShapeInput { Kind = _kind ?? ShapeKind.Series, Path = _view.PointerTo(node), Series = samples[..kept] };
        return null;
    }

    private string? FromMatrix(Candidate candidate, out ShapeInput? input)
    {
        int node = candidate.Node;
        int rows = _view.Elements(node);
        int width = _view[node + 1].Count;
        input = null;
        if (candidate.Size == 0)
        {
            return "its arrays are empty";
        }

        ReadOnlySpan<double> numbers = Rows(candidate);
        bool named = _view.IsNamed(node, KnownNames.Distances);
        bool grid = IsGrid(node);
        ShapeKind kind = _kind ?? (named ? ShapeKind.Distances : grid ? ShapeKind.Grid : rows == 1 || width == 1 ? ShapeKind.Series
            : MatrixForms.IsDistances(numbers, rows, width) ? ShapeKind.Distances
            : width <= PointCloud.MostCoordinates ? ShapeKind.Points : ShapeKind.Grid);
        switch (kind)
        {
            case ShapeKind.Series or ShapeKind.Delay:
                return rows == 1 || width == 1 ? FromSamples(node, numbers, out input) : Unfit($"a matrix of {rows} x {width} numbers", ShapeKind.Points);
            case ShapeKind.Points:
                return FromRows(node, numbers.ToArray(), width, out input);
            case ShapeKind.Grid:
                return FromGrid(node, numbers, [rows, width], out input);
            case ShapeKind.Graph:
                return FromGraph(candidate, rows, width, out input);
            default:
                string? reason = MatrixForms.Triangle(numbers, rows, width, out double[] lower);
                return reason ?? FromTriangle(node, lower, rows, out input);
        }
    }

    /// <summary>Rows of one array follow one another on the tape.</summary>
    private ReadOnlySpan<double> Rows(Candidate candidate)
    {
        int first = candidate.Form == CandidateForm.Volume ? candidate.Node + 2 : candidate.Node + 1;
        return _view.Tape.Numbers.Slice(_view[first].Start, (int)candidate.Size);
    }

    private bool IsGrid(int node) =>
        _view.IsNamed(node, KnownNames.Grids) || (_view[node].Parent >= 0 && _view.IsNamed(_view[node].Parent, KnownNames.Grids));

    private string? FromRows(int node, double[] numbers, int width, out ShapeInput? input)
    {
        input = null;
        if (width > PointCloud.MostCoordinates)
        {
            return $"its rows have {width} numbers; a point has at most {PointCloud.MostCoordinates}";
        }

        int rows = numbers.Length / width;
        int kept = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> point = numbers.AsSpan(row * width, width);
            bool whole = true;
            foreach (double number in point)
            {
                if (double.IsInfinity(number))
                {
                    return TooLarge();
                }

                whole &= !double.IsNaN(number);
            }

            if (whole)
            {
                point.CopyTo(numbers.AsSpan(kept++ * width));
            }
        }

        if (kept < rows)
        {
            _notes.Add($"{Plural(rows - kept, "point", "points")} with missing coordinates skipped");
        }

        if (kept < _fewest)
        {
            return $"{Plural(kept, "point is", "points are")} too few for a shape";
        }

        input = new ShapeInput { Kind = ShapeKind.Points, Path = _view.PointerTo(node), Points = new PointCloud(kept == rows ? numbers : numbers[..(kept * width)], width) };
        return null;
    }

    private string? FromVolume(Candidate candidate, out ShapeInput? input)
    {
        input = null;
        if (candidate.Size == 0)
        {
            return "its arrays are empty";
        }

        int planes = _view.Elements(candidate.Node);
        int rows = _view.Elements(candidate.Node + 1);
        int width = _view[candidate.Node + 2].Count;
        ReadOnlySpan<double> numbers = Rows(candidate);

        // One plane, as polygons are written in GeoJSON, is read as what the plane would be.
        if (planes == 1 && _kind is null && !IsGrid(candidate.Node))
        {
            return width == 1 || rows == 1 ? FromSamples(candidate.Node, numbers, out input)
                : width <= PointCloud.MostCoordinates ? FromRows(candidate.Node, numbers.ToArray(), width, out input)
                : FromGrid(candidate.Node, numbers, [rows, width], out input);
        }

        return Unfit($"a block of {planes} x {rows} x {width} numbers", ShapeKind.Grid) ?? FromGrid(candidate.Node, numbers, [planes, rows, width], out input);
    }

    private string? FromGrid(int node, ReadOnlySpan<double> numbers, int[] extents, out ShapeInput? input)
    {
        input = null;
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
            {
                return double.IsNaN(number) ? "a grid must not have missing values" : TooLarge();
            }
        }

        if (numbers.Length < _fewest)
        {
            return $"{Plural(numbers.Length, "cell is", "cells are")} too few for a shape";
        }

        // A direction of extent 1 has no room for anything.
        int[] kept = extents.Length == 3 ? Array.FindAll(extents, static e => e > 1) : extents;
        kept = kept.Length switch { 0 => [1, 1], 1 => [1, kept[0]], _ => kept };
        input = new ShapeInput { Kind = ShapeKind.Grid, Path = _view.PointerTo(node), Grid = new ValueGrid(numbers.ToArray(), kept) };
        return null;
    }

    private string? FromFlatGrid(Candidate candidate, out ShapeInput? input)
    {
        int array = candidate.Parts[0];
        input = null;
        if (_kind is ShapeKind.Series or ShapeKind.Delay)
        {
            return FromList(array, out input);
        }

        if (Unfit("a grid", ShapeKind.Grid) is { } unfit)
        {
            return unfit;
        }

        double[] given = _view[candidate.Parts[1]].Kind == TapeKind.Numbers
            ? _view.Tape.NumbersOf(candidate.Parts[1]).ToArray()
            : [.. candidate.Parts[1..].Select(ValueAt(_view.Tape))];
        double product = 1;
        foreach (double extent in given)
        {
            product *= extent >= 1 && extent == Math.Floor(extent) ? extent : double.NaN;
        }

        ReadOnlySpan<double> numbers = _view.Tape.NumbersOf(array);
        return product != numbers.Length
            ? $"{Plural(numbers.Length, "number is", "numbers are")} no grid of {string.Join(" x ", given)}"
            : FromGrid(array, numbers, [.. given.Select(static e => (int)e)], out input);

        static Func<int, double> ValueAt(JsonTape tape) => node => tape.Nodes[node].Value;
    }

    private string? FromRagged(Candidate candidate, out ShapeInput? input)
    {
        input = null;
        if (_kind == ShapeKind.Graph)
        {
            return FromGraph(candidate, 0, 0, out input);
        }

        if (_kind != ShapeKind.Distances && !_view.IsNamed(candidate.Node, KnownNames.Distances))
        {
            return "its rows have different lengths";
        }

        // Rows of 0, 1, 2, … numbers or of 1, 2, 3, …; the first form has the empty row of the first point.
        int expected = _view[candidate.Node + 1].Count;
        bool whole = expected <= 1;
        int rows = 0;
        for (int row = candidate.Node + 1; row < _view[candidate.Node].End; row = _view[row].End)
        {
            whole &= _view[row].Count == expected + rows++;
        }

        return whole
            ? FromTriangle(candidate.Node, Rows(candidate).ToArray(), rows + expected, out input)
            : "its rows are no lower triangle of a distance matrix";
    }

    private string? FromTriangle(int node, double[] lower, int count, out ShapeInput? input)
    {
        input = null;
        for (int i = 0; i < lower.Length; i++)
        {
            if (double.IsInfinity(lower[i]))
            {
                return TooLarge();
            }

            if (lower[i] < 0)
            {
                return "a distance is negative";
            }

            // A missing distance: these two are never joined.
            lower[i] = double.IsNaN(lower[i]) ? double.PositiveInfinity : lower[i];
        }

        if (count < _fewest)
        {
            return $"{Plural(count, "point is", "points are")} too few for a shape";
        }

        input = new ShapeInput { Kind = ShapeKind.Distances, Path = _view.PointerTo(node), Distances = new DistanceMatrix(lower, count) };
        return null;
    }

    private string? FromGraph(Candidate candidate, int rows, int width, out ShapeInput? input)
    {
        // Called for by the caller: rows of two or three are edges unless they are as many as long.
        bool edges = candidate.Form == CandidateForm.Matrix && width is 2 or 3 && rows != width;
        string? reason = new GraphReader(_view, _limits.MaxVertices, _notes)
            .Read(candidate with { Form = CandidateForm.Graph, Parts = edges ? [candidate.Node, -1] : [candidate.Node] }, out WeightedGraph? graph);
        input = reason is null ? new ShapeInput { Kind = ShapeKind.Graph, Path = _view.PointerTo(candidate.Node), Graph = graph } : null;
        return reason;
    }

    private double[][] ColumnsOf(Candidate candidate)
    {
        var columns = new double[candidate.Parts.Length][];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = _view.Tape.NumbersOf(candidate.Parts[i]).ToArray();
        }

        return columns;
    }

    private string? FromColumns(Candidate candidate, double[][] columns, out ShapeInput? input)
    {
        input = null;
        if (columns.Length == 1 && _kind is null or ShapeKind.Series or ShapeKind.Delay)
        {
            return FromSamples(candidate.Node, columns[0], out input);
        }

        if (Unfit("points", ShapeKind.Points) is { } unfit)
        {
            return unfit;
        }

        int rows = columns[0].Length;
        var numbers = new double[rows * columns.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                numbers[(row * columns.Length) + column] = columns[column][row];
            }
        }

        return FromRows(candidate.Node, numbers, columns.Length, out input);
    }

    private static string TooLarge() => $"it has a number beyond {JsonTape.Largest:0e0}, where differences overflow";
}
