using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Graph;

/// <summary>Applies the changes of the store to the graph in memory, which begins anew at each start.</summary>
internal sealed class GraphFollower(ObjectGraph graph, IObjectStore store, Action loaded) : IChangeFollower
{
    private const int Page = 4096;

    /// <inheritdoc/>
    public ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            Change change = changes[i];
            if (change.Kind == ChangeKind.Related || graph.Concerns(change.Key))
            {
                graph.LookAfter(change.Key, mayHaveEnded: change.Kind is ChangeKind.Deleted or ChangeKind.Expired);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask RebuildAsync(CancellationToken cancellation)
    {
        graph.Clear();
        var page = new List<RelationshipView>(Page);
        byte[]? after = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            page.Clear();
            if (store.ListRelationships(ref after, Page, page) != ReadStatus.Found)
            {
                throw new IOException("The relationships could not be listed.");
            }

            graph.Load(page);
        }
        while (after is not null);

        loaded();
        return ValueTask.CompletedTask;
    }
}
