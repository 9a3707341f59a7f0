using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>Signatures in memory, and distances between them.</summary>
/// <remarks>
/// A float is kept in two halves in two planes: its upper 16 bits rounded to nearest (a bfloat16), and its lower 16 bits. A walk through
/// the graph reads only the upper plane, half the memory traffic of floats; both together give the float back bit for bit, since the
/// lower half tells whether the upper one was rounded up. No training, no range: an entry added later never makes codes stale.
/// Rows are padded with zeros to a multiple of 32 numbers. A prepared query holds, for each 32 numbers, the 16 at even and then the
/// 16 at odd places: one load of 32 bfloat16 falls apart into just these by a shift and a mask.
/// </remarks>
internal static unsafe class VectorKernel
{
    /// <summary>Largest magnitude of a signature's numbers: above, rounding could overflow.</summary>
    public const float Largest = 3e38f;

    private const int Block = 32;

    /// <summary>Numbers of a padded row.</summary>
    public static int Width(int length) => (length + Block - 1) & -Block;

    /// <summary>Writes the two halves of each number; the padding must be zero already.</summary>
    public static void Split(ReadOnlySpan<float> vector, ushort* upper, ushort* lower)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(vector[i]);
            upper[i] = (ushort)((bits + 0x8000) >> 16);
            lower[i] = (ushort)bits;
        }
    }

    /// <summary>The number that was split.</summary>
    public static float Join(ushort upper, ushort lower) =>
        BitConverter.UInt32BitsToSingle(((uint)(upper - (lower >> 15)) << 16) | lower);

    /// <summary>Writes a query in the order the kernels read it, padding included.</summary>
    public static void Prepare(ReadOnlySpan<float> vector, float* into)
    {
        new Span<float>(into, Width(vector.Length)).Clear();
        for (int i = 0; i < vector.Length; i++)
        {
            into[(i & -Block) + ((i & 1) * (Block / 2)) + ((i & (Block - 1)) >> 1)] = vector[i];
        }
    }

    /// <summary>Squared distance of a prepared query from a row of the upper plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromQuery(float* query, ushort* row, int width)
    {
        Vector512<float> even = Vector512<float>.Zero;
        Vector512<float> odd = Vector512<float>.Zero;
        Vector512<uint> mask = Vector512.Create(0xFFFF0000u);
        for (int i = 0; i < width; i += Block)
        {
            Vector512<uint> pair = Vector512.Load((uint*)(row + i));
            Vector512<float> a = (pair << 16).AsSingle() - Vector512.Load(query + i);
            Vector512<float> b = (pair & mask).AsSingle() - Vector512.Load(query + i + (Block / 2));
            even = Vector512.MultiplyAddEstimate(a, a, even);
            odd = Vector512.MultiplyAddEstimate(b, b, odd);
        }

        return Vector512.Sum(even + odd);
    }

    /// <summary>Squared distance of two rows of the upper plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Between(ushort* first, ushort* second, int width)
    {
        Vector512<float> even = Vector512<float>.Zero;
        Vector512<float> odd = Vector512<float>.Zero;
        Vector512<uint> mask = Vector512.Create(0xFFFF0000u);
        for (int i = 0; i < width; i += Block)
        {
            Vector512<uint> x = Vector512.Load((uint*)(first + i));
            Vector512<uint> y = Vector512.Load((uint*)(second + i));
            Vector512<float> a = (x << 16).AsSingle() - (y << 16).AsSingle();
            Vector512<float> b = (x & mask).AsSingle() - (y & mask).AsSingle();
            even = Vector512.MultiplyAddEstimate(a, a, even);
            odd = Vector512.MultiplyAddEstimate(b, b, odd);
        }

        return Vector512.Sum(even + odd);
    }

    /// <summary>Distance of a vector from a stored one, from the whole floats, in double.</summary>
    public static double Exact(ReadOnlySpan<float> query, ushort* upper, ushort* lower)
    {
        double sum = 0;
        for (int i = 0; i < query.Length; i++)
        {
            double difference = (double)query[i] - Join(upper[i], lower[i]);
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
