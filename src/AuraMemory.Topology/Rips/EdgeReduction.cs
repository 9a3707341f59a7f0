using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Topology.Rips;

/// <summary>Dimension 1: reduces the coboundaries of the edges, and says which triangle kills which loop.</summary>
/// <remarks>
/// A triangle is (rank of its longest edge, opposite vertex); columns are edges from the longest to the shortest, the pivot of a column
/// is its earliest triangle.
/// <para>
/// Apparent pairs. With a rank of its own for each edge, an edge with a lune that is not empty is the latest edge of the triangle over
/// the lune's first vertex, and that triangle is the earliest coface of the edge: a pair of length zero. So only edges with an empty
/// lune (those of the relative neighbourhood graph) that do not join components are reduced at all.
/// </para>
/// <para>
/// A column in work is the set of edges it sums up (an edge added twice leaves), and for each edge two walkers along the neighbours of
/// its ends by rising rank, which stop at the triangles whose longest edge they are just passing. So a coboundary is produced in
/// order and only as far as the reduction gets. The state is, between steps:
/// 1. everything below the rank in work has cancelled; 2. walkers stand beyond the rank in work, those of edges that left are dropped when
/// met; 3. <c>_open</c> has the opposite vertices of the column's triangles at the rank in work behind the last one settled.
/// A step takes the earliest triangle. If it belongs to an apparent pair, that pair's edge is added; if it is the pivot of a reduced column,
/// that column's edges are; if neither, the column is reduced. An added edge contributes only what comes after the triangle: what comes
/// before cancels among the edges added together.
/// </para>
/// Papers: de Silva, Morozov, Vejdemo-Johansson 2011 (cohomology); Chen, Kerber 2011 (clearing); Bauer 2021 (apparent pairs, implicit
/// coboundaries); Koyama, Memoli, Robins, Turner 2023 (lunes and dimension 1).
/// </remarks>
internal sealed unsafe class EdgeReduction : IDisposable
{
    private const int NoLune = 0xFFFF;
    private const int RanksBetweenChecks = 4096;

    /// <summary>Place of a walker whose edge has left the column; above every degree.</summary>
    private const ushort Gone = ushort.MaxValue;

    private readonly EdgeFiltration _edges;
    private readonly CancellationToken _cancellation;
    private readonly NativeBlock<ushort> _first;
    private readonly NativeBlock<int> _slotOf;
    private readonly NativeBlock<int> _edgeOf;
    private readonly NativeBlock<Walker> _walkers;
    private readonly NativeBlock<int> _sums;
    private readonly List<(long Start, int Count)> _columns = [];
    private readonly RankQueue _queue;
    private readonly BitLadder _open;
    private readonly long _mostSteps;
    private long _stored;
    private int _slots;

    /// <summary>Prepares the reduction. Memory: 10 bytes an edge, and the reduced columns.</summary>
    /// <param name="edges">Edges, joined.</param>
    /// <param name="mostSteps">Steps after which it is given up.</param>
    /// <param name="cancellation">Ends the work.</param>
    public EdgeReduction(EdgeFiltration edges, long mostSteps, CancellationToken cancellation)
    {
        _edges = edges;
        _mostSteps = mostSteps;
        _cancellation = cancellation;
        _first = new NativeBlock<ushort>(edges.Edges);
        _slotOf = new NativeBlock<int>(edges.Edges, zeroed: true);
        _edgeOf = new NativeBlock<int>(256);
        _walkers = new NativeBlock<Walker>(512);
        _sums = new NativeBlock<int>(1024);
        _queue = new RankQueue(edges.Edges);
        _open = new BitLadder(edges.Stride);
    }

    /// <summary>Triangles that are pivots of reduced columns: rank of the longest edge x 2^16 + opposite vertex.</summary>
    public PivotTable Pivots { get; } = new();

    /// <summary>Steps taken: walkers moved, and edges added to a column or kept of it. They bound time and memory alike.</summary>
    public long Steps { get; private set; }

    /// <summary>First vertex of the lune of an edge: its triangle is the edge's apparent partner.</summary>
    /// <returns>A vertex, or 65535 when the lune is empty.</returns>
    public int FirstInLune(int edge) => _first.Pointer[edge];

