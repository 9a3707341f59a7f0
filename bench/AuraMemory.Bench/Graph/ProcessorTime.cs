namespace AuraMemory.Bench.Graph;

/// <summary>A clock that goes on only while this process computes: limits by it do not depend on what else the machine does.</summary>
internal sealed class ProcessorTime : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
