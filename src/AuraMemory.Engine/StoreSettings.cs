using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AuraMemory.Engine.Objects;
using static AuraMemory.Engine.StoreOptions;

namespace AuraMemory.Engine;

/// <summary>One setting by the name it has outside the process.</summary>
/// <param name="Name">For example <c>memory_limit_bytes</c>. Names are matched without regard to case.</param>
/// <param name="Expectation">What is allowed, for messages: "a whole number from 1 to 4096".</param>
/// <param name="Show">Its present value as text; null when it is not set.</param>
/// <param name="IsValid">Whether its present value is within range.</param>
/// <param name="TrySet">The options with this setting parsed from text, or null when the text does not parse.</param>
public sealed record StoreSetting(
    string Name,
    string Expectation,
    Func<StoreOptions, string?> Show,
    Func<StoreOptions, bool> IsValid,
    Func<StoreOptions, string, StoreOptions?> TrySet);

/// <summary>The table of all settings: the one place that maps names outside the process to <see cref="StoreOptions"/>.</summary>
/// <remarks>
/// Tier settings have the names <c>tiers:TIER:capacity_bytes</c> and <c>tiers:TIER:path</c>. Byte counts are plain numbers or
/// numbers with a unit: <c>KB MB GB TB</c> are powers of 1000, <c>KiB MiB GiB TiB</c> powers of 1024.
/// </remarks>
public static partial class StoreSettings
{
    private const string TierPrefix = "tiers:";

