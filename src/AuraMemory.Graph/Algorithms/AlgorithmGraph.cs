using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Algorithms;

/// <summary>A graph as algorithms want it: nodes from 0 without gaps, rows of targets one after the other, perhaps weights. Immutable.</summary>
/// <remarks>4 bytes a node and 4 an edge, 8 more with weights. Parallel edges stay; rows are in the order of the view.</remarks>
public sealed class AlgorithmGraph
{
    private readonly int[] _starts;
    private readonly int[] _targets;
    private readonly double[]? _weights;
    private readonly int[]? _nodes;
    private AlgorithmGraph? _reversed;
    private AlgorithmGraph? _simple;

    private AlgorithmGraph(int[] starts, int[] targets, double[]? weights, int[]? nodes, bool undirected)
    {
        _starts = starts;
        _targets = targets;
        _weights = weights;
        _nodes = nodes;
        IsUndirected = undirected;
    }

    /// <summary>Nodes.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Entries of all rows; an undirected edge has two.</summary>
    public int Entries => _targets.Length;

    /// <summary>Whether each edge stands in the rows of both its ends.</summary>
    public bool IsUndirected { get; }

    /// <summary>Whether edges have weights.</summary>
    public bool IsWeighted => _weights is not null;

    /// <summary>Where each row starts; one entry more than nodes.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>Rows one after the other.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>Weights beside <see cref="Targets"/>; empty when each edge weighs 1.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>Arrays for the algorithms' inner loops.</summary>
    internal int[] StartArray => _starts;

    /// <summary>Arrays for the algorithms' inner loops.</summary>
    internal int[] TargetArray => _targets;

    /// <summary>Arrays for the algorithms' inner loops.</summary>
    internal double[]? WeightArray => _weights;

    /// <summary>A graph of these edges.</summary>
    /// <param name="count">Nodes.</param>
    /// <param name="sources">Where each edge starts.</param>
    /// <param name="targets">Where it ends; as many.</param>
    /// <param name="weights">Its weight; empty = 1 each.</param>
    /// <param name="orientation">How edges are seen.</param>
    public static AlgorithmGraph FromEdges(
        int count, ReadOnlySpan<int> sources, ReadOnlySpan<int> targets, ReadOnlySpan<double> weights, Orientation orientation)
    {
        if (orientation == Orientation.Reverse)
        {
            ReadOnlySpan<int> swapped = sources;
            sources = targets;
            targets = swapped;
        }

        bool both = orientation == Orientation.Undirected;
        var starts = new int[count + 1];
        for (int i = 0; i < sources.Length; i++)
        {
            starts[sources[i] + 1]++;
            if (both)
            {
                starts[targets[i] + 1]++;
            }
        }

        for (int i = 0; i < count; i++)
        {
            starts[i + 1] = checked(starts[i + 1] + starts[i]);
        }

        int[] rows = GC.AllocateUninitializedArray<int>(starts[count]);
        double[]? own = weights.IsEmpty ? null : GC.AllocateUninitializedArray<double>(starts[count]);
        int[] next = starts.AsSpan(0, count).ToArray();
        for (int i = 0; i < sources.Length; i++)
        {
            int at = next[sources[i]]++;
            rows[at] = targets[i];
            if (own is not null)
            {
                own[at] = weights[i];
            }

            if (both)
            {
                at = next[targets[i]]++;
                rows[at] = sources[i];
                if (own is not null)
                {
                    own[at] = weights[i];
                }
            }
        }

        return new AlgorithmGraph(starts, rows, own, null, both);
    }

    /// <summary>Takes a part of a graph out. O(nodes + relationships).</summary>
    /// <param name="view">The graph.</param>
    /// <param name="projection">Which part, seen how.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static AlgorithmGraph Project(GraphView view, GraphProjection projection, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(projection);
        int[] nodes = SelectNodes(view, projection.Labels);
        int[] places = Places(view, nodes);
        int[] types = [.. projection.Types.Select(view.Types.Find).Where(type => type >= 0).Distinct()];
        types = projection.Types.Count == 0 ? [-1] : types;
        int key = projection.WeightProperty is { } name ? view.Keys.Find(name) : -1;
        bool weighted = projection.WeightProperty is not null;
        bool forward = projection.Orientation != Orientation.Reverse;
        bool both = projection.Orientation == Orientation.Undirected;
        var starts = new int[nodes.Length + 1];
        long capacity = 0;
        foreach (int node in nodes)
        {
            foreach (int type in types)
            {
                capacity += forward || both ? view.Degree(node, Direction.Outgoing, type) : 0;
                capacity += !forward || both ? view.Degree(node, Direction.Incoming, type) : 0;
            }
        }

