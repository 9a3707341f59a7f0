using System.Globalization;
using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>One contiguous range of address space outside the managed heap, reserved whole and filled by touching.</summary>
/// <remarks>
/// <para>Reserving costs address space only; pages are charged when they are first touched. Fresh pages read as zero.</para>
/// <para>
/// Portable callers <see cref="Commit"/> a range before they touch it for the first time and again after a
/// <see cref="Release"/>: that is free on Unix and necessary on Windows.
/// </para>
/// <para>
/// <see cref="Commit"/> and <see cref="Release"/> may be called by several threads at once on disjoint ranges. Nobody may
/// touch a range while it is being released, nor any of it after <see cref="Dispose"/>: the region cannot check either.
/// </para>
/// <para>
/// Shared memory is a memory file without a path (<c>memfd_create</c>): the size of <c>/dev/shm</c> does not limit it, so it
/// cannot raise SIGBUS for want of room there; its pages count against the memory cgroup like all others. Only under strict
/// overcommit could a touch fail; there <see cref="Commit"/> allocates the pages, so that the failure is an exception.
/// </para>
/// </remarks>
public sealed unsafe class MemoryRegion : IDisposable
{
    /// <summary>Size and alignment of a huge page, and of what a DAX device maps, bytes.</summary>
    public const long HugePageBytes = 2L << 20;

    private const int NoFile = -1;
    private const int MaxNodes = 1024;

    private readonly Medium _medium;
    private readonly bool _commitAllocates;
    private readonly int _file;
    private byte* _base;

    private MemoryRegion(
        byte* at, long bytes, Medium medium, string kind, bool hardware, string details, int file = NoFile, bool commitAllocates = false)
    {
        _base = at;
        Bytes = bytes;
        _medium = medium;
        _file = file;
        _commitAllocates = commitAllocates;
        Kind = kind;
        Hardware = hardware;
        Details = details;
    }

    /// <summary>Frees the range if its owner forgot to.</summary>
    ~MemoryRegion() => Free();

    private enum Medium : byte
    {
        Private,
        Shared,
        Device,
        Windows,
    }

    private static int PrivateFlags => UnixMemory.MapPrivate | UnixMemory.MapAnonymous | UnixMemory.MapNoReserve;

    /// <summary>First byte; aligned to a page, and to 2 MiB when the region is at least that large (64 KiB on Windows).</summary>
    public byte* Base => _base;

    /// <summary>Length, bytes: what was asked for, rounded up to whole pages.</summary>
    public long Bytes { get; }

    /// <summary>What it is: <c>arena</c>, <c>cxl-numa</c>, <c>far-numa</c>, <c>devdax</c> or <c>shared-memory</c>.</summary>
    public string Kind { get; }

    /// <summary>
    /// True when the pages are the medium that <see cref="Kind"/> names (for <c>arena</c>: main memory that was asked for as such).
    /// False for shared memory, and for main memory given in place of a node that was asked for.
    /// </summary>
    public bool Hardware { get; }

    /// <summary>One sentence for operators, with the reason of any fall-back.</summary>
    public string Details { get; }

