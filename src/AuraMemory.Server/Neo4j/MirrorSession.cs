using AuraMemory.Engine;
using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Server.Neo4j;

/// <summary>A time during which the Neo4j is known to be this store's mirror: from a look at its note until something fails.</summary>
/// <param name="writer">Writes to the Neo4j.</param>
/// <param name="settings">How it is kept up.</param>
internal sealed class MirrorSession(MirrorWriter writer, MirrorSettings settings)
{
    private long _rebuilt;
    private volatile bool _isReady;
    private volatile bool _isRebuilding;

    /// <summary>Writes to the Neo4j.</summary>
    public MirrorWriter Writer => writer;

    /// <summary>Whether it has begun and not failed since.</summary>
    public bool IsReady => _isReady;

    /// <summary>What the Neo4j calls itself.</summary>
    public Neo4jServer? Server { get; private set; }

    /// <summary>Whether everything is being brought there.</summary>
    public bool IsRebuilding => _isRebuilding;

    /// <summary>Objects brought there by the rebuild so far.</summary>
    public long Rebuilt => Interlocked.Read(ref _rebuilt);

    /// <summary>Connects, looks whose the Neo4j is, and makes constraint and indexes.</summary>
    /// <param name="feed">How far the change feed has come.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether everything has to be brought there before changes can follow.</returns>
    /// <exception cref="MirrorRefusedException">It holds what is not this store's.</exception>
    public async Task<bool> BeginAsync(FollowerState feed, CancellationToken cancellation)
    {
        Server = await writer.VerifyAsync(cancellation).ConfigureAwait(false);
        MirrorNote note = await writer.ReadNoteAsync(cancellation).ConfigureAwait(false);
        if (note.HasNodes && note.Store != settings.Store && !settings.Adopts)
        {
            throw new MirrorRefusedException(
                (note.Store is null ? "The Neo4j has nodes labelled MemoryNode that no store of objects is known to have put there" : "The Neo4j mirrors another store of objects")
                + "; they are left as they are. Name another database (neo4j_database), remove them, or give them over with neo4j_adopt=true.");
        }

        if (note.Store != settings.Store)
        {
            // Before the first node: what is brought there by half is still known to be this store's.
            await writer.WriteNoteAsync(-1, cancellation).ConfigureAwait(false);
        }

        foreach (string statement in MirrorStatements.CreateSchema(Server.Version.Major < 4 || Server.Version is { Major: 4, Minor: < 4 }))
        {
            await writer.RunAsync(statement, cancellation).ConfigureAwait(false);
        }

        _isReady = true;

        // Behind what was noted here: it was emptied or restored. Ahead of all that is known here: this store was restored.
        return note.Store != settings.Store || note.Position < feed.Position || note.Position > feed.Position + feed.Behind;
    }

    /// <summary>It is not known any more whether the Neo4j is there.</summary>
    public void End() => _isReady = false;

    /// <summary>Makes the Neo4j what the store is, object by object; what changes meanwhile comes with the sequence.</summary>
    /// <param name="number">Newest change before this began.</param>
    /// <param name="cancellation">Ends it; it begins anew then.</param>
    public async Task RebuildAsync(long number, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _rebuilt, 0);
        _isRebuilding = true;
        try
        {
            await ObjectsAsync(writer.RebuildNodesAsync, cancellation).ConfigureAwait(false);
            await ObjectsAsync((_, keys, _, token) => writer.RebuildEdgesAsync(keys, token), cancellation).ConfigureAwait(false);
            await writer.ApplyAsync(MirrorPage.Empty, number, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _isRebuilding = false;
        }
    }

    private async Task ObjectsAsync(Func<string, List<string>, bool, CancellationToken, Task> page, CancellationToken cancellation)
    {
        string after = "";
        bool isLast = false;
        while (!isLast)
        {
            (List<string> keys, isLast) = writer.List(after, settings.Page, cancellation);
            await page(after, keys, isLast, cancellation).ConfigureAwait(false);
            after = keys.Count > 0 ? keys[^1] : after;
            Interlocked.Add(ref _rebuilt, keys.Count);
        }
    }
}

/// <summary>What the note in a Neo4j says.</summary>
/// <param name="Store">Whose mirror it is; null when there is no note.</param>
/// <param name="Position">Up to which change it has come.</param>
/// <param name="HasNodes">Whether there are nodes of objects.</param>
internal readonly record struct MirrorNote(string? Store, long Position, bool HasNodes);
