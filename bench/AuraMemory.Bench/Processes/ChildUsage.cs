using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AuraMemory.Bench.Processes;

/// <summary>What a process took, and what it printed.</summary>
/// <param name="ProcessorSeconds">User and system time, as the kernel counted it.</param>
/// <param name="PeakBytes">Peak of its resident memory, read every few milliseconds; 0 where it ended before the first reading.</param>
/// <param name="Output">Its standard output.</param>
internal sealed record ChildUsage(double ProcessorSeconds, long PeakBytes, string Output)
{
    private const int Children = -1;
    private const int LongsOfUsage = 18;
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(2);

    /// <summary>Runs a program to its end. One at a time: the kernel sums the time of all children.</summary>
    /// <exception cref="BenchException">The program failed.</exception>
    public static async Task<ChildUsage> RunAsync(string program, params string[] arguments)
    {
        double before = ChildrenSeconds();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchException($"{program} could not be started.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task ended = process.WaitForExitAsync();
        long peak = 0;
        while (await Task.WhenAny(ended, Task.Delay(BetweenReadings)).ConfigureAwait(false) != ended)
        {
            peak = Math.Max(peak, Peak(process.Id));
        }

        string printed = await output.ConfigureAwait(false);
        string complaint = await errors.ConfigureAwait(false);
        return process.ExitCode == 0
            ? new ChildUsage(ChildrenSeconds() - before, peak, printed)
            : throw new BenchException($"{program} ended with {process.ExitCode}: {complaint}");
    }

    private static long Peak(int process)
    {
        try
        {
            return ProcessMemory.Peak(process);
        }
        catch (IOException)
        {
            return 0; // it ended between two readings
        }
    }

    private static unsafe double ChildrenSeconds()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchException("Peers are measured on Linux only.");
        }

        // struct rusage: user and system time as seconds and microseconds, then fourteen counts.
        long* usage = stackalloc long[LongsOfUsage];
        return ReadUsage(Children, usage) == 0
            ? usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6)
            : throw new BenchException("getrusage failed.");
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern unsafe int ReadUsage(int who, long* usage);
}
