using System.Runtime.InteropServices;

namespace AuraMemory.Bench.Shapes;

/// <summary>Processor time of the calling thread: what a search costs on a machine that others use too, where the clock also counts their turns.</summary>
internal static unsafe partial class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>Milliseconds so far; NaN where the system does not tell.</summary>
    public static double Milliseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return double.NaN;
            }

            long* time = stackalloc long[2];
            return clock_gettime(ThreadClock, time) == 0 ? (time[0] * 1e3) + (time[1] / 1e6) : double.NaN;
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
