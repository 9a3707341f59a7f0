namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Measures a memory tier by a piece of its own memory.</summary>
public static unsafe class MemoryCalibration
{
    /// <summary>Latency and bandwidth of a range. About 250 ms at most.</summary>
    /// <param name="range">First byte, aligned to a line; borrowed for the call and overwritten.</param>
    /// <param name="bytes">Its length, 1024 and more. For main memory it should be several times the last-level cache.</param>
    /// <param name="random">Order of the loads.</param>
    /// <param name="time">For the date of the measurement.</param>
    /// <param name="cancellation">Ends the measurement within a few milliseconds.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MeasuredFigures Measure(byte* range, long bytes, Random random, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(time);
        double latencyNs = LatencyProbe.MeasureNs(range, bytes, random, out long chased, cancellation);
        double bandwidth = BandwidthProbe.MeasureBytesPerSecond(range, bytes, out long read, cancellation);
        return new MeasuredFigures(
            latencyNs, bandwidth, time.GetUtcNow(),
            $"dependent loads in random order over {chased >> 10} KiB, sequential vector reads over {read >> 10} KiB, one thread");
    }
}
