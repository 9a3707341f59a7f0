using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Writing;

/// <summary>Orders all durable changes and commits them in groups.</summary>
/// <remarks>
/// <para>Combining: whoever finds no leader becomes it, commits its own request with everything that waits, and then
/// passes the lead to the thread pool if more has come meanwhile. Without contention a store runs on its caller's thread; under
/// contention, and above all while a sync is under way, requests pile up and share the next commit (group commit, DeWitt et
/// al., SIGMOD 1984).</para>
/// <para>Only the leader prepares, commits and publishes, so conditions are judged, numbers given and copies replaced
/// in one order, which is the order of the change sequence.</para>
/// <para>A commit that fails may have reached the log all the same and come back when the home is reopened. Its operations
/// are kept until <see cref="Settle"/> has compared them with the recovered home; until then the published number stands.</para>
/// </remarks>
internal sealed class Committer : IDisposable
{
    private const int MaxOperations = 2048;
    private const long MaxBytes = 8 << 20;

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
            if (_led)
            {
                return new ValueTask(request.Done);
            }

            _led = true;
        }

        Lead(request);
        return request.Done.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(request.Done);
    }

    /// <summary>After the home has recovered: drops copies that an operation, failed but written, has made old.</summary>
    public void Settle()
    {
        lock (_uncertain)
        {
            _uncertain.RemoveAll(_rules.Settle);
        }
    }

    public void Dispose()
    {
        // Nobody leads any more: the store waits for all requests before it disposes the committer.
        _batch.Dispose();
    }

    private void Lead(WriteRequest? own)
    {
        while (TakeGroup())
        {
            try
            {
                Execute();
                foreach (WriteRequest request in _group)
                {
                    request.Complete();
                }
            }
            catch (Exception bug)
            {
                // Callers learn of a bug through their own task; the next group must still find a leader.
                _batch.Clear();
                _inBatch.Clear();
                _unpublished.Clear();
                foreach (WriteRequest request in _group)
                {
                    request.Fail(bug);
                }
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

                _rules.Prepare(operation, _batch);
                _unpublished.Add(operation);
                if (operation.Status == WriteStatus.Done)
                {
                    _inBatch.Add(operation.Hash);
                }
            }
        }

        CommitAndPublish();
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
            CommitStatus status = _home.Commit(_batch, sync, log);
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

        _unpublished.Clear();
        _inBatch.Clear();
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

    /// <summary>Compares a failed operation with the recovered home and drops what it made old if it was written.</summary>
    /// <returns>False when the home cannot tell yet.</returns>
    bool Settle(WriteOperation operation);
}
