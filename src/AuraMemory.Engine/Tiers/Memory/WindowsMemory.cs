using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AuraMemory.Engine.Tiers.Memory;

/// <summary>The system calls a <see cref="MemoryRegion"/> makes on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsMemory
{
    public const uint ReserveOnly = 0x2000;
    public const uint CommitPages = 0x1000;
    public const uint Decommit = 0x4000;
    public const uint ReleaseAll = 0x8000;
    public const uint ReadWrite = 0x04;

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc", SetLastError = true)]
    public static partial void* Allocate(void* address, nuint bytes, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Free(void* address, nuint bytes, uint type);

    /// <summary>The exception for the call that has just failed.</summary>
    public static MemoryRegionException LastError(string doing)
    {
        int error = Marshal.GetLastPInvokeError();
        return new MemoryRegionException($"{doing} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }
}