    /// <summary>Reserves a range. O(1) in its size.</summary>
    /// <param name="bytes">1 and more; rounded up to whole pages. It may be far more than the machine's memory.</param>
    /// <param name="placement">Where the pages come from.</param>
    /// <exception cref="MemoryRegionException">The system refused, or the device is missing or too small.</exception>
    public static MemoryRegion Reserve(long bytes, RegionPlacement placement)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, long.MaxValue / 4);
        ArgumentNullException.ThrowIfNull(placement);
        long page = Environment.SystemPageSize;
        bytes = (bytes + page - 1) / page * page;
        if (OperatingSystem.IsWindows())
        {
            return placement is RegionPlacement.DeviceDax ? throw NoDevice(placement) : ReserveWindows(bytes, placement);
        }

        return placement switch
        {
            RegionPlacement.NumaNode node => ReserveNode(bytes, node),
            RegionPlacement.SharedMemory shared => ReserveShared(bytes, shared),
            RegionPlacement.DeviceDax device => MapDevice(bytes, device),
            _ => ReserveAnonymous(bytes, placement is RegionPlacement.Anonymous { HugePages: true }),
        };
    }

    /// <summary>Makes a range usable. Free on Unix, where touching does it; on Windows, and under strict overcommit, it allocates.</summary>
    /// <exception cref="MemoryRegionException">There is no memory for it.</exception>
    public void Commit(long offset, long bytes)
    {
        Check(offset, bytes);
        if (bytes == 0)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            if (WindowsMemory.Allocate(_base + offset, (nuint)bytes, WindowsMemory.CommitPages, WindowsMemory.ReadWrite) == null)
            {
                throw WindowsMemory.LastError($"Committing {bytes} bytes");
            }
        }
        else if (_commitAllocates)
        {
            int error = UnixMemory.Allocate(_file, offset, bytes);
            if (error != 0)
            {
                throw UnixMemory.Error($"Allocating {bytes} bytes of shared memory", error);
            }
        }
    }

    /// <summary>
    /// Empties a range: it reads as zero afterwards (on Windows once it is committed again), and the whole pages inside it go
    /// back to the system.
    /// </summary>
    /// <remarks>
    /// Linux private memory: <c>MADV_DONTNEED</c>. Shared memory: <c>MADV_REMOVE</c>, since DONTNEED would keep its contents.
    /// macOS: mapped afresh, since neither DONTNEED nor FREE promises zeros there. Windows: decommitted. A DAX device has no
    /// one to give pages back to: it is overwritten with zeros. So are the parts of pages at the two ends.
    /// </remarks>
    /// <exception cref="MemoryRegionException">The system refused.</exception>
    public void Release(long offset, long bytes)
    {
        Check(offset, bytes);
        long page = Environment.SystemPageSize;
        long first = (offset + page - 1) / page * page;
        long end = (offset + bytes) / page * page;
        if (_medium == Medium.Device || first >= end)
        {
            NativeMemory.Clear(_base + offset, (nuint)bytes);
            return;
        }

        NativeMemory.Clear(_base + offset, (nuint)(first - offset));
        NativeMemory.Clear(_base + end, (nuint)(offset + bytes - end));
        ReleasePages(_base + first, (nuint)(end - first));
    }

    /// <summary>Gives the range back. Whoever still holds a pointer into it must not use it.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static MemoryRegion ReserveAnonymous(long bytes, bool hugePages)
    {
        byte* at = MapAligned(bytes, PrivateFlags, NoFile);
        string pages = AdvisePages(at, bytes, hugePages);
        return new MemoryRegion(at, bytes, Medium.Private, "arena", hardware: true, $"main memory, {pages}");
    }

    private static MemoryRegion ReserveNode(long bytes, RegionPlacement.NumaNode placement)
    {
        if (placement.Node is < 0 or >= MaxNodes)
        {
            throw new MemoryRegionException($"There is no NUMA node {placement.Node}.");
        }

        byte* at = MapAligned(bytes, PrivateFlags, NoFile);
        string pages = AdvisePages(at, bytes, hugePages: true);
        string? refused = Bind(at, bytes, placement.Node);
        return refused is null
            ? new MemoryRegion(
                at, bytes, Medium.Private, placement.Cxl ? "cxl-numa" : "far-numa", hardware: true, $"NUMA node {placement.Node}, {pages}")
            : new MemoryRegion(
                at, bytes, Medium.Private, "arena", hardware: false, $"main memory instead of NUMA node {placement.Node}: {refused}");
    }

    /// <summary>Asks for the node's memory; returns why not when that is forbidden or unknown here.</summary>
    private static string? Bind(byte* at, long bytes, int node)
    {
        if (!OperatingSystem.IsLinux() || UnixMemory.MbindNumber < 0)
        {
            return "this platform cannot place memory on a node.";
        }

        ulong* mask = stackalloc ulong[MaxNodes / 64];
        new Span<ulong>(mask, MaxNodes / 64).Clear();
        mask[node / 64] = 1UL << (node % 64);

        // Preferred, not bound: when others have used the node up, a bound process is killed, a preferring one spills over.
        if (UnixMemory.Mbind(UnixMemory.MbindNumber, at, (nuint)bytes, UnixMemory.PolicyPreferred, mask, MaxNodes + 1, 0) == 0)
        {
            return null;
        }

        int error = Marshal.GetLastPInvokeError();
        if (error is UnixMemory.NotPermitted or UnixMemory.NotImplemented)
        {
            return $"mbind: {Marshal.GetPInvokeErrorMessage(error)} (a container needs CAP_SYS_NICE).";
        }

        _ = UnixMemory.Unmap(at, (nuint)bytes);
        throw UnixMemory.Error($"Placing memory on NUMA node {node}", error);
    }

    private static MemoryRegion ReserveShared(long bytes, RegionPlacement.SharedMemory placement)
    {
        if (!OperatingSystem.IsLinux())
        {
            byte* shared = MapAligned(bytes, UnixMemory.MapShared | UnixMemory.MapAnonymous, NoFile);
            return new MemoryRegion(shared, bytes, Medium.Shared, "shared-memory", hardware: false, "shared anonymous memory (emulated)");
        }

        int file = UnixMemory.CreateMemoryFile(placement.Name, UnixMemory.MemfdCloseOnExec);
        if (file < 0)
        {
            throw UnixMemory.LastError("memfd_create");
        }

        try
        {
            if (UnixMemory.Truncate(file, bytes) != 0)
            {
                throw UnixMemory.LastError($"Sizing shared memory to {bytes} bytes");
            }

            byte* at = MapAligned(bytes, UnixMemory.MapShared, file);
            string pages = AdvisePages(at, bytes, hugePages: true);
            return new MemoryRegion(
                at, bytes, Medium.Shared, "shared-memory", hardware: false, $"memory file '{placement.Name}' (emulated), {pages}",
                file, IsOvercommitStrict());
        }
        catch (MemoryRegionException)
        {
            _ = UnixMemory.Close(file);
            throw;
        }
    }

    private static MemoryRegion MapDevice(long bytes, RegionPlacement.DeviceDax placement)
    {
        // A device maps in whole huge pages; touching beyond its end would raise SIGBUS, so its size is checked first.
        bytes = (bytes + HugePageBytes - 1) / HugePageBytes * HugePageBytes;
        string sizeFile = $"/sys/bus/dax/devices/{Path.GetFileName(placement.Path)}/size";
        if (!OperatingSystem.IsLinux() || !File.Exists(sizeFile))
        {
            throw NoDevice(placement);
        }

        if (!long.TryParse(File.ReadAllText(sizeFile).AsSpan().Trim(), CultureInfo.InvariantCulture, out long size) || size < bytes)
        {
            throw new MemoryRegionException($"The DAX device {placement.Path} has {size} bytes, less than the {bytes} asked for.");
        }

        int file = UnixMemory.Open(placement.Path, UnixMemory.OpenReadWrite | UnixMemory.OpenCloseOnExec);
        if (file < 0)
        {
            throw UnixMemory.LastError($"Opening {placement.Path}");
        }

        void* at = UnixMemory.Map(null, (nuint)bytes, UnixMemory.ProtectReadWrite, UnixMemory.MapShared, file, 0);
        if (at == UnixMemory.Failed)
        {
            MemoryRegionException error = UnixMemory.LastError($"Mapping {placement.Path}");
            _ = UnixMemory.Close(file);
            throw error;
        }

        return new MemoryRegion((byte*)at, bytes, Medium.Device, "devdax", hardware: true, $"DAX device {placement.Path}", file);
    }

    private static MemoryRegion ReserveWindows(long bytes, RegionPlacement placement)
    {
        if (!OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        void* at = WindowsMemory.Allocate(null, (nuint)bytes, WindowsMemory.ReserveOnly, WindowsMemory.ReadWrite);
        if (at == null)
        {
            throw WindowsMemory.LastError($"Reserving {bytes} bytes");
        }

        bool asAsked = placement is RegionPlacement.Anonymous;
        return new MemoryRegion(
            (byte*)at, bytes, Medium.Windows, "arena", asAsked,
            asAsked ? "main memory" : "main memory: this platform has no other placement");
    }

    /// <summary>Maps with a base aligned to 2 MiB when the region is that large, so that huge pages cover it from its first byte.</summary>
    private static byte* MapAligned(long bytes, int flags, int file)
    {
        long slack = bytes >= HugePageBytes ? HugePageBytes : 0;
        void* whole = UnixMemory.Map(null, (nuint)(bytes + slack), UnixMemory.ProtectReadWrite, PrivateFlags, NoFile, 0);
        if (whole == UnixMemory.Failed)
        {
            throw UnixMemory.LastError($"Reserving {bytes} bytes of address space");
        }

        byte* at = (byte*)whole;
        if (slack > 0)
        {
            at = (byte*)(((nuint)whole + (nuint)slack - 1) & ~((nuint)slack - 1));
            nuint before = (nuint)(at - (byte*)whole);
            nuint after = (nuint)slack - before;
            if (before > 0)
            {
                _ = UnixMemory.Unmap(whole, before);
            }

            if (after > 0)
            {
                _ = UnixMemory.Unmap(at + bytes, after);
            }
        }

        if (flags != PrivateFlags
            && UnixMemory.Map(at, (nuint)bytes, UnixMemory.ProtectReadWrite, flags | UnixMemory.MapFixed, file, 0) == UnixMemory.Failed)
        {
            MemoryRegionException error = UnixMemory.LastError($"Mapping {bytes} bytes");
            _ = UnixMemory.Unmap(at, (nuint)bytes);
            throw error;
        }

        return at;
    }

    private static string AdvisePages(byte* at, long bytes, bool hugePages)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "ordinary pages";
        }

        if (!hugePages || bytes < HugePageBytes)
        {
            _ = UnixMemory.Advise(at, (nuint)bytes, UnixMemory.AdviseNoHugePage);
            return "ordinary pages";
        }

        return UnixMemory.Advise(at, (nuint)bytes, UnixMemory.AdviseHugePage) == 0
            ? "huge pages asked for"
            : $"ordinary pages (huge pages: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())})";
    }

    private static bool IsOvercommitStrict()
    {
        try
        {
            return File.ReadAllText("/proc/sys/vm/overcommit_memory").AsSpan().Trim() is "2";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static MemoryRegionException NoDevice(RegionPlacement placement) =>
        new($"{((RegionPlacement.DeviceDax)placement).Path} is not a DAX device of this machine.");

    private void ReleasePages(byte* at, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!WindowsMemory.Free(at, bytes, WindowsMemory.Decommit))
            {
                throw WindowsMemory.LastError($"Releasing {bytes} bytes");
            }

            return;
        }

        bool released = OperatingSystem.IsLinux()
            ? UnixMemory.Advise(at, bytes, _medium == Medium.Shared ? UnixMemory.AdviseRemove : UnixMemory.AdviseDontNeed) == 0
            : MapAfresh(at, bytes);
        if (!released)
        {
            throw UnixMemory.LastError($"Releasing {bytes} bytes");
        }
    }

    private bool MapAfresh(byte* at, nuint bytes)
    {
        int flags = _medium == Medium.Shared ? UnixMemory.MapShared | UnixMemory.MapAnonymous : PrivateFlags;
        return UnixMemory.Map(at, bytes, UnixMemory.ProtectReadWrite, flags | UnixMemory.MapFixed, NoFile, 0) != UnixMemory.Failed;
    }

    private void Check(long offset, long bytes)
    {
        ObjectDisposedException.ThrowIf(_base == null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - bytes);
    }

    private void Free()
    {
        byte* at = _base;
        _base = null;
        if (at == null)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            _ = WindowsMemory.Free(at, 0, WindowsMemory.ReleaseAll);
            return;
        }

        _ = UnixMemory.Unmap(at, (nuint)Bytes);
        if (_file != NoFile)
        {
            _ = UnixMemory.Close(_file);
        }
    }
}
