using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Topology.Search;

/// <summary>The smallest of the lanes of vectors. Numbers, not NaN.</summary>
internal static class LaneSelection
{
    /// <summary>The smallest of 16 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Smallest(Vector512<float> x)
    {
        Vector256<float> y = Vector256.MinNative(x.GetLower(), x.GetUpper());
        Vector128<float> z = Vector128.MinNative(y.GetLower(), y.GetUpper());
        z = Vector128.MinNative(z, Vector128.Shuffle(z, Vector128.Create(2, 3, 0, 1)));
        z = Vector128.MinNative(z, Vector128.Shuffle(z, Vector128.Create(1, 0, 3, 2)));
        return z.ToScalar();
    }

    /// <summary>Lanes of the first where the mask is all ones, of the second where it is 0.</summary>
    /// <remarks>Without 512-bit registers the general form is four operations a half; the processor's own needs one.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Choose(Vector512<float> mask, Vector512<float> first, Vector512<float> second) =>
        Vector512.IsHardwareAccelerated || !Avx.IsSupported
            ? Vector512.ConditionalSelect(mask, first, second)
            : Vector512.Create(
                Avx.BlendVariable(second.GetLower(), first.GetLower(), mask.GetLower()), Avx.BlendVariable(second.GetUpper(), first.GetUpper(), mask.GetUpper()));

    /// <summary>The smallest and the second smallest of 32 numbers, given as the smaller and the larger of 16 pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Smallest, float Second) TwoSmallest(Vector512<float> low, Vector512<float> high)
    {
        Vector256<float> low2 = Vector256.MinNative(low.GetLower(), low.GetUpper());
        Vector256<float> high2 = Vector256.MinNative(
            Vector256.MaxNative(low.GetLower(), low.GetUpper()), Vector256.MinNative(high.GetLower(), high.GetUpper()));
        Vector128<float> l = Vector128.MinNative(low2.GetLower(), low2.GetUpper());
        Vector128<float> h = Vector128.MinNative(
            Vector128.MaxNative(low2.GetLower(), low2.GetUpper()), Vector128.MinNative(high2.GetLower(), high2.GetUpper()));
        (l, h) = Merge(l, h, Vector128.Shuffle(l, Vector128.Create(2, 3, 0, 1)), Vector128.Shuffle(h, Vector128.Create(2, 3, 0, 1)));
        (l, h) = Merge(l, h, Vector128.Shuffle(l, Vector128.Create(1, 0, 3, 2)), Vector128.Shuffle(h, Vector128.Create(1, 0, 3, 2)));
        return (l.ToScalar(), h.ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Merge(
        Vector128<float> low, Vector128<float> high, Vector128<float> otherLow, Vector128<float> otherHigh) =>
        (Vector128.MinNative(low, otherLow),
         Vector128.MinNative(Vector128.MaxNative(low, otherLow), Vector128.MinNative(high, otherHigh)));
}
