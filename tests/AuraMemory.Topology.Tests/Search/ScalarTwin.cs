using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>The relaxed bounds of <see cref="DiagramKernel"/> as their formulas read, bar by bar.</summary>
internal static unsafe class ScalarTwin
{
    private const int Bars = DiagramKernel.CutBars;

    public static float Relaxed(float* first, float* second, ShapeMetric metric, float capped)
    {
        (float Birth, float Death)[] a = Read(first);
        (float Birth, float Death)[] b = Read(second);
        float tailA = DiagramKernel.LongestOfTail(first) * capped;
        float tailB = DiagramKernel.LongestOfTail(second) * capped;
        if (metric == ShapeMetric.Bottleneck)
        {
            return MathF.Max(Largest(a, b, tailB), Largest(b, a, tailA));
        }

        bool squared = metric == ShapeMetric.Wasserstein2;
        float[] rowCap = [.. a.Select(x => -2 * (squared ? Half(x) * tailB : MathF.Min(Half(x), tailB)))];
        float[] columnCap = [.. b.Select(x => -2 * (squared ? Half(x) * tailA : MathF.Min(Half(x), tailA)))];
        float diagonal = a.Concat(b).Sum(x => Power(Half(x), squared));
        float Saved(int i, int j) => Power(Cost(a[i], b[j]), squared) - Power(Half(a[i]), squared) - Power(Half(b[j]), squared);
        float columns = rowCap.Sum();
        float rows = columnCap.Sum();
        for (int i = 0; i < Bars; i++)
        {
            columns += MathF.Min(columnCap[i], Enumerable.Range(0, Bars).Min(k => Saved(k, i) - rowCap[k]));
            rows += MathF.Min(rowCap[i], Enumerable.Range(0, Bars).Min(k => Saved(i, k) - columnCap[k]));
        }

        float tails = DiagramKernel.Tails(first, second, squared);
        float sorted = squared ? tails + a.Zip(b, (x, y) => Power(Half(x) - Half(y), true)).Sum() : 0;
        return MathF.Max(sorted, diagonal + MathF.Max(columns, rows) + tails);
    }

    private static float Largest((float Birth, float Death)[] a, (float Birth, float Death)[] b, float tail)
    {
        float largest = 0;
        for (int i = 0; i < Bars; i++)
        {
            float nearest = MathF.Max(0, Half(a[i]) - tail);
            foreach ((float, float) other in b)
            {
                nearest = MathF.Min(nearest, Cost(a[i], other));
            }

            largest = MathF.Max(largest, MathF.Max(nearest, MathF.Abs(Half(a[i]) - Half(b[i]))));
        }

        return largest;
    }

    private static (float Birth, float Death)[] Read(float* cut)
    {
        var bars = new (float, float)[Bars];
        for (int i = 0; i < Bars; i++)
        {
            bars[i] = (cut[DiagramKernel.PlaceOf(i)], cut[DiagramKernel.PlaceOf(i) + 16]);
        }

        return bars;
    }

    private static float Half((float Birth, float Death) bar) => (bar.Death - bar.Birth) / 2;

    private static float Power(float x, bool squared) => squared ? x * x : x;

    private static float Cost((float Birth, float Death) a, (float Birth, float Death) b) =>
        MathF.Max(MathF.Abs(a.Birth - b.Birth), MathF.Abs(a.Death - b.Death));
}
