using AuraMemory.Engine.Access;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Placement;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine.Movement;

/// <summary>The worker behind the store: drains the access stream, plans and moves, keeps room free, expires, archives, writes back.</summary>
/// <remarks>
/// One thread. It owns when, how much and how often; what is worth moving is the planner's, what may leave the eviction
/// rule's. Every step is bounded, so that none starves the others, and every step can be run alone by a test.
/// </remarks>
internal sealed class BackgroundMover : IDisposable
{
    private const int RoundMs = 20;
    private const int MaxCandidates = 4096;
    private const int MaxMovesPerRound = 256;
    private const int MaxExpiredPerRound = 1000;
    private const int ArchiveLooksPerRound = 2000;
    private const int WriteBackBatch = 512;
    private const double FreeTarget = 0.03;
    private const int PoolSyncMs = 5000;
    private const int RecoverMs = 1000;
    private const int LargeReadsWorthNoting = 64 << 10;
    private const int CleanUpMs = 1000;
    private const int WarmMs = 200;

    private readonly StoreParts _parts;
    private readonly MemoryLadder _memory;
    private readonly Migrator _migrator;
    private readonly HotnessHistogram _histogram = new();
    private readonly Dictionary<ulong, int> _seen = [];
    private readonly List<PlacementCandidate> _candidates = [];
    private readonly List<PlannedMove> _moves = [];
    private readonly ulong[] _drained = new ulong[1024];
    private readonly ObjectBuffer _buffer = new();
    private readonly PoolWarmer _warmer;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private PlannedTier[] _ranked;
    private byte[]? _archiveCursor;
    private long _lastPlan;
    private long _lastExpiry;
    private long _lastArchive;
    private long _lastWriteBack;
    private long _lastPoolSync;
    private long _lastRecover;
    private int _largestNoted = LargeReadsWorthNoting;
    private long _lastCleanUp;
    private long _lastWarm;
    private long _dirtySeen;
    private Task _poolSync = Task.CompletedTask;
    private long _roundsCutShort;
    private Exception? _failure;

    public BackgroundMover(StoreParts parts, Migrator migrator, PlannedTier[] ranked)
    {
        _parts = parts;
        _memory = parts.Memory;
        _migrator = migrator;
        _ranked = ranked;
        _warmer = new PoolWarmer(parts);
        _lastPlan = _lastExpiry = _lastArchive = _lastWriteBack = _lastPoolSync = _lastRecover = _lastCleanUp = _lastWarm = parts.Clock.NowMs;
        _thread = new Thread(Run) { IsBackground = true, Name = "aura-mover" };
    }

    /// <summary>Why the worker stopped by itself; null while it runs. It is reported by health.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Rounds that ended early because the managed heap was full.</summary>
    public long RoundsCutShort => Interlocked.Read(ref _roundsCutShort);

    /// <summary>Objects moved to the archive because they were unread for long.</summary>
    public long Archived { get; private set; }

    /// <summary>Begins the work.</summary>
    public void Start() => _thread.Start();

    /// <summary>Takes a new ranking of the memory tiers, after a calibration.</summary>
    public void Rank(PlannedTier[] ranked) => Volatile.Write(ref _ranked, ranked);

    /// <summary>Stops the worker after the step it is at, and leaves the pool warm.</summary>
    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _poolSync.Wait();

