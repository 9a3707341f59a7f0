using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>The system calls a <see cref="MemoryRegion"/> makes on Linux and macOS.</summary>
internal static unsafe partial class UnixMemory
{
    public const int ProtectReadWrite = 0x1 | 0x2;
    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapFixed = 0x10;
    public const int AdviseDontNeed = 4;
    public const int AdviseRemove = 9;
    public const int AdviseHugePage = 14;
    public const int AdviseNoHugePage = 15;
    public const int PolicyPreferred = 1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCloseOnExec = 0x80000;
    public const uint MemfdCloseOnExec = 1;
    public const int NotPermitted = 1;
    public const int NotImplemented = 38;

    /// <summary>Memory without a file; the numbers of this flag and the next differ between the two kernels.</summary>
    public static int MapAnonymous => OperatingSystem.IsLinux() ? 0x20 : 0x1000;

    /// <summary>No swap is set aside: only then can a range far larger than memory be reserved.</summary>
    public static int MapNoReserve => OperatingSystem.IsLinux() ? 0x4000 : 0x40;

    /// <summary>Number of the <c>mbind</c> call, or -1 where it is not known.</summary>
    public static nint MbindNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 237,
        Architecture.Arm64 => 235,
        _ => -1,
    };

    public static void* Failed => (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint bytes, int advice);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int file, long bytes);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(int file, long offset, long bytes);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    // mbind lives in libnuma, which need not be installed; the kernel's own entry always is.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Mbind(
        nint number, void* address, nuint bytes, nint policy, ulong* nodes, nuint nodeBits, nuint flags);

    /// <summary>The exception for the call that has just failed.</summary>
    public static MemoryRegionException LastError(string doing) => Error(doing, Marshal.GetLastPInvokeError());

    /// <summary>The exception for error number <paramref name="error"/>.</summary>
    public static MemoryRegionException Error(string doing, int error) =>
        new($"{doing} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
}
