using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers;

/// <summary>The nominal figures of the tiers: part of the public contract, never a substitute for a measurement.</summary>
public static class NominalTiers
{
    private static readonly (double LatencyNs, double BytesPerSecond, double DollarsPerGb, string UseCase)[] Rows =
    [
        (0.5, 3.2e12, 10_000, "the few objects read all the time, packed to fit one core's L1"),
        (2, 1.6e12, 5_000, "hot objects, packed to fit one core's L2"),
        (10, 800e9, 1_000, "hot objects, packed to a share of the last-level cache"),
        (15, 256e9, 50, "pooled memory beside DRAM"),
        (50, 128e9, 10, "the working set"),
        (200, 40e9, 5, "copies that survive a restart, so that it begins warm"),
        (10_000, 7e9, 0.5, "home of every object that is not archived"),
        (10_000_000, 200e6, 0.05, "home of objects unread for long"),
    ];

    /// <summary>Latency and bandwidth of the contract.</summary>
    public static TierFigures Figures(TierId tier) => new(Rows[(int)tier].LatencyNs, Rows[(int)tier].BytesPerSecond);

    /// <summary>Dollars per 10^9 bytes.</summary>
    public static double DollarsPerGb(TierId tier) => Rows[(int)tier].DollarsPerGb;

    /// <summary>What the tier is for, in one phrase.</summary>
    public static string UseCase(TierId tier) => Rows[(int)tier].UseCase;
}
