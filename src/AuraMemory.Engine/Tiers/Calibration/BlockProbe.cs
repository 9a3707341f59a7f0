using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Measures a disk by a temporary file on it: random 4 KiB reads, one at a time, then sequential 1 MiB reads.</summary>
/// <remarks>
/// The file holds random bytes (a device that compresses would flatter itself), is synced before it is read, and read past
/// the page cache where the file system allows it; the method says whether it did. A cache inside the device, or below a
/// virtual disk, is part of what is measured.
/// </remarks>
public static unsafe class BlockProbe
{
    /// <summary>Bytes of one random read.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Bytes of one sequential read, and least size of the file.</summary>
    public const int RunBytes = 1 << 20;

    /// <summary>Name of the temporary file. What a killed process left is overwritten by the next measurement.</summary>
    public const string FileName = ".calibration.tmp";

    private const int MaxReads = 2000;

    /// <summary>Measures the disk under a folder, leaving nothing behind. One measurement a folder at a time.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="fileBytes">Most bytes of the temporary file, 1 MiB and more; writing stops earlier when time runs out.</param>
    /// <param name="limit">Time for writing and reading together; a third each. Only the one sync of the file is not bounded by it.</param>
    /// <param name="random">Contents and order.</param>
    /// <param name="time">For the date of the measurement.</param>
    /// <param name="cancellation">Ends the measurement after the present read or write.</param>
    /// <returns>The figures, or null when the disk cannot be written or read (full, forbidden, failed).</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the file is deleted all the same.</exception>
    public static MeasuredFigures? Measure(
        string folder, long fileBytes, TimeSpan limit, Random random, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fileBytes, RunBytes);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(time);
        string path = Path.Combine(folder, FileName);

        // Direct reads want memory aligned like the blocks.
        byte* buffer = (byte*)NativeMemory.AlignedAlloc(RunBytes, BlockBytes);
        try
        {
            long bytes = Write(path, fileBytes, limit / 3, buffer, random, cancellation);
            using SafeFileHandle file = DirectFile.OpenRead(path, out bool direct);
            double latencyNs = RandomReads(file, bytes, limit / 3, buffer, random, cancellation);
            double bandwidth = SequentialReads(file, bytes, limit / 3, buffer, cancellation);
            string past = direct ? "past the page cache" : "through the page cache";
            return new MeasuredFigures(
                latencyNs, bandwidth, time.GetUtcNow(), $"random 4 KiB and sequential 1 MiB reads of a {bytes >> 20} MiB file, one at a time, {past}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
            Remove(path);
        }
    }

    private static long Write(string path, long most, TimeSpan limit, byte* buffer, Random random, CancellationToken cancellation)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        long started = Stopwatch.GetTimestamp();
        long bytes = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> run = new(buffer, RunBytes);
            random.NextBytes(run);
            RandomAccess.Write(file, run, bytes);
            bytes += RunBytes;
        }
        while (bytes + RunBytes <= most && Stopwatch.GetElapsedTime(started) < limit);
        RandomAccess.FlushToDisk(file);
        return bytes;
    }

    private static double RandomReads(SafeFileHandle file, long bytes, TimeSpan limit, byte* buffer, Random random, CancellationToken cancellation)
    {
        double[] samples = new double[MaxReads];
        int taken = 0;
        long begun = Stopwatch.GetTimestamp();
        while (taken < MaxReads && (taken == 0 || Stopwatch.GetElapsedTime(begun) < limit))
        {
            cancellation.ThrowIfCancellationRequested();
            long offset = random.NextInt64(bytes / BlockBytes) * BlockBytes;
            long started = Stopwatch.GetTimestamp();
            ReadWhole(file, new Span<byte>(buffer, BlockBytes), offset);
            samples[taken++] = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        }

        return Median.Of(samples.AsSpan(0, taken));
    }

    private static double SequentialReads(SafeFileHandle file, long bytes, TimeSpan limit, byte* buffer, CancellationToken cancellation)
    {
        double[] samples = new double[MaxReads];
        int taken = 0;
        long begun = Stopwatch.GetTimestamp();
        for (long offset = 0; taken < MaxReads && (taken == 0 || Stopwatch.GetElapsedTime(begun) < limit); offset += RunBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            long started = Stopwatch.GetTimestamp();
            ReadWhole(file, new Span<byte>(buffer, RunBytes), offset % bytes);
            samples[taken++] = RunBytes / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return Median.Of(samples.AsSpan(0, taken));
    }

    // A short read would make the figure look better than it is.
    private static void ReadWhole(SafeFileHandle file, Span<byte> into, long offset)
    {
        if (RandomAccess.Read(file, into, offset) != into.Length)
        {
            throw new IOException("The calibration file was cut short.");
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk has failed meanwhile: that is somebody else's to report.
        }
    }
}
