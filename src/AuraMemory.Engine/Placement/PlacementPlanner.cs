using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Placement;

/// <summary>A memory tier as the planner sees it.</summary>
/// <param name="Tier">Which.</param>
/// <param name="LatencyNs">Measured latency of a dependent load, nanoseconds.</param>
/// <param name="CapacityBytes">Budget.</param>
internal readonly record struct PlannedTier(TierId Tier, double LatencyNs, long CapacityBytes);

/// <summary>An object that was accessed lately.</summary>
/// <param name="Hash">Hash of its key.</param>
/// <param name="Accesses">Decayed accesses.</param>
/// <param name="Bytes">Record bytes.</param>
/// <param name="Tier">Memory tier that holds it.</param>
internal readonly record struct PlacementCandidate(ulong Hash, int Accesses, int Bytes, TierId Tier);

/// <summary>A move the planner wants.</summary>
internal readonly record struct PlannedMove(ulong Hash, TierId From, TierId To);

/// <summary>Decides which objects deserve a faster tier. Pure: snapshot in, plan out.</summary>
/// <remarks>
/// <para>As in Memtis (Lee et al., SOSP 2023), a histogram of decayed access counts weighted by bytes gives for each tier the
/// count above which objects just fill it; the tiers are filled fastest first. An object may move up when its count reaches
/// the cut of the target and <c>tier_promotion_threshold</c>, and only if the latency saved over its expected accesses pays
/// for the copy twice (the cost-benefit gate of ARMS, 2025). Tiers rank by measured latency (Colloid, SOSP 2024): a
/// pool that is slower than DRAM here is no promotion.</para>
/// <para>Moving down is not planned: whoever is evicted under pressure goes down (<see cref="EvictionRule"/>).</para>
/// </remarks>
internal static class PlacementPlanner
{
    /// <summary>Share of a tier the plan fills: the rest absorbs what the histogram has not seen.</summary>
    public const double FillTarget = 0.9;

    /// <summary>How much the expected saving must exceed the cost of a copy.</summary>
    public const double BenefitFactor = 2;

    /// <summary>Cost of a move besides the bytes: look-ups and relinking, nanoseconds.</summary>
    public const double FixedMoveNs = 400;

    /// <summary>Cost per byte moved, nanoseconds (10 GB/s).</summary>
    public const double MoveNsPerByte = 0.1;

    /// <summary>Plans promotions.</summary>
    /// <param name="tiers">The memory tiers, fastest first by measured latency.</param>
    /// <param name="histogram">Bytes of objects by decayed access count.</param>
    /// <param name="candidates">Objects accessed since the last plan.</param>
    /// <param name="promotionThreshold">Accesses needed to enter a tier faster than DRAM.</param>
    /// <param name="into">Receives the moves.</param>
    public static void Plan(
        ReadOnlySpan<PlannedTier> tiers,
        HotnessHistogram histogram,
        ReadOnlySpan<PlacementCandidate> candidates,
        int promotionThreshold,
        List<PlannedMove> into)
    {
        Span<int> cuts = stackalloc int[tiers.Length];
        int dram = Cuts(tiers, histogram, promotionThreshold, cuts);
        foreach (PlacementCandidate candidate in candidates)
        {
            int present = IndexOf(tiers, candidate.Tier);
            for (int i = 0; i < dram && i < present; i++)
            {
                if (candidate.Accesses >= cuts[i]
                    && candidate.Bytes <= tiers[i].CapacityBytes / 4
                    && Pays(candidate, tiers[present], tiers[i]))
                {
                    into.Add(new PlannedMove(candidate.Hash, candidate.Tier, tiers[i].Tier));
                    break;
                }
            }
        }
    }

    /// <summary>Ranks the memory tiers by measured latency.</summary>
    /// <remarks>Tiers within a quarter of each other count as equal and keep their nominal order: noise must not move data.</remarks>
    public static void Rank(Span<PlannedTier> tiers)
    {
        for (int i = 1; i < tiers.Length; i++)
        {
            for (int j = i; j > 0 && tiers[j].LatencyNs * 1.25 < tiers[j - 1].LatencyNs; j--)
            {
                (tiers[j], tiers[j - 1]) = (tiers[j - 1], tiers[j]);
            }
        }
    }

    private static int Cuts(
        ReadOnlySpan<PlannedTier> tiers, HotnessHistogram histogram, int promotionThreshold, Span<int> cuts)
    {
        double budget = 0;
        int dram = tiers.Length;
        for (int i = 0; i < tiers.Length; i++)
        {
            budget += tiers[i].CapacityBytes * FillTarget;
            cuts[i] = Math.Max(promotionThreshold, histogram.CutFor(budget));
            if (tiers[i].Tier == TierId.Dram)
            {
                dram = i;
            }
        }

        return dram;
    }

    private static bool Pays(in PlacementCandidate candidate, in PlannedTier from, in PlannedTier to)
    {
        double lines = Math.Ceiling(candidate.Bytes / 64.0);
        double saved = Math.Max(0, from.LatencyNs - to.LatencyNs) * Math.Min(lines, 4) * candidate.Accesses;
        return saved > BenefitFactor * (FixedMoveNs + (candidate.Bytes * MoveNsPerByte));
    }

    private static int IndexOf(ReadOnlySpan<PlannedTier> tiers, TierId tier)
    {
        for (int i = 0; i < tiers.Length; i++)
        {
            if (tiers[i].Tier == tier)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Bytes of objects by decayed access count, 1 to 255; older weights fade.</summary>
internal sealed class HotnessHistogram
{
    private readonly double[] _bytes = new double[256];

    /// <summary>Adds an object that was accessed.</summary>
    public void Add(int accesses, int bytes) => _bytes[Math.Clamp(accesses, 0, 255)] += bytes;

    /// <summary>Halves all weights, so that objects not seen lately stop counting.</summary>
    public void Fade()
    {
        for (int i = 0; i < _bytes.Length; i++)
        {
            _bytes[i] /= 2;
        }
    }

    /// <summary>The least count at and above which the objects fit in <paramref name="budgetBytes"/>; 256 when none do.</summary>
    public int CutFor(double budgetBytes)
    {
        double sum = 0;
        for (int cut = 255; cut > 0; cut--)
        {
            sum += _bytes[cut];
            if (sum > budgetBytes)
            {
                return cut + 1;
            }
        }

        return 1;
    }
}
