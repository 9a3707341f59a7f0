using System.Runtime.InteropServices;
using AuraMemory.Engine.Tiers.Memory;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Opens a file for reading past the page cache where that is granted.</summary>
internal static partial class DirectFile
{
    private const FileOptions WindowsNoBuffering = (FileOptions)0x20000000;
    private const int DropPages = 4;

    // The flag's number is the architecture's, not the kernel's.
    private static int LinuxDirect => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>Opens the file, direct if possible; else its pages are dropped from the cache once, where that is possible.</summary>
    /// <exception cref="IOException">It cannot be opened at all.</exception>
    public static SafeFileHandle OpenRead(string path, out bool direct)
    {
        direct = true;
        if (OperatingSystem.IsLinux())
        {
            int file = UnixMemory.Open(path, LinuxDirect | UnixMemory.OpenCloseOnExec);
            if (file >= 0)
            {
                return new SafeFileHandle(file, ownsHandle: true);
            }
        }
        else if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, WindowsNoBuffering);
        }

        direct = false;
        SafeFileHandle handle = File.OpenHandle(path);
        if (OperatingSystem.IsLinux())
        {
            _ = Advise((int)handle.DangerousGetHandle(), 0, 0, DropPages);
        }

        return handle;
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long bytes, int advice);
}
