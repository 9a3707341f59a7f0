using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Topology;

namespace AuraMemory.Server.Shapes;

/// <summary>The shape service where <c>enable_shape_indexing</c> is false: it keeps nothing and costs nothing.</summary>
internal sealed class DisabledShapes : IShapeService
{
    /// <summary>The one instance.</summary>
    public static DisabledShapes Instance { get; } = new();

    private static readonly ShapeState State = new(ShapeStatus.Disabled, "Shape indexing is disabled (setting enable_shape_indexing).");

    /// <inheritdoc/>
    public bool IsEnabled => false;

    /// <inheritdoc/>
    public ShapeLimits Limits => ShapeLimits.Default;

    /// <inheritdoc/>
    public ValueTask<ShapeState> SubmitAsync(
        StoreCommand command, StoreOutcome outcome, bool wait, CancellationToken cancellation = default) => new(State);

    /// <inheritdoc/>
    public ValueTask<ShapeState[]> SubmitManyAsync(
        IReadOnlyList<StoreCommand> commands, IReadOnlyList<StoreOutcome> outcomes, bool wait, CancellationToken cancellation = default)
    {
        var states = new ShapeState[commands.Count];
        Array.Fill(states, State);
        return new ValueTask<ShapeState[]>(states);
    }

    /// <inheritdoc/>
    public void Deleted(ReadOnlySpan<byte> key, long version)
    {
    }

    /// <inheritdoc/>
    public ShapeLookup Find(ReadOnlySpan<byte> key) => new(ReadStatus.Found, State, 0, null);

    /// <inheritdoc/>
    public ValueTask<ShapeMatches> SearchAsync(ShapeQuery query, CancellationToken cancellation = default) =>
        new(new ShapeMatches([], query.Mode, false, 0, 0, 0));

    /// <inheritdoc/>
    public ShapeReport Report() => new(
        false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, true, State.Reason!);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
