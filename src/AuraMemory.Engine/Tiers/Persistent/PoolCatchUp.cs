using AuraMemory.Engine.Durability;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>Drops from the pool, at start, every copy that a change after its last sync made stale.</summary>
/// <remarks>
/// The pool is a follower of the change sequence: a crash can leave a copy of a version that was replaced or deleted, but only
/// for keys changed after <see cref="PersistentPool.SyncedNumber"/>. When the sequence no longer reaches back that far, all
/// copies go.
/// </remarks>
internal static class PoolCatchUp
{
    private const int Page = 4096;

    public static void Run(PersistentPool pool, IHome home)
    {
        var changes = new List<Change>();
        long after = pool.SyncedNumber;
        while (pool.Usage.Entries > 0)
        {
            changes.Clear();
            if (!home.Changes(after, Page, changes))
            {
                DropAll(pool);
                break;
            }

            if (changes.Count == 0)
            {
                break;
            }

            foreach (Change change in changes)
            {
                // A copy of the very version that was stored is good; of a deleted one nothing is.
                if (change.Kind != ChangeKind.Related)
                {
                    pool.Drop(change.Key, change.Kind == ChangeKind.Stored ? change.Version - 1 : change.Version);
                }
            }

            after = changes[^1].Number;
        }

        pool.Sync(home.LastChangeNumber);
    }

    private static void DropAll(PersistentPool pool)
    {
        var copies = new List<(byte[] Key, long Version)>();
        long cursor = 0;
        while (pool.Enumerate(ref cursor, Page, (key, in header, _, _) => copies.Add((key.ToArray(), header.Version))) > 0)
        {
            foreach ((byte[] key, long version) in copies)
            {
                pool.Drop(key, version);
            }

            copies.Clear();
        }
    }
}
