using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>Bottleneck distance of two cuts, in floats.</summary>
/// <remarks>
/// <para>A bar may stay single at the cost of its half-persistence, less the longest half of the other side's tail: a bar of that tail could be no nearer.
/// A matching that covers the bars of one side that cannot stay single, and one that covers those of the other, make one that covers both
/// (Mendelsohn and Dulmage 1958), so the distance is the larger of two one-sided ones.</para>
/// <para>One side: its bars are settled one by one, each by the path of least largest cost that ends at a free column or at a
/// bar that can stay single. The least cost for one bar more is reached from any matching that is best for those before it, so nothing is searched by halving.
/// It starts at the relaxed bound, which mostly is the distance: then each path is one edge.</para>
/// </remarks>
internal static unsafe class BottleneckKernel
{
    private const int Lanes = 16;
    private const int Single = -1;

    /// <summary>The distance; where it is not below the limit, a lower bound that is not either.</summary>
    public static float Distance(float* first, float* second, float limit)
    {
        float length = Relaxed(first, second);
        length = length < limit ? OneSided(first, second, length, limit) : length;
        return length < limit ? OneSided(second, first, length, limit) : length;
    }

    /// <summary>Every bar goes to the diagonal or to some bar of the other side, seen or in its tail; bars of one rank are as far apart as their halves.</summary>
    internal static float Relaxed(float* first, float* second)
    {
        Vector512<float> nearBirths = Vector512.Load(second) & DiagramKernel.NearLanes;
        Vector512<float> nearDeaths = Vector512.Load(second + DiagramKernel.Lanes) & DiagramKernel.NearLanes;
        Vector512<float> farBirths = Vector512.Load(second + DiagramKernel.Block);
        Vector512<float> farDeaths = Vector512.Load(second + DiagramKernel.Block + DiagramKernel.Lanes);
        Vector512<float> tail = Vector512.Create(DiagramKernel.LongestOfTail(first));
        Vector512<float> nearNearest = Vector512.MaxNative(Vector512<float>.Zero, ((nearDeaths - nearBirths) * 0.5f) - tail);
        Vector512<float> farNearest = Vector512.MaxNative(Vector512<float>.Zero, ((farDeaths - farBirths) * 0.5f) - tail);
        float largest = 0;
        for (int i = 0; i < DiagramKernel.CutBars; i++)
        {
            int place = DiagramKernel.PlaceOf(i);
            float half = (first[place + DiagramKernel.Lanes] - first[place]) * 0.5f;
            if (!(half > 0))
            {
                break;
            }

            Vector512<float> birth = Vector512.Create(first[place]);
            Vector512<float> death = Vector512.Create(first[place + DiagramKernel.Lanes]);
            Vector512<float> nearCost = Vector512.MaxNative(Vector512.Abs(nearBirths - birth), Vector512.Abs(nearDeaths - death));
            Vector512<float> farCost = Vector512.MaxNative(Vector512.Abs(farBirths - birth), Vector512.Abs(farDeaths - death));
            nearNearest = Vector512.MinNative(nearNearest, nearCost);
            farNearest = Vector512.MinNative(farNearest, farCost);
            float own = MathF.Max(0, half - DiagramKernel.LongestOfTail(second));
            largest = MathF.Max(largest, MathF.Min(own, LaneSelection.Smallest(Vector512.MinNative(nearCost, farCost))));
        }

        Vector512<float> worst = Vector512.MaxNative(
            Vector512.MaxNative(nearNearest, farNearest), Vector512.MaxNative(DiagramKernel.Apart(first, second, DiagramKernel.NearLanes), DiagramKernel.ApartFar(first, second)));
        return MathF.Max(largest, -LaneSelection.Smallest(-worst));
    }

