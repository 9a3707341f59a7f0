using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Shapes;

/// <summary>Applies the changes of the store to the shapes: what a store could not do at once, deletions, expiries, and everything after a crash.</summary>
/// <remarks>
/// A change names a key; what is done is to look after that key, so a page may be worked through in any order and again. The
/// position goes into the table behind everything the page has written there: after a loss of power the table tells by itself where
/// to go on, whatever the store has noted.
/// </remarks>
internal sealed class ShapeFollower(ShapeService shapes, IObjectStore store) : IChangeFollower
{
    /// <summary>Changes may be listed while they are not visible yet; a rebuild goes back by far more than can be under way at once.</summary>
    private const long UnderWay = 1 << 16;

    private const int ListPage = 1000;

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation)
    {
        var queued = new List<Task>();
        for (int i = 0; i < changes.Count; i++)
        {
            Change change = changes[i];
            if (change.Kind == ChangeKind.Related || change.Key[0] == ObjectKey.InternalPrefix)
            {
                continue;
            }

            if (change.Kind != ChangeKind.Stored || shapes.IsCheap(change.Key, change.Version))
            {
                shapes.LookAfter(change.Key);
            }
            else
            {
                queued.Add(shapes.LookAfterAsync(change.Key, cancellation));
            }
        }

        await Task.WhenAll(queued).ConfigureAwait(false);
        NotePosition(changes[^1].Number);
    }

    /// <inheritdoc/>
    public async ValueTask RebuildAsync(CancellationToken cancellation)
    {
        long position = Math.Max(0, store.Report().LastChangeNumber - UnderWay);
        string? after = null;
        do
        {
            ListingPage page = store.List("", null, after, ListPage, cancellation);
            if (page.Status != ReadStatus.Found)
            {
                throw new IOException("The store could not be listed.");
            }

            var queued = new List<Task>();
            foreach (ObjectListing item in page.Items)
            {
                byte[] key = System.Text.Encoding.ASCII.GetBytes(item.Key);
                if (shapes.IsCheap(key, item.Version))
                {
                    shapes.LookAfter(key);
                }
                else
                {
                    queued.Add(shapes.LookAfterAsync(key, cancellation));
                }
            }

            await Task.WhenAll(queued).ConfigureAwait(false);
            after = page.Next;
        }
        while (after is not null);

        Prune(cancellation);
        NotePosition(position);
    }

    /// <summary>Looks after what is kept of objects that are gone.</summary>
    private void Prune(CancellationToken cancellation)
    {
        var page = new List<KeyValuePair<byte[], ShapeEntry>>();
        int at = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            page.Clear();
            at = shapes.Keeper.Directory.Walk(at, ListPage, page);
            foreach ((byte[] key, _) in page)
            {
                if (store.Describe(key, out _, out _, out _) == ReadStatus.NotFound)
                {
                    shapes.LookAfter(key);
                }
            }
        }
        while (at != 0);
    }

    private void NotePosition(long number)
    {
        if (!shapes.Keeper.Table.PutPosition(number))
        {
            throw new IOException("The table of shapes cannot be written.");
        }
    }
}
