using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Topology.Rips;

/// <summary>Dimension 2: reduces the coboundaries of the triangles, and says which tetrahedron fills which void.</summary>
/// <remarks>
/// The same machine as <see cref="EdgeReduction"/>, one dimension up. A triangle is (rank of its longest edge, opposite vertex); a
/// tetrahedron is (rank of its longest edge, its other two vertices, the larger first). All that happens at one rank happens in the link
/// of that edge: the graph on the lune's vertices whose edges are shorter than the edge itself. A triangle is a vertex of the link, a
/// tetrahedron an edge of it.
/// <para>
/// Apparent pairs. A vertex v of the link with a neighbour before it is paired with the edge to the smallest of them, w: no coface of the
/// triangle is earlier, and the triangle over v is the latest face of that tetrahedron. So the columns left are the vertices without an
/// earlier neighbour, but the first (it is the apparent partner of the edge) and those that kill a loop (clearing).
/// </para>
/// Emergent pairs: a column whose earliest coface is of its own rank and is free pairs with it as it stands.
/// </remarks>
internal sealed unsafe class TriangleReduction : IDisposable
{
    private const int StepsBetweenChecks = 4096;

    /// <summary>Place of a walker whose triangle has left the column; above every degree.</summary>
    private const ushort Gone = ushort.MaxValue;

    private readonly EdgeFiltration _edges;
    private readonly EdgeReduction _loops;
    private readonly CancellationToken _cancellation;
    private readonly NativeBlock<ulong> _triangleOf = new(256);
    private readonly NativeBlock<TriangleWalker> _walkers = new(768);
    private readonly NativeBlock<ulong> _sums = new(1024);
    private readonly NativeBlock<ulong> _lune;
    private readonly List<(long Start, int Count)> _columns = [];
    private readonly PivotTable _pivots = new();
    private readonly SlotTable _slotOf = new();
    private readonly RankQueue _queue;
    private readonly BitLadder _open;
    private readonly int _stride;
    private readonly long _mostSteps;
    private long _steps;
    private long _stored;
    private int _slots;

    /// <summary>Prepares the reduction. Memory: 4 bytes an edge, n^2 bits, and the reduced columns.</summary>
    /// <param name="edges">Edges, joined.</param>
    /// <param name="loops">Dimension 1, reduced.</param>
    /// <param name="mostSteps">Steps after which it is given up.</param>
    /// <param name="cancellation">Ends the work.</param>
    public TriangleReduction(EdgeFiltration edges, EdgeReduction loops, long mostSteps, CancellationToken cancellation)
    {
        _edges = edges;
        _mostSteps = mostSteps;
        _loops = loops;
        _cancellation = cancellation;
        _stride = edges.Stride;
        _lune = new NativeBlock<ulong>(_stride >> 6);
        _queue = new RankQueue(edges.Edges);
        _open = new BitLadder(_stride * _stride);
    }

