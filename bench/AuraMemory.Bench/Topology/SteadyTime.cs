using System.Diagnostics;

namespace AuraMemory.Bench.Topology;

/// <summary>What a short operation takes once the runtime has compiled it: processor time of this process, batch by batch.</summary>
internal static class SteadyTime
{
    private const int Batches = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(200);

    /// <summary>Milliseconds of processor time an operation, median of five batches.</summary>
    public static double Milliseconds(Action operation)
    {
        long start = Stopwatch.GetTimestamp();
        long calls = 0;
        do
        {
            operation();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        calls = Math.Max(1, (long)(calls * (Batch / WarmUp)));
        var times = new double[Batches];
        for (int i = 0; i < Batches; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (long call = 0; call < calls; call++)
            {
                operation();
            }

            times[i] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / calls;
        }

        Array.Sort(times);
        return times[Batches / 2];
    }
}
