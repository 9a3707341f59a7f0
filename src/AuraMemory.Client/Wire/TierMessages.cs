using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraMemory.Client.Wire;

/// <summary>Latency, bandwidth and price of a tier; a figure that is not known is null.</summary>
public sealed record TierFigures
{
    /// <summary>Nanoseconds of one dependent load (memory) or one block read (others).</summary>
    public double? LatencyNs { get; init; }

    /// <summary>Sequential reading, 10^9 bytes per second.</summary>
    public double? BandwidthGbps { get; init; }

    /// <summary>Dollars per 10^9 bytes.</summary>
    public double? CostPerGb { get; init; }
}

/// <summary>One tier: what the contract promises beside what this machine gives.</summary>
public sealed record TierInfo
{
    /// <summary>Figures of the contract.</summary>
    public TierFigures? Nominal { get; init; }

    /// <summary>Figures measured here; null until the first calibration.</summary>
    public TierFigures? Measured { get; init; }

    /// <summary>Byte budget in force.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Bytes in use.</summary>
    public long UsageBytes { get; init; }

    /// <summary>What serves it, for example <c>arena</c>, <c>cxl-numa</c>, <c>file</c>.</summary>
    public string? Backend { get; init; }

    /// <summary>False = emulated: the hardware the tier is named after is not what serves it.</summary>
    public bool Hardware { get; init; }

    /// <summary>Whether copies survive a restart.</summary>
    public bool Persistent { get; init; }

    /// <summary>False = its device failed; its objects are served from their home until it comes back.</summary>
    public bool InService { get; set; } = true;

    /// <summary>What it is for.</summary>
    public string? UseCase { get; init; }

    /// <summary>What is noteworthy, for example a budget that was clamped; null when nothing is.</summary>
    public string? Warning { get; init; }
}

/// <summary>The eight tiers by identifier, in the order of the contract.</summary>
public sealed record TiersResponse
{
    /// <summary>By identifier.</summary>
    public IReadOnlyDictionary<string, TierInfo> Tiers { get; set; } = new Dictionary<string, TierInfo>();

    /// <summary>True while measured figures are being renewed.</summary>
    public bool Calibrating { get; init; }
}

/// <summary>Asks to bring objects into a tier.</summary>
public sealed record PrefetchRequest(
    IReadOnlyList<string> Keys, string? TargetTier = null, bool Recursive = false, int? MaxDepth = null);

/// <summary>What a prefetch did.</summary>
public sealed record PrefetchResponse
{
    /// <summary>Keys that are now in the target tier or a faster one.</summary>
    public IReadOnlyList<string> PrefetchedKeys { get; set; } = [];

    /// <summary>Where to.</summary>
    public string? TargetTier { get; init; }

    /// <summary>Bytes of the prefetched objects.</summary>
    public long TotalSizeBytes { get; init; }

    /// <summary>Microseconds inside the service.</summary>
    public double DurationUs { get; init; }

    /// <summary>Distinct related keys found.</summary>
    public int RelatedKeysFound { get; init; }

    /// <summary>Prefetched / requested, 0 to 1.</summary>
    public double SuccessRate { get; init; }
}

/// <summary>Asks to make a tier the fastest that holds an object.</summary>
public sealed record MigrateRequest(string Key, string TargetTier, string? Reason = null, bool Force = false);

/// <summary>What a migration did.</summary>
public sealed record MigrateResponse
{
    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Fastest tier before.</summary>
    public string? FromTier { get; init; }

    /// <summary>Fastest tier now.</summary>
    public string? ToTier { get; init; }

    /// <summary>How it ended, in a word.</summary>
    public string? Status { get; init; }

    /// <summary>Microseconds from the decision until readers get the new copy.</summary>
    public double DurationUs { get; init; }

    /// <summary>Length of the data, bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The reason given, or why it was refused.</summary>
    public string? Reason { get; init; }
}

/// <summary>Content of one tier in a report; copies are counted where they are.</summary>
public sealed record TierContent
{
    /// <summary>Copies in it.</summary>
    public long Entries { get; init; }

    /// <summary>Bytes in use.</summary>
    public long UsageBytes { get; init; }

    /// <summary>Byte budget.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Usage / capacity, 0 to 1.</summary>
    public double Utilization { get; init; }

    /// <summary>Mean accesses of the copies in it.</summary>
    public double AvgAccessCount { get; init; }
}

