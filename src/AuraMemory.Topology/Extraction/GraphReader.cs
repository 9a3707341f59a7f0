using System.Globalization;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Extraction;

/// <summary>Reads a graph from edges, neighbour lists or an adjacency matrix.</summary>
/// <remarks>
/// Vertices are told apart by what names them, a number or a string. Their number is that of the list or count given; without one, of those that edges name.
/// Lengths count only where every edge has a positive one.
/// </remarks>
internal readonly ref struct GraphReader
{
    private static readonly string[] Froms = ["source", "from", "u", "a", "start", "src"];
    private static readonly string[] Tos = ["target", "to", "v", "b", "end", "dst"];
    private static readonly string[] Lengths = ["weight", "length", "w", "distance"];
    private static readonly string[] Identifiers = ["id", "key", "name"];

    private readonly JsonDocumentView _view;
    private readonly int _mostVertices;
    private readonly List<string> _notes;
    private readonly Dictionary<string, int> _names = [];
    private readonly List<GraphEdge> _edges = [];

    /// <summary>Sets what is read.</summary>
    /// <param name="view">The text.</param>
    /// <param name="mostVertices">Most vertices.</param>
    /// <param name="notes">Gets what people should know.</param>
    public GraphReader(JsonDocumentView view, int mostVertices, List<string> notes)
    {
        _view = view;
        _mostVertices = mostVertices;
        _notes = notes;
    }

    /// <summary>Reads the graph. O(edges).</summary>
    /// <param name="candidate">Its parts are edges and vertices (-1 = none given), or what holds the neighbours.</param>
    /// <param name="graph">The graph; null with a reason.</param>
    /// <returns>Why there is none; null with a graph.</returns>
    public string? Read(Candidate candidate, out WeightedGraph? graph)
    {
        graph = null;
        int declared = -1;
        bool closed = false;
        string? reason = candidate.Parts.Length == 2
            ? Declare(candidate.Parts[1], ref declared, out closed) ?? ReadEdges(candidate.Parts[0], declared, closed)
            : ReadAdjacency(candidate.Parts[0], out declared);
        if (reason is not null)
        {
            return reason;
        }

        int count = Math.Max(declared, _names.Count);
        if (count > _mostVertices)
        {
            return $"its {count} vertices are more than the {_mostVertices} that are analysed";
        }

        if (count == 0)
        {
            return "it has no vertices";
        }

        bool lengths = true;
        foreach (GraphEdge edge in _edges)
        {
            lengths &= edge.Length > 0 && edge.Length <= JsonTape.Largest;
        }

        if (!lengths)
        {
            _notes.Add("edge lengths that are not all positive numbers were left out");
            for (int i = 0; i < _edges.Count; i++)
            {
                _edges[i] = _edges[i] with { Length = 1 };
            }
        }

        graph = new WeightedGraph(count, _edges.ToArray());
        return null;
    }

    private string? Declare(int vertices, ref int declared, out bool closed)
    {
        closed = false;
        if (vertices < 0)
        {
            return null;
        }

        if (_view[vertices].Kind == TapeKind.Number)
        {
            double count = _view[vertices].Value;
            if (!(count >= 0 && count <= int.MaxValue && count == Math.Floor(count)))
            {
                return $"{count.ToString(CultureInfo.InvariantCulture)} is no number of vertices";
            }

            declared = (int)count;
            return declared > _mostVertices ? $"its {declared} vertices are more than the {_mostVertices} that are analysed" : null;
        }

        closed = true;
        declared = 0;
        if (_view[vertices].Kind == TapeKind.Numbers)
        {
            foreach (double number in _view.Tape.NumbersOf(vertices))
            {
                _names.TryAdd(NameOf(number), declared++);
            }

            return null;
        }

        for (int vertex = vertices + 1; vertex < _view[vertices].End; vertex = _view[vertex].End)
        {
            int identifier = _view[vertex].Kind == TapeKind.Object ? _view.Member(vertex, Identifiers) : vertex;
            string? name = identifier < 0 ? null : NameOf(identifier);
            _names.TryAdd(name ?? declared.ToString(CultureInfo.InvariantCulture), declared);
            declared++;
        }

        return null;
    }

    private string? ReadEdges(int edges, int declared, bool closed)
    {
        bool counted = declared >= 0 && !closed;
        if (counted)
        {
            for (int i = 0; i < declared; i++)
            {
                _names.Add(i.ToString(CultureInfo.InvariantCulture), i);
            }
        }

        for (int edge = edges + 1; edge < _view[edges].End; edge = _view[edge].End)
        {
            string? from = null;
            string? to = null;
            double length = 1;
            ref readonly TapeNode node = ref _view[edge];
            if (node.Kind == TapeKind.Object)
            {
                from = NameOf(_view.Member(edge, Froms));
                to = NameOf(_view.Member(edge, Tos));
                int weight = _view.Member(edge, Lengths);
                length = weight < 0 ? 1 : _view[weight].Value;
            }
            else if (node.Kind == TapeKind.Numbers && node.End == edge + 1 && node.Count >= 2)
            {
                ReadOnlySpan<double> numbers = _view.Tape.NumbersOf(edge);
                from = NameOf(numbers[0]);
                to = NameOf(numbers[1]);
                length = numbers.Length > 2 ? numbers[2] : 1;
            }
            else if (node.Kind is TapeKind.Array or TapeKind.Numbers && _view.Elements(edge) >= 2)
            {
                int second = _view[edge + 1].End;
                from = NameOf(edge + 1);
                to = NameOf(second);
                length = _view[second].End < node.End ? _view[_view[second].End].Value : 1;
            }

            if (from is null || to is null)
            {
                return $"the edge at {_view.PointerTo(edge)} does not name two vertices";
            }

            int first = Vertex(from, declared >= 0);
            int last = Vertex(to, declared >= 0);
            if (first < 0 || last < 0)
            {
                return $"the edge at {_view.PointerTo(edge)} names the vertex '{(first < 0 ? from : to)}', which is not among the {declared} given";
            }

            _edges.Add(new GraphEdge(first, last, length));
        }

        return null;
    }

    private string? ReadAdjacency(int node, out int declared)
    {
        declared = -1;
        if (_view[node].Kind == TapeKind.Object)
        {
            for (int vertex = node + 1; vertex < _view[node].End; vertex = _view[vertex].End)
            {
                string? reason = AddNeighbours(Vertex(_view.MemberNameOf(vertex), false), vertex, false);
                if (reason is not null)
                {
                    return reason;
                }
            }

            return null;
        }

        declared = _view.Elements(node);
        bool matrix = true;
        for (int row = node + 1; row < _view[node].End; row = _view[row].End)
        {
            matrix &= _view[row].Kind == TapeKind.Numbers && _view[row].Count == declared;
        }

        for (int i = 0; i < declared; i++)
        {
            _names.Add(i.ToString(CultureInfo.InvariantCulture), i);
        }

        int vertexIndex = 0;
        for (int row = node + 1; row < _view[node].End; row = _view[row].End, vertexIndex++)
        {
            if (!matrix)
            {
                string? reason = AddNeighbours(vertexIndex, row, true);
                if (reason is not null)
                {
                    return reason;
                }

                continue;
            }

            // Either half may say that there is an edge.
            ReadOnlySpan<double> lengths = _view.Tape.NumbersOf(row);
            for (int other = 0; other < lengths.Length; other++)
            {
                if (lengths[other] != 0 && !double.IsNaN(lengths[other]))
                {
                    _edges.Add(new GraphEdge(vertexIndex, other, lengths[other]));
                }
            }
        }

        return null;
    }

    private string? AddNeighbours(int vertex, int list, bool closed)
    {
        if (_view[list].Kind == TapeKind.Numbers && _view[list].End == list + 1)
        {
            foreach (double neighbour in _view.Tape.NumbersOf(list))
            {
                if (!TryConnect(vertex, NameOf(neighbour), closed))
                {
                    return $"the neighbour '{NameOf(neighbour)}' at {_view.PointerTo(list)} is no vertex";
                }
            }

            return null;
        }

        for (int neighbour = list + 1; neighbour < _view[list].End; neighbour = _view[neighbour].End)
        {
            if (NameOf(neighbour) is not { } name || !TryConnect(vertex, name, closed))
            {
                return $"the neighbour at {_view.PointerTo(neighbour)} is no vertex";
            }
        }

        return null;
    }

    private bool TryConnect(int vertex, string name, bool closed)
    {
        int other = Vertex(name, closed);
        if (other < 0)
        {
            return false;
        }

        _edges.Add(new GraphEdge(vertex, other));
        return true;
    }

    private int Vertex(string name, bool closed)
    {
        if (_names.TryGetValue(name, out int vertex))
        {
            return vertex;
        }

        if (closed)
        {
            return -1;
        }

        _names.Add(name, _names.Count);
        return _names.Count - 1;
    }

    private string? NameOf(int node) => node < 0 ? null : _view[node].Kind switch
    {
        TapeKind.Number => NameOf(_view[node].Value),
        TapeKind.Text => _view.TextOf(node),
        _ => null,
    };

    private static string NameOf(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
