using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuraMemory.Topology.Search;

/// <summary>The power of costs: a struct, so that loops are compiled for it.</summary>
internal interface IOrder;

/// <summary>W1: costs as they are.</summary>
internal readonly struct Plain : IOrder;

/// <summary>W2: squares of costs.</summary>
internal readonly struct Squared : IOrder;

/// <summary>W1 and the square of W2 of two cuts of diagrams (<see cref="DiagramKernel"/>).</summary>
/// <remarks>
/// <para>It ends with the first of these bounds that is not below the caller's limit: (1) the relaxed bound with u at its caps; (2) the bound of potentials
/// that are known before; (3) that of the matching as it is solved (<see cref="AssignmentKernel"/>), which at the end is the distance.</para>
/// <para><b>Learned potentials.</b> A walk compares one query with thousands of shapes that are like each other, and so are the u that solve these matchings.
/// Any u, with the best v for it and then the best u for that, are a bound. So a mean of the last u, the later ones counting more, bounds the next shape from
/// below: among noise-dominated diagrams that alone shows every second shape to be too far, in a tenth of the time a matching takes, and where it does not,
/// the matching is solved from there with shorter augmenting paths (Dinitz, Im, Lavastida, Moseley, Vassilvitskii, "Faster Matchings via Learned Duals", NeurIPS 2021,
/// learn them from instances of the past). The answer is the same but for rounding.</para>
/// <para>Rows and columns are numbered by the lanes of the bars in a cut, so that one is the other when the costs are turned round.</para>
/// </remarks>
internal static unsafe class CutMatching
{
    private const int Lanes = DiagramKernel.Lanes;
    private const int Block = DiagramKernel.Block;
    private const int NearBars = DiagramKernel.NearBars;

    /// <summary>Weight of the latest potentials in those learned.</summary>
    private const float Rate = 0.25f;

    /// <summary>One dimension of two cuts, not below 0, or a bound of it that is not below <paramref name="limit"/>; with limit 0 the better of the two relaxed bounds.</summary>
    /// <param name="capped">1: the tails cap the potentials, and what is answered is a bound of the whole distance; 0: they do not.</param>
    /// <param name="near">True: the first block only, without tails.</param>
    /// <param name="learned">Null, or the potentials learned; only with <paramref name="capped"/> = 0.</param>
    [SkipLocalsInit]
    public static float Sum<TOrder, TWidth>(float* first, float* second, float limit, float capped, bool near, float* learned)
        where TOrder : struct, IOrder
        where TWidth : struct, IRowWidth
    {
        bool squared = typeof(TOrder) == typeof(Squared);
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        learned = limit > 0 && capped == 0 ? learned : null;
        Vector512<float>* nearRows = stackalloc Vector512<float>[AssignmentKernel.MostRows];
        Vector512<float>* farRows = stackalloc Vector512<float>[wide ? AssignmentKernel.MostRows : 1];
        float* rowCaps = stackalloc float[2 * Lanes];
        float* columnCaps = stackalloc float[2 * Lanes];
        float* v = stackalloc float[2 * Lanes];
        float ownTail = DiagramKernel.LongestOfTail(first) * capped;
        float tail = DiagramKernel.LongestOfTail(second) * capped;
        float diagonal = Diagonals<TOrder, TWidth>(second, ownTail, columnCaps);
        int n = Rows<TOrder, TWidth>(first, second, near, tail, learned, columnCaps, nearRows, farRows, rowCaps, v, out float columnStart, out float rowDiagonal);
        float outside = diagonal + rowDiagonal + (near ? 0 : DiagramKernel.Tails(first, second, squared));
        float relaxed = outside + columnStart;
        if (limit > 0 && relaxed >= limit)
        {
            return relaxed;
        }

        float* u = stackalloc float[2 * Lanes];
        sbyte* wanted = stackalloc sbyte[AssignmentKernel.MostRows];
        Vector512<float>.Zero.Store(u);
        Vector512<float>.Zero.Store(u + Lanes);
        float start = AssignmentKernel.Start<TWidth>(nearRows, farRows, n, rowCaps, (Vector512<float>*)v, u, wanted)
            + Vector512.Sum(wide ? Vector512.Load(v) + Vector512.Load(v + Lanes) : Vector512.Load(v));
        relaxed = MathF.Max(relaxed, outside + start);
        // Squared, a relaxed bound can fall far below 0.
        relaxed = MathF.Max(0, squared ? MathF.Max(relaxed, near ? SortedNear(first, second) : Sorted(first, second, true)) : relaxed);
        if (relaxed >= limit)
        {
            return relaxed;
        }

        sbyte* mates = stackalloc sbyte[2 * Lanes];
        sbyte* columns = stackalloc sbyte[2 * Lanes];
        float value = AssignmentKernel.SettleRows<TWidth>(nearRows, farRows, n, rowCaps, u, wanted, v, mates, columns, start, limit - outside);
        if (learned != null)
        {
            if (outside + value < limit)
            {
                // With v below its caps columns too can be left over; the same costs the other way round settle them.
                int m = Rows<TOrder, TWidth>(second, first, near, ownTail, null, rowCaps, nearRows, farRows, columnCaps, null, out _, out _);
                value = AssignmentKernel.SettleColumns<TWidth>(nearRows, farRows, m, columnCaps, u, v, mates, columns, value, limit - outside);
            }

            Learn(u, learned);
        }

        if (capped > 0)
        {
            value = AssignmentKernel.Feasible<TWidth>(nearRows, farRows, n, rowCaps, (Vector512<float>*)v);
        }

        return MathF.Max(relaxed, outside + value);
    }