/// <summary>The efficiency report. GB = 10^9 bytes; figures are 0 before any traffic.</summary>
public sealed record EfficiencyReport
{
    /// <summary>Sum of the budgets, GB.</summary>
    public double TotalCapacityGb { get; init; }

    /// <summary>Sum of the usage, GB.</summary>
    public double TotalUsageGb { get; init; }

    /// <summary>Usage of capacity, percent.</summary>
    public double UtilizationPercent { get; init; }

    /// <summary>Share of reads served from L1 to DRAM, 0 to 1.</summary>
    public double HitRatio { get; init; }

    /// <summary>Mean over served reads, nanoseconds.</summary>
    public double AverageLatencyNs { get; init; }

    /// <summary>Bytes served per second of read time, 10^9 bytes per second.</summary>
    public double EffectiveBandwidthGbps { get; init; }

    /// <summary>By tier identifier.</summary>
    public IReadOnlyDictionary<string, TierContent> TierDistribution { get; set; } = new Dictionary<string, TierContent>();

    /// <summary>Reads and stores.</summary>
    public long TotalAccesses { get; init; }

    /// <summary>Copies placed in a faster tier.</summary>
    public long TierPromotions { get; init; }

    /// <summary>Copies moved to a slower tier or dropped from memory.</summary>
    public long TierDemotions { get; init; }

    /// <summary>Dollars per GB of distinct objects at nominal prices.</summary>
    public double CostPerGbEffective { get; init; }

    /// <summary>Shapes in the index.</summary>
    public long ShapeIndexEntries { get; init; }

    /// <summary>When it was made, as the service writes it.</summary>
    public JsonElement Timestamp { get; init; }
}

/// <summary>Health of the service.</summary>
public sealed record HealthReport
{
    /// <summary><c>healthy</c> or <c>degraded</c>.</summary>
    public string Status { get; set; } = "";

    /// <summary>Sum of the budgets, bytes.</summary>
    public long TotalCapacityBytes { get; init; }

    /// <summary>Sum of the usage, bytes.</summary>
    public long TotalUsageBytes { get; init; }

    /// <summary>Share of reads served from L1 to DRAM, 0 to 1.</summary>
    public double HitRatio { get; init; }

    /// <summary>By component, as the service writes it.</summary>
    public JsonElement? Checks { get; init; }

    /// <summary>Members beyond these, as the service writes them.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; set; }
}

/// <summary>Asks the service to measure itself.</summary>
public sealed record BenchmarkRequest
{
    /// <summary><c>latency</c>, <c>throughput</c>, <c>shape_index</c>, <c>tier_migration</c> or <c>full</c>; null = full.</summary>
    public string? BenchmarkType { get; init; }

    /// <summary>100 to 100 000; null = 1000.</summary>
    public int? Iterations { get; init; }

    /// <summary>1 to 1 048 576; null = 1024.</summary>
    public int? DataSizeBytes { get; init; }

    /// <summary>Tier identifiers; null = all.</summary>
    public IReadOnlyList<string>? TiersToTest { get; init; }

    /// <summary>1 to 100; null = 1.</summary>
    public int? ConcurrentOperations { get; init; }
}

/// <summary>One figure of a benchmark.</summary>
public sealed record BenchmarkResult
{
    /// <summary>What was measured.</summary>
    public string Metric { get; set; } = "";

    /// <summary>The figure; null when it does not apply.</summary>
    public double? Value { get; init; }

    /// <summary>Its unit.</summary>
    public string? Unit { get; init; }

    /// <summary>By name, for example <c>p99</c>, in the same unit.</summary>
    public IReadOnlyDictionary<string, double>? Percentiles { get; init; }
}

/// <summary>What the service measured of itself.</summary>
public sealed record BenchmarkResponse
{
    /// <summary>Which benchmark.</summary>
    public string BenchmarkType { get; set; } = "";

    /// <summary>Operations of each measurement.</summary>
    public int Iterations { get; init; }

    /// <summary>Figures.</summary>
    public IReadOnlyList<BenchmarkResult> Results { get; set; } = [];

    /// <summary>Milliseconds in all.</summary>
    public double TotalDurationMs { get; init; }

    /// <summary>What was in force, as the service writes it.</summary>
    public JsonElement? Configuration { get; init; }
}
