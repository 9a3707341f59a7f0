using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Machine;

public class StoreSettingsTests
{
    [Fact]
    public void The_defaults_are_valid_and_are_those_of_the_specification()
    {
        StoreOptions o = new() { DataFolder = "d" };
        Assert.Empty(o.Validate());
        Assert.True(o.EnableShapeIndexing && o.EnablePredictivePrefetch && o.EnableColdTierCompression);
        Assert.Equal((128, 0.1, 64, 0.8, 1000), (o.TdaFeatureDim, o.PersistenceThreshold, o.PrefetchWindowSize, o.PrefetchConfidenceThreshold, o.AccessPatternWindow));
        Assert.Equal((10, 100.0, 30.0, false), (o.TierPromotionThreshold, o.TierDemotionThreshold, o.ArchiveAfterDays, o.UseSpotInstances));
        Assert.Equal((DurabilityLevel.Process, 16 << 20, 64 << 10, 1000), (o.Durability, o.MaxObjectBytes, o.MaxMetadataBytes, o.MaxRelationships));
    }

    [Fact]
    public void Every_setting_survives_being_shown_and_bound_again()
    {
        StoreOptions set = new()
        {
            DataFolder = "/some/where",
            Durability = DurabilityLevel.Fsync,
            MemoryLimitBytes = 1L << 30,
            CxlPoolSizeGb = 1.5,
            CxlDevice = "/dev/dax0.0",
            CxlNode = 3,
            EnableShapeIndexing = false,
            TerminationNoticeFile = "/some/notice",
            BlockCacheBytes = 8 << 20,
            ArchiveAfterDays = 0.25,
            Tiers = new Dictionary<TierId, TierSetting>
            {
                [TierId.Dram] = new(123_456_789),
                [TierId.NvmeCold] = new(null, "/ssd"),
                [TierId.HddArchive] = new(1L << 40, "/disk"),
            },
        };
        (StoreOptions bound, IReadOnlyList<string> errors) = StoreSettings.Bind(
            StoreSettings.All.Select(s => KeyValuePair.Create(s.Name, s.Show(set))));
        Assert.Empty(errors);
        Assert.All(StoreSettings.All, s => Assert.Equal(s.Show(set), s.Show(bound)));
        Assert.Equal(new TierSetting(1L << 40, "/disk"), bound.Tier(TierId.HddArchive));
    }

    [Fact]
    public void Every_member_outside_the_process_has_its_snake_case_name_in_the_table()
    {
        HashSet<string> notSettings = ["time_provider", "stage_points", "tiers", "keeps_shapes"];
        IEnumerable<string> members = typeof(StoreOptions).GetProperties()
            .Where(p => p.CanWrite)
            .Select(p => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))
            .Where(name => !notSettings.Contains(name));
        Assert.Equal(
            members.Order(StringComparer.Ordinal),
            StoreSettings.All.Select(s => s.Name).Where(n => !n.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tda_feature_dim", "0")]
    [InlineData("tda_feature_dim", "99999999999")]
    [InlineData("max_object_bytes", "4294967297")]
    [InlineData("persistence_threshold", "NaN")]
    [InlineData("persistence_threshold", "1.5")]
    [InlineData("prefetch_confidence_threshold", "high")]
    [InlineData("enable_shape_indexing", "maybe")]
    [InlineData("durability", "eventually")]
    [InlineData("durability", "1")]
    [InlineData("memory_limit_bytes", "100MiB")]
    [InlineData("memory_limit_bytes", "-1")]
    [InlineData("cxl_node", "1024")]
    [InlineData("tiers:dram:capacity_bytes", "12")]
    [InlineData("tiers:l1_cache:capacity_bytes", "many")]
    public void A_bad_value_is_refused_once_with_its_name_and_value(string name, string value)
    {
        string error = Assert.Single(StoreSettings.Bind([KeyValuePair.Create(name, (string?)value)]).Errors);
        Assert.StartsWith(name + " is '", error, StringComparison.Ordinal);
        Assert.Contains("it must be", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory_limit_byte", "memory_limit_bytes")]
    [InlineData("tiers:dramm:capacity_bytes", "tiers:dram:capacity_bytes")]
    [InlineData("tiers:dram:capacity", "tiers:dram:capacity_bytes")]
    [InlineData("redis_ur", "REDIS_URL")]
    public void A_misspelt_name_is_refused_with_the_right_one(string name, string meant)
    {
        string error = Assert.Single(StoreSettings.Bind([KeyValuePair.Create(name, (string?)"1")], otherNames: ["REDIS_URL"]).Errors);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Contains($"did you mean {meant}?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_like_no_other_gets_no_suggestion() =>
        Assert.Equal("zzz is not a setting.", Assert.Single(StoreSettings.Bind([KeyValuePair.Create("zzz", (string?)"1")]).Errors));

    [Fact]
    public void Names_of_others_are_skipped_and_upper_case_names_are_understood()
    {
        (StoreOptions options, IReadOnlyList<string> errors) = StoreSettings.Bind(
            [new("REDIS_URL", "redis://x"), new("CXL_POOL_SIZE_GB", "2.5"), new("direct_io", ""), new("tiers:nvme_cold:path", "/x")],
            otherNames: ["redis_url"]);
        Assert.Empty(errors);
        Assert.Equal(2.5, options.CxlPoolSizeGb);
        Assert.True(options.DirectIo);
        Assert.Equal("/x", options.Tier(TierId.NvmeCold).Path);
    }

    [Fact]
    public void Values_set_in_code_are_checked_by_the_same_table()
    {
        StoreOptions options = new() { DataFolder = " ", MaxLeases = 0, LeaseSeconds = double.NaN, Durability = (DurabilityLevel)9 };
        Assert.Equal(
            ["data_folder is ' '", "durability is '9'", "lease_seconds is 'NaN'", "max_leases is '0'"],
            options.Validate().Select(e => e[..e.IndexOf(';', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("4GB", 4_000_000_000)]
    [InlineData("1.5 gib", 3L << 29)]
    [InlineData("17", 17)]
    [InlineData("17B", 17)]
    [InlineData("1152921504606846977", 1152921504606846977)]
    public void Byte_counts_have_decimal_and_binary_units(string text, long bytes)
    {
        Assert.True(StoreSettings.TryParseBytes(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("1.5")]
    [InlineData("1e9")]
    [InlineData("9999999999TiB")]
    [InlineData("5 bits")]
    public void Byte_counts_that_cannot_be_meant_are_refused(string text) =>
        Assert.False(StoreSettings.TryParseBytes(text, out _));
}
