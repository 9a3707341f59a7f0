using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Machine;
using AuraMemory.Engine.Movement;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Placement;
using AuraMemory.Engine.Reading;
using AuraMemory.Engine.Reporting;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Calibration;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Tiers.Persistent;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine;

/// <summary>The embeddable store: JSON objects by key over eight tiers.</summary>
/// <remarks>
/// <code>
/// await using MemoryStore store = await MemoryStore.OpenAsync(new StoreOptions { DataFolder = "data" });
/// await store.StoreAsync(new StoreCommand { Key = ObjectKey.Parse("a"), Data = "[1,2]"u8.ToArray() });
/// </code>
/// One process at a time may open a data folder. See <see cref="IObjectStore"/> for the operations.
/// </remarks>
public sealed partial class MemoryStore : IObjectStore
{
    private const string StoreIdNote = "store-id";
    private const string WitnessFile = "tail.witness";
    private const int HeapShareOfObject = 8;

    private readonly StoreParts _parts;
    private readonly WriteRules _rules;
    private readonly ObjectReader _reader;
    private readonly BatchReader _batches;
    private readonly ExpiredTargets _expiredTargets;
    private readonly Migrator _migrator;
    private readonly Prefetcher _prefetcher;
    private readonly BackgroundMover _mover;
    private readonly TierCalibrator _calibrator;
    private readonly StoreReporter _reporter;
    private readonly Lock _feedGate = new();
    private readonly List<ChangeFeed> _feeds = [];
    private readonly List<DerivedTable> _tables = [];
    private readonly HashSet<string> _tableNames = [];
    private int _disposed;

    private MemoryStore(StoreParts parts, WriteRules rules)
    {
        _parts = parts;
        _rules = rules;
        _reader = new ObjectReader(parts);
        _batches = new BatchReader(parts, _reader);
        _expiredTargets = new ExpiredTargets(parts.Clock, parts.Home, parts.Memory, parts.Committer);
        _migrator = new Migrator(parts);
        _prefetcher = new Prefetcher(parts, _migrator);
        BackgroundMover? mover = null;
        _calibrator = new TierCalibrator(parts, ranked => Rank(parts, mover, ranked));
        PlannedTier[] ranking = _calibrator.Ranking();
        mover = new BackgroundMover(parts, _migrator, ranking);
        _mover = mover;
        Rank(parts, _mover, ranking);
        parts.Memory.Connect(parts.Pool, _mover.WriteBack, parts.Options.TierDemotionThreshold);
        parts.Memory.LastUse = parts.Home.Touch;
        _reporter = new StoreReporter(parts, _calibrator, _migrator, _prefetcher, _mover, () => Followers);
    }

    /// <inheritdoc/>
    public StoreOptions Options => _parts.Options;

    /// <summary>How the memory limit was divided, and what was clamped.</summary>
    public TierPlan Plan => _parts.Plan;

    internal StoreParts Parts => _parts;

    internal Migrator Migrator => _migrator;

    internal BackgroundMover Mover => _mover;

