using AuraMemory.Graph.Algorithms;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Server.Graph;

/// <summary>Importance and community of each object with relationships, computed anew in the background when the graph has changed.</summary>
/// <remarks>
/// Importance is PageRank as Neo4j's library has it (damping 0.85, not normalised: an object nobody points to has 0.15); communities are Leiden's,
/// over relationships in both directions with their weights, and have the number of their first member as their own. What a query sees is
/// at most the interval and two computations old; the pause between computations is at least ten times as long as the last one took.
/// </remarks>
internal sealed class GraphScores : IAsyncDisposable
{
    private const int BytesEachNode = 200;
    private const int BytesEachRelationship = 64;
    private const int RestFactor = 10;
    private readonly ObjectGraph _graph;
    private readonly TimeSpan _interval;
    private readonly long _memory;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private GraphView? _computedOf;
    private Scores? _current;

    /// <param name="graph">The graph.</param>
    /// <param name="ready">Completes when the graph is loaded.</param>
    /// <param name="interval">Time between computations; zero = none are made.</param>
    /// <param name="memory">Bytes a computation may take; a larger graph has no scores.</param>
    /// <param name="time">Clock.</param>
    public GraphScores(ObjectGraph graph, Task ready, TimeSpan interval, long memory, TimeProvider time)
    {
        _graph = graph;
        _interval = interval;
        _memory = memory;
        _time = time;
        _work = interval > TimeSpan.Zero ? Task.Run(() => RunAsync(ready), CancellationToken.None) : Task.CompletedTask;
    }

    /// <summary>Scores of an object; null when it has no relationships, or none were computed since it has.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="key">Its key: numbers go to other objects when objects are deleted.</param>
    public (double PageRank, long Community)? Find(int node, string key) =>
        Volatile.Read(ref _current) is { } scores && node < scores.Keys.Length && scores.Keys[node] == key
            ? (scores.PageRanks[node], scores.Communities[node])
            : null;

    /// <summary>Computes now, if the graph has changed since.</summary>
    /// <returns>False when the graph is too large for it.</returns>
    public bool Compute(CancellationToken cancellation)
    {
        GraphView view = _graph.Snapshot();
        if (ReferenceEquals(view, _computedOf))
        {
            return true;
        }

        if ((view.NodeCount * BytesEachNode) + (view.RelationshipCount * BytesEachRelationship) > _memory)
        {
            return false;
        }

        AlgorithmGraph directed = AlgorithmGraph.Project(view, GraphProjection.All, cancellation);
        double[] ranks = PageRank.Compute(directed, new PageRankOptions { MaxIterations = 100 }, cancellation).Scores;
        AlgorithmGraph both = AlgorithmGraph.Project(
            view, new GraphProjection { Orientation = Orientation.Undirected, WeightProperty = "weight" }, cancellation);
        int[] communities = Leiden.Compute(both, new CommunityOptions(), cancellation).Assignment;
        var scores = new Scores(new string?[view.NodeNumbers], new double[view.NodeNumbers], new long[view.NodeNumbers]);
        for (int i = 0; i < directed.Count; i++)
        {
            int node = directed.NodeAt(i);
            scores.Keys[node] = _graph.KeyOf(node);
            scores.PageRanks[node] = ranks[i];
        }

        var first = new Dictionary<int, int>();
        for (int i = 0; i < both.Count; i++)
        {
            int node = both.NodeAt(i);
            scores.Communities[node] = first.TryGetValue(communities[i], out int member) ? member : first[communities[i]] = node;
        }

        Volatile.Write(ref _current, scores);
        _computedOf = view;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(Task ready)
    {
        try
        {
            await ready.WaitAsync(_stop.Token).ConfigureAwait(false);
            while (true)
            {
                long began = _time.GetTimestamp();
                Compute(_stop.Token);
                TimeSpan rest = RestFactor * _time.GetElapsedTime(began);
                await Task.Delay(rest > _interval ? rest : _interval, _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private sealed record Scores(string?[] Keys, double[] PageRanks, long[] Communities);
}
