using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>What one run of a query has at hand: the graph, parameters, the clock, randomness, and what it has used of its limits.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class QueryContext
{
    private const int TimeCheckMask = 0x3FF;
    private readonly CancellationToken _cancellation;
    private readonly long _deadline;
    private readonly TimeProvider _time;
    private long _charged;
    private int _ticks;

    /// <summary>A run that begins now.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parameters">Values of <c>$name</c>.</param>
    /// <param name="limits">What it may take.</param>
    /// <param name="time">Clock: of the time limit, and of <c>datetime()</c> and its like, which all see the moment the run began.</param>
    /// <param name="seed">Of <c>rand()</c>.</param>
    /// <param name="cancellation">Ends the run with an <see cref="OperationCanceledException"/>.</param>
    public QueryContext(
        GraphView graph, MapValue parameters, QueryLimits limits, TimeProvider time, int seed, CancellationToken cancellation)
    {
        Graph = graph;
        Parameters = parameters;
        Limits = limits;
        _time = time;
        _cancellation = cancellation;
        Started = time.GetUtcNow();
        LocalZone = time.LocalTimeZone;
        Random = new Random(seed);
        _deadline = time.GetTimestamp() + (long)(limits.Time.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>The graph.</summary>
    public GraphView Graph { get; }

    /// <summary>Values of <c>$name</c>.</summary>
    public MapValue Parameters { get; }

    /// <summary>What it may take.</summary>
    public QueryLimits Limits { get; }

    /// <summary>The moment of the run.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>This moment, for the functions that are to see time pass within a run.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Zone of times that name none.</summary>
    public TimeZoneInfo LocalZone { get; }

    /// <summary>Of <c>rand()</c>.</summary>
    public Random Random { get; }

    /// <summary>Nodes met by scans, seeks and expansions.</summary>
    public long NodesVisited { get; set; }

    /// <summary>Relationships walked.</summary>
    public long RelationshipsTraversed { get; set; }

    /// <summary>Estimated bytes held now.</summary>
    public long Charged => _charged;

    /// <summary>To be called in every loop whose length the query decides; looks at the clock now and then.</summary>
    /// <exception cref="CypherException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public void Tick()
    {
        if ((++_ticks & TimeCheckMask) == 0)
        {
            CheckTime();
        }
    }

    /// <summary><see cref="Tick"/> without the thinning.</summary>
    public void CheckTime()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_time.GetTimestamp() > _deadline)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Time",
                $"The query ran longer than {Limits.Time.TotalSeconds} s. Narrow it (labels, a shorter path length, LIMIT), or raise the limit.",
                TextPosition.None);
        }
    }

    /// <summary>For work that takes a token: cancelled when the caller gives up or the time is over. To be disposed. After a cancellation, <see cref="CheckTime"/> throws what fits.</summary>
    public CancellationTokenSource LinkedToLimits()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        source.CancelAfter(TimeSpan.FromSeconds(Math.Max(0, _deadline - _time.GetTimestamp()) / (double)_time.TimestampFrequency) + TimeSpan.FromMilliseconds(1));
        return source;
    }

    /// <summary>Takes memory for rows, lists or groups.</summary>
    /// <param name="bytes">Estimated; negative gives back.</param>
    /// <exception cref="CypherException">It would be more than the limit.</exception>
    public void Charge(long bytes)
    {
        _charged += bytes;
        if (_charged > Limits.Memory)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Memory",
                $"The query needs more than {Limits.Memory} bytes at one time. Aggregate or filter earlier, return less, or raise the limit.",
                TextPosition.None);
        }
    }
}
