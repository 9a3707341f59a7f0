using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AuraMemory.Topology.Search;

/// <summary>The distance a graph is walked by: from a fixed query, and between two slots. A struct, so that the walk is compiled for it.</summary>
internal unsafe interface IGraphSpace
{
    /// <summary>True when <see cref="FromQuery"/> answers a cheap bound of the distance, whatever the limit.</summary>
    bool IsRelaxed { get; }

    /// <summary>Distance of the query from a slot; not negative. Where it is not below the limit, any lower bound of it that is not either.</summary>
    float FromQuery(int slot, float limit);

    /// <summary>About the distance of two slots, to choose neighbours by.</summary>
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
    public bool IsRelaxed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float FromQuery(int slot, float limit) => VectorKernel.FromQuery(query, (ushort*)plane[slot], width);

    public float Between(int first, int second) => VectorKernel.Between((ushort*)plane[first], (ushort*)plane[second], width);

    public void Prefetch(int slot) => IGraphSpace.Load(plane[slot], Math.Min(256, width * sizeof(ushort)));
}

/// <summary>Distance of cuts of diagrams in a metric.</summary>
/// <param name="query">Cut of the query.</param>
/// <param name="relaxed">True: a walk is by relaxed bounds, a seventh of the work.</param>
/// <param name="near">True: a walk is by the longest bars only (<see cref="DiagramKernel.Rank"/>).</param>
internal readonly unsafe struct DiagramSpace(
    RowPlane plane, float* query, int dimensions, ShapeMetric metric, bool relaxed = false, bool near = false, float* learned = null) : IGraphSpace
{
    /// <summary>
    /// By how much a relaxed bound of W1 is raised to stand for the distance: the mean ratio among series and among jittered
    /// prototypes is 1.1 to 1.15. Neighbours chosen by it serve a walk as well as those chosen by the distance itself, which takes a build thrice the time.
    /// </summary>
    private const float Slack = 1.12f;

    public bool IsRelaxed => relaxed;

    public float FromQuery(int slot, float limit) => DiagramKernel.Rank(query, (float*)plane[slot], dimensions, metric, relaxed ? 0 : limit, near, learned);

    public float Between(int first, int second) =>
        DiagramKernel.Rank((float*)plane[first], (float*)plane[second], dimensions, metric, 0) * Slack;

    public void Prefetch(int slot) =>
        IGraphSpace.Load(plane[slot], near && dimensions == 1 ? DiagramKernel.NearBytes : dimensions * DiagramKernel.CutBytes);
}
