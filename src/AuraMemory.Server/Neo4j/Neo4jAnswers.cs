using AuraMemory.Engine;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Remote;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Bolt;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Neo4j;

/// <summary>Asks a Neo4j, in transactions that only read, and fills in the documents.</summary>
/// <param name="driver">The Neo4j.</param>
/// <param name="store">Where the documents are.</param>
/// <param name="engine">Computes columns that need documents.</param>
/// <param name="limits">Of one query.</param>
/// <param name="time">Clock.</param>
internal sealed class Neo4jAnswers(Neo4jDriver driver, IObjectStore store, CypherEngine engine, QueryLimits limits, TimeProvider time)
{
    /// <summary>Name of this backend in answers.</summary>
    public const string Backend = "neo4j";

    private readonly RecordTokens _tokens = new();

    /// <summary>Answers a query that is not for the embedded graph.</summary>
    /// <exception cref="CypherException">It is wrong, or took more than it may.</exception>
    /// <exception cref="Neo4jUnavailableException">The Neo4j cannot be asked now.</exception>
    public async Task<GraphAnswer> RunAsync(RemoteQuery query, MapValue parameters, CancellationToken cancellation)
    {
        try
        {
            GraphAnswer answer = await driver.ReadAsync((transaction, token) => RunAsync(transaction, query, parameters, token), limits.Time, cancellation).ConfigureAwait(false);
            return query.Place == QueryPlace.Both ? Complete(query, answer, parameters, cancellation) : answer;
        }
        catch (Neo4jException e)
        {
            throw Neo4jFailures.Explain(e, limits);
        }
        catch (ArgumentException e)
        {
            throw CypherException.Runtime("ArgumentError", "InvalidArgument", e.Message, TextPosition.None);
        }
    }

    private async Task<GraphAnswer> RunAsync(Neo4jTransaction transaction, RemoteQuery query, MapValue parameters, CancellationToken token)
    {
        var view = new RecordView(_tokens, new ObjectDocuments(store, limits.Memory));
        try
        {
            Neo4jCursor cursor = await transaction.RunAsync(query.Text, BoltConversion.Map(parameters, view), token).ConfigureAwait(false);
            var rows = new List<Value[]>();
            long bytes = 0;
            while (await cursor.NextAsync(token).ConfigureAwait(false) is { } record)
            {
                Value[] row = Array.ConvertAll(record, view.Of);
                bytes += ValueSize.Of(row);
                Check(rows.Count, bytes);
                rows.Add(row);
            }

            Neo4jSummary summary = await cursor.ConsumeAsync().ConfigureAwait(false);
            await LearnAsync(transaction, view, token).ConfigureAwait(false);
            return new GraphAnswer(cursor.Columns, rows, view, Backend) { Plan = summary.Plan is { } plan ? Neo4jPlan.Text(plan) : null };
        }
        catch (Exception)
        {
            view.Dispose();
            throw;
        }
    }

    // A relationship names the objects it joins by their keys, whether or not the query returned them.
    private static async Task LearnAsync(Neo4jTransaction transaction, RecordView view, CancellationToken token)
    {
        object?[] unknown = [.. view.Unknown];
        if (unknown.Length == 0)
        {
            return;
        }

        string statement = transaction.Server.Version.IsFive ? MirrorStatements.ReadNodes : MirrorStatements.ReadNodesByNumber;
        Neo4jCursor cursor = await transaction.RunAsync(statement, new Dictionary<string, object?> { ["ids"] = unknown }, token).ConfigureAwait(false);
        while (await cursor.NextAsync(token).ConfigureAwait(false) is { } record)
        {
            if (record is [BoltNode node])
            {
                view.Learn(node);
            }
        }
    }

    private GraphAnswer Complete(RemoteQuery query, GraphAnswer found, MapValue parameters, CancellationToken cancellation)
    {
        bool isComplete = false;
        try
        {
            Value rows = Value.Of(found.Rows.Select(r => Value.Of(r)).ToArray());
            var all = new MapValue([.. parameters.Keys, RemoteQuery.RowsParameter], [.. parameters.Values, rows]);
            var context = new QueryContext(found.View, all, limits, time, 0, cancellation);
            QueryResult local = engine.Run(query.LocalText, context);
            var joined = new List<Value[]>(found.Rows.Count);
            for (int i = 0; i < found.Rows.Count; i++)
            {
                var row = new Value[query.Columns.Count];
                for (int column = 0; column < row.Length; column++)
                {
                    RemoteColumn from = query.Columns[column];
                    row[column] = (from.IsLocal ? local.Rows[i] : found.Rows[i])[from.Number];
                }

                joined.Add(row);
            }

            isComplete = true;
            return found with { Columns = [.. query.Columns.Select(c => c.Name)], Rows = joined };
        }
        finally
        {
            if (!isComplete)
            {
                found.Dispose();
            }
        }
    }

    private void Check(int rows, long bytes)
    {
        if (rows >= limits.Rows)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Rows", $"The answer has more than {limits.Rows} rows. Ask for fewer with LIMIT, or raise the limit.", TextPosition.None);
        }

        if (bytes > limits.Memory)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Memory", $"The answer takes more than {limits.Memory} bytes. Return less of each row, use LIMIT, or raise the limit.", TextPosition.None);
        }
    }
}
