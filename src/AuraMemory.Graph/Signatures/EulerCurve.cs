using System.Numerics;

namespace AuraMemory.Graph.Signatures;

/// <summary>Euler characteristic (nodes - edges + triangles) of the part of a small graph whose nodes have up to so many neighbours, for eight such bounds.</summary>
/// <remarks>
/// <para>Bounds are powers of two: 1, 3, 7, ... 127, and none. Degrees are those of the whole graph. Nodes are put in the order of their class, so that a triangle belongs to the class of
/// its last node; triangles are then counted by intersecting rows of bits.</para>
/// <para>Filtration curves: L. O'Bray, B. Rieck, K. Borgwardt, Filtration Curves for Graph Representation, 2021. One thread; used again and again.</para>
/// </remarks>
internal sealed class EulerCurve
{
    /// <summary>Bounds.</summary>
    public const int Classes = 8;

    /// <summary>Most nodes with an edge.</summary>
    public const int MostNodes = 2048;

    private readonly long[] _byClass = new long[Classes];
    private readonly int[] _next = new int[Classes + 1];
    private ulong[] _bits = [];
    private int[] _names = [];
    private byte[] _classes = [];

    /// <summary>Triangles of the last graph.</summary>
    public long Triangles { get; private set; }

    /// <summary>Class of a node by its degree, 0 to 7; a node without neighbours is in the first.</summary>
    public static int ClassOf(int degree) => Math.Min(Classes - 1, BitOperations.Log2((uint)Math.Max(1, degree)));

    /// <summary>Computes the curve. O(edges * nodes / 64).</summary>
    /// <param name="degrees">For each node, its neighbours in the whole graph.</param>
    /// <param name="edges">Edges, each once.</param>
    /// <param name="curve">Receives a number for each class.</param>
    /// <returns>False, with nothing computed, when more nodes than <see cref="MostNodes"/> have edges.</returns>
    public bool TryCompute(ReadOnlySpan<int> degrees, ReadOnlySpan<(int From, int To)> edges, Span<long> curve)
    {
        int used = Name(degrees, edges);
        if (used > MostNodes)
        {
            return false;
        }

        int words = (used + 63) >> 6;
        if (_bits.Length < used * words)
        {
            _bits = new ulong[Math.Max(used * words, 2 * _bits.Length)];
        }

        _bits.AsSpan(0, used * words).Clear();
        Array.Clear(_byClass);
        foreach (int degree in degrees)
        {
            _byClass[ClassOf(degree)]++;
        }

        foreach ((int from, int to) in edges)
        {
            int low = Math.Min(_names[from], _names[to]), high = Math.Max(_names[from], _names[to]);
            _bits[(high * words) + (low >> 6)] |= 1UL << (low & 63);
            _byClass[_classes[high]]--;
        }

        Triangles = 0;
        foreach ((int from, int to) in edges)
        {
            // Rows hold lower names only: what both rows have lies below both.
            int low = Math.Min(_names[from], _names[to]), high = Math.Max(_names[from], _names[to]);
            ReadOnlySpan<ulong> first = _bits.AsSpan(low * words, (low >> 6) + 1);
            ReadOnlySpan<ulong> second = _bits.AsSpan(high * words, (low >> 6) + 1);
            int both = 0;
            for (int w = 0; w < first.Length; w++)
            {
                both += BitOperations.PopCount(first[w] & second[w]);
            }

            _byClass[_classes[high]] += both;
            Triangles += both;
        }

        long sum = 0;
        for (int c = 0; c < Classes; c++)
        {
            curve[c] = sum += _byClass[c];
        }

        return true;
    }

    /// <summary>Names the nodes with edges from 0 by rising class.</summary>
    private int Name(ReadOnlySpan<int> degrees, ReadOnlySpan<(int From, int To)> edges)
    {
        if (_names.Length < degrees.Length)
        {
            _names = new int[Math.Max(degrees.Length, 2 * _names.Length)];
        }

        _names.AsSpan(0, degrees.Length).Fill(-1);
        Array.Clear(_next);
        foreach ((int from, int to) in edges)
        {
            Count(from, degrees);
            Count(to, degrees);
        }

        for (int c = 0; c < Classes; c++)
        {
            _next[c + 1] += _next[c];
        }

        int used = _next[Classes];
        if (_classes.Length < used)
        {
            _classes = new byte[Math.Max(used, 2 * _classes.Length)];
        }

        for (int i = 0; i < degrees.Length; i++)
        {
            if (_names[i] != -1)
            {
                int own = ClassOf(degrees[i]);
                _names[i] = _next[own]++;
                _classes[_names[i]] = (byte)own;
            }
        }

        return used;
    }

    private void Count(int node, ReadOnlySpan<int> degrees)
    {
        if (_names[node] == -1)
        {
            _names[node] = 0;
            _next[ClassOf(degrees[node]) + 1]++;
        }
    }
}