        _stop.Dispose();
        _buffer.Dispose();
        _warmer.Finish();
        _warmer.Dispose();
    }

    /// <summary>Drains the access stream into the sketch, plans promotions and carries them out.</summary>
    public void PlanAndMove()
    {
        Drain();
        _candidates.Clear();
        foreach ((ulong hash, int accesses) in _seen)
        {
            if (_memory.TrySizeByHash(hash, out int bytes, out TierId tier))
            {
                // Half of what is added fades away each round: an object seen in every round weighs its size.
                _histogram.Add(accesses, bytes / 2);
                if (accesses >= _parts.Options.TierPromotionThreshold && _candidates.Count < MaxCandidates)
                {
                    _candidates.Add(new PlacementCandidate(hash, accesses, bytes, tier));
                }
            }
        }

        _seen.Clear();
        _moves.Clear();
        PlacementPlanner.Plan(
            Volatile.Read(ref _ranked), _histogram, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_candidates),
            _parts.Options.TierPromotionThreshold, _moves);
        for (int i = 0; i < _moves.Count && i < MaxMovesPerRound; i++)
        {
            _migrator.Promote(_moves[i].Hash, _moves[i].To, _buffer);
        }

        _histogram.Fade();
    }

    /// <summary>Frees segments ahead of demand, so that writers seldom have to.</summary>
    public void KeepRoom()
    {
        foreach (Arena arena in _memory.Arenas)
        {
            int target = Math.Max(1, (int)(arena.SegmentCount * FreeTarget));
            for (int i = 0; i < target && (arena.FreeSegments < target || _memory.Catalog.IsFull); i++)
            {
                if (arena.SegmentCount < 16 || !_memory.Reclaim(arena.Tier, force: false, mayWriteBack: true))
                {
                    break;
                }
            }
        }
    }

    /// <summary>Deletes what has outlived its time, with a change for each.</summary>
    public int Expire()
    {
        var due = new List<(byte[] Key, long Version)>();
        _parts.Home.Expired(_parts.Clock.NowMs, MaxExpiredPerRound, due);
        var operations = new WriteOperation[due.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            (byte[] key, long version) = due[i];
            ulong hash = _memory.Catalog.Hash(key);
            bool replaced = _memory.TryDescribe(hash, key, out MemoryEntry entry) && entry.Header.Version > version;
            operations[i] = WriteOperation.OfVersion(
                replaced ? WriteKind.WriteBack : WriteKind.Expire, key, hash, replaced ? entry.Header.Version : version);
        }

        _parts.Committer.SubmitAsync(operations).AsTask().GetAwaiter().GetResult();
        int done = 0;
        foreach (WriteOperation operation in operations)
        {
            done += operation.Kind == WriteKind.Expire && operation.Status == WriteStatus.Done ? 1 : 0;
        }

        return done;
    }

    /// <summary>Moves homes that were unread for <c>archive_after_days</c> to the archive.</summary>
    /// <returns>True when the walk over the keys has come to its end.</returns>
    public bool Archive()
    {
        long age = (long)(_parts.Options.ArchiveAfterDays * 86_400);
        uint before = (uint)Math.Max(0, _parts.Clock.NowSeconds - age);
        _parts.Pool?.TakeUses(_parts.Home.Touch);
        var old = new List<(byte[] Key, long Version)>();
        _archiveCursor = _parts.Home.ScanUnread(_archiveCursor, before, ArchiveLooksPerRound, old);
        foreach ((byte[] key, long version) in old)
        {
            ulong hash = _memory.Catalog.Hash(key);
            if (_memory.TryDescribe(hash, key, out MemoryEntry entry))
            {
                if (entry.LastAccessSeconds >= before)
                {
                    _parts.Home.Touch(key, entry.LastAccessSeconds); // read from memory: the home could not know
                    continue;
                }

                _memory.Drop(hash, key, version, only: null, keepDirty: true, fromPool: false);
            }

            if (_parts.Pool?.TakeUse(key) == true)
            {
                _parts.Home.Touch(key, _parts.Clock.NowSeconds); // read from the pool since it was last looked at
                continue;
            }

            if (_parts.Home.Move(key, version, TierId.HddArchive) == PlaceStatus.Placed)
            {
                Archived++;
            }
        }

        return _archiveCursor is null;
    }

    /// <summary>Tries to write again after a failure, and settles what had failed half way.</summary>
    public bool Recover()
    {
        if (!_parts.Home.TryRecover())
        {
            return false;
        }

        _parts.Committer.Reconcile();
        return true;
    }

    /// <summary>Writes every volatile object back to the home.</summary>
    public bool WriteBackAll()
    {
        var dirty = new List<DirtyObject>();
        while (true)
        {
            dirty.Clear();
            _memory.CollectDirty(dirty, WriteBackBatch);
            if (dirty.Count == 0)
            {
                return true;
            }

            if (!WriteBack(dirty))
            {
                return false;
            }
        }
    }

    /// <summary>Writes volatile objects back if there were volatile stores since the last time.</summary>
    public void WriteBackIfChanged()
    {
        long stores = _memory.DirtyStores;
        if (stores != Interlocked.Read(ref _dirtySeen) && WriteBackAll())
        {
            Interlocked.Exchange(ref _dirtySeen, stores);
        }
    }

    /// <summary>Writes volatile objects back to the home.</summary>
    /// <returns>False when the home cannot be written.</returns>
    public bool WriteBack(List<DirtyObject> dirty)
    {
        var operations = new WriteOperation[dirty.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i] = WriteOperation.OfVersion(WriteKind.WriteBack, dirty[i].Key, dirty[i].Hash, dirty[i].Version);
        }

        _parts.Committer.SubmitAsync(operations).AsTask().GetAwaiter().GetResult();
        foreach (WriteOperation operation in operations)
        {
            if (operation.Status is not WriteStatus.Done and not WriteStatus.ConditionFailed)
            {
                return false;
            }
        }

        return true;
    }

    private void Run()
    {
        try
        {
            while (!_stop.Wait(RoundMs))
            {
                try
                {
                    Round();
                }
                catch (OutOfMemoryException)
                {
                    // Every step leaves things whole and comes round again; without this worker memory would only get scarcer.
                    Interlocked.Increment(ref _roundsCutShort);
                }
            }
        }
        catch (Exception e)
        {
            // A mover that died silently would fill memory and expire nothing: health reports it.
            Volatile.Write(ref _failure, e);
        }
    }

    private void Round()
    {
        _memory.Tick();
        long now = _parts.Clock.NowMs;
        KeepRoom();
        _parts.Sketch.Grow(_memory.Catalog.Entries, _parts.Plan.CatalogBytes / 16);
        _parts.Numbers.ReserveAhead();
        _memory.Leases.RevokeOverdue();
        _parts.Pool?.TakeUses(_parts.Home.Touch);
        if (Due(ref _lastPlan, now, 100))
        {
            PlanAndMove();
        }
        else
        {
            Drain();
        }

        if (_parts.Home.Health != HomeHealth.Healthy)
        {
            if (Due(ref _lastRecover, now, RecoverMs))
            {
                Recover();
            }

            return;
        }

        _parts.Committer.Reconcile();
        if (_parts.LargeReads.Largest > _largestNoted && LargestNote.Write(_parts.Home, _parts.LargeReads.Largest))
        {
            _largestNoted = _parts.LargeReads.Largest;
        }

        if (Due(ref _lastCleanUp, now, CleanUpMs))
        {
            _parts.Home.CleanUpArchive(MaxExpiredPerRound);
        }

        if (Due(ref _lastExpiry, now, (long)(_parts.Options.ExpiryScanSeconds * 1000)))
        {
            Expire();
        }

        if (_archiveCursor is not null || Due(ref _lastArchive, now, (long)(_parts.Options.ArchiveScanSeconds * 1000)))
        {
            Archive();
        }

        double writeBack = _parts.Options.VolatileWriteBackSeconds;
        if (writeBack > 0 && Due(ref _lastWriteBack, now, (long)(writeBack * 1000)))
        {
            WriteBackIfChanged();
        }

        if (Due(ref _lastWarm, now, WarmMs))
        {
            _warmer.Step();
        }

        if (_parts.Pool is { } pool && _poolSync.IsCompleted && Due(ref _lastPoolSync, now, PoolSyncMs))
        {
            // The number is read first: everything up to it has been dropped from the pool where it had to be. A sync waits
            // for the medium, which must not keep this thread from making room.
            long number = _parts.Committer.PublishedNumber;
            _poolSync = Task.Run(() => pool.Sync(number));
        }
    }

    private static bool Due(ref long last, long now, long intervalMs)
    {
        if (now - last < intervalMs)
        {
            return false;
        }

        last = now;
        return true;
    }

    private void Drain()
    {
        foreach (AccessLane lane in _parts.Lanes.All)
        {
            int n = lane.Drain(_drained);
            while (n > 0)
            {
                foreach (ulong hash in _drained.AsSpan(0, n))
                {
                    int accesses = _parts.Sketch.Add(hash);
                    if (_seen.Count < MaxCandidates)
                    {
                        _seen[hash] = accesses;
                    }
                }

                n = n == _drained.Length ? lane.Drain(_drained) : 0;
            }
        }
    }
}
