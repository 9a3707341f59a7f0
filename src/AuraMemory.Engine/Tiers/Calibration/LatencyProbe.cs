using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Measures the latency of one load in a range of memory: each load's address is the result of the load before.</summary>
/// <remarks>
/// <para>
/// Every 64-byte line holds a pointer to the next; together they form one random cycle over all lines, so that no prefetcher
/// can guess the order and no line is visited twice before all others. The cycle grows by inserting line i after a random
/// earlier one, which makes all (n-1)! cycles equally likely (Sattolo, "An algorithm to generate a random cyclic
/// permutation", Information Processing Letters 22, 1986, run from the front). A cycle that is cut short for want of time is
/// still a cycle, over fewer lines.
/// </para>
/// <para>
/// The chase is unrolled: a load from L1 takes four cycles and more, and the one add and branch for every 16 loads run beside it.
/// Translation misses are part of the figure, as they are part of every real access.
/// </para>
/// </remarks>
public static unsafe class LatencyProbe
{
    /// <summary>Bytes of one step, one cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Bytes of a range that are used at most: 64 MiB.</summary>
    public const long MaxBytes = 64L << 20;

    private const int Unrolled = 16;
    private const int Passes = 7;
    private const int LinesBetweenChecks = 1 << 14;
    private static readonly TimeSpan BuildTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ChaseTime = TimeSpan.FromMilliseconds(50);

    /// <summary>Nanoseconds per load: the median of up to seven passes after one to warm up. About 150 ms at most.</summary>
    /// <param name="range">First byte, aligned to a line. The range is overwritten and must be nobody else's meanwhile.</param>
    /// <param name="bytes">Its length, two lines and more; of more than <see cref="MaxBytes"/> only the beginning is used.</param>
    /// <param name="random">Order of the cycle.</param>
    /// <param name="usedBytes">Bytes the cycle spans: fewer than there are when building it ran out of time.</param>
    /// <param name="cancellation">Ends the measurement within a few milliseconds.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double MeasureNs(
        byte* range, long bytes, Random random, out long usedBytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 2 * LineBytes);
        int lines = Link(range, (int)(Math.Min(bytes, MaxBytes) / LineBytes), random, cancellation);
        usedBytes = (long)lines * LineBytes;

        // The first chase warms up and tells how many loads fit the time of one pass.
        byte* at = Chase(range, Rounds(Math.Min(lines, 1 << 16)));
        long probeRounds = Rounds(1 << 12);
        long started = Stopwatch.GetTimestamp();
        at = Chase(at, probeRounds);
        double roundMs = Math.Max(Stopwatch.GetElapsedTime(started).TotalMilliseconds / probeRounds, 1e-6);
        long rounds = Math.Clamp((long)(ChaseTime.TotalMilliseconds / (Passes + 1) / roundMs), 1, 1 << 22);

        Span<double> samples = stackalloc double[Passes];
        int taken = 0;
        long begun = Stopwatch.GetTimestamp();
        while (taken < Passes && (taken == 0 || Stopwatch.GetElapsedTime(begun) < ChaseTime))
        {
            cancellation.ThrowIfCancellationRequested();
            started = Stopwatch.GetTimestamp();
            at = Chase(at, rounds);
            samples[taken++] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / ((double)rounds * Unrolled);
        }

        // The end of the chain must be used, or the chain need not be walked.
        return at >= range ? Median.Of(samples[..taken]) : throw new InvalidOperationException("The cycle left its range.");
    }

    /// <summary>Links the lines into one random cycle.</summary>
    /// <returns>Lines in the cycle: all, or fewer when time ran out.</returns>
    internal static int Link(byte* range, int lines, Random random, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        *(byte**)range = range;
        for (int i = 1; i < lines; i++)
        {
            byte** line = (byte**)(range + ((long)i * LineBytes));
            byte** before = (byte**)(range + ((long)random.Next(i) * LineBytes));
            *line = *before;
            *before = (byte*)line;
            if (i % LinesBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(started) > BuildTime)
                {
                    return i + 1;
                }
            }
        }

        return lines;
    }

    private static long Rounds(long loads) => Math.Max(1, loads / Unrolled);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static byte* Chase(byte* at, long rounds)
    {
        for (long i = 0; i < rounds; i++)
        {
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
            at = *(byte**)at;
        }

        return at;
    }
}
