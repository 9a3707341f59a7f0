namespace AuraMemory.Topology.Extraction;

/// <summary>Finds what may have a shape in a JSON text, in document order.</summary>
/// <remarks>
/// A node is looked at before what is in it, and what belongs to a larger form is no candidate of its own: the rows of a matrix, the edges of a graph. The members of
/// records are looked into all the same, for a record may hold arrays.
/// </remarks>
internal ref struct CandidateSearch
{
    /// <summary>Records whose members are gathered; later ones may lack some but add none.</summary>
    private const int RecordsGathered = 16;

    private readonly JsonDocumentView _view;
    private readonly List<Candidate> _found = [];
    private readonly HashSet<int> _consumed = [];

    private CandidateSearch(JsonDocumentView view) => _view = view;

    /// <summary>All candidates at or below a node. O(nodes).</summary>
    /// <param name="view">The text.</param>
    /// <param name="root">Where to look.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static List<Candidate> Find(JsonDocumentView view, int root, CancellationToken cancellation)
    {
        var search = new CandidateSearch(view);
        for (int node = root; node < view[root].End;)
        {
            cancellation.ThrowIfCancellationRequested();
            node = search._consumed.Contains(node) || search.Look(node) ? view[node].End : node + 1;
        }

        return search._found;
    }

    /// <summary>Adds the candidate that a node is, if any; true when nothing in it is one of its own.</summary>
    private readonly bool Look(int node)
    {
        switch (_view[node].Kind)
        {
            case TapeKind.Numbers:
                Add(CandidateForm.List, node, _view[node].Count, []);
                return true;
            case TapeKind.Array:
                return LookAtArray(node);
            case TapeKind.Object:
                LookAtObject(node);
                return false;
            default:
                return true;
        }
    }

    private readonly bool LookAtArray(int node)
    {
        int rows = 0;
        int width = -1;
        bool numbers = true;
        bool equal = true;
        long size = 0;
        bool records = true;
        for (int child = node + 1; child < _view[node].End; child = _view[child].End)
        {
            rows++;
            TapeKind kind = _view[child].Kind;
            records &= kind == TapeKind.Object;
            numbers &= kind == TapeKind.Numbers;
            if (!numbers && !records)
            {
                return LookAtVolume(node);
            }

            if (numbers)
            {
                equal &= width < 0 || width == _view[child].Count;
                width = _view[child].Count;
                size += width;
            }
        }

        if (rows == 0)
        {
            return true;
        }

        if (records)
        {
            LookAtRecords(node);
            return false;
        }

        Add(equal ? CandidateForm.Matrix : CandidateForm.Ragged, node, size, []);

        // Where they make no whole, rows of their own may be series.
        return equal;
    }

    private readonly bool LookAtVolume(int node)
    {
        int height = -1;
        int width = -1;
        long size = 0;
        for (int plane = node + 1; plane < _view[node].End; plane = _view[plane].End)
        {
            int rows = 0;
            for (int row = plane + 1; row < _view[plane].End; row = _view[row].End)
            {
                if (_view[row].Kind != TapeKind.Numbers || (width >= 0 && width != _view[row].Count))
                {
                    return false;
                }

                width = _view[row].Count;
                size += width;
                rows++;
            }

            if (_view[plane].Kind != TapeKind.Array || rows == 0 || (height >= 0 && height != rows))
            {
                return false;
            }

            height = rows;
        }

        Add(CandidateForm.Volume, node, size, []);
        return true;
    }

    private readonly void LookAtRecords(int node)
    {
        var names = new List<int>();
        int rows = 0;
        for (int record = node + 1; record < _view[node].End; record = _view[record].End)
        {
            if (rows++ >= RecordsGathered)
            {
                continue;
            }

            for (int member = record + 1; member < _view[record].End; member = _view[member].End)
            {
                if (_view[member].Kind == TapeKind.Number && !IsKnown(names, member))
                {
                    names.Add(member);
                }
            }
        }

        int[] columns = ChooseColumns(names);
        if (columns.Length > 0)
        {
            Add(CandidateForm.Records, node, (long)rows * columns.Length, columns);
        }
    }

    private readonly bool IsKnown(List<int> names, int member)
    {
        foreach (int name in names)
        {
            if (_view.NameOf(name).SequenceEqual(_view.NameOf(member)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Coordinates by name; else the member named as a reading; else all that are no clock.</summary>
    private readonly int[] ChooseColumns(List<int> names)
    {
        foreach (string[] axes in KnownNames.Coordinates)
        {
            var chosen = new List<int>();
            foreach (string axis in axes)
            {
                foreach (int name in names)
                {
                    if (_view.IsNamed(name, axis))
                    {
                        chosen.Add(name);
                        break;
                    }
                }
            }

            // The first two are needed: {"y", "z"} alone are no point of this kind.
            if (chosen.Count >= 2 && _view.IsNamed(chosen[0], axes[0]) && _view.IsNamed(chosen[1], axes[1]))
            {
                return [.. chosen];
            }
        }

        foreach (string reading in KnownNames.Readings)
        {
            foreach (int name in names)
            {
                if (_view.IsNamed(name, reading))
                {
                    return [name];
                }
            }
        }

        var others = new List<int>();
        foreach (int name in names)
        {
            if (!_view.IsNamed(name, KnownNames.Clocks))
            {
                others.Add(name);
            }
        }

        return [.. others];
    }

    private readonly void LookAtObject(int node)
    {
        // Most objects of large documents are records of scalars: none of the forms below.
        bool arrays = false;
        for (int member = node + 1; member < _view[node].End && !arrays; member = _view[member].End)
        {
            arrays = _view[member].Kind is TapeKind.Numbers or TapeKind.Array or TapeKind.Object;
        }

        if (!arrays)
        {
            return;
        }

        LookForGraph(node);
        LookForFlatGrid(node);
        foreach (string[] axes in KnownNames.Coordinates)
        {
            var columns = new List<int>();
            foreach (string axis in axes)
            {
                int column = _view.Member(node, axis);
                if (column < 0 || _view[column].Kind != TapeKind.Numbers || (columns.Count > 0 && _view[column].Count != _view[columns[0]].Count))
                {
                    break;
                }

                columns.Add(column);
            }

            if (columns.Count >= 2)
            {
                _consumed.UnionWith(columns);
                Add(CandidateForm.Columns, node, (long)columns.Count * _view[columns[0]].Count, [.. columns]);
                return;
            }
        }
    }

    private readonly void LookForGraph(int node)
    {
        int vertices = _view.Member(node, KnownNames.Vertices);
        int edges = _view.Member(node, KnownNames.Edges);
        bool lists = edges >= 0 && (_view[edges].Kind == TapeKind.Array || (_view[edges].Kind == TapeKind.Numbers && _view[edges].Count == 0));

        // "links" alone are as often web addresses.
        if (lists && (vertices >= 0 || !_view.IsNamed(edges, "links")))
        {
            int count = vertices >= 0 ? vertices : _view.Member(node, KnownNames.VertexCounts);
            _consumed.Add(edges);
            _consumed.Add(vertices);
            Add(CandidateForm.Graph, node, 2L * _view.Elements(edges), [edges, count]);
            return;
        }

        int adjacency = _view.Member(node, KnownNames.Adjacency);
        if (adjacency >= 0 && _view[adjacency].Kind is (TapeKind.Array or TapeKind.Object))
        {
            _consumed.Add(adjacency);
            Add(CandidateForm.Graph, node, _view[adjacency].End - adjacency - 1L + NumbersIn(adjacency), [adjacency]);
        }
    }

    private readonly long NumbersIn(int node)
    {
        long sum = 0;
        for (int child = node + 1; child < _view[node].End; child++)
        {
            sum += _view[child].Kind == TapeKind.Numbers ? _view[child].Count : 0;
        }

        return sum;
    }

    private readonly void LookForFlatGrid(int node)
    {
        int width = _view.Member(node, "width", "w", "cols", "columns");
        int height = _view.Member(node, "height", "h", "rows");
        int depth = _view.Member(node, "depth");
        int shape = _view.Member(node, "shape", "dims", "extents", "dimensions");
        int[] extents;
        if (shape >= 0 && _view[shape].Kind == TapeKind.Numbers && _view[shape].Count is 2 or 3)
        {
            extents = [shape];
        }
        else if (IsNumber(width) && IsNumber(height))
        {
            extents = IsNumber(depth) ? [depth, height, width] : [height, width];
        }
        else
        {
            return;
        }

        int array = -1;
        for (int member = node + 1; member < _view[node].End && array < 0; member = _view[member].End)
        {
            bool named = _view.IsNamed(member, KnownNames.Grids) || _view.IsNamed(member, "data", "values");
            array = named && member != shape && _view[member].Kind == TapeKind.Numbers ? member : -1;
        }

        if (array >= 0)
        {
            _consumed.Add(array);
            _consumed.Add(shape);
            Add(CandidateForm.FlatGrid, node, _view[array].Count, [array, .. extents]);
        }
    }

    private readonly bool IsNumber(int node) => node >= 0 && _view[node].Kind == TapeKind.Number;

    private readonly void Add(CandidateForm form, int node, long size, int[] parts) =>
        _found.Add(new Candidate(form, node, size, form == CandidateForm.List && _view.IsNamed(node, KnownNames.Clocks), parts));
}
