namespace AuraMemory.Server.Graph;

/// <summary>Keeps the index of signatures up in the background: what <c>memory.similarTopology</c> asks.</summary>
/// <remarks>
/// What a query sees is at most the interval and two refreshes old, and each answer says how many changes of relationships it lacks. The pause between refreshes is at least four times
/// as long as the last one took. The index has what the graph leaves of its memory, and gives way when the graph needs it (see <see cref="ObjectGraph"/>).
/// </remarks>
internal sealed class GraphSignatures : IAsyncDisposable
{
    private const int RestFactor = 4;
    private readonly ObjectGraph _graph;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <param name="graph">The graph.</param>
    /// <param name="ready">Completes when the graph is loaded.</param>
    /// <param name="interval">Time between refreshes; zero = none are made.</param>
    /// <param name="time">Clock.</param>
    public GraphSignatures(ObjectGraph graph, Task ready, TimeSpan interval, TimeProvider time)
    {
        _graph = graph;
        _interval = interval;
        _time = time;
        _work = interval > TimeSpan.Zero ? Task.Run(() => RunAsync(ready), CancellationToken.None) : Task.CompletedTask;
    }

    /// <summary>Brings the index to the graph as it is now.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool Refresh(CancellationToken cancellation) => _graph.Signatures.Refresh(_graph.Snapshot(), _graph.Room, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
        _graph.Signatures.Dispose();
    }

    private async Task RunAsync(Task ready)
    {
        try
        {
            await ready.WaitAsync(_stop.Token).ConfigureAwait(false);
            while (true)
            {
                long began = _time.GetTimestamp();
                Refresh(_stop.Token);
                TimeSpan rest = RestFactor * _time.GetElapsedTime(began);
                await Task.Delay(rest > _interval ? rest : _interval, _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }
}
