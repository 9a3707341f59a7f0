namespace AuraMemory.Graph.Algorithms;

/// <summary>Betweenness: for each node, the sum over pairs of others of the share of their shortest paths that go through it.</summary>
/// <remarks>
/// U. Brandes, A Faster Algorithm for Betweenness Centrality, 2001: O(nodes * edges), with weights times a logarithm. With a sample of sources the
/// sums are scaled up to all (U. Brandes, C. Pich, Centrality Estimation in Large Networks, 2007). On an undirected graph each pair counts once.
/// </remarks>
public sealed class Betweenness
{
    private readonly AlgorithmGraph _graph;
    private readonly double[] _distances;
    private readonly double[] _paths;
    private readonly double[] _dependencies;
    private readonly int[] _order;
    private readonly PriorityQueue<int, (double Cost, int Node)> _queue = new();
    private int _reached;

    private Betweenness(AlgorithmGraph graph)
    {
        _graph = graph;
        _distances = new double[graph.Count];
        _paths = new double[graph.Count];
        _dependencies = new double[graph.Count];
        _order = new int[graph.Count];
        _distances.AsSpan().Fill(double.PositiveInfinity);
    }

    /// <summary>The score of each node.</summary>
    /// <param name="graph">The graph; its weights, if any, are lengths above 0.</param>
    /// <param name="samples">Sources to draw; 0 or all nodes or more = exact.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="cancellation">Looked at once a source.</param>
    /// <exception cref="ArgumentException">A weight is 0, negative or not a number.</exception>
    public static double[] Compute(AlgorithmGraph graph, int samples = 0, int seed = 42, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int count = graph.Count;
        var scores = new double[count];
        int[] sources = Partition.Singletons(count);
        if (samples > 0 && samples < count)
        {
            sources = LocalMoving.Permutation(count, new Random(seed))[..samples];
        }

        var run = new Betweenness(graph);
        foreach (int source in sources)
        {
            cancellation.ThrowIfCancellationRequested();
            run.From(source, scores);
        }

        double scale = (graph.IsUndirected ? 0.5 : 1) * (sources.Length == 0 ? 1 : (double)count / sources.Length);
        for (int i = 0; i < count; i++)
        {
            scores[i] *= scale;
        }

        return scores;
    }

    private void From(int source, double[] scores)
    {
        _distances[source] = 0;
        _paths[source] = 1;
        _reached = 0;
        if (_graph.IsWeighted)
        {
            Weighted(source);
        }
        else
        {
            Unweighted(source);
        }

        // Farthest first: what depends on a node is complete before the node hands it on.
        for (int i = _reached - 1; i >= 0; i--)
        {
            int node = _order[i];
            double sum = 0;
            for (int e = _graph.StartArray[node]; e < _graph.StartArray[node + 1]; e++)
            {
                int other = _graph.TargetArray[e];
                if (_distances[other] == _distances[node] + Length(e))
                {
                    sum += _paths[node] / _paths[other] * (1 + _dependencies[other]);
                }
            }

            _dependencies[node] = sum;
            if (node != source)
            {
                scores[node] += sum;
            }
        }

        foreach (int node in _order.AsSpan(0, _reached))
        {
            _distances[node] = double.PositiveInfinity;
            _paths[node] = 0;
            _dependencies[node] = 0;
        }
    }

    private double Length(int edge) => _graph.WeightArray?[edge] ?? 1;

    private void Unweighted(int source)
    {
        _order[_reached++] = source;
        for (int head = 0; head < _reached; head++)
        {
            int node = _order[head];
            foreach (int other in _graph.Row(node))
            {
                if (double.IsInfinity(_distances[other]))
                {
                    _distances[other] = _distances[node] + 1;
                    _order[_reached++] = other;
                }

                if (_distances[other] == _distances[node] + 1)
                {
                    _paths[other] += _paths[node];
                }
            }
        }
    }

    private void Weighted(int source)
    {
        _queue.Enqueue(source, (0, source));
        while (_queue.TryDequeue(out int node, out (double Cost, int Node) at))
        {
            if (at.Cost > _distances[node])
            {
                continue;
            }

            _order[_reached++] = node;
            for (int e = _graph.StartArray[node]; e < _graph.StartArray[node + 1]; e++)
            {
                double length = Length(e);
                if (!(length > 0))
                {
                    throw new ArgumentException("Betweenness needs lengths above 0.", nameof(source));
                }

                int other = _graph.TargetArray[e];
                double cost = at.Cost + length;
                if (cost < _distances[other])
                {
                    _distances[other] = cost;
                    _paths[other] = _paths[node];
                    _queue.Enqueue(other, (cost, other));
                }
                else if (cost == _distances[other])
                {
                    _paths[other] += _paths[node];
                }
            }
        }
    }
}
