using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Calibration;

namespace AuraMemory.Engine.Tests.Calibration;

public sealed class CalibrationFileTests : IDisposable
{
    private static readonly Dictionary<TierId, MeasuredFigures> Figures = new()
    {
        [TierId.L1Cache] = new(1.25, 9.5e10, DateTimeOffset.UnixEpoch.AddDays(20_000), "loads"),
        [TierId.HddArchive] = new(8_123_456.75, 1.5e8, DateTimeOffset.UnixEpoch.AddDays(20_001), "reads"),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-calibration-").FullName;

    private string FilePath => Path.Combine(_folder, "calibration.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_saved_is_loaded_and_no_other_file_stays()
    {
        Assert.True(CalibrationFile.Save(FilePath, "this machine", Figures));
        Assert.True(CalibrationFile.Save(FilePath, "this machine", Figures));
        Assert.Equal(Figures, CalibrationFile.Load(FilePath, "this machine"));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Figures_of_another_machine_are_not_believed()
    {
        CalibrationFile.Save(FilePath, "this machine", Figures);
        Assert.Empty(CalibrationFile.Load(FilePath, "another machine"));
    }

    [Fact]
    public void A_file_torn_anywhere_counts_as_none()
    {
        CalibrationFile.Save(FilePath, "m", Figures);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.Empty(CalibrationFile.Load(FilePath, "m"));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":2,\"fingerprint\":\"m\",\"tiers\":{}}")]
    [InlineData("{\"format\":1,\"fingerprint\":\"m\",\"tiers\":null}")]
    [InlineData("{\"format\":1,\"fingerprint\":\"m\",\"tiers\":{\"l9_cache\":{\"latency_ns\":1,\"bandwidth_bytes_per_second\":1}}}")]
    [InlineData("{\"format\":1,\"fingerprint\":\"m\",\"tiers\":{\"dram\":null}}")]
    [InlineData("{\"format\":1,\"fingerprint\":\"m\",\"tiers\":{\"dram\":{\"latency_ns\":-1,\"bandwidth_bytes_per_second\":1}}}")]
    [InlineData("{\"format\":1,\"fingerprint\":\"m\",\"tiers\":{\"dram\":{\"latency_ns\":1e999,\"bandwidth_bytes_per_second\":1}}}")]
    public void Contents_that_make_no_sense_are_left_out(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.Empty(CalibrationFile.Load(FilePath, "m"));
    }

    [Fact]
    public void Unsound_figures_are_not_saved()
    {
        CalibrationFile.Save(FilePath, "m", new Dictionary<TierId, MeasuredFigures> { [TierId.Dram] = Figures[TierId.L1Cache] with { LatencyNs = double.NaN } });
        Assert.Empty(CalibrationFile.Load(FilePath, "m"));
        Assert.DoesNotContain("dram", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_refuses_is_a_value_and_a_missing_file_is_no_figures()
    {
        Assert.False(CalibrationFile.Save(Path.Combine(_folder, "missing", "f.json"), "m", Figures));
        Assert.Empty(CalibrationFile.Load(FilePath, "m"));
    }
}
