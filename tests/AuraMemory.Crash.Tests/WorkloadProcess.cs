using System.Diagnostics;
using System.Globalization;

namespace AuraMemory.Crash.Tests;

/// <summary>A running workload: its lines, and the means to end it.</summary>
internal sealed class WorkloadProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;

    private WorkloadProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static WorkloadProcess Start(params IEnumerable<string> arguments) => Start(heapLimitBytes: null, arguments);

    /// <summary>Starts with a limit of the managed heap that holds from the first allocation.</summary>
    public static WorkloadProcess Start(long? heapLimitBytes, IEnumerable<string> arguments)
    {
        string program = Path.Combine(
            AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "AuraMemory.Crash.Workload.exe" : "AuraMemory.Crash.Workload");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (heapLimitBytes is { } limit)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = "0x" + limit.ToString("x", CultureInfo.InvariantCulture);
        }

        return new WorkloadProcess(Process.Start(start)!);
    }

    /// <summary>The next line; null when the process is gone and its last line was read.</summary>
    public async Task<string?> LineAsync()
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw;
        }
    }

    /// <summary>Kills the process as it stands; lines it had written are still to be read.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Lets a process go on that waits for its parent.</summary>
    public void Release() => _process.StandardInput.Close();

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
