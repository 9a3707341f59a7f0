using System.Diagnostics;
using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Bench.Graph;

/// <summary>This product's own Bolt client: it times each query from the call to the last record, the end of its transaction included.</summary>
internal sealed class ClientPeer(string uri) : IAsyncDisposable
{
    private readonly Neo4jDriver _driver = new(new Neo4jSettings { Address = Neo4jAddress.Parse(uri) }, TimeProvider.System, seed: 1);

    /// <summary>Runs a query for each seed: milliseconds, and the sum of the counts it gives (or the number of its rows).</summary>
    public async Task<(double[] Milliseconds, long Sum)> EachAsync(string query, IReadOnlyList<int> seeds, bool isCount)
    {
        var times = new double[seeds.Count];
        long sum = 0;
        for (int i = 0; i < times.Length; i++)
        {
            var parameters = new Dictionary<string, object?> { ["id"] = (long)seeds[i] };
            long began = Stopwatch.GetTimestamp();
            sum += await _driver.ReadAsync(
                async (transaction, cancellation) =>
                {
                    Neo4jCursor cursor = await transaction.RunAsync(query, parameters, cancellation).ConfigureAwait(false);
                    long all = 0;
                    while (await cursor.NextAsync(cancellation).ConfigureAwait(false) is { } row)
                    {
                        all += isCount ? (long)row[0]! : 1;
                    }

                    return all;
                },
                null, default).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return (times, sum);
    }

    public ValueTask DisposeAsync() => _driver.DisposeAsync();
}