    /// <summary>Every setting, the tiers' own included, in the order of the documentation.</summary>
    public static IReadOnlyList<StoreSetting> All { get; } =
    [
        new("data_folder", "a folder", o => o.DataFolder, o => IsPath(o.DataFolder), (o, text) => o with { DataFolder = text }),
        new("durability", "volatile, process or fsync", o => NameOf(o.Durability), o => o.Durability <= DurabilityLevel.Fsync,
            (o, text) => TryParseDurability(text, out DurabilityLevel level) ? o with { Durability = level } : null),
        Bytes("memory_limit_bytes", Limits.MinMemoryLimitBytes, Limits.MaxBytes, o => o.MemoryLimitBytes, (o, v) => o with { MemoryLimitBytes = v }),
        Real("cxl_pool_size_gb", Limits.MinCxlPoolSizeGb, Limits.MaxCxlPoolSizeGb, o => o.CxlPoolSizeGb, (o, v) => o with { CxlPoolSizeGb = v }),
        Text("cxl_device", "the path of a DAX device", o => o.CxlDevice, (o, v) => o with { CxlDevice = v }),
        Whole("cxl_node", 0, Limits.MaxCxlNode, o => o.CxlNode, (o, v) => o with { CxlNode = (int)v }),
        Bytes("max_object_bytes", Limits.MinMaxObjectBytes, Limits.MaxMaxObjectBytes, o => o.MaxObjectBytes, (o, v) => o with { MaxObjectBytes = (int)v }),
        Bytes("max_metadata_bytes", 0, Limits.MaxMaxMetadataBytes, o => o.MaxMetadataBytes, (o, v) => o with { MaxMetadataBytes = (int)v }),
        Whole("max_relationships", 0, Limits.MaxMaxRelationships, o => o.MaxRelationships, (o, v) => o with { MaxRelationships = (int)v }),
        Whole("tier_promotion_threshold", 1, Limits.MaxTierPromotionThreshold, o => o.TierPromotionThreshold, (o, v) => o with { TierPromotionThreshold = (int)v }),
        Real("tier_demotion_threshold", 1, Limits.MaxTierDemotionThreshold, o => o.TierDemotionThreshold, (o, v) => o with { TierDemotionThreshold = v }),
        Flag("enable_cold_tier_compression", o => o.EnableColdTierCompression, (o, v) => o with { EnableColdTierCompression = v }),
        Real("archive_after_days", 0, Limits.MaxArchiveAfterDays, o => o.ArchiveAfterDays, (o, v) => o with { ArchiveAfterDays = v }),
        Flag("enable_predictive_prefetch", o => o.EnablePredictivePrefetch, (o, v) => o with { EnablePredictivePrefetch = v }),
        Whole("prefetch_window_size", 1, Limits.MaxPrefetchWindowSize, o => o.PrefetchWindowSize, (o, v) => o with { PrefetchWindowSize = (int)v }),
        Real("prefetch_confidence_threshold", 0, 1, o => o.PrefetchConfidenceThreshold, (o, v) => o with { PrefetchConfidenceThreshold = v }),
        Whole("access_pattern_window", Limits.MinAccessPatternWindow, Limits.MaxAccessPatternWindow, o => o.AccessPatternWindow, (o, v) => o with { AccessPatternWindow = (int)v }),
        Flag("enable_shape_indexing", o => o.EnableShapeIndexing, (o, v) => o with { EnableShapeIndexing = v }),
        Bytes("graph_memory_bytes", Limits.MinGraphMemoryBytes, Limits.MaxBytes, o => o.GraphMemoryBytes, (o, v) => o with { GraphMemoryBytes = v }),
        Bytes("shape_index_bytes", Limits.MinShapeIndexBytes, Limits.MaxBytes, o => o.ShapeIndexBytes, (o, v) => o with { ShapeIndexBytes = v }),
        Whole("tda_feature_dim", Limits.MinTdaFeatureDim, Limits.MaxTdaFeatureDim, o => o.TdaFeatureDim, (o, v) => o with { TdaFeatureDim = (int)v }),
        Real("persistence_threshold", 0, 1, o => o.PersistenceThreshold, (o, v) => o with { PersistenceThreshold = v }),
        Flag("use_spot_instances", o => o.UseSpotInstances, (o, v) => o with { UseSpotInstances = v }),
        Text("termination_notice_file", "the path of a file", o => o.TerminationNoticeFile, (o, v) => o with { TerminationNoticeFile = v }),
        Flag("direct_io", o => o.DirectIo, (o, v) => o with { DirectIo = v }),
        Flag("allow_point_in_time_recovery", o => o.AllowPointInTimeRecovery, (o, v) => o with { AllowPointInTimeRecovery = v }),
        Flag("huge_pages", o => o.HugePages, (o, v) => o with { HugePages = v }),
        Real("volatile_write_back_seconds", 0, Limits.MaxVolatileWriteBackSeconds, o => o.VolatileWriteBackSeconds, (o, v) => o with { VolatileWriteBackSeconds = v }),
        Real("lease_seconds", 1, Limits.MaxLeaseSeconds, o => o.LeaseSeconds, (o, v) => o with { LeaseSeconds = v }),
        Whole("max_leases", 1, Limits.MaxMaxLeases, o => o.MaxLeases, (o, v) => o with { MaxLeases = (int)v }),
        Whole("retained_changes", Limits.MinRetainedChanges, Limits.MaxRetainedChanges, o => o.RetainedChanges, (o, v) => o with { RetainedChanges = v }),
        Bytes("block_cache_bytes", Limits.MinBlockCacheBytes, Limits.MaxBytes, o => o.BlockCacheBytes, (o, v) => o with { BlockCacheBytes = v }),
        Real("expiry_scan_seconds", Limits.MinScanSeconds, Limits.MaxExpiryScanSeconds, o => o.ExpiryScanSeconds, (o, v) => o with { ExpiryScanSeconds = v }),
        Real("archive_scan_seconds", Limits.MinScanSeconds, Limits.MaxArchiveScanSeconds, o => o.ArchiveScanSeconds, (o, v) => o with { ArchiveScanSeconds = v }),
        Flag("calibrate_at_start", o => o.CalibrateAtStart, (o, v) => o with { CalibrateAtStart = v }),
        .. Enumerable.Range(0, TierIds.Count).SelectMany(rank => OfTier((TierId)rank)),
    ];