    /// <summary>What it costs to leave all bars of a cut single; and what their potentials are capped by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Diagonals<TOrder, TWidth>(float* cut, float otherTail, float* caps)
        where TOrder : struct, IOrder
        where TWidth : struct, IRowWidth
    {
        bool squared = typeof(TOrder) == typeof(Squared);
        Vector512<float> longest = Vector512.Create(otherTail);
        Vector512<float> halves = ((Vector512.Load(cut + Lanes) & DiagramKernel.NearLanes) - (Vector512.Load(cut) & DiagramKernel.NearLanes)) * 0.5f;
        ((squared ? halves * longest : Vector512.MinNative(halves, longest)) * -2f).Store(caps);
        Vector512<float> sum = squared ? halves * halves : halves;
        if (typeof(TWidth) == typeof(TwoVectors))
        {
            halves = (Vector512.Load(cut + Block + Lanes) - Vector512.Load(cut + Block)) * 0.5f;
            ((squared ? halves * longest : Vector512.MinNative(halves, longest)) * -2f).Store(caps + Lanes);
            sum += squared ? halves * halves : halves;
        }

        return Vector512.Sum(sum);
    }

    /// <summary>The costs r of the bars of a cut, a row each, with those of another; the caps of the rows, and the best v for what was learned of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rows<TOrder, TWidth>(
        float* first, float* second, bool near, float tail, float* learned, float* columnCaps, Vector512<float>* nearRows, Vector512<float>* farRows, float* rowCaps, float* v, out float columnStart, out float diagonal)
        where TOrder : struct, IOrder
        where TWidth : struct, IRowWidth
    {
        bool squared = typeof(TOrder) == typeof(Squared);
        bool wide = typeof(TWidth) == typeof(TwoVectors);
        Vector512<float> nearBirths = Vector512.Load(second) & DiagramKernel.NearLanes;
        Vector512<float> nearDeaths = Vector512.Load(second + Lanes) & DiagramKernel.NearLanes;
        Vector512<float> farBirths = wide ? Vector512.Load(second + Block) : default;
        Vector512<float> farDeaths = wide ? Vector512.Load(second + Block + Lanes) : default;
        Vector512<float> nearDiagonals = (nearDeaths - nearBirths) * 0.5f;
        Vector512<float> farDiagonals = (farDeaths - farBirths) * 0.5f;
        nearDiagonals = squared ? nearDiagonals * nearDiagonals : nearDiagonals;
        farDiagonals = squared ? farDiagonals * farDiagonals : farDiagonals;
        Vector512<float> nearBest = Vector512.Load(columnCaps);
        Vector512<float> farBest = wide ? Vector512.Load(columnCaps + Lanes) : default;
        Vector512<float> nearLearned = nearBest;
        Vector512<float> farLearned = farBest;
        diagonal = 0;
        float capSum = 0;
        int n = 0;
        int lanes = wide && first[DiagramKernel.TailLongest] != DiagramKernel.NoSecondBlock ? 2 * Lanes : NearBars;
        for (; n < lanes; n++)
        {
            if (n == NearBars)
            {
                // Between the bars of the two blocks are two lanes of none.
                nearRows[n] = nearRows[n + 1] = farRows[n] = farRows[n + 1] = Vector512<float>.Zero;
                rowCaps[n] = rowCaps[n + 1] = 0;
                n = Lanes;
            }

            int place = n < Lanes ? n : n + Lanes;
            float half = (first[place + Lanes] - first[place]) * 0.5f;
            if (!(half > 0))
            {
                break;
            }

            float own = squared ? half * half : half;
            float cap = -2 * (squared ? half * tail : half < tail ? half : tail);
            Vector512<float> birth = Vector512.Create(first[place]);
            Vector512<float> death = Vector512.Create(first[place + Lanes]);
            Vector512<float> cost = Vector512.MaxNative(Vector512.Abs(nearBirths - birth), Vector512.Abs(nearDeaths - death));
            Vector512<float> row = (squared ? cost * cost : cost) - (nearDiagonals + Vector512.Create(own));
            Vector512<float> capping = Vector512.Create(cap);
            Vector512<float> known = learned == null ? default : Vector512.Create(MathF.Min(cap, learned[n]));
            nearRows[n] = row;
            nearBest = Vector512.MinNative(nearBest, row - capping);
            nearLearned = Vector512.MinNative(nearLearned, row - known);
            if (wide)
            {
                cost = Vector512.MaxNative(Vector512.Abs(farBirths - birth), Vector512.Abs(farDeaths - death));
                row = (squared ? cost * cost : cost) - (farDiagonals + Vector512.Create(own));
                farRows[n] = row;
                farBest = Vector512.MinNative(farBest, row - capping);
                farLearned = Vector512.MinNative(farLearned, row - known);
            }

            rowCaps[n] = cap;
            diagonal += own;
            capSum += cap;
        }

        columnStart = capSum + Vector512.Sum(wide ? nearBest + farBest : nearBest);
        if (v != null)
        {
            (learned == null ? Vector512.Load(columnCaps) : nearLearned).Store(v);
            if (wide)
            {
                (learned == null ? Vector512.Load(columnCaps + Lanes) : farLearned).Store(v + Lanes);
            }
        }

        return n;
    }

    /// <summary>Follows the potentials of the rows, more by the later ones.</summary>
    private static void Learn(float* u, float* learned)
    {
        for (int i = 0; i < 2 * Lanes; i += Lanes)
        {
            Vector512<float> before = Vector512.Load(learned + i);
            (before + ((Vector512.Load(u + i) - before) * Rate)).Store(learned + i);
        }
    }

    /// <summary>Distance of the sorted half-persistences, the tails as one coordinate more.</summary>
    public static float Sorted(float* first, float* second, bool squared)
    {
        Vector512<float> near = DiagramKernel.Apart(first, second, DiagramKernel.NearLanes);
        Vector512<float> far = DiagramKernel.ApartFar(first, second);
        return Vector512.Sum(squared ? (near * near) + (far * far) : near + far) + DiagramKernel.Tails(first, second, squared);
    }

    private static float SortedNear(float* first, float* second)
    {
        Vector512<float> near = DiagramKernel.Apart(first, second, DiagramKernel.NearLanes);
        return Vector512.Sum(near * near);
    }
}
