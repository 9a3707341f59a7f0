namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>What a tier was measured to do.</summary>
/// <param name="LatencyNs">Nanoseconds of one dependent load (memory) or of one random 4 KiB read (files); the median.</param>
/// <param name="BandwidthBytesPerSecond">Sequential reads of one thread, bytes per second; the median.</param>
/// <param name="MeasuredAt">When.</param>
/// <param name="Method">One sentence: what was read, and past which caches.</param>
public sealed record MeasuredFigures(double LatencyNs, double BandwidthBytesPerSecond, DateTimeOffset MeasuredAt, string Method)
{
    /// <summary>True when both figures are finite and above zero; others are never shown or stored.</summary>
    public bool IsSound => double.IsFinite(LatencyNs) && LatencyNs > 0
        && double.IsFinite(BandwidthBytesPerSecond) && BandwidthBytesPerSecond > 0;
}

/// <summary>The middle of a few samples.</summary>
internal static class Median
{
    /// <summary>Sorts <paramref name="samples"/> and returns the middle one (the upper of two). There must be one.</summary>
    public static double Of(Span<double> samples)
    {
        samples.Sort();
        return samples[samples.Length / 2];
    }
}