    /// <summary>Builds options from names and texts (configuration section, environment, command line).</summary>
    /// <param name="values">Name and text; later entries win. A null or empty text leaves the default.</param>
    /// <param name="defaultDataFolder">The data folder when no value names one.</param>
    /// <param name="otherNames">Names that belong to somebody else (the server): skipped, and offered in "did you mean".</param>
    /// <returns>The options, and one message for every unknown name, unreadable text and value out of range.</returns>
    public static (StoreOptions Options, IReadOnlyList<string> Errors) Bind(
        IEnumerable<KeyValuePair<string, string?>> values,
        string defaultDataFolder = "data",
        IReadOnlyCollection<string>? otherNames = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        StoreOptions options = new() { DataFolder = defaultDataFolder };
        List<string> errors = [];
        foreach ((string name, string? text) in values)
        {
            StoreSetting? setting = Find(name);
            if (setting is null)
            {
                if (!IsOther(name, otherNames))
                {
                    errors.Add(Unknown(name, otherNames));
                }
            }
            else if (!string.IsNullOrWhiteSpace(text))
            {
                StoreOptions? changed = setting.TrySet(options, text.Trim());
                if (changed is null)
                {
                    errors.Add(Refusal(setting, text));
                }
                else
                {
                    options = changed;
                }
            }
        }

        errors.AddRange(Validate(options));
        return (options, errors);
    }

    /// <summary>One message a setting whose value is out of range.</summary>
    public static IReadOnlyList<string> Validate(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [];
        foreach (StoreSetting setting in All)
        {
            if (!setting.IsValid(options))
            {
                errors.Add(Refusal(setting, setting.Show(options)));
            }
        }

        return errors;
    }

    /// <summary>The setting of that name, or null.</summary>
    public static StoreSetting? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (StoreSetting setting in All)
        {
            if (setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return setting;
            }
        }

        return null;
    }

    /// <summary>The wire name of a durability level.</summary>
    public static string NameOf(DurabilityLevel level) => level switch
    {
        DurabilityLevel.Volatile => "volatile",
        DurabilityLevel.Process => "process",
        DurabilityLevel.Fsync => "fsync",
        _ => ((int)level).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Parses the wire name of a durability level.</summary>
    public static bool TryParseDurability([NotNullWhen(true)] string? text, out DurabilityLevel level)
    {
        for (level = DurabilityLevel.Volatile; level <= DurabilityLevel.Fsync; level++)
        {
            if (NameOf(level).Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        level = DurabilityLevel.Process;
        return false;
    }

    private static string Refusal(StoreSetting setting, string? value) =>
        $"{setting.Name} is '{value}'; it must be {setting.Expectation}.";

    private static IEnumerable<StoreSetting> OfTier(TierId tier)
    {
        yield return Bytes(
            $"{TierPrefix}{tier.Name()}:capacity_bytes", Limits.MinTierCapacityBytes, Limits.MaxBytes,
            o => o.Tier(tier).CapacityBytes, (o, v) => With(o, tier, o.Tier(tier) with { CapacityBytes = v }));
        if (tier >= TierId.PmemWarm)
        {
            yield return Text(
                $"{TierPrefix}{tier.Name()}:path", "a path", o => o.Tier(tier).Path,
                (o, v) => With(o, tier, o.Tier(tier) with { Path = v }));
        }
    }

    private static StoreOptions With(StoreOptions options, TierId tier, TierSetting setting) =>
        options with { Tiers = new Dictionary<TierId, TierSetting>(options.Tiers) { [tier] = setting } };

    private static bool IsOther(string name, IReadOnlyCollection<string>? otherNames) =>
        otherNames is not null && otherNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Unknown(string name, IReadOnlyCollection<string>? otherNames)
    {
        string? nearest = Nearest(name, All.Select(s => s.Name).Concat(otherNames ?? []));
        return nearest is null
            ? $"{name} is not a setting."
            : $"{name} is not a setting; did you mean {nearest}?";
    }
}
