using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Measures how fast one thread reads a range of memory from its first byte to its last, again and again.</summary>
/// <remarks>Four independent sums of vector loads, so that the loads and not the additions set the pace.</remarks>
public static unsafe class BandwidthProbe
{
    /// <summary>Bytes of a range that are used at most: 64 MiB.</summary>
    public const long MaxBytes = 64L << 20;

    private const int Passes = 7;
    private static readonly TimeSpan PassTime = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan TotalTime = TimeSpan.FromMilliseconds(60);

    /// <summary>Bytes per second: the median of up to seven passes. About 100 ms at most.</summary>
    /// <param name="range">First byte, aligned to a line. The range is overwritten and must be nobody else's meanwhile.</param>
    /// <param name="bytes">Its length, 1024 and more; of more than <see cref="MaxBytes"/> only the beginning is used.</param>
    /// <param name="usedBytes">Bytes that were read over and over: fewer than there are when filling them ran out of time.</param>
    /// <param name="cancellation">Ends the measurement within a few milliseconds.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double MeasureBytesPerSecond(byte* range, long bytes, out long usedBytes, CancellationToken cancellation = default)
    {
        int step = 4 * Vector<byte>.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1024);
        long used = Math.Min(bytes, MaxBytes) / step * step;

        // Pages never written are all the one page of zeros, which stays in the cache: they must become real ones first.
        used = Fill(range, used, step, cancellation);
        usedBytes = used;
        Vector<byte> sum = Read(range, used);
        Span<double> samples = stackalloc double[Passes];
        int taken = 0;
        long begun = Stopwatch.GetTimestamp();
        while (taken < Passes && (taken == 0 || Stopwatch.GetElapsedTime(begun) < TotalTime))
        {
            cancellation.ThrowIfCancellationRequested();
            long read = 0;
            long started = Stopwatch.GetTimestamp();
            TimeSpan elapsed;
            do
            {
                // Small ranges are read many times between two looks at the clock.
                for (long chunk = 0; chunk < 1 << 20; chunk += used)
                {
                    sum += Read(range, used);
                    read += used;
                }

                elapsed = Stopwatch.GetElapsedTime(started);
            }
            while (elapsed < PassTime);
            samples[taken++] = read / elapsed.TotalSeconds;
        }

        GC.KeepAlive(sum[0]);
        return Median.Of(samples[..taken]);
    }

    private static long Fill(byte* range, long bytes, int step, CancellationToken cancellation)
    {
        const int Block = 1 << 20;
        long started = Stopwatch.GetTimestamp();
        for (long at = 0; at < bytes; at += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            NativeMemory.Fill(range + at, (nuint)Math.Min(Block, bytes - at), 1);
            if (Stopwatch.GetElapsedTime(started) > TotalTime)
            {
                return Math.Min(at + Block, bytes) / step * step;
            }
        }

        return bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector<byte> Read(byte* at, long bytes)
    {
        byte* end = at + bytes;
        Vector<byte> a = default;
        Vector<byte> b = default;
        Vector<byte> c = default;
        Vector<byte> d = default;
        for (; at < end; at += 4 * Vector<byte>.Count)
        {
            a += Vector.Load(at);
            b += Vector.Load(at + Vector<byte>.Count);
            c += Vector.Load(at + (2 * Vector<byte>.Count));
            d += Vector.Load(at + (3 * Vector<byte>.Count));
        }

        return a + b + c + d;
    }
}
