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
}
