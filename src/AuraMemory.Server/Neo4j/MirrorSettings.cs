namespace AuraMemory.Server.Neo4j;

/// <summary>How a Neo4j is kept up.</summary>
internal sealed record MirrorSettings
{
    /// <summary>Which store this is; see <see cref="MirrorIdentity"/>.</summary>
    public required string Store { get; init; }

    /// <summary>Whether nodes of objects that another store (or nobody known) has put there are taken over.</summary>
    public bool Adopts { get; init; }

    /// <summary>Time between the beginnings of two rounds over what changes without a store (tier, access count, scores); zero = no rounds.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time after which a silent connection is tried.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest transaction.</summary>
    public TimeSpan TransactionTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Objects of one page of a rebuild or a round, 1 to 10 000.</summary>
    public int Page { get; init; } = 1000;

    /// <summary>Moved objects that wait to be refreshed at once; those beyond wait for the next round.</summary>
    public int MostMoved { get; init; } = 10_000;
}

/// <summary>How a mirror stands.</summary>
/// <param name="IsConnected">Whether the Neo4j answered last time.</param>
/// <param name="Server">What it calls itself; null when it never answered.</param>
/// <param name="Failure">Why it is not kept up now; null when it is.</param>
/// <param name="Behind">Changes that it lacks, at most.</param>
/// <param name="Applied">Changes brought there since the start.</param>
/// <param name="Refused">Objects whose change the Neo4j refused for good.</param>
/// <param name="FirstRefusal">The first of them, and why; null when there is none.</param>
/// <param name="IsRebuilding">Whether everything is being brought there.</param>
/// <param name="Rebuilt">Objects of it so far.</param>
/// <param name="RoundSeconds">Time that the last round over tiers, counts and scores took; null before the first.</param>
internal sealed record MirrorReport(
    bool IsConnected, string? Server, string? Failure, long Behind, long Applied, long Refused, string? FirstRefusal, bool IsRebuilding, long Rebuilt, double? RoundSeconds)
{
    /// <summary>Whether all is well.</summary>
    public bool IsHealthy => IsConnected && Failure is null && Refused == 0;

    /// <summary>What there is to say.</summary>
    public string Detail =>
        Failure is not null ? $"{Failure} The graph answers from its embedded copy; {Behind} changes wait."
        : IsRebuilding ? $"Everything is being brought to {Server}: {Rebuilt} objects so far."
        : !IsConnected ? "Not connected yet."
        : Refused > 0 ? $"{Server}; {Refused} objects were refused there, the first: {FirstRefusal}"
        : $"{Server}; {Behind} changes behind.";
}
