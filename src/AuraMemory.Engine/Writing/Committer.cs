using AuraMemory.Engine.Access;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Writing;

/// <summary>Orders all durable changes and commits them in groups.</summary>
/// <remarks>
/// <para>Combining: whoever finds no leader becomes it, commits its own request with everything that waits, and then
/// passes the lead to the thread pool if more has come meanwhile. Without contention a store runs on its caller's thread; under
/// contention, and above all while a sync is under way, requests pile up and share the next commit (group commit, DeWitt et
/// al., SIGMOD 1984).</para>
/// <para>Gathering: writers that were answered by a synced commit mostly come back at once. A leader that did not wait for
/// them would sync the first alone and the others after it. So after a synced commit the lead stays open, held by nobody,
/// until as many requests wait as were just answered or were waiting already: (1) the leader sets <c>_expected</c> under the
/// gate and queues the watch; (2) the submitter whose request makes it that many takes the lead, on its own thread; (3) else
/// the watch takes it at the deadline, half of the last sync's time. Both take it under the gate, so one of them does. When
/// the deadline comes first the next few groups are not waited for, twice as many each time: writers that do not come back
/// cost next to nothing. One writer alone never waits: nobody else is expected.</para>
/// <para>Only the leader prepares, commits and publishes, so conditions are judged, numbers given and copies replaced
/// in one order, which is the order of the change sequence.</para>
/// <para>A commit that fails may have reached the log all the same and come back when the home is reopened. Its operations
/// are kept until <see cref="Reconcile"/> has compared them with the recovered home; until then the published number stands.
/// So are those of a group that an exception (a full managed heap) ended half way.</para>
/// </remarks>
internal sealed class Committer : IThreadPoolWorkItem, IDisposable
{
    private const int MaxOperations = 2048;
    private const long MaxBytes = 8 << 20;
    private const int MaxUngathered = 64;
    private const long MaxGatherNs = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Queue<WriteRequest> _waiting = new();
    private readonly List<WriteRequest> _group = [];
    private readonly HashSet<ulong> _inBatch = [];
    private readonly List<WriteOperation> _unpublished = [];
    private readonly List<WriteOperation> _uncertain = [];
    private readonly IHome _home;
    private readonly IHomeBatch _batch;
    private readonly IWriteRules _rules;
    private readonly Action<object?> _leadOn;
    private bool _led;
    private int _expected;
    private bool _watched;
    private long _gatherSince;
    private long _gatherNs;
    private int _ungathered;
    private int _ungatheredNext = 1;
    private long _syncNs;
    private long _published;

    public Committer(IHome home, IWriteRules rules)
    {
        _home = home;
        _rules = rules;
        _batch = home.NewBatch();
        _published = home.LastChangeNumber;
        _leadOn = _ => Lead(null);
    }

    /// <summary>Every change up to this number is visible in all tiers: no older copy is left anywhere.</summary>
    public long PublishedNumber => Volatile.Read(ref _published);

    /// <summary>Runs operations to their outcome. Completes synchronously when this call leads.</summary>
    public ValueTask SubmitAsync(ReadOnlyMemory<WriteOperation> operations)
    {
        var request = new WriteRequest(operations);
        lock (_gate)
        {
            _waiting.Enqueue(request);
            if (_led && (_expected == 0 || _waiting.Count < _expected))
            {
                return new ValueTask(request.Done);
            }

            if (_expected != 0)
            {
                Volatile.Write(ref _expected, 0);
                _ungatheredNext = 1;
            }

            _led = true;
        }

        Lead(request);
        return request.Done.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(request.Done);
    }

    /// <summary>While the home is healthy: drops copies that an operation, failed but written, has made old.</summary>
    public void Reconcile()
    {
        lock (_uncertain)
        {
            _uncertain.RemoveAll(_rules.Reconcile);
        }
    }

    public void Dispose()
    {
        // Nobody leads any more: the store waits for all requests before it disposes the committer.
        _batch.Dispose();
    }

    /// <summary>The watch over a gathering: takes the lead at the deadline, unless a submitter has taken it.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _expected) != 0 && Nanoseconds.Since(Volatile.Read(ref _gatherSince)) < Volatile.Read(ref _gatherNs))
        {
            // Queued again, not spun upon: the writers that are waited for may need this thread.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        lock (_gate)
        {
            _watched = false;
            if (_expected == 0)
            {
                return;
            }

            Volatile.Write(ref _expected, 0);
            _ungathered = _ungatheredNext;
            _ungatheredNext = Math.Min(_ungatheredNext * 2, MaxUngathered);
        }

        Lead(null);
    }

    private void Lead(WriteRequest? own)
    {
        while (TakeGroup())
        {
            _syncNs = 0;
            int expected = 0;
            try
            {
                Execute();
                expected = Expected();
                foreach (WriteRequest request in _group)
                {
                    request.Complete();
                }
            }
            catch (Exception bug)
            {
                // Callers learn of a bug, or of a heap that is full, through their own task; the next group must still find a
                // leader. What was in the batch may have been committed and not published: copies it made old are looked for.
                KeepUncertain();
                _batch.Clear();
                SettleAll();
                foreach (WriteRequest request in _group)
                {
                    request.Fail(bug);
                }
            }

            if (expected > 1 && LeaveOpen(expected))
            {
                return;
            }

            if (own is not null)
            {
                lock (_gate)
                {
                    if (_waiting.Count == 0)
                    {
                        _led = false;
                        return;
                    }
                }

                // The caller has its answer; somebody else's thread leads the rest.
                ThreadPool.UnsafeQueueUserWorkItem(_leadOn, null, preferLocal: false);
                return;
            }
        }
    }

