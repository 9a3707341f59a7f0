using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Neo4j;

/// <summary>Brings objects and relationships to a Neo4j, in transactions that may be repeated.</summary>
/// <param name="driver">The Neo4j.</param>
/// <param name="store">The store.</param>
/// <param name="views">Makes what sees objects as nodes; for one batch at a time.</param>
/// <param name="settings">How it is kept up.</param>
internal sealed class MirrorWriter(Neo4jDriver driver, IObjectStore store, Func<ObjectGraphView> views, MirrorSettings settings)
{
    private const int RowsAtOnce = 10_000;
    private static readonly Dictionary<string, object?> Nothing = [];

    /// <summary>Looks whether the Neo4j answers.</summary>
    public Task<Neo4jServer> VerifyAsync(CancellationToken cancellation) => driver.VerifyAsync(cancellation);

    /// <summary>Runs a statement by itself.</summary>
    public Task RunAsync(string statement, CancellationToken cancellation) =>
        WriteAsync(async (transaction, token) => await RunAsync(transaction, statement, Nothing, token).ConfigureAwait(false), cancellation);

    /// <summary>Reads the note.</summary>
    public Task<MirrorNote> ReadNoteAsync(CancellationToken cancellation) => driver.ReadAsync(
        async (transaction, token) =>
        {
            List<object?[]> rows = await RunAsync(transaction, MirrorStatements.ReadNote, Nothing, token).ConfigureAwait(false);
            return rows is [[var owner, var position, var hasNodes]] ? new MirrorNote(owner as string, position as long? ?? -1, hasNodes is true) : default;
        },
        settings.TransactionTime, cancellation);

    /// <summary>Writes the note: this store, up to this change.</summary>
    public Task WriteNoteAsync(long number, CancellationToken cancellation) =>
        WriteAsync((transaction, token) => WriteNoteAsync(transaction, number, token), cancellation);

    /// <summary>A page of the store's keys, in their order.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public (List<string> Keys, bool IsLast) List(string after, int limit, CancellationToken cancellation)
    {
        ListingPage page = store.List("", null, after.Length == 0 ? null : after, limit, cancellation);
        return page.Status == ReadStatus.Found
            ? ([.. page.Items.Select(i => i.Key)], page.Next is null)
            : throw new IOException($"The store could not be listed: {page.Status}.");
    }

