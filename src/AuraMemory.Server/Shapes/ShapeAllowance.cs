using AuraMemory.Server.Configuration;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>Bounds of one analysis, such that as many as may run at a time fit the managed heap together with everything else on it.</summary>
/// <remarks>
/// An analysis takes memory by the numbers it reads, the cells it builds and the pairs of its points; what it takes besides is small. With the bytes below, measured peaks (series, clouds and grids of
/// 10^6 numbers, cliques up to 2 x 10^6 simplices) are covered. Half the heap is shared among them. A small heap so lowers the limits, and an object that is above them gets that
/// for an answer, instead of an analysis that dies of want of memory.
/// </remarks>
internal static class ShapeAllowance
{
    private const long BytesANumber = 64;
    private const long BytesASimplex = 56;
    private const long BytesAPair = 32;
    private const int LeastNumbers = 20_000;
    private const int LeastSimplices = 50_000;

    /// <summary>The bounds.</summary>
    /// <param name="settings">What the operator allows; never exceeded.</param>
    /// <param name="heapBytes">Limit of the managed heap, bytes.</param>
    public static ShapeLimits LimitsOf(ServerSettings settings, long heapBytes)
    {
        ShapeLimits normal = ShapeLimits.Default;
        long each = heapBytes / 2 / (ShapeSettings.UsualWorkers + settings.ShapeRequestThreads);
        return normal with
        {
            MaxNumbers = (int)Math.Min(settings.ShapeMaxNumbers, Math.Max(LeastNumbers, each / BytesANumber)),
            MaxSimplices = (int)Math.Min(normal.MaxSimplices, Math.Max(LeastSimplices, each / BytesASimplex)),
            MaxPoints = settings.ShapeMaxPoints,
            MaxPointsAsked = (int)Math.Min(settings.ShapeMaxPointsAsked, Math.Sqrt((double)each / BytesAPair)),
        };
    }
}
