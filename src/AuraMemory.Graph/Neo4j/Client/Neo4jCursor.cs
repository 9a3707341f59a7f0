using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>The rows of a result, as they arrive. For one caller at a time, within the transaction.</summary>
/// <remarks>
/// Values are null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, byte[],
/// <see cref="List{T}"/> and <see cref="Dictionary{TKey, TValue}"/> of such, temporal values, <see cref="BoltNode"/>,
/// <see cref="BoltRelationship"/>, <see cref="BoltPath"/> and <see cref="BoltPoint"/>.
/// </remarks>
public sealed class Neo4jCursor
{
    private readonly Neo4jTransaction _transaction;
    private readonly Queue<object?[]> _kept = new();
    private bool _arrives = true;
    private Neo4jSummary? _summary;

    internal Neo4jCursor(Neo4jTransaction transaction, Dictionary<string, object?> meta)
    {
        _transaction = transaction;
        Columns = meta.GetValueOrDefault("fields") is List<object?> fields ? [.. fields.Select(f => f as string ?? "")] : [];
        QueryId = meta.GetValueOrDefault("qid") as long?;
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Its number in the transaction.</summary>
    internal long? QueryId { get; }

    /// <summary>The next row, a value a column; null when there are no more. Asks the server for more where necessary.</summary>
    /// <exception cref="Neo4jException">The query failed; so has the transaction.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    public async ValueTask<object?[]?> NextAsync(CancellationToken cancellation)
    {
        if (_kept.TryDequeue(out object?[]? row) || _summary is not null)
        {
            return row;
        }

        _transaction.Check();
        using CancellationTokenSource? either = _transaction.Link(cancellation);
        try
        {
            return await ArriveAsync(either?.Token ?? _transaction.Ending).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _transaction.Fail(e);
            throw;
        }
    }

    /// <summary>Drops the rows that are left and tells what is known at the end.</summary>
    /// <exception cref="Neo4jException">The query failed; so has the transaction.</exception>
    /// <exception cref="Neo4jUnavailableException">The connection is lost.</exception>
    public async Task<Neo4jSummary> ConsumeAsync()
    {
        _kept.Clear();
        return _summary ?? await _transaction.GuardAsync(DiscardAsync, default).ConfigureAwait(false);
    }

    /// <summary>Keeps the rows that are on their way.</summary>
    internal async Task KeepAsync(CancellationToken cancellation)
    {
        while (_arrives)
        {
            if (await TakeAsync(cancellation).ConfigureAwait(false) is { } row)
            {
                _kept.Enqueue(row);
            }
        }
    }

    /// <summary>Drops the rows that are left.</summary>
    internal async Task<Neo4jSummary> DiscardAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_arrives)
            {
                await TakeAsync(cancellation).ConfigureAwait(false);
            }

            if (_summary is { } summary)
            {
                return summary;
            }

            await AskAsync(wanted: false, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<object?[]?> ArriveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_arrives)
            {
                if (await TakeAsync(cancellation).ConfigureAwait(false) is { } row)
                {
                    return row;
                }
            }

            if (_summary is not null)
            {
                return null;
            }

            await AskAsync(wanted: true, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(bool wanted, CancellationToken cancellation)
    {
        await _transaction.AskAsync(this, wanted, cancellation).ConfigureAwait(false);
        _arrives = true;
    }

    // A row, or null and nothing arrives any more until it is asked for.
    private async ValueTask<object?[]?> TakeAsync(CancellationToken cancellation)
    {
        BoltStructure message = await _transaction.ReceiveAsync(cancellation).ConfigureAwait(false);
        if (message.Tag == BoltTag.Record)
        {
            return [.. (List<object?>)message.Fields[0]!];
        }

        _arrives = false;
        var meta = (Dictionary<string, object?>)message.Fields[0]!;
        if (meta.GetValueOrDefault("has_more") is not true)
        {
            _summary = Neo4jSummary.Of(meta);
            _transaction.Close(this);
        }

        return null;
    }
}
