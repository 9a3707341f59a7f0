using System.Diagnostics;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The shape service: analyses what is stored, keeps it, finds it.</summary>
/// <remarks>
/// <para>
/// An object comes here twice: when it is stored (<see cref="SubmitAsync"/>, which does what is cheap at once and queues the rest) and as a
/// change of the store's sequence (<see cref="ShapeFollower"/>, which does what the first way left out: a full queue, a crash, an
/// expiry). Both end in "look after this key": compare the object the store has now with what is kept, and analyse when it is newer.
/// That is idempotent, so their order does not matter, and a look ends with a second glance at the store: when the object has
/// changed meanwhile, it looks again, and when it changes after the glance, that change itself comes later.
/// </para>
/// <para>
/// Start: (1) directory and index are loaded in the background, without computing homology; (2) the follower is attached at the position
/// the table knows. Until (1) is done stores answer <c>pending</c> and searches wait. End: no further work, the queue is dropped, the
/// index is saved, searches are waited for, memory is freed; the store and its follower thread end after that.
/// </para>
/// </remarks>
internal sealed partial class ShapeService : IShapeService
{
    private const int LargestInline = 256 << 10;
    private const int BulkShare = 10;
    private const int LookAttempts = 3;
    private const int AnalysisStripes = 64;

    private readonly IObjectStore _store;
    private readonly IShapeMathematics _mathematics;
    private readonly ShapeSettings _settings;
    private readonly ShapeKeeper _keeper;
    private readonly StoreClock _clock;
    private readonly TimeProvider _time;
    private readonly AnalysisWorkers _workers;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock[] _analysing = new Lock[AnalysisStripes];
    private readonly Thread _upkeep;
    private readonly Task _loading;
    private Func<long> _behind = () => 0;
    private long _analyses;
    private long _analysisTicks;
    private long _failures;
    private int _disposed;

    /// <param name="store">The store whose objects are looked after.</param>
    /// <param name="table">Where shapes are kept.</param>
    /// <param name="mathematics">The topology library.</param>
    /// <param name="partitions">Makes the index.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="follow">Attaches a follower to the store's changes at a position; gives back how far it is behind.</param>
    public ShapeService(
        IObjectStore store, IDerivedTable table, IShapeMathematics mathematics, IShapePartitions partitions, ShapeSettings settings,
        TimeProvider time, Func<IChangeFollower, long, Func<long>> follow)
    {
        _store = store;
        _mathematics = mathematics;
        _settings = settings;
        _time = time;
        _clock = new StoreClock(time);
        _keeper = new ShapeKeeper(
            new ShapeTable(table), new ShapePartitionSet(partitions, settings.SnapshotFolder, settings.MemoryBytes), mathematics,
            settings.SignatureLength);
        for (int i = 0; i < AnalysisStripes; i++)
        {
            _analysing[i] = new Lock();
        }

        _searches = new SemaphoreSlim(_searchPlaces, _searchPlaces);
        _workers = new AnalysisWorkers(settings.Workers, settings.QueueLength, Look);
        _upkeep = new Thread(Upkeep) { IsBackground = true, Name = "shape index", Priority = ThreadPriority.BelowNormal };
        _loading = Task.Run(() => Load(follow));
        _upkeep.Start();
    }

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public ShapeLimits Limits => _settings.Limits;

    /// <summary>Done when the index has been loaded.</summary>
    internal Task Loaded => _loaded.Task;

    internal ShapeKeeper Keeper => _keeper;

    /// <inheritdoc/>
    public async ValueTask<ShapeState> SubmitAsync(
        StoreCommand command, StoreOutcome outcome, bool wait, CancellationToken cancellation = default)
    {
        TimeSpan budget = _settings.InlineBudget;
        ShapeState state = Take(command, outcome, ref budget);
        return wait && state.Status == ShapeStatus.Pending
            ? await WaitAsync(command.Key, outcome.Version, cancellation).ConfigureAwait(false)
            : state;
    }

    /// <inheritdoc/>
    public async ValueTask<ShapeState[]> SubmitManyAsync(
        IReadOnlyList<StoreCommand> commands, IReadOnlyList<StoreOutcome> outcomes, bool wait, CancellationToken cancellation = default)
    {
        var states = new ShapeState[commands.Count];
        TimeSpan budget = _settings.InlineBudget * BulkShare;
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = Take(commands[i], outcomes[i], ref budget);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.WaitLimit);
        for (int i = 0; wait && i < states.Length && !limit.IsCancellationRequested; i++)
        {
            if (states[i].Status == ShapeStatus.Pending)
            {
                states[i] = await WaitAsync(commands[i].Key, outcomes[i].Version, limit.Token).ConfigureAwait(false);
            }
        }