        var targets = GC.AllocateUninitializedArray<int>(checked((int)capacity));
        double[]? weights = weighted ? GC.AllocateUninitializedArray<double>(targets.Length) : null;
        int at = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            if ((i & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            foreach (int type in types)
            {
                if (forward || both)
                {
                    Append(view.Neighbours(nodes[i], Direction.Outgoing, type));
                }

                if (!forward || both)
                {
                    Append(view.Neighbours(nodes[i], Direction.Incoming, type));
                }
            }

            starts[i + 1] = at;
        }

        if (at < targets.Length)
        {
            Array.Resize(ref targets, at);
            if (weights is not null)
            {
                Array.Resize(ref weights, at);
            }
        }

        return new AlgorithmGraph(starts, targets, weights, nodes, both);

        void Append(Adjacency row)
        {
            ReadOnlySpan<int> others = row.Others;
            for (int j = 0; j < others.Length; j++)
            {
                int place = others[j] < places.Length ? places[others[j]] : -1;
                if (place < 0)
                {
                    continue;
                }

                targets[at] = place;
                if (weights is not null)
                {
                    Value value = key < 0 ? Value.Null : view.RelationshipProperty(row.Relationships[j], key);
                    weights[at] = value.IsNumber ? value.Number : projection.DefaultWeight;
                }

                at++;
            }
        }
    }

    /// <summary>Number in the view of a node here; the same number when the graph was made of edges.</summary>
    public int NodeAt(int index) => _nodes is null ? index : _nodes[index];

    /// <summary>Number here of a node of the view; -1 when it is not part.</summary>
    public int IndexOf(int node)
    {
        if (_nodes is null)
        {
            return node >= 0 && node < Count ? node : -1;
        }

        int index = Array.BinarySearch(_nodes, node);
        return index < 0 ? -1 : index;
    }

    /// <summary>Targets of a node.</summary>
    public ReadOnlySpan<int> Row(int index) => _targets.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>Entries of a node's row.</summary>
    public int Degree(int index) => _starts[index + 1] - _starts[index];

    /// <summary>All edges the other way round; itself when undirected. Rows come out sorted. Kept.</summary>
    public AlgorithmGraph Reversed()
    {
        if (IsUndirected)
        {
            return this;
        }

        return _reversed ??= Transpose();
    }

    /// <summary>Each pair of different nodes with an edge either way, once at both ends, rows sorted, no weights. Kept.</summary>
    public AlgorithmGraph Simple() => _simple ??= MakeSimple();

    private static int[] SelectNodes(GraphView view, IReadOnlyList<string> labels)
    {
        var found = new List<int>();
        Span<int> some = stackalloc int[512];
        foreach (int label in labels.Count == 0 ? [-1] : labels.Select(view.Labels.Find).Where(label => label >= 0).Distinct())
        {
            long position = 0;
            for (int count = view.Scan(label, ref position, some); count > 0; count = view.Scan(label, ref position, some))
            {
                found.AddRange(some[..count]);
            }
        }

        int[] nodes = [.. found];
        if (labels.Count > 1)
        {
            nodes = [.. nodes.Distinct()];
        }

        Array.Sort(nodes);
        return nodes;
    }

    private static int[] Places(GraphView view, int[] nodes)
    {
        int[] places = new int[Math.Max(view.NodeNumbers, nodes.Length == 0 ? 0 : nodes[^1] + 1)];
        places.AsSpan().Fill(-1);
        for (int i = 0; i < nodes.Length; i++)
        {
            places[nodes[i]] = i;
        }

        return places;
    }

    private AlgorithmGraph Transpose()
    {
        var starts = new int[Count + 1];
        foreach (int target in _targets)
        {
            starts[target + 1]++;
        }

        for (int i = 0; i < Count; i++)
        {
            starts[i + 1] += starts[i];
        }

        int[] next = starts.AsSpan(0, Count).ToArray();
        int[] rows = GC.AllocateUninitializedArray<int>(_targets.Length);
        double[]? weights = _weights is null ? null : GC.AllocateUninitializedArray<double>(_targets.Length);
        for (int source = 0; source < Count; source++)
        {
            for (int e = _starts[source]; e < _starts[source + 1]; e++)
            {
                int at = next[_targets[e]]++;
                rows[at] = source;
                if (weights is not null)
                {
                    weights[at] = _weights![e];
                }
            }
        }

        return new AlgorithmGraph(starts, rows, weights, _nodes, false);
    }

    private AlgorithmGraph MakeSimple()
    {
        // Two transpositions sort all rows by counting; then a merge of both directions drops what is double.
        AlgorithmGraph back = Transpose();
        AlgorithmGraph ahead = IsUndirected ? back : back.Transpose();
        var starts = new int[Count + 1];
        int[] rows = GC.AllocateUninitializedArray<int>(IsUndirected ? Entries : checked(2 * Entries));
        int at = 0;
        for (int node = 0; node < Count; node++)
        {
            ReadOnlySpan<int> a = ahead.Row(node);
            ReadOnlySpan<int> b = IsUndirected ? [] : back.Row(node);
            int i = 0, j = 0, last = -1;
            while (i < a.Length || j < b.Length)
            {
                int other = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i++] : b[j++];
                if (other != last && other != node)
                {
                    rows[at++] = other;
                }

                last = other;
            }

            starts[node + 1] = at;
        }

        Array.Resize(ref rows, at);
        var simple = new AlgorithmGraph(starts, rows, null, _nodes, true);
        simple._simple = simple;
        return simple;
    }
}
