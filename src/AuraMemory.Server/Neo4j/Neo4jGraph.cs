using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.Remote;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Neo4j;

/// <summary>The graph of objects where it lives in a Neo4j: queries run there, walks and algorithms on the embedded copy, which both are kept up from the store.</summary>
/// <remarks>
/// A query waits until the Neo4j has what was acknowledged before it (at most the longest wait of the settings). While the Neo4j cannot be asked, the
/// embedded copy answers, and the answer says so.
/// </remarks>
/// <param name="embedded">The embedded copy.</param>
/// <param name="answers">Asks the Neo4j.</param>
/// <param name="mirror">Keeps it up.</param>
/// <param name="driver">The connections.</param>
/// <param name="settings">Limits.</param>
internal sealed class Neo4jGraph(GraphService embedded, Neo4jAnswers answers, Neo4jMirror mirror, Neo4jDriver driver, GraphSettings settings) : IGraphService
{
    private static readonly HashSet<string> Documents = new(GraphPropertyNames.Documents, StringComparer.Ordinal);
    private long _queries;
    private long _failures;
    private long _answeredHere;

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public void Touch(ReadOnlySpan<byte> key, bool mayHaveEnded) => embedded.Touch(key, mayHaveEnded);

    /// <inheritdoc/>
    public bool Concerns(ReadOnlySpan<byte> key) => embedded.Concerns(key);

    /// <inheritdoc/>
    public void Moved(ReadOnlySpan<byte> key) => mirror.Moved(key);

    /// <inheritdoc/>
    public async ValueTask<GraphAnswer> QueryAsync(string query, MapValue parameters, CancellationToken cancellation)
    {
        try
        {
            RemoteQuery divided = QueryDivision.Of(query, Documents, IsLocal, settings.Limits);
            if (divided.Place == QueryPlace.Here)
            {
                return await embedded.QueryAsync(query, parameters, cancellation).ConfigureAwait(false);
            }

            bool isCurrent = await mirror.CaughtUpAsync(settings.Wait, cancellation).ConfigureAwait(false);
            string reason = mirror.Report().Failure ?? "It is not connected yet.";
            if (mirror.IsReady)
            {
                try
                {
                    GraphAnswer answer = await answers.RunAsync(divided, parameters, cancellation).ConfigureAwait(false);
                    Interlocked.Increment(ref _queries);
                    return isCurrent ? answer : answer with { Note = $"The Neo4j has not got the last changes yet ({mirror.Report().Behind} at most)." };
                }
                catch (Neo4jUnavailableException e)
                {
                    reason = e.Message;
                }
            }

            return await AnswerHereAsync(query, parameters, divided, reason, cancellation).ConfigureAwait(false);
        }
        catch (CypherException)
        {
            Interlocked.Increment(ref _failures);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<GraphAnswer?> WalkAsync(GraphWalk walk, CancellationToken cancellation) => embedded.WalkAsync(walk, cancellation);

    /// <inheritdoc/>
    public GraphReport Report()
    {
        GraphReport report = embedded.Report();
        return report with
        {
            Queries = report.Queries + Interlocked.Read(ref _queries),
            Failures = Interlocked.Read(ref _failures),
            Neo4j = mirror.Report(),
            AnsweredHere = Interlocked.Read(ref _answeredHere),
            Connections = driver.OpenConnections,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await mirror.DisposeAsync().ConfigureAwait(false);
        await driver.DisposeAsync().ConfigureAwait(false);
        await embedded.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<GraphAnswer> AnswerHereAsync(
        string query, MapValue parameters, RemoteQuery divided, string reason, CancellationToken cancellation)
    {
        if (divided.Refusal is { } refusal)
        {
            throw new GraphUnavailableException(
                $"The Neo4j cannot be asked ({reason}), and the query is outside of what the embedded copy answers: {refusal.Message}");
        }

        GraphAnswer answer = await embedded.QueryAsync(query, parameters, cancellation).ConfigureAwait(false);
        Interlocked.Increment(ref _answeredHere);
        return answer with { Note = $"The Neo4j cannot be asked ({reason}); the embedded copy answered." };
    }

    private static bool IsLocal(string procedure) =>
        procedure.StartsWith("gds.", StringComparison.OrdinalIgnoreCase) || procedure.StartsWith("memory.", StringComparison.OrdinalIgnoreCase);
}
