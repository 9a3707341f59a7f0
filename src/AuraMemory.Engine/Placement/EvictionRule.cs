using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Placement;

/// <summary>What becomes of a live record when its segment is emptied.</summary>
internal enum EvictionAction : byte
{
    /// <summary>It leaves memory; the home has it.</summary>
    Drop,

    /// <summary>It stays in the tier, at the young end of the main queue.</summary>
    Keep,

    /// <summary>It moves to the next slower tier.</summary>
    Demote,
}

/// <summary>What the rule looks at.</summary>
/// <param name="Queue">Queue of the segment.</param>
/// <param name="Reuse">Reads since the record entered the queue, 0 to 3.</param>
/// <param name="IdleSeconds">Seconds since the last access.</param>
/// <param name="AccessCount">Accesses counted in all.</param>
/// <param name="FasterThanDram">True for tiers above DRAM.</param>
internal readonly record struct EvictionFacts(
    ArenaQueue Queue, int Reuse, long IdleSeconds, long AccessCount, bool FasterThanDram);

/// <summary>Decides who leaves a memory tier under pressure. Pure.</summary>
/// <remarks>
/// S3-FIFO (Yang et al., SOSP 2023): new objects pass a short trial queue and only those read again in it enter the main
/// queue, so a scan flushes nothing; the main queue is a CLOCK with a two-bit count. <c>tier_demotion_threshold</c> overrules
/// the count: who was not used for that long goes first, however popular before.
/// </remarks>
internal static class EvictionRule
{
    /// <summary>Share of a tier's segments that new objects may hold before they are evicted first.</summary>
    public const double ProbationShare = 0.10;

    /// <summary>Reads on trial that promote to the main queue.</summary>
    public const int ReuseToStay = 2;

    public static EvictionAction Decide(in EvictionFacts facts, double demotionThresholdSeconds)
    {
        bool idle = facts.IdleSeconds >= demotionThresholdSeconds;
        if (facts.Queue == ArenaQueue.Probation)
        {
            return !idle && facts.Reuse >= ReuseToStay ? EvictionAction.Keep
                : facts.Reuse > 0 && !idle ? EvictionAction.Demote
                : EvictionAction.Drop;
        }

        if (!idle && facts.Reuse > 0)
        {
            return EvictionAction.Keep;
        }

        return EvictionAction.Demote;
    }
}
