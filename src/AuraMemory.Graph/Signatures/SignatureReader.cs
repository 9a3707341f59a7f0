using System.Runtime.InteropServices;
using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Graph.Signatures;

/// <summary>Computes signatures of nodes, one after the other. One thread.</summary>
/// <remarks>
/// What a node costs is bounded whatever the graph: see <see cref="OrbitCounts"/> for the counts; Betti numbers are computed of links up to <see cref="MostLinkNodes"/> nodes and
/// of balls up to <see cref="MostBallNodes"/>, while the complex has no more than <see cref="MostSimplices"/> simplices; what is beyond is -1. Where the ball is too large the curve is the link's.
/// </remarks>
internal sealed class SignatureReader
{
    /// <summary>Most nodes of a link whose holes are counted.</summary>
    public const int MostLinkNodes = 512;

    /// <summary>Most nodes of a ball.</summary>
    public const int MostBallNodes = 256;

    /// <summary>Most simplices of a complex.</summary>
    public const int MostSimplices = 20_000;

    private readonly StructureGraph _graph;
    private readonly OrbitCounts _orbits;
    private readonly LinkScan _link;
    private readonly NeighbourhoodTopology _topology;
    private readonly EulerCurve _curve = new();
    private readonly long[] _classes = new long[EulerCurve.Classes];
    private int[] _degrees = [];

    /// <summary>For the nodes of a graph. 12 bytes a node.</summary>
    public SignatureReader(StructureGraph graph)
    {
        _graph = graph;
        _orbits = new OrbitCounts(graph);
        _link = new LinkScan(graph);
        _topology = new NeighbourhoodTopology(graph.Simple, MostSimplices);
    }

    /// <summary>Bytes a node of the graph while signatures are computed.</summary>
    public const int BytesEachNode = 12;

    /// <summary>Computes a signature.</summary>
    /// <param name="node">A node of the prepared graph.</param>
    /// <param name="values">Receives <see cref="NodeSignature.Length"/> numbers.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void Read(int node, Span<double> values, CancellationToken cancellation)
    {
        ReadOnlySpan<int> row = _graph.Simple.Row(node);
        bool curved = ReadCounts(node, values, cancellation);
        values[NodeSignature.Core] = _graph.Core(node);
        values[NodeSignature.Link] = _link.Pieces;
        values[NodeSignature.Link + 1] = row.Length > MostLinkNodes || !_link.IsWhole ? -1
            : NeighbourhoodTopology.Of(row.Length, CollectionsMarshal.AsSpan(_link.Edges), MostSimplices, cancellation).B1;
        BettiNumbers? ball = _topology.Ball(node, MostBallNodes, out int size, cancellation);
        values[NodeSignature.Ball] = ball?.B0 ?? -1;
        values[NodeSignature.Ball + 1] = ball?.B1 ?? -1;
        values[NodeSignature.Ball + 2] = ball?.B2 ?? -1;
        values[NodeSignature.BallCycles] = ball is null ? -1 : _topology.Edges.Length - size + 1;
        values[NodeSignature.BallNodes] = size;
        curved = ball is null ? curved : _curve.TryCompute(Degrees(_topology.Nodes), _topology.Edges, _classes);
        for (int c = 0; c < EulerCurve.Classes; c++)
        {
            values[NodeSignature.Curve + c] = curved ? _classes[c] : 0;
        }
    }

    /// <summary>Computes the orbits alone, and the curve of the link.</summary>
    /// <returns>False when the link is too large for a curve, and for cliques of four.</returns>
    internal bool ReadCounts(int node, Span<double> values, CancellationToken cancellation)
    {
        _link.Read(node, cancellation);
        bool curved = _link.IsWhole && _curve.TryCompute(Degrees(_graph.Simple.Row(node)), CollectionsMarshal.AsSpan(_link.Edges), _classes);
        _orbits.Count(node, _link, curved ? _curve.Triangles : 0, values);
        return curved;
    }

    private ReadOnlySpan<int> Degrees(ReadOnlySpan<int> nodes)
    {
        if (_degrees.Length < nodes.Length)
        {
            _degrees = new int[Math.Max(nodes.Length, 2 * _degrees.Length)];
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            _degrees[i] = _graph.Simple.Degree(nodes[i]);
        }

        return _degrees.AsSpan(0, nodes.Length);
    }
}
