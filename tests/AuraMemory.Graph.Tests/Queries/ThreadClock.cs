using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Tests.Queries;

/// <summary>Processor time of the thread that asks, so that a bound on the work of a query does not count what others do to the machine meanwhile.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Time so far; of the wall's clock where the system is not Linux.</summary>
    public static TimeSpan Now =>
        OperatingSystem.IsLinux() && ReadClock(ThreadProcessorTime, out Timespec time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
