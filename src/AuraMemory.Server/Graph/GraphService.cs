using System.Collections.Concurrent;
using AuraMemory.Engine;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Graph;

/// <summary>The embedded graph: kept up from the store, queried by requests.</summary>
/// <remarks>
/// Whoever changed something touches its key before it answers, so a query sees the writes that were acknowledged before it began;
/// what nobody touches (expiries, other doors) comes with the change sequence. While the graph is loaded at the start, touched keys
/// are collected and looked after at the end, and queries wait. At most <c>Threads</c> queries run at a time.
/// </remarks>
internal sealed class GraphService : IGraphService
{
    private readonly IObjectStore _store;
    private readonly IShapeService _shapes;
    private readonly GraphSettings _settings;
    private readonly TimeProvider _time;
    private readonly ObjectGraph _graph;
    private readonly GraphScores _scores;
    private readonly GraphSignatures _signatures;
    private readonly CypherEngine _engine;
    private readonly SemaphoreSlim _slots;
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<byte[]> _touchedEarly = new();
    private readonly Lock _loading = new();
    private readonly Func<long> _behind;
    private long _queries;
    private long _failures;
    private int _seed;
    private bool _isLoaded;

    /// <param name="store">The store.</param>
    /// <param name="shapes">For <c>n.betti</c>.</param>
    /// <param name="procedures">What <c>CALL</c> finds.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="time">Clock.</param>
    /// <param name="follow">Attaches the follower, to be rebuilt at first; gives back how far it is behind.</param>
    public GraphService(
        IObjectStore store, IShapeService shapes, IProcedureCatalog procedures, GraphSettings settings, TimeProvider time,
        Func<IChangeFollower, Func<long>> follow)
    {
        _store = store;
        _shapes = shapes;
        _settings = settings;
        _time = time;
        _graph = new ObjectGraph(store, settings.Memory);
        _scores = new GraphScores(_graph, _loaded.Task, settings.ScoresInterval, settings.Memory, time);
        _signatures = new GraphSignatures(_graph, _loaded.Task, settings.SignaturesInterval, time);
        _engine = new CypherEngine(procedures);
        _slots = new SemaphoreSlim(settings.Threads, settings.Threads);
        _behind = follow(new GraphFollower(_graph, store, EndLoading));
    }

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <summary>Its limits.</summary>
    public GraphSettings Settings => _settings;

    /// <inheritdoc/>
    public bool Concerns(ReadOnlySpan<byte> key) => _graph.Concerns(key);

    /// <inheritdoc/>
    public void Touch(ReadOnlySpan<byte> key, bool mayHaveEnded)
    {
        if (!Volatile.Read(ref _isLoaded))
        {
            lock (_loading)
            {
                if (!_isLoaded)
                {
                    _touchedEarly.Enqueue(key.ToArray());
                    return;
                }
            }
        }

        try
        {
            _graph.LookAfter(key, mayHaveEnded);
        }
        catch (IOException)
        {
            // The follower comes by with the same change and tries until the store can be read.
        }
    }

    /// <summary>Nothing: what queries see of tiers is read when they ask.</summary>
    public void Moved(ReadOnlySpan<byte> key)
    {
    }

    /// <summary>The objects as nodes, for one batch of work; the caller disposes it.</summary>
    public ObjectGraphView NewView() => new(_graph, _store, _shapes, _scores, _settings.Limits.Memory);

    /// <inheritdoc/>
    public ValueTask<GraphAnswer> QueryAsync(string query, MapValue parameters, CancellationToken cancellation) =>
        RunAsync(
            view =>
            {
                var context = new QueryContext(view, parameters, _settings.Limits, _time, Interlocked.Increment(ref _seed), cancellation);
                QueryResult result = _engine.Run(query, context);
                return new GraphAnswer(result.Columns, result.Rows, view)
                {
                    NodesVisited = context.NodesVisited,
                    RelationshipsTraversed = context.RelationshipsTraversed,
                    Plan = result.Plan?.ToString(),
                };
            },
            cancellation)!;

    /// <inheritdoc/>
    public ValueTask<GraphAnswer?> WalkAsync(GraphWalk walk, CancellationToken cancellation) =>
        RunAsync(
            view =>
            {
                var context = new QueryContext(view, MapValue.Empty, _settings.Limits, _time, 0, cancellation);
                return Neighbourhood.Walk(walk, view, context);
            },
            cancellation);

    /// <inheritdoc/>
    public GraphReport Report()
    {
        GraphView now = _graph.Snapshot();
        return new GraphReport(
            Volatile.Read(ref _isLoaded), _graph.IsFull, _graph.Nodes, now.RelationshipCount, _graph.Awaited, _graph.Bytes + _graph.Signatures.Bytes, _behind(), Interlocked.Read(ref _queries), Interlocked.Read(ref _failures),
            _graph.Signatures.Count);
    }

    /// <summary>Computes the scores of objects now; for tests, which do not wait for the interval.</summary>
    internal bool ComputeScores() => _scores.Compute(CancellationToken.None);

    /// <summary>Brings the signatures of objects up to date now; for tests, which do not wait for the interval.</summary>
    internal bool RefreshSignatures() => _signatures.Refresh(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _signatures.DisposeAsync().ConfigureAwait(false);
        await _scores.DisposeAsync().ConfigureAwait(false);
        _slots.Dispose();
    }

    private async ValueTask<GraphAnswer?> RunAsync(Func<ObjectGraphView, GraphAnswer?> work, CancellationToken cancellation)
    {
        if (!_loaded.Task.IsCompleted)
        {
            await WaitAsync(
                _loaded.Task.WaitAsync(_settings.Wait, _time, cancellation), "The graph is being loaded after a start; try again.").ConfigureAwait(false);
        }

        if (_graph.IsFull)
        {
            throw new GraphUnavailableException(
                $"The relationships need more memory than the graph has ({_settings.Memory} bytes): raise graph_memory_bytes and restart. Objects are not concerned.");
        }

        using var patience = new CancellationTokenSource(_settings.Wait, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await _slots.WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GraphUnavailableException("As many graph queries are running as may be at a time (setting graph_query_threads); nothing was done.");
        }

        ObjectGraphView? view = null;
        try
        {
            view = NewView();
            GraphAnswer? answer = work(view);
            view = answer is null ? view : null;
            Interlocked.Increment(ref _queries);
            return answer;
        }
        catch (CypherException)
        {
            Interlocked.Increment(ref _failures);
            throw;
        }
        finally
        {
            view?.Dispose();
            _slots.Release();
        }
    }

    private static async ValueTask WaitAsync(Task task, string otherwise)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new GraphUnavailableException(otherwise);
        }
    }

    private void EndLoading()
    {
        lock (_loading)
        {
            while (_touchedEarly.TryDequeue(out byte[]? key))
            {
                _graph.LookAfter(key, mayHaveEnded: true);
            }

            Volatile.Write(ref _isLoaded, true);
        }

        _loaded.TrySetResult();
    }
}
