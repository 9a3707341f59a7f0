using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tests.Machine;

public unsafe class MemoryRegionTests
{
    private const long Mi = 1L << 20;

    public static TheoryData<RegionPlacement> Placements =>
    [
        new RegionPlacement.Anonymous(true),
        new RegionPlacement.Anonymous(false),
        new RegionPlacement.SharedMemory("aura-test"),
        new RegionPlacement.NumaNode(0, Cxl: false),
    ];

    [Theory]
    [MemberData(nameof(Placements))]
    public void A_released_range_reads_as_zero_and_its_neighbours_keep_their_bytes(RegionPlacement placement)
    {
        using MemoryRegion region = MemoryRegion.Reserve(8 * Mi, placement);
        region.Commit(0, region.Bytes);
        new Span<byte>(region.Base, (int)region.Bytes).Fill(0x5A);

        // Neither end on a page: the edges must be emptied too.
        long offset = 3001;
        long bytes = (5 * Mi) + 77;
        region.Release(offset, bytes);
        region.Commit(offset, bytes);

        Span<byte> all = new(region.Base, (int)region.Bytes);
        Assert.False(all.Slice((int)offset, (int)bytes).ContainsAnyExcept((byte)0));
        Assert.False(all[..(int)offset].ContainsAnyExcept((byte)0x5A));
        Assert.False(all[(int)(offset + bytes)..].ContainsAnyExcept((byte)0x5A));
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void Far_more_than_memory_can_be_reserved_and_both_ends_used(RegionPlacement placement)
    {
        long bytes = Math.Min(64 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 16L << 40);
        using MemoryRegion region = MemoryRegion.Reserve(bytes, placement);
        region.Commit(0, 1);
        region.Commit(region.Bytes - 1, 1);
        region.Base[0] = 1;
        region.Base[region.Bytes - 1] = 2;
        Assert.True(region.Bytes >= bytes);
        Assert.Equal(3, region.Base[0] + region.Base[region.Bytes - 1]);
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void Fresh_pages_read_as_zero_and_large_regions_start_on_a_huge_page(RegionPlacement placement)
    {
        using MemoryRegion region = MemoryRegion.Reserve((4 * Mi) + 1, placement);
        region.Commit(0, region.Bytes);
        Assert.False(new Span<byte>(region.Base, (int)region.Bytes).ContainsAnyExcept((byte)0));
        Assert.Equal(0, region.Bytes % Environment.SystemPageSize);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, (long)region.Base % MemoryRegion.HugePageBytes);
        }
    }

    [Fact]
    public void Released_pages_go_back_to_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        foreach (RegionPlacement placement in new RegionPlacement[] { new RegionPlacement.Anonymous(false), new RegionPlacement.SharedMemory("aura-test") })
        {
            using MemoryRegion region = MemoryRegion.Reserve(16 * Mi, placement);
            new Span<byte>(region.Base, (int)region.Bytes).Fill(1);
            Assert.Equal(16 * Mi, ResidentBytes(region));
            region.Release(0, region.Bytes);
            Assert.Equal(0, ResidentBytes(region));
        }
    }

    [Fact]
    public void A_region_says_what_it_is()
    {
        using MemoryRegion main = MemoryRegion.Reserve(4096, new RegionPlacement.Anonymous(true));
        Assert.Equal(("arena", true), (main.Kind, main.Hardware));
        using MemoryRegion shared = MemoryRegion.Reserve(4096, new RegionPlacement.SharedMemory("aura-test"));
        Assert.False(shared.Hardware);
        using MemoryRegion node = MemoryRegion.Reserve(4096, new RegionPlacement.NumaNode(0, Cxl: true));
        Assert.True((node.Kind, node.Hardware) is ("cxl-numa", true) or ("arena", false), node.Details);
        Assert.Contains("NUMA node 0", node.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_does_not_exist_is_refused_or_replaced_by_labelled_main_memory()
    {
        try
        {
            using MemoryRegion region = MemoryRegion.Reserve(4096, new RegionPlacement.NumaNode(1000, Cxl: true));
            Assert.Equal(("arena", false), (region.Kind, region.Hardware));
        }
        catch (MemoryRegionException e)
        {
            Assert.Contains("NUMA node 1000", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/dax99.7")]
    [InlineData("")]
    public void A_path_that_is_no_dax_device_is_refused(string path)
    {
        MemoryRegionException e = Assert.Throws<MemoryRegionException>(
            () => MemoryRegion.Reserve(4096, new RegionPlacement.DeviceDax(path)));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_address_space_than_there_is_fails_with_the_words_of_the_system()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Checks errno.");
        foreach (RegionPlacement placement in new RegionPlacement[] { new RegionPlacement.Anonymous(true), new RegionPlacement.SharedMemory("aura-test") })
        {
            MemoryRegionException e = Assert.Throws<MemoryRegionException>(() => MemoryRegion.Reserve(1L << 60, placement));
            Assert.Contains("errno", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ranges_outside_the_region_are_refused()
    {
        MemoryRegion region = MemoryRegion.Reserve(1, new RegionPlacement.Anonymous(false));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Release(0, region.Bytes + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Commit(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Release(long.MaxValue, 1));
        region.Dispose();
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => region.Release(0, 1));
    }

    private static long ResidentBytes(MemoryRegion region)
    {
        string start = ((long)region.Base).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        bool here = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            here = line.StartsWith(start + "-", StringComparison.Ordinal) || (here && !line.Split(' ')[0].Contains('-', StringComparison.Ordinal));
            if (here && line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                return long.Parse(line[4..].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) * 1024;
            }
        }

        return -1;
    }
}