    /// <summary>The least cost, from one on, at which every bar of the first cut is matched or single.</summary>
    [SkipLocalsInit]
    private static float OneSided(float* first, float* second, float from, float limit)
    {
        Vector512<float> nearBirths = Vector512.Load(second) & DiagramKernel.NearLanes;
        Vector512<float> nearDeaths = Vector512.Load(second + DiagramKernel.Lanes) & DiagramKernel.NearLanes;
        Vector512<float> farBirths = Vector512.Load(second + DiagramKernel.Block);
        Vector512<float> farDeaths = Vector512.Load(second + DiagramKernel.Block + DiagramKernel.Lanes);
        Vector512<float>* costs = stackalloc Vector512<float>[2 * DiagramKernel.CutBars];
        float* alone = stackalloc float[DiagramKernel.CutBars];
        sbyte* mates = stackalloc sbyte[2 * Lanes];
        sbyte* columns = stackalloc sbyte[DiagramKernel.CutBars];
        Vector256.Create((sbyte)Single).Store(mates);
        float tail = DiagramKernel.LongestOfTail(second);
        float length = from;
        for (int i = 0; i < DiagramKernel.CutBars && length < limit; i++)
        {
            int place = DiagramKernel.PlaceOf(i);
            float half = (first[place + DiagramKernel.Lanes] - first[place]) * 0.5f;
            alone[i] = half - tail;
            if (!(alone[i] > length))
            {
                // Bars are sorted: all that follow can stay single, and be driven out by none.
                break;
            }

            Vector512<float> birth = Vector512.Create(first[place]);
            Vector512<float> death = Vector512.Create(first[place + DiagramKernel.Lanes]);
            costs[2 * i] = Vector512.MaxNative(Vector512.Abs(nearBirths - birth), Vector512.Abs(nearDeaths - death));
            costs[(2 * i) + 1] = Vector512.MaxNative(Vector512.Abs(farBirths - birth), Vector512.Abs(farDeaths - death));
            length = Augment(costs, alone, mates, columns, i, length);
        }

        return length;
    }

    /// <summary>Settles one bar; the cost at which it can be.</summary>
    [SkipLocalsInit]
    private static float Augment(Vector512<float>* costs, float* alone, sbyte* mates, sbyte* columns, int start, float length)
    {
        Vector512<float> places = Vector512<float>.Indices;
        Vector512<float> farPlaces = places + Vector512.Create((float)Lanes);
        Vector512<float> infinite = Vector512.Create(float.PositiveInfinity);
        Vector512<float> way0 = costs[2 * start];
        Vector512<float> way1 = costs[(2 * start) + 1];
        Vector512<float> from0 = Vector512.Create((float)start);
        Vector512<float> from1 = from0;
        Vector512<float> done0 = Vector512<float>.Zero;
        Vector512<float> done1 = done0;
        float single = alone[start];
        int singleBar = start;
        int column;
        while (true)
        {
            length = MathF.Max(length, MathF.Min(single, LaneSelection.Smallest(Vector512.MinNative(way0, way1))));
            if (single <= length)
            {
                column = Single;
                break;
            }

            // Not nearest first but any that the cost reaches: the path is as good.
            Vector512<float> now = Vector512.Create(length);
            ulong open = Vector512.LessThanOrEqual(way0, now).ExtractMostSignificantBits()
                | (Vector512.LessThanOrEqual(way1, now).ExtractMostSignificantBits() << Lanes);
            column = BitOperations.TrailingZeroCount(open | 0x8000_0000);
            int bar = mates[column];
            if (bar == Single)
            {
                break;
            }

            Vector512<float> at = Vector512.Create((float)column);
            done0 |= Vector512.Equals(places, at);
            done1 |= Vector512.Equals(farPlaces, at);
            if (alone[bar] < single)
            {
                (single, singleBar) = (alone[bar], bar);
            }

            Vector512<float> by = Vector512.Create((float)bar);
            Vector512<float> other = LaneSelection.Choose(done0, infinite, costs[2 * bar]);
            way0 = LaneSelection.Choose(done0, infinite, way0);
            from0 = LaneSelection.Choose(Vector512.LessThan(other, way0), by, from0);
            way0 = Vector512.MinNative(way0, other);
            other = LaneSelection.Choose(done1, infinite, costs[(2 * bar) + 1]);
            way1 = LaneSelection.Choose(done1, infinite, way1);
            from1 = LaneSelection.Choose(Vector512.LessThan(other, way1), by, from1);
            way1 = Vector512.MinNative(way1, other);
        }

        float* before = stackalloc float[2 * Lanes];
        from0.Store(before);
        from1.Store(before + Lanes);
        if (column == Single)
        {
            column = columns[singleBar];
            columns[singleBar] = Single;
            if (singleBar == start)
            {
                return length;
            }
        }

        while (true)
        {
            var bar = (int)before[column];
            int next = columns[bar];
            mates[column] = (sbyte)bar;
            columns[bar] = (sbyte)column;
            if (bar == start)
            {
                return length;
            }

            column = next;
        }
    }
}
