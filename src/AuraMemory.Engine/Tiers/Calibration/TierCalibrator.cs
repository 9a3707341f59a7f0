using System.IO.MemoryMappedFiles;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Placement;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Tiers.Calibration;

/// <summary>Measures every tier in the background and keeps the figures over restarts.</summary>
/// <remarks>
/// A memory tier is measured in free segments of its own arena, so within its budget; when too few are free the last figures
/// stand. The pool is measured in a mapped file of its own beside the pool, the stores on disk by blocks of a real file. Until
/// figures exist, placement ranks tiers in nominal order.
/// </remarks>
internal sealed unsafe class TierCalibrator : IDisposable
{
    private const long MemoryBytes = 64L << 20;
    private const long MappedBytes = 48L << 20;
    private const long BlockFileBytes = 16L << 20;
    private static readonly TimeSpan BlockLimit = TimeSpan.FromMilliseconds(280);

    private readonly StoreParts _parts;
    private readonly string _path;
    private readonly Action<PlannedTier[]> _ranked;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Dictionary<TierId, MeasuredFigures> _figures;
    private Task _running = Task.CompletedTask;

    public TierCalibrator(StoreParts parts, Action<PlannedTier[]> ranked)
    {
        _parts = parts;
        _ranked = ranked;
        _path = Path.Combine(parts.Options.DataFolder, "calibration.json");
        _figures = new Dictionary<TierId, MeasuredFigures>(CalibrationFile.Load(_path, parts.Facts.Fingerprint));
    }

    /// <summary>True while figures are being renewed.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return !_running.IsCompleted;
            }
        }
    }

    /// <summary>The measured figures of a tier, or null.</summary>
    public MeasuredFigures? Figures(TierId tier) => Volatile.Read(ref _figures).GetValueOrDefault(tier);

    /// <summary>The memory tiers, fastest first: by measured latency where all were measured, else in nominal order.</summary>
    public PlannedTier[] Ranking()
    {
        Dictionary<TierId, MeasuredFigures> figures = Volatile.Read(ref _figures);
        bool all = true;
        for (int i = 0; i < TierIds.MemoryCount; i++)
        {
            all &= figures.ContainsKey((TierId)i);
        }

        var tiers = new PlannedTier[TierIds.MemoryCount];
        for (int i = 0; i < tiers.Length; i++)
        {
            var tier = (TierId)i;
            double latency = all ? figures[tier].LatencyNs : NominalTiers.Figures(tier).LatencyNs;
            tiers[i] = new PlannedTier(tier, latency, _parts.Memory.Arena(tier).CapacityBytes);
        }

        PlacementPlanner.Rank(tiers);
        return tiers;
    }

    /// <summary>Begins a measurement, unless one is under way.</summary>
    public void Request()
    {
        lock (_gate)
        {
            if (_running.IsCompleted && !_stop.IsCancellationRequested)
            {
                _running = Task.Factory.StartNew(
                    MeasureAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Stops a measurement under way.</summary>
    public void Dispose()
    {
        Task running;
        lock (_gate)
        {
            _stop.Cancel();
            running = _running;
        }

        running.Wait();
        _stop.Dispose();
    }

    private void MeasureAll()
    {
        var figures = new Dictionary<TierId, MeasuredFigures>(Volatile.Read(ref _figures));
        var random = new Random(unchecked((int)_parts.Clock.NowMs));
        foreach (TierId tier in TierIds.All)
        {
            try
            {
                MeasuredFigures? measured = tier switch
                {
                    TierId.PmemWarm => MeasureMapped(random),
                    TierId.NvmeCold or TierId.HddArchive => BlockProbe.Measure(
                        TierFolders.PathOf(_parts.Options, tier)!, BlockFileBytes, BlockLimit, random, _parts.Clock.Time, _stop.Token),
                    _ => MeasureArena(_parts.Memory.Arena(tier), random),
                };
                if (measured is { IsSound: true })
                {
                    figures[tier] = measured;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or MemoryRegionException)
            {
                // No room on the disk or in memory for a measurement: the last figures stand.
                continue;
            }
        }

        Volatile.Write(ref _figures, figures);
        CalibrationFile.Save(_path, _parts.Facts.Fingerprint, figures);
        _ranked(Ranking());
    }

    private MeasuredFigures? MeasureArena(Arena arena, Random random)
    {
        long wanted = Math.Min(MemoryBytes, arena.CapacityBytes);
        (int first, int count) = arena.Borrow(wanted);
        try
        {
            // Less than most of it would measure a smaller cache than the tier's.
            long bytes = (long)count * arena.SegmentBytes;
            return bytes >= wanted * 3 / 4
                ? MemoryCalibration.Measure(arena.Base + ((long)first * arena.SegmentBytes), bytes, random, _parts.Clock.Time, _stop.Token)
                : null;
        }
        finally
        {
            if (count > 0)
            {
                arena.Return(first, count);
            }
        }
    }

    private MeasuredFigures? MeasureMapped(Random random)
    {
        if (_parts.Pool is null)
        {
            return null;
        }

        string path = Path.Combine(TierFolders.PathOf(_parts.Options, TierId.PmemWarm)!, ".calibration.map");
        try
        {
            long bytes = Math.Min(MappedBytes, Math.Max(1 << 20, _parts.Pool.Usage.CapacityBytes));
            using FileStream file = new(
                path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);

            // Written, not only extended: a hole that the disk cannot fill would end the process with SIGBUS.
            var zeros = new byte[1 << 20];
            for (long at = 0; at < bytes; at += zeros.Length)
            {
                file.Write(zeros);
            }

            file.Flush();
            using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
                file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, bytes);
            byte* at0 = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref at0);
            try
            {
                return MemoryCalibration.Measure(at0, bytes, random, _parts.Clock.Time, _stop.Token);
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
