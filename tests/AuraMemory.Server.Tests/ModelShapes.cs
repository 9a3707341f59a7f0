using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;
using AuraMemory.Topology.Distances;

namespace AuraMemory.Server.Tests;

/// <summary>The plainest shape service that keeps the contract: a dictionary, searched to the end with the exact distance.</summary>
internal sealed class ModelShapes : IShapeService
{
    private readonly Dictionary<string, (long Version, ShapeAnalysis? Analysis, string? Reason)> _kept = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public bool IsEnabled { get; set; } = true;

    public ShapeLimits Limits { get; set; } = ShapeLimits.Default;

    /// <summary>When set, shapes are not taken unless the caller waits.</summary>
    public bool Lazy { get; set; }

    /// <summary>When set, the health report says so.</summary>
    public string? Trouble { get; set; }

    public ShapeQuery? LastQuery { get; private set; }

    public int Count(Predicate<string> keys)
    {
        lock (_lock)
        {
            return _kept.Keys.Count(k => keys(k));
        }
    }

    public ValueTask<ShapeState> SubmitAsync(StoreCommand command, StoreOutcome outcome, bool wait, CancellationToken cancellation = default)
    {
        if (!IsEnabled)
        {
            return new(new ShapeState(ShapeStatus.Disabled, "Switched off by the test."));
        }

        string key = Encoding.ASCII.GetString(command.Key.Span);
        lock (_lock)
        {
            _kept.Remove(key);
            if (!command.AnalyzeShape || outcome.Status != WriteStatus.Done)
            {
                return new(default(ShapeState));
            }

            if (Lazy && !wait)
            {
                return new(new ShapeState(ShapeStatus.Pending, "The model is lazy."));
            }

            Assert.True(ShapeOptionsText.TryRead(command.ShapeOptions.Span, out ShapeOptions options, out _, out _));
            ShapeOutcome found = ShapeAnalyzer.Analyze(command.Data.Span, options, Limits, cancellation);
            _kept[key] = (outcome.Version, found.Analysis, found.Reason);
            return new(State(found.Analysis, found.Reason));
        }
    }

    public async ValueTask<ShapeState[]> SubmitManyAsync(
        IReadOnlyList<StoreCommand> commands, IReadOnlyList<StoreOutcome> outcomes, bool wait, CancellationToken cancellation = default)
    {
        var states = new ShapeState[commands.Count];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = await SubmitAsync(commands[i], outcomes[i], wait, cancellation);
        }

        return states;
    }

    public void Deleted(ReadOnlySpan<byte> key, long version)
    {
        lock (_lock)
        {
            _kept.Remove(Encoding.ASCII.GetString(key));
        }
    }

    public ShapeLookup Find(ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            string name = Encoding.ASCII.GetString(key);
            return _kept.TryGetValue(name, out var kept)
                ? new ShapeLookup(ReadStatus.Found, State(kept.Analysis, kept.Reason), kept.Version, kept.Analysis)
                : name.StartsWith("pending", StringComparison.Ordinal)
                    ? new ShapeLookup(ReadStatus.Found, new ShapeState(ShapeStatus.Pending, "The model is lazy."), 1, null)
                    : new ShapeLookup(ReadStatus.NotFound, default, 0, null);
        }
    }

    public ValueTask<ShapeMatches> SearchAsync(ShapeQuery query, CancellationToken cancellation = default)
    {
        LastQuery = query;
        var similarity = Similarity.Of(query.Analysis.Barcode, [], query.Metric, query.Order);
        var found = new List<ShapeMatch>();
        lock (_lock)
        {
            foreach ((string key, var kept) in _kept)
            {
                if (kept.Analysis?.Kind == query.Analysis.Kind)
                {
                    double distance = 0;
                    for (int d = 0; d < query.Analysis.Barcode.Dimensions; d++)
                    {
                        distance += Wasserstein.Distance(query.Analysis.Barcode[d].Finite, kept.Analysis.Barcode[d].Finite, query.Order);
                    }

                    found.Add(new ShapeMatch(Encoding.ASCII.GetBytes(key), kept.Version, TierId.Dram, distance, similarity.Score(distance)));
                }
            }

            found.RemoveAll(m => m.Similarity < query.MinSimilarity);
            found.Sort((x, y) => x.Distance.CompareTo(y.Distance));
            return new(new ShapeMatches(found[..Math.Min(query.K, found.Count)], ShapeMode.Exact, true, found.Count, 0, _kept.Count));
        }
    }

    public ShapeReport Report() => new(
        IsEnabled, Count(_ => true), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, Trouble is null, Trouble ?? "The model is well.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ShapeState State(ShapeAnalysis? analysis, string? reason) =>
        analysis is null ? new ShapeState(ShapeStatus.None, reason) : new ShapeState(ShapeStatus.Indexed);
}
