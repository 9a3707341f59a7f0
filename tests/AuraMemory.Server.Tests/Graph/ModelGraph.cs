using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Tests.Graph;

/// <summary>A graph that reports what a test wants it to.</summary>
internal sealed class ModelGraph : IGraphService
{
    public bool IsFull { get; init; }

    public bool IsEnabled => true;

    public void Touch(ReadOnlySpan<byte> key, bool mayHaveEnded)
    {
    }

    public void Moved(ReadOnlySpan<byte> key)
    {
    }

    public bool Concerns(ReadOnlySpan<byte> key) => false;

    public ValueTask<GraphAnswer> QueryAsync(string query, MapValue parameters, CancellationToken cancellation) =>
        throw new GraphUnavailableException("A model answers nothing.");

    public ValueTask<GraphAnswer?> WalkAsync(GraphWalk walk, CancellationToken cancellation) => throw new GraphUnavailableException("A model answers nothing.");

    public GraphReport Report() => new(true, IsFull, 0, 0, 0, 0, 0, 0, 0, 0);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
