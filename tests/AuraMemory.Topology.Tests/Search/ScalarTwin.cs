using AuraMemory.Topology.Search;

namespace AuraMemory.Topology.Tests.Search;

/// <summary>The bounds of <see cref="DiagramKernel"/> as their formulas read, bar by bar.</summary>
internal static unsafe class ScalarTwin
{
    private const int Bars = DiagramKernel.CutBars;

    public static float Of(float* first, float* second, ShapeMetric metric, int sweeps, float capped)
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
        float Column(float[] u, int j, int without)
        {
            float v = columnCap[j];
            for (int i = 0; i < Bars; i++)
            {
                v = i == without ? v : MathF.Min(v, Saved(i, j) - u[i]);
            }

            return v;
        }

        float[] u = [.. rowCap];
        float Value() => u.Sum() + Enumerable.Range(0, Bars).Sum(j => Column(u, j, -1));
        float columnStart = Value();
        float[] rows = [.. Enumerable.Range(0, Bars).Select(i => MathF.Min(rowCap[i], Enumerable.Range(0, Bars).Min(j => Saved(i, j) - columnCap[j])))];
        float rowStart = rows.Sum() + columnCap.Sum();
        u = sweeps == 0 || columnStart > rowStart ? u : rows;
        for (int s = 0; s < sweeps; s++)
        {
            for (int i = 0; i < Bars; i++)
            {
                float[] t = [.. Enumerable.Range(0, Bars).Select(j => Saved(i, j) - Column(u, j, i)).Order()];
                u[i] = MathF.Min(rowCap[i], t[1]);
            }
        }

        float value = sweeps == 0 ? MathF.Max(columnStart, rowStart) : Value();
        return diagonal + value + DiagramKernel.Tails(first, second, squared);
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
