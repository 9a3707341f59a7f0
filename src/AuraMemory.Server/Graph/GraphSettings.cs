using AuraMemory.Graph.Query;

namespace AuraMemory.Server.Graph;

/// <summary>What the graph may take.</summary>
internal sealed record GraphSettings
{
    /// <summary>Of one query.</summary>
    public QueryLimits Limits { get; init; } = QueryLimits.Default;

    /// <summary>Bytes of the graph of relationships.</summary>
    public long Memory { get; init; } = 64 << 20;

    /// <summary>Time between computations of importance and communities; zero = none.</summary>
    public TimeSpan ScoresInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between refreshes of the signatures of nodes; zero = none are kept.</summary>
    public TimeSpan SignaturesInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Queries at a time, 1 or more.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Longest wait of a query for its turn, or for the graph to be loaded.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);
}