    /// <summary>Makes the nodes of a page's keys what the store says, and the edges that may have changed; moves the note on.</summary>
    public async Task ApplyAsync(MirrorPage page, long number, CancellationToken cancellation)
    {
        using ObjectGraphView view = views();
        var rows = new MirrorRows(view);
        (List<object?> there, List<object?> gone) = Read(rows, page.Keys);
        await WriteAsync(
            async (transaction, token) =>
            {
                List<object?> ended = [.. gone.Union(page.Ended)];
                await RunAsync(transaction, MirrorStatements.RemoveNodes, With("keys", ended), token).ConfigureAwait(false);
                List<object?[]> added = await RunAsync(transaction, MirrorStatements.WriteNodes, With("rows", there), token).ConfigureAwait(false);
                HashSet<string> isNew = [.. added.Select(r => (string)r[0]!)];
                var edges = new MirrorEdges(store, rows);
                foreach (string key in page.Keys)
                {
                    if (isNew.Contains(key))
                    {
                        edges.WantAll(key);
                    }
                    else if (page.Related.Contains(key))
                    {
                        edges.WantOutgoing(key);
                    }
                }

                await WriteEdgesAsync(transaction, edges, [.. page.Related.Where(k => !isNew.Contains(k))], token).ConfigureAwait(false);
                await WriteNoteAsync(transaction, number, token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes the nodes between two keys what the store says.</summary>
    /// <param name="after">Nodes behind this key.</param>
    /// <param name="keys">What the store has from there.</param>
    /// <param name="isLast">Whether it has nothing behind them.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RebuildNodesAsync(string after, List<string> keys, bool isLast, CancellationToken cancellation)
    {
        using ObjectGraphView view = views();
        (List<object?> there, List<object?> gone) = Read(new MirrorRows(view), keys);
        HashSet<string> known = [.. keys];
        await WriteAsync(
            async (transaction, token) =>
            {
                var stale = new List<object?>(gone);
                if (keys.Count > 0)
                {
                    var interval = new Dictionary<string, object?> { ["after"] = after, ["last"] = keys[^1] };
                    List<object?[]> between = await RunAsync(transaction, MirrorStatements.ListKeys, interval, token).ConfigureAwait(false);
                    stale.AddRange(between.Select(r => r[0]).Where(k => !known.Contains((string)k!)));
                }

                await RunAsync(transaction, MirrorStatements.RemoveNodes, With("keys", stale), token).ConfigureAwait(false);
                await RunAsync(transaction, MirrorStatements.WriteNodes, With("rows", there), token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        if (isLast)
        {
            await RemoveBehindAsync(keys.Count > 0 ? keys[^1] : after, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the edges that go out from objects what the store says.</summary>
    public async Task RebuildEdgesAsync(List<string> keys, CancellationToken cancellation)
    {
        using ObjectGraphView view = views();
        var rows = new MirrorRows(view);
        await WriteAsync(
            async (transaction, token) =>
            {
                var edges = new MirrorEdges(store, rows);
                keys.ForEach(edges.WantOutgoing);
                await WriteEdgesAsync(transaction, edges, keys, token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Brings what changes without a store.</summary>
    /// <returns>Nodes that were changed.</returns>
    public async Task<long> RefreshAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        using ObjectGraphView view = views();
        var rows = new MirrorRows(view);
        var live = new List<object?>(keys.Count);
        foreach (string key in keys)
        {
            if (rows.LiveOf(key) is { } row)
            {
                live.Add(row);
            }
        }

        long changed = 0;
        await WriteAsync(
            async (transaction, token) =>
                changed = await RunAsync(transaction, MirrorStatements.WriteLive, With("rows", live), token).ConfigureAwait(false) is [[long count]] ? count : 0,
            cancellation).ConfigureAwait(false);
        return changed;
    }

    private Task WriteNoteAsync(Neo4jTransaction transaction, long number, CancellationToken token) => RunAsync(
        transaction, MirrorStatements.WriteNote, new Dictionary<string, object?> { ["store"] = settings.Store, ["position"] = number }, token);

    private async Task RemoveBehindAsync(string last, CancellationToken cancellation)
    {
        int removed;
        do
        {
            removed = 0;
            await WriteAsync(
                async (transaction, token) =>
                {
                    var interval = new Dictionary<string, object?> { ["after"] = last, ["limit"] = (long)settings.Page };
                    List<object?[]> behind = await RunAsync(transaction, MirrorStatements.ListKeysAfter, interval, token).ConfigureAwait(false);
                    removed = behind.Count;
                    await RunAsync(transaction, MirrorStatements.RemoveNodes, With("keys", [.. behind.Select(r => r[0])]), token).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
        }
        while (removed > 0);
    }

    private static async Task WriteEdgesAsync(Neo4jTransaction transaction, MirrorEdges edges, IReadOnlyList<string> known, CancellationToken token)
    {
        if (known.Count > 0)
        {
            foreach (object?[] row in await RunAsync(transaction, MirrorStatements.ReadRelationships, With("keys", [.. known]), token).ConfigureAwait(false))
            {
                edges.Has(new MirrorEdge((string)row[0]!, (string)row[1]!, (string)row[2]!), row[3]);
            }
        }

        foreach ((string type, List<object?> rows) in edges.Stale())
        {
            await RunAsync(transaction, MirrorStatements.RemoveRelationships(type), With("rows", rows), token).ConfigureAwait(false);
        }

        foreach ((string type, List<object?> rows) in edges.Missing())
        {
            for (int at = 0; at < rows.Count; at += RowsAtOnce)
            {
                List<object?> some = rows.GetRange(at, Math.Min(RowsAtOnce, rows.Count - at));
                await RunAsync(transaction, MirrorStatements.WriteRelationships(type), With("rows", some), token).ConfigureAwait(false);
            }
        }
    }

    private (List<object?> There, List<object?> Gone) Read(MirrorRows rows, IReadOnlyList<string> keys)
    {
        var there = new List<object?>(keys.Count);
        var gone = new List<object?>();
        foreach (string key in keys)
        {
            if (rows.Object(key) is { } row)
            {
                there.Add(row);
            }
            else
            {
                gone.Add(key);
            }
        }

        return (there, gone);
    }

    private Task WriteAsync(Func<Neo4jTransaction, CancellationToken, Task> work, CancellationToken cancellation) => driver.WriteAsync(
        async (transaction, token) =>
        {
            await work(transaction, token).ConfigureAwait(false);
            return true;
        },
        settings.TransactionTime, cancellation);

    private static async Task<List<object?[]>> RunAsync(
        Neo4jTransaction transaction, string statement, IReadOnlyDictionary<string, object?> parameters, CancellationToken token)
    {
        var rows = new List<object?[]>();
        if (parameters.Count == 1 && parameters.Values.First() is List<object?> { Count: 0 })
        {
            return rows;
        }

        Neo4jCursor cursor = await transaction.RunAsync(statement, parameters, token).ConfigureAwait(false);
        while (await cursor.NextAsync(token).ConfigureAwait(false) is { } row)
        {
            rows.Add(row);
        }

        return rows;
    }

    private static Dictionary<string, object?> With(string name, List<object?> rows) => new() { [name] = rows };
}
