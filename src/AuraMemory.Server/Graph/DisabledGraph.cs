using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Graph;

/// <summary>No graph: before the store is open.</summary>
internal sealed class DisabledGraph : IGraphService
{
    private const string Reason = "There is no graph before the store is open.";

    public static DisabledGraph Instance { get; } = new();

    public bool IsEnabled => false;

    public void Touch(ReadOnlySpan<byte> key, bool mayHaveEnded)
    {
    }

    public void Moved(ReadOnlySpan<byte> key)
    {
    }

    public bool Concerns(ReadOnlySpan<byte> key) => false;

    public ValueTask<GraphAnswer> QueryAsync(string query, MapValue parameters, CancellationToken cancellation) =>
        throw new GraphUnavailableException(Reason);

    public ValueTask<GraphAnswer?> WalkAsync(GraphWalk walk, CancellationToken cancellation) => throw new GraphUnavailableException(Reason);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public GraphReport Report() => new(false, false, 0, 0, 0, 0, 0, 0, 0, 0);
}
