using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>The C library calls that a mapping with allocation and ordering guarantees needs.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class PoolNative
{
    public const int ProtectReadWrite = 1 | 2;
    public const int MapShared = 1;
    public const int MapSharedValidate = 3;
    public const int MapSync = 0x80000;
    public const int SyncNow = 4;
    public const int AdviseRandom = 1;
    public const int AdviseWillNeed = 3;
    public const int AdvisePopulateRead = 22;
    public const int LockExclusiveNow = 2 | 4;
    public const int ErrorInterrupted = 4;
    public const int ErrorNotSupported = 95;

    public static readonly nint MapFailed = -1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "msync", SetLastError = true)]
    public static partial int Sync(nint address, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);
}