    /// <summary>Requests worth waiting for after the group that was just committed; at most 1 when none are.</summary>
    private int Expected()
    {
        if (_syncNs == 0 || --_ungathered >= 0)
        {
            return 0;
        }

        _ungathered = 0;
        lock (_gate)
        {
            return _group.Count + _waiting.Count;
        }
    }

    /// <summary>Gives the lead up to whoever completes the next group; false when that group is there already.</summary>
    private bool LeaveOpen(int expected)
    {
        lock (_gate)
        {
            if (_waiting.Count >= expected)
            {
                return false;
            }

            Volatile.Write(ref _gatherSince, Nanoseconds.Now);
            Volatile.Write(ref _gatherNs, Math.Min(_syncNs / 2, MaxGatherNs));
            Volatile.Write(ref _expected, expected);
            if (_watched)
            {
                return true;
            }

            _watched = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    private bool TakeGroup()
    {
        _group.Clear();
        lock (_gate)
        {
            int operations = 0;
            while (operations < MaxOperations && _waiting.TryDequeue(out WriteRequest? request))
            {
                _group.Add(request);
                operations += request.Operations.Length;
            }

            if (_group.Count == 0)
            {
                _led = false;
                return false;
            }

            return true;
        }
    }

    private void Execute()
    {
        foreach (WriteRequest request in _group)
        {
            foreach (WriteOperation operation in request.Operations.Span)
            {
                // A key met twice is judged by what the first of its operations did.
                if (_inBatch.Contains(operation.Hash) || _batch.Bytes > MaxBytes)
                {
                    CommitAndPublish();
                }

                _unpublished.Add(operation);
                _rules.Prepare(operation, _batch);
                if (operation.Status == WriteStatus.Done)
                {
                    _inBatch.Add(operation.Hash);
                }
            }
        }

        CommitAndPublish();
    }

    private void KeepUncertain()
    {
        lock (_uncertain)
        {
            foreach (WriteOperation operation in _unpublished)
            {
                if (operation.InBatch)
                {
                    _uncertain.Add(operation.Detached());
                }
            }
        }
    }

    private void SettleAll()
    {
        foreach (WriteOperation operation in _unpublished)
        {
            _rules.Settle(operation);
        }

        _unpublished.Clear();
        _inBatch.Clear();
    }

    private void CommitAndPublish()
    {
        if (_batch.Count > 0)
        {
            bool sync = false;
            bool log = false;
            foreach (WriteOperation operation in _unpublished)
            {
                if (operation.InBatch)
                {
                    sync |= operation.Durability == DurabilityLevel.Fsync;
                    log |= operation.Durability != DurabilityLevel.Volatile;
                }
            }

            bool wasHealthy = _home.Health == HomeHealth.Healthy;
            long start = sync ? Nanoseconds.Now : 0;
            CommitStatus status = _home.Commit(_batch, sync, log);
            _syncNs = sync ? Nanoseconds.Since(start) : _syncNs;
            bool mayBeWritten = status != CommitStatus.Done && wasHealthy && _home.Health != HomeHealth.Healthy;
            _batch.Clear();
            foreach (WriteOperation operation in _unpublished)
            {
                if (operation.InBatch && status != CommitStatus.Done)
                {
                    if (mayBeWritten)
                    {
                        lock (_uncertain)
                        {
                            _uncertain.Add(operation.Detached());
                        }
                    }

                    operation.Status = status == CommitStatus.NoSpace ? WriteStatus.NoSpace : WriteStatus.DeviceFailed;
                    operation.InBatch = false;
                }
            }
        }

        foreach (WriteOperation operation in _unpublished)
        {
            if (operation.Status == WriteStatus.Done)
            {
                _rules.Publish(operation);
            }
        }

        SettleAll();
        lock (_uncertain)
        {
            if (_uncertain.Count == 0)
            {
                Volatile.Write(ref _published, _home.LastChangeNumber);
            }
        }
    }
}

/// <summary>What the committer's leader does with an operation before and after the commit.</summary>
internal interface IWriteRules
{
    /// <summary>Judges an operation and adds it to the batch, or sets why not.</summary>
    void Prepare(WriteOperation operation, IHomeBatch batch);

    /// <summary>Makes a committed operation visible in the faster tiers.</summary>
    void Publish(WriteOperation operation);

    /// <summary>The operation is visible or has failed; called once for each that was prepared.</summary>
    void Settle(WriteOperation operation);

    /// <summary>Compares a failed operation with the recovered home and drops what it made old if it was written.</summary>
    /// <returns>False when the home cannot tell yet.</returns>
    bool Reconcile(WriteOperation operation);
}
