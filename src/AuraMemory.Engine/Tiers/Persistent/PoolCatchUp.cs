using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>Drops from the pool, at start, every copy that a change after its last sync made stale.</summary>
/// <remarks>
/// The pool is a follower of the change sequence: a crash can leave a copy of a version that was replaced or deleted, but only
/// for keys changed after <see cref="PersistentPool.SyncedNumber"/>. When the sequence no longer reaches back that far, all
/// copies go. A crash can also lose what the home had not logged (volatile stores that went there), while the pool's pages
/// survive: then the copies of versions that young are compared with the home one by one.
/// </remarks>
internal static class PoolCatchUp
{
    private const int Page = 4096;

    /// <param name="pool">The pool.</param>
    /// <param name="home">The home.</param>
    /// <param name="lostAfter">Versions above this number may be missing in the home; null when none can be.</param>
    public static void Run(PersistentPool pool, IHome home, long? lostAfter)
    {
        if (lostAfter is { } number)
        {
            DropLost(pool, home, number);
        }

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

    private static void DropLost(PersistentPool pool, IHome home, long number) => DropWhere(
        pool,
        (key, version) => version > number
            && !(home.Stat(key, out HomeStat stat) == ReadStatus.Found && stat.Exists && stat.Header.Version == version));

    private static void DropAll(PersistentPool pool) => DropWhere(pool, static (_, _) => true);

    private static void DropWhere(PersistentPool pool, Func<byte[], long, bool> drops)
    {
        var copies = new List<(byte[] Key, long Version)>();
        long cursor = 0;
        while (pool.Enumerate(ref cursor, Page, (key, in header, _, _) => copies.Add((key.ToArray(), header.Version))) > 0)
        {
            foreach ((byte[] key, long version) in copies)
            {
                if (drops(key, version))
                {
                    pool.Drop(key, version);
                }
            }

            copies.Clear();
        }
    }
}