    /// <summary>Opens a store: recovers the home, attaches the persistent pool, and begins the background work.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="cancellation">Gives up between steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the machine grants too little; the message names each.</exception>
    /// <exception cref="HomeOpenException">The data folder is in use, damaged, or of a newer format.</exception>
    public static async Task<MemoryStore> OpenAsync(StoreOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> errors = options.Validate();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(options));
        }

        // Recovery reads disks: it must not hold the caller's thread.
        return await Task.Run(() => Open(options, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Holds this process's managed heap to the plan's share, so that the one memory limit covers it too.</summary>
    /// <param name="plan">A store's plan; see <see cref="Plan"/>.</param>
    /// <remarks>
    /// For a process that serves one store. It concerns the whole process, so a library must not do it by itself: a program
    /// that embeds the store has a heap of its own to reckon with. Without it the collector lets garbage grow with the machine.
    /// </remarks>
    /// <returns>False when the heap has outgrown the share already; the limit is then not set.</returns>
    public static bool LimitManagedHeap(TierPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        AppContext.SetData("GCHeapHardLimit", (ulong)plan.ManagedHeapBytes);
        try
        {
            GC.RefreshMemoryLimit();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>State of every follower of the change sequence.</summary>
    public IReadOnlyList<FollowerState> Followers
    {
        get
        {
            lock (_feedGate)
            {
                return [.. _feeds.ConvertAll(feed => feed.State)];
            }
        }
    }

    /// <summary>Lets something follow the change sequence from where it was when it last ran; until the store closes.</summary>
    /// <param name="name">1 to 64 characters; one follower a name, the position is kept under it.</param>
    /// <param name="follower">Who follows.</param>
    /// <param name="from">
    /// Number of the last change that the follower itself knows to have kept, when it keeps that with what it derives: it is replayed
    /// from there when that is before the noted position. -1 = it has nothing: it is rebuilt. Null = the noted position.
    /// </param>
    /// <exception cref="ArgumentException">The name is taken, empty or too long.</exception>
    public void Follow(string name, IChangeFollower follower, long? from = null)
    {
        ArgumentNullException.ThrowIfNull(follower);
        if (name is not { Length: >= 1 and <= 64 })
        {
            throw new ArgumentException("A follower's name has 1 to 64 characters.", nameof(name));
        }

        lock (_feedGate)
        {
            if (_feeds.Exists(feed => feed.Name == name))
            {
                throw new ArgumentException($"'{name}' follows already.", nameof(name));
            }

            _feeds.Add(new ChangeFeed(
                name, _parts.Home, follower, () => _parts.Committer.PublishedNumber, _parts.Clock.Time, from));
        }
    }

    /// <summary>Opens a table for something derived from this store, in a folder of that name in the data folder.</summary>
    /// <param name="name">A folder name, 1 to 32 of a-z; one table a name.</param>
    /// <param name="memoryBytes">Memory for its caches and buffers, bytes; at least 2 MiB are taken.</param>
    /// <returns>The table; the store closes it.</returns>
    /// <exception cref="ArgumentException">The name is taken or not a name.</exception>
    /// <remarks>A table that cannot be opened begins anew, see <see cref="IDerivedTable.Lost"/>; it never keeps the store from working.</remarks>
    public IDerivedTable OpenDerived(string name, long memoryBytes)
    {
        if (name is not { Length: >= 1 and <= 32 } || name.AsSpan().ContainsAnyExceptInRange('a', 'z') || name is "nvme" or "archive" or "pmem")
        {
            throw new ArgumentException("The name of a derived table has 1 to 32 letters a to z, and is not a tier's folder.", nameof(name));
        }

        lock (_feedGate)
        {
            if (!_tableNames.Add(name))
            {
                throw new ArgumentException($"The table '{name}' is open already.", nameof(name));
            }

            var table = new DerivedTable(Path.Combine(_parts.Options.DataFolder, name), memoryBytes, _parts.Options.DirectIo);
            _tables.Add(table);
            return table;
        }
    }

    /// <summary>
    /// Waits for the calls under way, writes back what is volatile, syncs, and closes. Calls made from then on throw
    /// <see cref="ObjectDisposedException"/>; leases that are still held are revoked.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (ChangeFeed feed in _feeds)
        {
            await feed.DisposeAsync().ConfigureAwait(false);
        }

        _parts.Lanes.Close();

        // Each step is tried whatever became of those before it: what one part could not do must not keep data from the disk.
        Exception? first = null;
        foreach (DerivedTable table in _tables)
        {
            Attempt(table.Dispose);
        }

        Attempt(_calibrator.Dispose);
        try
        {
            await _prefetcher.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            first ??= e;
        }

        Attempt(() => _mover.WriteBackAll());
        Attempt(_mover.Dispose);
        Attempt(() => _parts.Pool?.Sync(_parts.Committer.PublishedNumber));
        Attempt(() => _parts.Pool?.Dispose());
        Attempt(() => _parts.Home.Flush());
        Attempt(_parts.Committer.Dispose);
        Attempt(_rules.Dispose);
        Attempt(_parts.Home.Dispose);
        _parts.Memory.Leases.RevokeAll();
        _parts.Memory.Dispose();
        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        void Attempt(Action step)
        {
            try
            {
                step();
            }
            catch (Exception e)
            {
                first ??= e;
            }
        }
    }

    private static MemoryStore Open(StoreOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.DataFolder);
        MachineFacts facts = MachineFacts.Probe(options);
        TierPlan plan = TierBudgets.Plan(options, facts);
        if (plan.Errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, plan.Errors), nameof(options));
        }

        // An object passes the managed heap a few times over on its way to the home.
        options = options with { MaxObjectBytes = (int)Math.Min(options.MaxObjectBytes, plan.ManagedHeapBytes / HeapShareOfObject) };
        cancellation.ThrowIfCancellationRequested();
        var clock = new StoreClock(options.TimeProvider);
        var opened = new Stack<IDisposable>();
        try
        {
            Home home = Home.Open(
                new HomeOptions
                {
                    SsdPath = plan[TierId.NvmeCold].Path!,
                    ArchivePath = plan[TierId.HddArchive].Path!,
                    SsdCapacityBytes = plan[TierId.NvmeCold].EffectiveBytes,
                    ArchiveCapacityBytes = plan[TierId.HddArchive].EffectiveBytes,
                    BlockCacheBytes = plan.BlockCacheBytes,
                    WriteBufferBytes = plan.WriteBufferBytes,
                    DirectIo = options.DirectIo,
                    AllowPointInTimeRecovery = options.AllowPointInTimeRecovery,
                    CompressCold = options.EnableColdTierCompression,
                    RetainedChanges = options.RetainedChanges,
                    StagePoints = options.StagePoints,
                    WitnessPath = Path.Combine(options.DataFolder, WitnessFile),
                    BootId = facts.BootId,
                },
                clock);
            opened.Push(home);
            cancellation.ThrowIfCancellationRequested();
            Guid storeId = StoreId(home);
            PersistentPool? pool = OpenPool(options, plan, clock, storeId, home, out string? poolFailure);
            if (pool is not null)
            {
                opened.Push(pool);
            }

            MemoryLadder memory = OpenMemory(options, plan, clock, out AccessLanes lanes);
            opened.Push(memory);
            var numbers = new ChangeNumbers(home);
            var rules = new WriteRules(options, clock, home, memory, numbers);
            var parts = new StoreParts
            {
                Options = options,
                Facts = facts,
                Plan = plan,
                Clock = clock,
                Lanes = lanes,
                Home = home,
                Pool = pool,
                PoolFailure = poolFailure,
                Memory = memory,
                Numbers = numbers,
                Committer = new Committer(home, rules),
                LargeReads = new LargeReads(plan.RequestBufferBytes / 2, LargestNote.Read(home)),
                Sketch = new FrequencySketch(Math.Min(1 << 18, plan.CatalogBytes / 16)),
            };
            var store = new MemoryStore(parts, rules);
            store._mover.Start();
            if (options.CalibrateAtStart)
            {
                store._calibrator.Request();
            }

            return store;
        }
        catch
        {
            while (opened.TryPop(out IDisposable? part))
            {
                part.Dispose();
            }

            throw;
        }
    }

    private static Guid StoreId(Home home)
    {
        if (home.GetNote(StoreIdNote) is { Length: 16 } bytes)
        {
            return new Guid(bytes);
        }

        Guid id = Guid.NewGuid();
        home.PutNote(StoreIdNote, id.ToByteArray());
        return id;
    }

    private static PersistentPool? OpenPool(
        StoreOptions options, TierPlan plan, StoreClock clock, Guid storeId, Home home, out string? failure)
    {
        try
        {
            PersistentPool pool = PersistentPool.Open(
                new PersistentPoolOptions
                {
                    Folder = plan[TierId.PmemWarm].Path!,
                    CapacityBytes = plan[TierId.PmemWarm].EffectiveBytes,
                    StoreId = storeId,
                    HashSeed = RandomSeed(),
                    StagePoints = options.StagePoints,
                },
                clock);
            PoolCatchUp.Run(pool, home, home.UnloggedAfter);
            if (home.UnloggedAfter is not null)
            {
                home.LossHeard();
                home.Flush();
            }

            failure = null;
            return pool;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MemoryRegionException)
        {
            // Copies only: the service runs without them, and says so.
            failure = e.Message;
            return null;
        }
    }

    private static MemoryLadder OpenMemory(StoreOptions options, TierPlan plan, StoreClock clock, out AccessLanes lanes)
    {
        lanes = new AccessLanes();
        var arenas = new Arena[TierIds.MemoryCount];
        for (int i = 0; i < arenas.Length; i++)
        {
            TierBudget budget = plan.Tiers[i];
            arenas[i] = new Arena(
                budget.Tier, MemoryRegion.Reserve(budget.EffectiveBytes, budget.Placement!), budget.EffectiveBytes);
        }

        return new MemoryLadder(
            new ObjectCatalog(plan.CatalogBytes, RandomSeed()),
            arenas,
            lanes,
            clock,
            new LeaseTable(clock, options.MaxLeases, TimeSpan.FromSeconds(options.LeaseSeconds)));
    }

    private static long RandomSeed() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));

    private static void Rank(StoreParts parts, BackgroundMover? mover, PlannedTier[] ranked)
    {
        Span<TierId> order = stackalloc TierId[ranked.Length];
        for (int i = 0; i < ranked.Length; i++)
        {
            order[i] = ranked[i].Tier;
        }

        parts.Memory.Rank(order);
        mover?.Rank(ranked);
    }
}