    /// <summary>Reduces all columns.</summary>
    /// <param name="bars">Gets the bars of dimension 2, those of length zero apart from the apparent pairs too.</param>
    /// <returns>False when it took more steps than allowed: walkers moved, and triangles added to a column or kept of it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Run(List<Bar> bars)
    {
        int words = _stride >> 6;
        for (int edge = _edges.Edges - 1; edge >= 0; edge--)
        {
            int first = _loops.FirstInLune(edge);
            if (first >= _edges.Vertices)
            {
                continue;
            }

            _cancellation.ThrowIfCancellationRequested();
            int* rowI = Row((int)(_edges.Ends[edge] >> 16));
            int* rowJ = Row((int)(_edges.Ends[edge] & 0xFFFF));
            for (int word = first >> 6; word < words; word++)
            {
                _lune.Pointer[word] = LuneScan.Below(rowI + (word << 6), rowJ + (word << 6), edge);
            }

            for (int word = words - 1; word >= first >> 6; word--)
            {
                for (ulong rest = _lune.Pointer[word]; rest != 0;)
                {
                    int bit = 63 - BitOperations.LeadingZeroCount(rest);
                    rest ^= 1UL << bit;
                    int vertex = (word << 6) + bit;
                    if (vertex != first && !HasEarlierNeighbour(edge, vertex, first) && _loops.Pivots.Find(Triangle(edge, vertex)) < 0
                        && !Reduce(edge, vertex, bars))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    public void Dispose()
    {
        _triangleOf.Dispose();
        _walkers.Dispose();
        _sums.Dispose();
        _lune.Dispose();
        _pivots.Dispose();
        _slotOf.Dispose();
        _queue.Dispose();
        _open.Dispose();
    }

    private static ulong Triangle(int rank, int vertex) => ((ulong)rank << 16) | (uint)vertex;

    private static ulong Tetrahedron(int rank, int pair, int stride) =>
        ((ulong)rank << 32) | ((ulong)(pair / stride) << 16) | (uint)(pair % stride);

    private int* Row(int vertex) => _edges.Rank + ((long)vertex * _stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasEarlierNeighbour(int edge, int vertex, int first)
    {
        int* row = Row(vertex);
        for (int word = first >> 6; word <= vertex >> 6; word++)
        {
            ulong before = word == vertex >> 6 ? (1UL << vertex) - 1 : ulong.MaxValue;
            ulong candidates = _lune.Pointer[word] & before;
            if (candidates != 0 && (candidates & LuneScan.Below(row + (word << 6), edge)) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool Reduce(int edge, int vertex, List<Bar> bars)
    {
        _slots = 0;
        ToggleLink(edge, vertex, -1);
        int steps = 0;
        bool started = false;
        for (int rank = edge; rank >= 0; rank = _queue.Next(rank + 1))
        {
            if (++steps % StepsBetweenChecks == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            if (_steps > _mostSteps)
            {
                return false;
            }

            if (started)
            {
                _steps += Pass(rank);
            }

            int pivot = Settle(rank, ref started, edge, vertex);
            if (pivot >= 0)
            {
                bars.Add(new Bar(_edges.Length[edge], _edges.Length[rank]));
                _pivots.Add(Tetrahedron(rank, pivot, _stride), _columns.Count);
                Store(started, edge, vertex);
                Reset();
                return true;
            }

            if (!started)
            {
                started = true;
                Join(Triangle(edge, vertex), edge);
            }
        }

        bars.Add(new Bar(_edges.Length[edge], double.PositiveInfinity));
        Reset();
        return true;
    }

    private void Reset()
    {
        _slotOf.Clear();
        _queue.Clear();
        _open.Clear();
    }

    /// <summary>Lets the walkers that wait at a rank go on, and notes their tetrahedra.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Pass(int rank)
    {
        int moved = 0;
        int walker = _queue.Take(rank);
        do
        {
            moved++;
            TriangleWalker* at = _walkers.Pointer + walker;
            int next = at->Next;
            if (Sse.IsSupported)
            {
                // The walkers of a rank are strewn over memory: fetching the next one hides behind this one's steps.
                Sse.Prefetch0(_walkers.Pointer + Math.Max(next, 0));
            }

            if (at->Place != Gone)
            {
                _open.Toggle(at->Pair);
                Advance(walker);
            }

            walker = next;
        }
        while (walker >= 0);
        return moved;
    }

    /// <summary>Settles the tetrahedra of a rank one after another.</summary>
    /// <returns>Pair of opposite vertices of the pivot; -1 when all have cancelled.</returns>
    private int Settle(int rank, ref bool started, int edge, int vertex)
    {
        uint ends = _edges.Ends[rank];
        int* rowI = Row((int)(ends >> 16));
        int* rowJ = Row((int)(ends & 0xFFFF));
        for (int pair = _open.Next(0); pair >= 0; pair = _open.Next(pair + 1))
        {
            int larger = pair / _stride;
            int smaller = pair - (larger * _stride);
            int owner = -1;
            if (LuneScan.First(rowI, rowJ, Row(larger), rank, (smaller | 7) + 1) != smaller)
            {
                owner = _pivots.Find(Tetrahedron(rank, pair, _stride));
                if (owner < 0)
                {
                    return pair;
                }
            }

            if (!started)
            {
                started = true;
                Join(Triangle(edge, vertex), rank);
            }

            _open.Remove(pair);
            if (owner < 0)
            {
                Toggle(Triangle(rank, larger), rank, pair);
                _steps++;
                continue;
            }

            (long start, int count) = _columns[owner];
            _steps += count;
            for (int i = 0; i < count; i++)
            {
                Toggle(_sums.Pointer[start + i], rank, pair);
            }
        }

        return -1;
    }

    /// <summary>Adds a triangle to the column, or takes it out, at a tetrahedron: what it has at the rank behind that changes.</summary>
    private void Toggle(ulong triangle, int rank, int pair)
    {
        int own = (int)(triangle >> 16);
        int vertex = (int)(triangle & 0xFFFF);
        if (own == rank)
        {
            ToggleLink(rank, vertex, pair);
        }
        else
        {
            ToggleOne(own, vertex, rank, pair);
        }

        int* slot = _slotOf.At(triangle);
        if (*slot == 0)
        {
            Join(triangle, rank);
        }
        else
        {
            TriangleWalker* walkers = _walkers.Pointer + (3 * (*slot - 1));
            walkers[0].Place = walkers[1].Place = walkers[2].Place = Gone;
            _triangleOf.Pointer[*slot - 1] = ulong.MaxValue;
            *slot = 0;
        }
    }

    /// <summary>Toggles the edges of the link at a vertex that come after a pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ToggleLink(int rank, int vertex, int after)
    {
        uint ends = _edges.Ends[rank];
        int* rowI = Row((int)(ends >> 16));
        int* rowJ = Row((int)(ends & 0xFFFF));
        int* row = Row(vertex);
        int words = _stride >> 6;
        int own = vertex * _stride;
        for (int word = 0; word < words; word++)
        {
            int at = word << 6;
            ulong mask = LuneScan.Below(rowI + at, rowJ + at, rank);
            if (mask == 0)
            {
                continue;
            }

            mask &= LuneScan.Below(row + at, rank);
            ulong earlier = at + 63 < vertex ? mask : at > vertex ? 0 : mask & ((1UL << vertex) - 1);
            mask ^= earlier;
            if (own + at <= after)
            {
                // The row of the vertex itself is passed up to the pair, whole words of it or a part of one.
                earlier = own + at + 63 <= after ? 0 : earlier & (ulong.MaxValue << (after - own - at) << 1);
            }

            if (earlier != 0)
            {
                _open.ToggleWord((own + at) >> 6, earlier);
            }

            for (; mask != 0; mask &= mask - 1)
            {
                int pair = ((at + BitOperations.TrailingZeroCount(mask)) * _stride) + vertex;
                if (pair > after)
                {
                    _open.Toggle(pair);
                }
            }
        }
    }

    /// <summary>Toggles the one tetrahedron that a shorter triangle can have at a rank, if it has it and it comes after a pair.</summary>
    private void ToggleOne(int own, int vertex, int rank, int after)
    {
        uint ends = _edges.Ends[rank];
        int i = (int)(ends >> 16);
        int j = (int)(ends & 0xFFFF);
        int a = (int)(_edges.Ends[own] >> 16);
        int b = (int)(_edges.Ends[own] & 0xFFFF);

        // A shorter triangle cannot have both ends of the edge; with one of them, the other end is what it may be extended by.
        int other = a == i || b == i || vertex == i ? j : i;
        int shared = i + j - other;
        if (a == shared)
        {
            a = vertex;
        }
        else if (b == shared)
        {
            b = vertex;
        }
        else if (vertex != shared)
        {
            return;
        }

        int* row = Row(other);
        int pair = (Math.Max(a, b) * _stride) + Math.Min(a, b);
        if (pair > after && row[a] < rank && row[b] < rank)
        {
            _open.Toggle(pair);
        }
    }

    private void Join(ulong triangle, int after)
    {
        int slot = _slots++;
        _triangleOf.Ensure(_slots);
        _walkers.Ensure(3L * _slots);
        _triangleOf.Pointer[slot] = triangle;
        *_slotOf.At(triangle) = _slots;
        int edge = (int)(triangle >> 16);
        int third = (int)(triangle & 0xFFFF);
        uint ends = _edges.Ends[edge];
        uint place = _edges.Position[edge];
        int a = (int)(ends >> 16);
        int b = (int)(ends & 0xFFFF);
        int rank = after == edge ? -1 : after;
        Start(slot, 0, a, b, third, (int)(place >> 16) + 1, rank);
        Start(slot, 1, b, a, third, (int)(place & 0xFFFF) + 1, rank);
        Start(slot, 2, third, a, b, 0, after);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Start(int slot, int side, int along, int across, int beyond, int place, int after)
    {
        int walker = (3 * slot) + side;
        TriangleWalker* at = _walkers.Pointer + walker;
        at->Along = (ushort)along;
        at->Across = (ushort)across;
        at->Beyond = (ushort)beyond;
        at->Place = (ushort)(after < 0 ? place : _edges.PlaceAfter(along, place, after));
        at->Pair = (Math.Max(across, beyond) * _stride) + Math.Min(across, beyond);
        Advance(walker);
    }

    /// <summary>Takes a walker to its next tetrahedron, or out of work when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance(int walker)
    {
        TriangleWalker* at = _walkers.Pointer + walker;
        int along = at->Along;
        ushort* list = _edges.Neighbours + ((long)along * _edges.Vertices);
        int* mine = Row(along);
        int* across = Row(at->Across);
        int* beyond = Row(at->Beyond);
        int degree = _edges.Degree[along];
        for (int place = at->Place; place < degree; place++)
        {
            int vertex = list[place];
            int rank = mine[vertex];
            if (across[vertex] < rank && beyond[vertex] < rank)
            {
                at->Place = (ushort)(place + 1);
                _queue.Insert(rank, walker, out at->Next);
                return;
            }
        }
    }

    private void Store(bool started, int edge, int vertex)
    {
        long start = _stored;
        _sums.Ensure(_stored + Math.Max(1, _slots));
        if (!started)
        {
            _sums.Pointer[_stored++] = Triangle(edge, vertex);
        }

        for (int slot = 0; slot < _slots; slot++)
        {
            if (_triangleOf.Pointer[slot] != ulong.MaxValue)
            {
                _sums.Pointer[_stored++] = _triangleOf.Pointer[slot];
            }
        }

        _steps += _stored - start;
        _columns.Add((start, (int)(_stored - start)));
    }
}