    /// <summary>Reduces all columns.</summary>
    /// <param name="joins">1 for an edge that joined components (<see cref="EdgeFiltration.Components"/>): it creates no loop.</param>
    /// <param name="bars">Gets the bars of dimension 1, those of length zero too.</param>
    /// <returns>False when it took more steps than allowed.</returns>
    public bool Run(byte* joins, List<Bar> bars)
    {
        FindLunes();
        for (int edge = _edges.Edges - 1; edge >= 0; edge--)
        {
            if (_first.Pointer[edge] == NoLune && joins[edge] == 0 && !Reduce(edge, bars))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        _first.Dispose();
        _slotOf.Dispose();
        _edgeOf.Dispose();
        _walkers.Dispose();
        _sums.Dispose();
        _queue.Dispose();
        _open.Dispose();
        Pivots.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindLunes()
    {
        int stride = _edges.Stride;
        for (int edge = 0; edge < _edges.Edges; edge++)
        {
            if (edge % RanksBetweenChecks == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            uint ends = _edges.Ends[edge];
            _first.Pointer[edge] = (ushort)LuneScan.First(_edges.Rank + ((long)(ends >> 16) * stride), _edges.Rank + ((long)(ends & 0xFFFF) * stride), edge, stride);
        }
    }

    private bool Reduce(int column, List<Bar> bars)
    {
        _slots = 0;
        Add(column, column);
        int steps = 0;
        for (int rank = _queue.Next(column + 1); ; rank = _queue.Next(rank + 1))
        {
            if (++steps % RanksBetweenChecks == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            if (rank < 0)
            {
                bars.Add(new Bar(_edges.Length[column], double.PositiveInfinity));
                break;
            }

            if (Steps > _mostSteps)
            {
                return false;
            }

            Steps += Pass(rank);
            int pivot = Settle(rank);
            if (pivot >= 0)
            {
                bars.Add(new Bar(_edges.Length[column], _edges.Length[rank]));
                Pivots.Add(((ulong)rank << 16) | (uint)pivot, _columns.Count);
                Store();
                break;
            }
        }

        for (int slot = 0; slot < _slots; slot++)
        {
            int edge = _edgeOf.Pointer[slot];
            if (edge >= 0)
            {
                _slotOf.Pointer[edge] = 0;
            }
        }

        _queue.Clear();
        _open.Clear();
        return true;
    }

    /// <summary>Lets the walkers that wait at a rank go on, and notes their triangles.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Pass(int rank)
    {
        int moved = 0;
        int walker = _queue.Take(rank);
        do
        {
            moved++;
            Walker* at = _walkers.Pointer + walker;
            int next = at->Next;
            if (Sse.IsSupported)
            {
                // The walkers of a rank are strewn over memory: fetching the next one hides behind this one's steps.
                Sse.Prefetch0(_walkers.Pointer + Math.Max(next, 0));
            }

            if (at->Place != Gone)
            {
                _open.Toggle(at->Across);
                Advance(walker);
            }

            walker = next;
        }
        while (walker >= 0);
        return moved;
    }

    /// <summary>Settles the triangles of a rank one after another.</summary>
    /// <returns>Opposite vertex of the pivot; -1 when all have cancelled.</returns>
    private int Settle(int rank)
    {
        for (int vertex = _open.Next(0); vertex >= 0; vertex = _open.Next(vertex + 1))
        {
            if (vertex == _first.Pointer[rank])
            {
                _open.Remove(vertex);
                Toggle(rank, rank, vertex);
                Steps++;
                continue;
            }

            int owner = Pivots.Find(((ulong)rank << 16) | (uint)vertex);
            if (owner < 0)
            {
                return vertex;
            }

            _open.Remove(vertex);
            (long start, int count) = _columns[owner];
            Steps += count;
            for (int i = 0; i < count; i++)
            {
                Toggle(_sums.Pointer[start + i], rank, vertex);
            }
        }

        return -1;
    }

    /// <summary>Adds an edge to the column, or takes it out, at a triangle: what the edge has at the rank behind the triangle changes.</summary>
    private void Toggle(int edge, int rank, int vertex)
    {
        ToggleRest(edge, rank, vertex);
        int slot = _slotOf.Pointer[edge];
        if (slot == 0)
        {
            Add(edge, rank);
        }
        else
        {
            Walker* walkers = _walkers.Pointer + (2 * (slot - 1));
            walkers[0].Place = walkers[1].Place = Gone;
            _edgeOf.Pointer[slot - 1] = ~edge;
            _slotOf.Pointer[edge] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ToggleRest(int edge, int rank, int vertex)
    {
        int stride = _edges.Stride;
        uint ends = _edges.Ends[rank];
        int i = (int)(ends >> 16);
        int j = (int)(ends & 0xFFFF);
        int* rowI = _edges.Rank + ((long)i * stride);
        int* rowJ = _edges.Rank + ((long)j * stride);
        if (edge == rank)
        {
            ulong keep = ulong.MaxValue << vertex << 1;
            for (int word = vertex >> 6; word < stride >> 6; word++)
            {
                ulong lune = LuneScan.Below(rowI + (word << 6), rowJ + (word << 6), rank) & keep;
                keep = ulong.MaxValue;
                if (lune != 0)
                {
                    _open.ToggleWord(word, lune);
                }
            }

            return;
        }

        uint mine = _edges.Ends[edge];
        int a = (int)(mine >> 16);
        int b = (int)(mine & 0xFFFF);
        int third = a == i || a == j ? b : b == i || b == j ? a : -1;
        if (third > vertex && Math.Max(rowI[third], rowJ[third]) < rank)
        {
            _open.Toggle(third);
        }
    }

    private void Add(int edge, int rank)
    {
        int slot = _slots++;
        _edgeOf.Ensure(_slots);
        _walkers.Ensure(2L * _slots);
        _edgeOf.Pointer[slot] = edge;
        _slotOf.Pointer[edge] = _slots;
        uint ends = _edges.Ends[edge];
        uint place = _edges.Position[edge];
        Start(2 * slot, (int)(ends >> 16), (int)(ends & 0xFFFF), (int)(place >> 16) + 1, edge == rank ? -1 : rank);
        Start((2 * slot) + 1, (int)(ends & 0xFFFF), (int)(ends >> 16), (int)(place & 0xFFFF) + 1, edge == rank ? -1 : rank);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Start(int walker, int along, int across, int place, int after)
    {
        if (after >= 0)
        {
            place = _edges.PlaceAfter(along, place, after);
        }

        Walker* at = _walkers.Pointer + walker;
        at->Along = (ushort)along;
        at->Across = (ushort)across;
        at->Place = (ushort)place;
        Advance(walker);
    }

    /// <summary>Takes a walker to its next triangle, or out of work when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance(int walker)
    {
        Walker* at = _walkers.Pointer + walker;
        int along = at->Along;
        ushort* list = _edges.Neighbours + ((long)along * _edges.Vertices);
        int* mine = _edges.Rank + ((long)along * _edges.Stride);
        int* other = _edges.Rank + ((long)at->Across * _edges.Stride);
        int degree = _edges.Degree[along];
        for (int place = at->Place; place < degree; place++)
        {
            int vertex = list[place];
            int rank = mine[vertex];
            if (other[vertex] < rank)
            {
                at->Place = (ushort)(place + 1);
                _queue.Insert(rank, walker, out at->Next);
                return;
            }
        }
    }

    private void Store()
    {
        long start = _stored;
        _sums.Ensure(_stored + _slots);
        for (int slot = 0; slot < _slots; slot++)
        {
            int edge = _edgeOf.Pointer[slot];
            if (edge >= 0)
            {
                _sums.Pointer[_stored++] = edge;
            }
        }

        Steps += _stored - start;
        _columns.Add((start, (int)(_stored - start)));
    }

    /// <summary>Goes along the neighbours of one end of an edge.</summary>
    private struct Walker
    {
        public int Next;
        public ushort Along;
        public ushort Across;
        public ushort Place;
    }
}
