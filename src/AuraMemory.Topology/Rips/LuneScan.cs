using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Rips;

/// <summary>
/// Which vertices are nearer to all of two or three given vertices than a limit: the lune of an edge, and the link of a triangle in it.
/// Rows of edge ranks are compared with the limit, eight lanes at a time.
/// </summary>
/// <remarks>Rows are padded to a multiple of 64 with <see cref="EdgeFiltration.NoEdge"/>, which is below no limit.</remarks>
internal static unsafe class LuneScan
{
    private const int Lanes = 8;

    /// <summary>Smallest vertex with both ranks below the limit, or -1.</summary>
    /// <param name="a">Row of one vertex.</param>
    /// <param name="b">Row of the other.</param>
    /// <param name="limit">Rank that must not be reached.</param>
    /// <param name="count">Length of a row, a multiple of 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int First(int* a, int* b, int limit, int count)
    {
        Vector256<int> limits = Vector256.Create(limit);
        for (int v = 0; v < count; v += Lanes)
        {
            uint below = Vector256.LessThan(Vector256.Max(Vector256.Load(a + v), Vector256.Load(b + v)), limits).ExtractMostSignificantBits();
            if (below != 0)
            {
                return v + BitOperations.TrailingZeroCount(below);
            }
        }

        return -1;
    }

    /// <summary>Smallest vertex with all three ranks below the limit, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int First(int* a, int* b, int* c, int limit, int count)
    {
        Vector256<int> limits = Vector256.Create(limit);
        for (int v = 0; v < count; v += Lanes)
        {
            Vector256<int> largest = Vector256.Max(Vector256.Max(Vector256.Load(a + v), Vector256.Load(b + v)), Vector256.Load(c + v));
            uint below = Vector256.LessThan(largest, limits).ExtractMostSignificantBits();
            if (below != 0)
            {
                return v + BitOperations.TrailingZeroCount(below);
            }
        }

        return -1;
    }

    /// <summary>Of 64 vertices, those with a rank below the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Below(int* row, int limit)
    {
        Vector256<int> limits = Vector256.Create(limit);
        ulong mask = 0;
        for (int i = 0; i < 64; i += Lanes)
        {
            mask |= (ulong)Vector256.LessThan(Vector256.Load(row + i), limits).ExtractMostSignificantBits() << i;
        }

        return mask;
    }

    /// <summary>Of 64 vertices, those with both ranks below the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Below(int* a, int* b, int limit)
    {
        Vector256<int> limits = Vector256.Create(limit);
        ulong mask = 0;
        for (int i = 0; i < 64; i += Lanes)
        {
            mask |= (ulong)Vector256.LessThan(Vector256.Max(Vector256.Load(a + i), Vector256.Load(b + i)), limits).ExtractMostSignificantBits() << i;
        }

        return mask;
    }
}
