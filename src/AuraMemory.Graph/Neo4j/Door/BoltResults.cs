using System.Diagnostics;
using System.Globalization;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Door;

/// <summary>The answers of one session that were not given wholly yet.</summary>
internal sealed class BoltResults(IBoltQueries queries, BoltChannel channel, BoltDoorSettings settings)
{
    private readonly Dictionary<long, (IBoltAnswer Answer, int At)> _open = [];
    private long _last = -1;
    private long _bookmarks;

    /// <summary>Answers that are open.</summary>
    public int Open => _open.Count;

    /// <summary>Time that each query of the transaction has; null = as long as the limits allow.</summary>
    public TimeSpan? TransactionTimeout { get; set; }

    /// <summary>Runs a query and tells its columns.</summary>
    public async Task RunAsync(
        string query, Dictionary<string, object?> parameters, Dictionary<string, object?> extra, bool inTransaction, CancellationToken cancellation)
    {
        CheckDatabase(extra);
        if (_open.Count >= settings.OpenResults)
        {
            throw new BoltFailureException("Neo.ClientError.Request.Invalid", $"More than {settings.OpenResults} results are open; read or discard some.");
        }

        long began = Stopwatch.GetTimestamp();
        IBoltAnswer answer = await queries.RunAsync(query, parameters, inTransaction ? TransactionTimeout : Timeout(extra), cancellation).ConfigureAwait(false);
        _open[++_last] = (answer, 0);
        var reply = new Dictionary<string, object?>
        {
            ["fields"] = answer.Columns.ToArray<object?>(),
            ["t_first"] = (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds,
        };
        if (inTransaction)
        {
            reply["qid"] = _last;
        }

        channel.Put(BoltTag.Success, reply);
    }

    /// <summary>Gives rows, or drops them.</summary>
    public async Task GiveAsync(Dictionary<string, object?> extra, bool wanted, bool inTransaction, CancellationToken cancellation)
    {
        long qid = extra.GetValueOrDefault("qid") is long named and >= 0 ? named : _last;
        if (!_open.TryGetValue(qid, out (IBoltAnswer Answer, int At) result))
        {
            throw new BoltFailureException("Neo.ClientError.Request.Invalid", $"There is no open result {qid}.");
        }

        long most = extra.GetValueOrDefault("n") is long n && n >= 0 ? n : long.MaxValue;
        int end = (int)Math.Min(result.Answer.Count, result.At + Math.Min(most, int.MaxValue - result.At));
        for (int row = result.At; wanted && row < end; row++)
        {
            channel.Put(BoltTag.Record, [result.Answer.Row(row)]);
            await channel.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (end < result.Answer.Count)
        {
            _open[qid] = (result.Answer, end);
            channel.Put(BoltTag.Success, new Dictionary<string, object?> { ["has_more"] = true });
            return;
        }

        _open.Remove(qid);
        var summary = new Dictionary<string, object?> { ["type"] = "r", ["t_last"] = 0L, ["db"] = settings.Database };
        if (!inTransaction)
        {
            summary["bookmark"] = Bookmark();
        }

        if (result.Answer.Plan is { } plan)
        {
            summary["plan"] = new Dictionary<string, object?>
            {
                ["operatorType"] = "ProduceResults",
                ["args"] = new Dictionary<string, object?> { ["string-representation"] = plan },
                ["identifiers"] = Array.Empty<object?>(),
                ["children"] = Array.Empty<object?>(),
            };
        }

        result.Answer.Dispose();
        channel.Put(BoltTag.Success, summary);
    }

    /// <summary>Forgets what is open.</summary>
    public void Clear()
    {
        foreach ((IBoltAnswer answer, _) in _open.Values)
        {
            answer.Dispose();
        }

        _open.Clear();
        TransactionTimeout = null;
    }

    /// <summary>Refuses another database than the one there is.</summary>
    public void CheckDatabase(Dictionary<string, object?> extra)
    {
        if (extra.GetValueOrDefault("db") is string database && database != settings.Database)
        {
            throw new BoltFailureException("Neo.ClientError.Database.DatabaseNotFound", $"There is one database, {settings.Database}; '{database}' is not there.");
        }
    }

    /// <summary>A mark of now. Reads see every write that was acknowledged, so that marks say nothing.</summary>
    public string Bookmark() => "aura:" + (++_bookmarks).ToString(CultureInfo.InvariantCulture);

    /// <summary>The time that a client gives a query; null = as long as the limits allow.</summary>
    public static TimeSpan? Timeout(Dictionary<string, object?> extra) =>
        extra.GetValueOrDefault("tx_timeout") is long milliseconds and > 0 and < int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
