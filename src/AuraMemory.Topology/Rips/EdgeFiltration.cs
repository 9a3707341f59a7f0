using AuraMemory.Topology.Inputs;

namespace AuraMemory.Topology.Rips;

/// <summary>The edges of a Vietoris-Rips complex in the order in which they enter, each with a rank of its own.</summary>
/// <remarks>
/// Equal lengths get different ranks, by the ends. So the longest edge of a simplex is one edge, and a simplex is named by the rank of
/// its longest edge and its other vertices: no combinatorial number system, no decoding. Any order among equal lengths gives the same
/// bars, because what it alone creates has length zero (the doubles come back through <see cref="Length"/>).
/// Memory: 4 n (n rounded up to 64) bytes of rank matrix, 2 n^2 of neighbour lists, 18 bytes an edge (30 while sorting).
/// </remarks>
internal sealed unsafe class EdgeFiltration : IDisposable
{
    /// <summary>Rank of two vertices that are not joined, and of a vertex and itself.</summary>
    public const int NoEdge = int.MaxValue;

    /// <summary>Most vertices: the ends of an edge are kept in 16 bits each and ranks in 31.</summary>
    public const int MostVertices = 16_384;

    private readonly NativeBlock<ulong> _lengths;
    private readonly NativeBlock<uint> _ends;
    private NativeBlock<int>? _ranks;
    private NativeBlock<int>? _degrees;
    private NativeBlock<ushort>? _lists;
    private NativeBlock<uint>? _positions;

    /// <summary>Sorts the edges up to a length. O(n^2).</summary>
    /// <param name="distances">Distances.</param>
    /// <param name="threshold">Longest edge wanted; infinite ones are never edges.</param>
    /// <param name="cancellation">Ends the work.</param>
    public EdgeFiltration(DistanceMatrix distances, double threshold, CancellationToken cancellation = default)
    {
        Vertices = distances.Count;
        ReadOnlySpan<double> lower = distances.Lower;
        int edges = 0;
        foreach (double length in lower)
        {
            if (length <= threshold && double.IsFinite(length))
            {
                edges++;
            }
        }

        Edges = edges;
        _lengths = new NativeBlock<ulong>(edges);
        _ends = new NativeBlock<uint>(edges);
        int next = 0;
        for (int i = 1; i < Vertices; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<double> row = distances.RowBelow(i);
            for (int j = 0; j < row.Length; j++)
            {
                if (row[j] <= threshold && double.IsFinite(row[j]))
                {
                    // Minus zero would sort behind everything.
                    _lengths.Pointer[next] = BitConverter.DoubleToUInt64Bits(row[j] + 0.0);
                    _ends.Pointer[next++] = ((uint)i << 16) | (uint)j;
                }
            }
        }

        EdgeSort.Sort(ref _lengths, ref _ends, edges, cancellation);
        Length = (double*)_lengths.Pointer;
        Ends = _ends.Pointer;
    }

    /// <summary>Number of vertices.</summary>
    public int Vertices { get; }

    /// <summary>Number of edges.</summary>
    public int Edges { get; }

    /// <summary>Length of the edge of each rank.</summary>
    public double* Length { get; }

    /// <summary>Ends of the edge of each rank: the larger vertex in the upper 16 bits, the smaller in the lower.</summary>
    public uint* Ends { get; }

    /// <summary>Length of a row of <see cref="Rank"/>: the number of vertices rounded up to 64.</summary>
    public int Stride { get; private set; }

    /// <summary>Rank of the edge of two vertices, row by row.</summary>
    public int* Rank { get; private set; }

    /// <summary>Neighbours of each vertex by rising rank, <see cref="Vertices"/> places a vertex.</summary>
    public ushort* Neighbours { get; private set; }

    /// <summary>Number of neighbours of each vertex.</summary>
    public int* Degree { get; private set; }

    /// <summary>Where each edge stands among the neighbours of its larger (upper 16 bits) and its smaller end.</summary>
    public uint* Position { get; private set; }

    /// <summary>Bars of dimension 0, and whether each edge joined two components (Kruskal 1956). O(m a(m)).</summary>
    /// <param name="bars">Gets the bars.</param>
    /// <param name="joins">Gets 1 for an edge that joined two components, 0 for others; one byte an edge.</param>
    public void Components(List<Bar> bars, byte* joins)
    {
        var parent = new int[Vertices];
        for (int v = 0; v < parent.Length; v++)
        {
            parent[v] = v;
        }

        int components = Vertices;
        for (int e = 0; e < Edges; e++)
        {
            joins[e] = 0;
            if (components == 1)
            {
                continue;
            }

            int a = Find(parent, (int)(Ends[e] >> 16));
            int b = Find(parent, (int)(Ends[e] & 0xFFFF));
            if (a != b)
            {
                parent[a] = b;
                joins[e] = 1;
                components--;
                bars.Add(new Bar(0, Length[e]));
            }
        }

        for (int i = 0; i < components; i++)
        {
            bars.Add(new Bar(0, double.PositiveInfinity));
        }
    }

    /// <summary>Builds what dimensions above 0 need: rank matrix, neighbour lists, positions. O(n^2).</summary>
    public void Join()
    {
        Stride = (Vertices + 63) & ~63;
        _ranks = new NativeBlock<int>((long)Stride * Vertices);
        _degrees = new NativeBlock<int>(Vertices, zeroed: true);
        _lists = new NativeBlock<ushort>((long)Vertices * Vertices);
        _positions = new NativeBlock<uint>(Edges);
        Rank = _ranks.Pointer;
        Degree = _degrees.Pointer;
        Neighbours = _lists.Pointer;
        Position = _positions.Pointer;
        for (int v = 0; v < Vertices; v++)
        {
            new Span<int>(Rank + ((long)v * Stride), Stride).Fill(NoEdge);
        }

        for (int e = 0; e < Edges; e++)
        {
            int a = (int)(Ends[e] >> 16);
            int b = (int)(Ends[e] & 0xFFFF);
            Rank[((long)a * Stride) + b] = e;
            Rank[((long)b * Stride) + a] = e;
            Position[e] = ((uint)Degree[a] << 16) | (uint)Degree[b];
            Neighbours[((long)a * Vertices) + Degree[a]++] = (ushort)b;
            Neighbours[((long)b * Vertices) + Degree[b]++] = (ushort)a;
        }
    }

    /// <summary>First place among the neighbours of a vertex whose rank is above <paramref name="rank"/>. O(log n).</summary>
    /// <param name="vertex">Vertex.</param>
    /// <param name="low">A place that is not behind the one looked for.</param>
    /// <param name="rank">Rank that is passed.</param>
    public int PlaceAfter(int vertex, int low, int rank)
    {
        ushort* list = Neighbours + ((long)vertex * Vertices);
        int* ranks = Rank + ((long)vertex * Stride);
        int high = Degree[vertex];
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ranks[list[middle]] > rank)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public void Dispose()
    {
        _lengths.Dispose();
        _ends.Dispose();
        _ranks?.Dispose();
        _degrees?.Dispose();
        _lists?.Dispose();
        _positions?.Dispose();
    }

    private static int Find(int[] parent, int v)
    {
        while (parent[v] != v)
        {
            parent[v] = parent[parent[v]];
            v = parent[v];
        }

        return v;
    }
}