        return states;
    }

    /// <inheritdoc/>
    public void Deleted(ReadOnlySpan<byte> key, long version) => _keeper.Forget(key, version);

    /// <inheritdoc/>
    public ShapeLookup Find(ReadOnlySpan<byte> key)
    {
        ReadStatus status = _store.Describe(key, out ObjectHeader header, out int dataBytes, out _);
        if (status != ReadStatus.Found)
        {
            return new ShapeLookup(status, new ShapeState(ShapeStatus.None), 0, null);
        }

        if ((header.Flags & ObjectFlags.ShapeRequested) == 0)
        {
            return new ShapeLookup(
                status, new ShapeState(ShapeStatus.None, "Shape analysis was not asked for when the object was stored."), header.Version, null);
        }

        if (_keeper.Directory.TryGet(key, out ShapeEntry entry) && entry.Version == header.Version)
        {
            if (_keeper.Table.Get(key, out ShapeRecord? record) == ReadStatus.Found && record!.Version == header.Version)
            {
                return new ShapeLookup(status, ShapeKeeper.StateOf(entry, record.Reason), header.Version, record.Analysis);
            }

            _keeper.Forget(key, header.Version); // its record is damaged: made again
        }

        if (dataBytes > LargestInline || !_loaded.Task.IsCompletedSuccessfully)
        {
            _workers.TryPost(key.ToArray());
            return new ShapeLookup(status, Pending, header.Version, null);
        }

        // Nothing is kept of what is cheap and has no shape: the reason is found again.
        using var buffer = new ObjectBuffer();
        status = _store.Peek(key, buffer);
        if (status != ReadStatus.Found || buffer.Header.Version != header.Version)
        {
            return new ShapeLookup(status, Pending, header.Version, null);
        }

        TimeSpan budget = _settings.InlineBudget;
        ShapeState state = Analyse(key, buffer.Header.Version, buffer.Header.StoredSeconds, buffer.Data, buffer.ShapeOptions, ref budget, out ShapeOutcome found)
            ?? Queued(key);
        Recheck(key, header.Version);
        return new ShapeLookup(status, state, header.Version, found.Analysis);
    }

    /// <inheritdoc/>
    public ShapeReport Report()
    {
        bool loading = !_loaded.Task.IsCompleted;
        string? trouble = _keeper.Trouble;
        return new ShapeReport(
            true, _keeper.Index.Count, _workers.Pending, _behind(), _keeper.Directory.NotIndexed, _keeper.UsedBytes,
            _keeper.Index.BudgetBytes, _keeper.Table.MemoryBytes, Interlocked.Read(ref _analyses),
            TimeSpan.FromTicks(Interlocked.Read(ref _analysisTicks)).TotalSeconds, Interlocked.Read(ref _failures),
            Interlocked.Read(ref _searchCount), Interlocked.Read(ref _exactCount), loading, trouble is null,
            trouble ?? (loading ? "The index is being loaded." : $"{_keeper.Index.Count} shapes can be found."));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _workers.DisposeAsync().ConfigureAwait(false);
        await _loading.ConfigureAwait(false);
        _wake.Set();
        _upkeep.Join();
        _keeper.Close();
        if (_loaded.Task.IsCompletedSuccessfully && _keeper.Unsaved > 0)
        {
            _keeper.Save();
        }

        for (int i = 0; i < _searchPlaces; i++)
        {
            await _searches.WaitAsync().ConfigureAwait(false);
        }

        _keeper.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    private static ShapeState Pending => new(ShapeStatus.Pending, "The shape is being taken.");

    /// <summary>Does at once what fits the budget, and queues the rest.</summary>
    private ShapeState Take(StoreCommand command, in StoreOutcome outcome, ref TimeSpan budget)
    {
        ReadOnlySpan<byte> key = command.Key.Span;
        if (outcome.Status != WriteStatus.Done)
        {
            return new ShapeState(ShapeStatus.None);
        }

        if (!command.AnalyzeShape)
        {
            _keeper.Forget(key, outcome.Version);
            return new ShapeState(ShapeStatus.None);
        }

        ShapeState? state = null;
        if (_loaded.Task.IsCompletedSuccessfully && command.Data.Length <= LargestInline && !_keeper.IsSaving)
        {
            state = Analyse(key, outcome.Version, _clock.NowSeconds, command.Data.Span, command.ShapeOptions.Span, ref budget, out _);
            if (state is not null)
            {
                Recheck(key, outcome.Version);
            }
        }

        return state ?? Queued(key);
    }

    /// <summary>Sees to a version that was stored over or deleted while its shape was taken: whoever did that may have forgotten it before it was kept.</summary>
    private void Recheck(ReadOnlySpan<byte> key, long version)
    {
        bool isPresent = _store.Describe(key, out ObjectHeader header, out _, out _) == ReadStatus.Found && header.Version == version;
        if (!isPresent && !_workers.TryPost(key.ToArray()))
        {
            // The queue is full. Forgetting is never wrong: what is newer stays, and what is stored is looked after with its change.
            _keeper.Forget(key, version);
        }
    }

    private ShapeState Queued(ReadOnlySpan<byte> key) => _workers.TryPost(key.ToArray())
        ? Pending
        : new ShapeState(ShapeStatus.Pending, "Many shapes are waiting to be taken; this one is taken after them.");

    /// <summary>Analyses what is cheap; null = it is not.</summary>
    private ShapeState? Analyse(
        ReadOnlySpan<byte> key, long version, uint storedSeconds, ReadOnlySpan<byte> data, ReadOnlySpan<byte> optionsText,
        ref TimeSpan budget, out ShapeOutcome found)
    {
        if (!TryOptions(optionsText, out ShapeOptions options, out found))
        {
            return _keeper.Keep(key, version, storedSeconds, found, keepReason: false);
        }

        TimeSpan cost = Estimate(data, options);
        if (cost > budget || cost > _settings.InlineBudget)
        {
            return null;
        }

        budget -= cost;
        found = Measured(data, options, out _);
        return _keeper.Keep(key, version, storedSeconds, found, keepReason: false);
    }

    private TimeSpan Estimate(ReadOnlySpan<byte> data, ShapeOptions options)
    {
        try
        {
            return TimeSpan.FromTicks(_mathematics.EstimateCost(data, options, _settings.Limits) / TimeSpan.NanosecondsPerTick);
        }
        catch (Exception)
        {
            // The store has been made: whatever is wrong here is for the workers, who turn it into a reason.
            return TimeSpan.MaxValue;
        }
    }

    private async ValueTask<ShapeState> WaitAsync(ReadOnlyMemory<byte> key, long version, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        limit.CancelAfter(_settings.WaitLimit);
        try
        {
            await _loaded.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            await _workers.RunAsync(key.ToArray(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or System.Threading.Channels.ChannelClosedException)
        {
            return new ShapeState(ShapeStatus.Pending, "The shape was not taken in the time to wait; it will be.");
        }

        ShapeLookup lookup = Find(key.Span);
        return lookup.Version == version
            ? lookup.State
            : new ShapeState(ShapeStatus.None, "The object was stored again or deleted meanwhile.");
    }

    private static bool TryOptions(ReadOnlySpan<byte> text, out ShapeOptions options, out ShapeOutcome refused)
    {
        bool good = ShapeOptionsText.TryRead(text, out options, out string member, out string? fault);
        refused = good ? default : new ShapeOutcome(null, $"shape{(member.Length > 0 ? "." : "")}{member} {fault}.");
        return good;
    }

    /// <summary>Analyses under the time limit; what goes wrong becomes a reason.</summary>
    private ShapeOutcome Measured(ReadOnlySpan<byte> data, ShapeOptions options, out TimeSpan took)
    {
        long start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_settings.AnalysisLimit);
        ShapeOutcome found;
        try
        {
            found = _mathematics.Analyze(data, options, _settings.Limits, limit.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            found = new ShapeOutcome(
                null, string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"The analysis took longer than {_settings.AnalysisLimit.TotalSeconds} s (setting shape_analysis_seconds) and was given up."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever the mathematics meets in somebody's data, the store goes on.
            Interlocked.Increment(ref _failures);
            found = new ShapeOutcome(null, $"The analysis failed: {e.GetType().Name}.");
        }

        took = Stopwatch.GetElapsedTime(start);
        Interlocked.Increment(ref _analyses);
        Interlocked.Add(ref _analysisTicks, took.Ticks);
        return found;
    }
}
