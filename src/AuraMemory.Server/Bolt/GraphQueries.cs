using AuraMemory.Graph.Neo4j.Door;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http;

namespace AuraMemory.Server.Bolt;

/// <summary>Answers Bolt queries from the graph of objects, with the same limits as the REST API.</summary>
internal sealed class GraphQueries(ServerContext server) : IBoltQueries
{
    public async Task<IBoltAnswer> RunAsync(
        string query, IReadOnlyDictionary<string, object?> parameters, TimeSpan? timeout, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (timeout is { } time)
        {
            patience.CancelAfter(time);
        }

        try
        {
            // Off the thread that reads this client's messages, so that a RESET is heard.
            GraphAnswer answer = await Task.Run(
                () => server.Graph.QueryAsync(query, BoltConversion.Parameters(parameters), patience.Token).AsTask(), CancellationToken.None);
            return new Answer(answer);
        }
        catch (CypherException e)
        {
            throw new BoltFailureException(Code(e), e.Position == TextPosition.None ? e.Message : $"{e.Message} ({e.Position})");
        }
        catch (GraphUnavailableException e)
        {
            throw new BoltFailureException("Neo.TransientError.General.DatabaseUnavailable", e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BoltFailureException(
                "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "The query took longer than the time the client gave it.");
        }
    }

    private static string Code(CypherException e) => e.Type switch
    {
        "TypeError" when e.Phase == ErrorPhase.CompileTime => "Neo.ClientError.Statement.SyntaxError",
        "ReadOnly" => "Neo.ClientError.Statement.AccessMode",
        "LimitExceeded" when e.Detail == "Time" => "Neo.ClientError.Transaction.TransactionTimedOut",
        "LimitExceeded" => "Neo.ClientError.Statement.ExecutionFailed",
        "ProcedureError" => "Neo.ClientError.Procedure.ProcedureNotFound",
        "ParameterMissing" => "Neo.ClientError.Statement.ParameterMissing",
        "EntityNotFound" => "Neo.ClientError.Statement.EntityNotFound",
        "ArithmeticError" => "Neo.ClientError.Statement.ArithmeticError",
        "ArgumentError" => "Neo.ClientError.Statement.ArgumentError",
        "TypeError" => "Neo.ClientError.Statement.TypeError",
        _ => "Neo.ClientError.Statement.SyntaxError",
    };

    private sealed class Answer(GraphAnswer answer) : IBoltAnswer
    {
        public IReadOnlyList<string> Columns => answer.Columns;

        public int Count => answer.Rows.Count;

        public string? Plan => answer.Plan;

        public object?[] Row(int index) => Array.ConvertAll(answer.Rows[index], v => BoltConversion.Of(v, answer.View));

        public void Dispose() => answer.Dispose();
    }
}
