using System.Runtime.InteropServices;
using AuraMemory.Topology;
using AuraMemory.Topology.Filtrations;
using AuraMemory.Topology.Inputs;

namespace AuraMemory.Graph.Algorithms;

/// <summary>Betti numbers of a clique complex over GF(2), as far as they could be computed.</summary>
/// <param name="B0">Pieces.</param>
/// <param name="B1">Holes; -1 = the complex was too large.</param>
/// <param name="B2">Voids; -1 = the complex was too large.</param>
public readonly record struct BettiNumbers(int B0, int B1, int B2);

/// <summary>The shape of what surrounds a node: its link (the graph among its neighbours), and the ball of nodes within two hops.</summary>
/// <remarks>
/// The clique complex of a node together with its neighbours is a cone and says nothing; the link tells social circles (b0) and holes between
/// them (b1) apart. Betti numbers do not grow with a subgraph: they may rank nodes, never rule one out.
/// </remarks>
public sealed class NeighbourhoodTopology
{
    private const int SearchCost = 12;
    private readonly AlgorithmGraph _simple;
    private readonly int[] _places;
    private readonly List<int> _nodes = [];
    private readonly List<(int From, int To)> _edges = [];
    private readonly int _maxSimplices;

    /// <summary>For the neighbourhoods of one graph; one thread at a time. 4 bytes a node.</summary>
    /// <param name="graph">The graph; directions, weights, parallel edges and loops do not matter.</param>
    /// <param name="maxSimplices">Largest complex that is worked on.</param>
    public NeighbourhoodTopology(AlgorithmGraph graph, int maxSimplices = 1_000_000)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _simple = graph.Simple();
        _places = new int[_simple.Count];
        _maxSimplices = maxSimplices;
    }

    /// <summary>Nodes of the last neighbourhood that was computed.</summary>
    internal ReadOnlySpan<int> Nodes => CollectionsMarshal.AsSpan(_nodes);

    /// <summary>Its edges, between places in <see cref="Nodes"/>.</summary>
    internal ReadOnlySpan<(int From, int To)> Edges => CollectionsMarshal.AsSpan(_edges);

    /// <summary>Of the graph among a node's neighbours, the node itself left out; all 0 at a node without neighbours.</summary>
    public BettiNumbers Link(int node, CancellationToken cancellation = default)
    {
        _nodes.Clear();
        _nodes.AddRange(_simple.Row(node));
        return Compute(cancellation);
    }

    /// <summary>Of the node, its neighbours and theirs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="maxNodes">Most nodes.</param>
    /// <param name="size">Nodes of the ball, counted up to one above the most.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Null when the ball has more nodes.</returns>
    public BettiNumbers? Ball(int node, int maxNodes, out int size, CancellationToken cancellation = default)
    {
        Gather(node, maxNodes);
        size = _nodes.Count;
        if (size > maxNodes)
        {
            foreach (int member in _nodes)
            {
                _places[member] = 0;
            }

            return null;
        }

        return Compute(cancellation);
    }

    /// <summary>Of the whole graph.</summary>
    public BettiNumbers Whole(CancellationToken cancellation = default)
    {
        _nodes.Clear();
        _nodes.AddRange(Partition.Singletons(_simple.Count));
        return Compute(cancellation);
    }

    private void Gather(int node, int maxNodes)
    {
        _nodes.Clear();
        _nodes.Add(node);
        _places[node] = 1;
        int end = 1;
        for (int hop = 0, at = 0; hop < 2; hop++, end = _nodes.Count)
        {
            for (; at < end; at++)
            {
                foreach (int other in _simple.Row(_nodes[at]))
                {
                    if (_places[other] == 0)
                    {
                        _places[other] = 1;
                        _nodes.Add(other);
                        if (_nodes.Count > maxNodes)
                        {
                            return;
                        }
                    }
                }
            }
        }
    }

    private BettiNumbers Compute(CancellationToken cancellation)
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            _places[_nodes[i]] = i + 1;
        }

        _edges.Clear();
        for (int i = 0; i < _nodes.Count; i++)
        {
            Connect(i);
        }

        foreach (int node in _nodes)
        {
            _places[node] = 0;
        }

        return Of(_nodes.Count, Edges, _maxSimplices, cancellation);
    }

    /// <summary>Finds the edges to later nodes. A long row (a hub at the border of a small ball) is asked for each of them instead of being read.</summary>
    private void Connect(int i)
    {
        ReadOnlySpan<int> row = _simple.Row(_nodes[i]);
        if (row.Length <= SearchCost * (long)(_nodes.Count - i))
        {
            foreach (int other in row)
            {
                if (_places[other] > i + 1)
                {
                    _edges.Add((i, _places[other] - 1));
                }
            }

            return;
        }

        for (int j = i + 1; j < _nodes.Count; j++)
        {
            if (row.BinarySearch(_nodes[j]) >= 0)
            {
                _edges.Add((i, j));
            }
        }
    }

    /// <summary>Of a graph of its own.</summary>
    /// <param name="count">Nodes.</param>
    /// <param name="edges">Edges, each once.</param>
    /// <param name="maxSimplices">Largest complex that is worked on.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static BettiNumbers Of(int count, ReadOnlySpan<(int From, int To)> edges, int maxSimplices, CancellationToken cancellation)
    {
        var between = new GraphEdge[edges.Length];
        for (int i = 0; i < between.Length; i++)
        {
            between[i] = new GraphEdge(edges[i].From, edges[i].To);
        }

        Barcode bars = GraphPersistence.DegreeClique(new WeightedGraph(count, between), Barcode.HighestDimension, maxSimplices, cancellation);
        return new BettiNumbers(
            bars[0].Essential.Length,
            bars.Dimensions > 1 ? bars[1].Essential.Length : -1,
            bars.Dimensions > 2 ? bars[2].Essential.Length : -1);
    }
}
