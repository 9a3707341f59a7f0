using System.Diagnostics;
using AuraMemory.Engine.Durability;

namespace AuraMemory.Crash.Workload;

/// <summary>Ends the process, as a power switch would, when a point of the protocols is reached for the n-th time.</summary>
internal sealed class KillAtStage(StagePoint at, int times) : IStagePoints
{
    private int _left = times;

    /// <inheritdoc/>
    public void Reached(StagePoint point)
    {
        if (point == at && Interlocked.Decrement(ref _left) == 0)
        {
            if (OperatingSystem.IsWindows())
            {
                Environment.FailFast("Staged crash.");
            }

            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit(); // never returns: nothing after the point may run
        }
    }
}
