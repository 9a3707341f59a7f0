using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Filtrations;

/// <summary>Lengths of shortest paths from one vertex after another: breadth first where all edges have length 1, else Dijkstra's algorithm.</summary>
internal sealed class ShortestPaths
{
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly double[] _lengths;
    private readonly bool _unit = true;
    private readonly int[] _queue;
    private readonly PriorityQueue<int, double> _heap = new();

    /// <summary>Lists the neighbours of every vertex. O(n + m).</summary>
    public ShortestPaths(WeightedGraph graph)
    {
        ReadOnlySpan<GraphEdge> edges = graph.Edges.Span;
        _starts = new int[graph.Count + 1];
        foreach (GraphEdge edge in edges)
        {
            _starts[edge.From + 1]++;
            _starts[edge.To + 1]++;
        }

        for (int i = 0; i < graph.Count; i++)
        {
            _starts[i + 1] += _starts[i];
        }

        _ends = new int[2 * edges.Length];
        _lengths = new double[2 * edges.Length];
        int[] next = _starts[..graph.Count];
        foreach (GraphEdge edge in edges)
        {
            _unit &= edge.Length == 1;
            Put(next[edge.From]++, edge.To, edge.Length);
            Put(next[edge.To]++, edge.From, edge.Length);
        }

        _queue = new int[graph.Count];
    }

    /// <summary>Distances from a vertex; positive infinity where there is no path. O(n + m), or O(m log n) with lengths.</summary>
    /// <param name="source">The vertex.</param>
    /// <param name="distances">Filled; one for each vertex.</param>
    public void From(int source, Span<double> distances)
    {
        distances.Fill(double.PositiveInfinity);
        distances[source] = 0;
        if (!_unit)
        {
            FromWithLengths(source, distances);
            return;
        }

        int read = 0;
        int write = 0;
        _queue[write++] = source;
        while (read < write)
        {
            int vertex = _queue[read++];
            double beyond = distances[vertex] + 1;
            for (int i = _starts[vertex]; i < _starts[vertex + 1]; i++)
            {
                int end = _ends[i];
                if (double.IsPositiveInfinity(distances[end]))
                {
                    distances[end] = beyond;
                    _queue[write++] = end;
                }
            }
        }
    }

    private void FromWithLengths(int source, Span<double> distances)
    {
        _heap.Clear();
        _heap.Enqueue(source, 0);
        while (_heap.TryDequeue(out int vertex, out double distance))
        {
            // A vertex stays in the heap under the distances it had before.
            if (distance > distances[vertex])
            {
                continue;
            }

            for (int i = _starts[vertex]; i < _starts[vertex + 1]; i++)
            {
                double through = distance + _lengths[i];
                if (through < distances[_ends[i]])
                {
                    distances[_ends[i]] = through;
                    _heap.Enqueue(_ends[i], through);
                }
            }
        }
    }

    private void Put(int place, int end, double length)
    {
        _ends[place] = end;
        _lengths[place] = length;
    }
}
