namespace AuraMemory.Graph.Query;

/// <summary>What one query may take. Each limit that is reached ends the query with a <see cref="CypherException"/> of type <c>LimitExceeded</c>.</summary>
public sealed record QueryLimits
{
    /// <summary>Bounds of a query that nobody configured.</summary>
    public static QueryLimits Default { get; } = new();

    /// <summary>Time for planning and running. Greater than zero; 30 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows of the answer. 1 or more; 100 000.</summary>
    public long Rows { get; init; } = 100_000;

    /// <summary>Bytes that rows, lists, groups and sort buffers of the query may hold at one time, estimated. 1 MiB or more; 256 MiB.</summary>
    public long Memory { get; init; } = 256 << 20;

    /// <summary>Characters of the query's text. 1 to 10 000 000; 1 000 000.</summary>
    public int Text { get; init; } = 1_000_000;

    /// <summary>Clauses, and nodes and relationships of patterns, in a query. 1 to 2 000; 1 000: each of them is steps of the plan, a row goes through
    /// the steps one inside the other, and the thread's stack has to bear all.</summary>
    public int Parts { get; init; } = 1_000;

    /// <summary>Depth of nesting of expressions, patterns and subqueries. 1 to 1 000; 200: far below what a thread's stack bears.</summary>
    public int Depth { get; init; } = 200;
}
