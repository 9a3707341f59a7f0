using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Topology.Search;

/// <summary>The distance a graph is walked by: from a fixed query, and between two slots. A struct, so that the walk is compiled for it.</summary>
internal unsafe interface IGraphSpace
{
    /// <summary>Distance of the query from a slot; not negative.</summary>
    float FromQuery(int slot);

    /// <summary>Distance of two slots.</summary>
    float Between(int first, int second);

    /// <summary>Starts to load what <see cref="FromQuery"/> will read.</summary>
    void Prefetch(int slot);

    /// <summary>Starts to load a range of at most a few cache lines; without effect where the processor has no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load(byte* memory, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < bytes; i += 64)
            {
                Sse.Prefetch0(memory + i);
            }
        }
    }
}

/// <summary>Squared Euclidean distance of signatures, from their upper halves.</summary>
/// <param name="query">Prepared query.</param>
internal readonly unsafe struct VectorSpace(RowPlane plane, float* query, int width) : IGraphSpace
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float FromQuery(int slot) => VectorKernel.FromQuery(query, (ushort*)plane[slot], width);

    public float Between(int first, int second) => VectorKernel.Between((ushort*)plane[first], (ushort*)plane[second], width);

    public void Prefetch(int slot) => IGraphSpace.Load(plane[slot], Math.Min(256, width * sizeof(ushort)));
}

/// <summary>Lower bound of a diagram distance, from cuts.</summary>
/// <param name="query">Cut of the query.</param>
/// <param name="sweeps">Sweeps of the ascent; 0 = the larger of the two relaxed bounds.</param>
internal readonly unsafe struct DiagramSpace(RowPlane plane, float* query, int dimensions, ShapeMetric metric, int sweeps) : IGraphSpace
{
    public float FromQuery(int slot) => DiagramKernel.Rank(query, (float*)plane[slot], dimensions, metric, sweeps);

    public float Between(int first, int second) =>
        DiagramKernel.Rank((float*)plane[first], (float*)plane[second], dimensions, metric, sweeps);

    public void Prefetch(int slot) => IGraphSpace.Load(plane[slot], dimensions * DiagramKernel.CutBytes);
}
