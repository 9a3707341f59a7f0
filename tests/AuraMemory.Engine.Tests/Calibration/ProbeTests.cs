using System.Diagnostics;
using AuraMemory.Engine.Tiers.Calibration;
using AuraMemory.Engine.Tiers.Memory;
using CsCheck;

namespace AuraMemory.Engine.Tests.Calibration;

public sealed unsafe class ProbeTests : IDisposable
{
    private static CancellationToken Running => TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-probe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_lines_form_one_cycle_over_all_of_them() =>
        Gen.Select(Gen.Int[2, 3000], Gen.Int).Sample(
            (lines, seed) =>
            {
                using MemoryRegion region = MemoryRegion.Reserve(lines * LatencyProbe.LineBytes, new RegionPlacement.Anonymous(false));
                region.Commit(0, region.Bytes);
                Assert.Equal(lines, LatencyProbe.Link(region.Base, lines, new Random(seed), default));
                HashSet<long> seen = [];
                byte* at = region.Base;
                do
                {
                    Assert.True(seen.Add((at - region.Base) / LatencyProbe.LineBytes));
                    at = *(byte**)at;
                }
                while (at != region.Base);
                Assert.Equal(lines, seen.Count);
                Assert.InRange(seen.Max(), 0, lines - 1);
            },
            iter: 200, threads: 1);

    [Fact]
    public void Main_memory_answers_later_than_a_piece_the_size_of_a_cache()
    {
        using MemoryRegion region = MemoryRegion.Reserve(64 << 20, new RegionPlacement.Anonymous(true));
        region.Commit(0, region.Bytes);
        MeasuredFigures large = MemoryCalibration.Measure(region.Base, region.Bytes, new Random(1), TimeProvider.System, Running);
        MeasuredFigures small = MemoryCalibration.Measure(region.Base, 16 << 10, new Random(1), TimeProvider.System, Running);
        Assert.True(large.IsSound && small.IsSound);

        // On any machine with a cache the gap is ten times and more: twice cannot be chance.
        Assert.True(large.LatencyNs > 2 * small.LatencyNs, $"{large.LatencyNs} ns against {small.LatencyNs} ns");
        TestContext.Current.TestOutputHelper?.WriteLine($"16 KiB: {small}; 64 MiB: {large}");
    }

    [Fact]
    public void The_smallest_ranges_can_be_measured()
    {
        using MemoryRegion region = MemoryRegion.Reserve(4096, new RegionPlacement.Anonymous(false));
        region.Commit(0, region.Bytes);
        Assert.True(LatencyProbe.MeasureNs(region.Base, 2 * LatencyProbe.LineBytes, new Random(1), out _, Running) > 0);
        Assert.True(BandwidthProbe.MeasureBytesPerSecond(region.Base, 1024, out _, Running) > 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => LatencyProbe.MeasureNs(region.Base, 64, new Random(1), out _, Running));
    }

    [Fact]
    public void A_probe_stays_inside_the_range_it_was_lent()
    {
        using MemoryRegion region = MemoryRegion.Reserve(1 << 20, new RegionPlacement.Anonymous(false));
        region.Commit(0, region.Bytes);
        Span<byte> all = new(region.Base, (int)region.Bytes);
        all.Fill(7);
        MemoryCalibration.Measure(region.Base + 4096, 8192 + 40, new Random(3), TimeProvider.System, Running);
        Assert.False(all[..4096].ContainsAnyExcept((byte)7));
        Assert.False(all[(4096 + 8192 + 40)..].ContainsAnyExcept((byte)7));
    }

    [Fact]
    public void A_disk_is_measured_and_nothing_is_left_on_it()
    {
        MeasuredFigures? figures = BlockProbe.Measure(_folder, 4 << 20, TimeSpan.FromMilliseconds(150), new Random(1), TimeProvider.System, Running);
        Assert.True(figures is { IsSound: true });
        Assert.Contains("MiB file", figures.Method, StringComparison.Ordinal);
        Assert.Contains("the page cache", figures.Method, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        TestContext.Current.TestOutputHelper?.WriteLine(figures.ToString());
    }

    [Fact]
    public void What_a_killed_process_left_is_replaced_and_removed()
    {
        File.WriteAllBytes(Path.Combine(_folder, BlockProbe.FileName), new byte[5 << 20]);
        Assert.NotNull(BlockProbe.Measure(_folder, 1 << 20, TimeSpan.Zero, new Random(1), TimeProvider.System, Running));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_disk_that_cannot_be_written_gives_no_figures() =>
        Assert.Null(BlockProbe.Measure(Path.Combine(_folder, "missing"), 1 << 20, TimeSpan.FromSeconds(1), new Random(1), TimeProvider.System, Running));

    [Fact]
    public void Cancelled_probes_stop_and_leave_nothing()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        using MemoryRegion region = MemoryRegion.Reserve(8 << 20, new RegionPlacement.Anonymous(false));
        region.Commit(0, region.Bytes);
        Assert.Throws<OperationCanceledException>(() => LatencyProbe.MeasureNs(region.Base, region.Bytes, new Random(1), out _, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => BandwidthProbe.MeasureBytesPerSecond(region.Base, region.Bytes, out _, cancelled.Token));
        Assert.Throws<OperationCanceledException>(
            () => BlockProbe.Measure(_folder, 1 << 20, TimeSpan.FromSeconds(1), new Random(1), TimeProvider.System, cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_large_range_takes_no_longer_than_its_bounds_allow()
    {
        using MemoryRegion region = MemoryRegion.Reserve(1L << 30, new RegionPlacement.Anonymous(true));
        region.Commit(0, region.Bytes);
        long started = Stopwatch.GetTimestamp();
        MemoryCalibration.Measure(region.Base, region.Bytes, new Random(1), TimeProvider.System, Running);

        // Ten times the bound: only a probe without one (2^24 lines, 1 GiB to fill) takes that long.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds} ms");
    }
}
