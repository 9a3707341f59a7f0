using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Writing;

/// <summary>Settles the expiry of keys that are about to become targets of relationships.</summary>
/// <remarks>
/// The rule: a relationship ends with either end. A deletion takes all relationships of its key, whenever asserted, so an
/// expiry must be settled before anything is asserted towards the key again: the scan that comes later would not know old from
/// new. A store over an expired key does so for the source; this does it for the targets, on the caller's thread. A target
/// that expires between the look and the store was asserted while it lived, and the relationship ends with it.
/// </remarks>
internal sealed class ExpiredTargets(StoreClock clock, IHome home, MemoryLadder memory, Committer committer)
{
    /// <summary>Deletes targets that have outlived their time. O(targets) look-ups; no write when none has.</summary>
    public ValueTask SettleAsync(IReadOnlyList<Relationship> relationships)
    {
        List<WriteOperation>? due = null;
        for (int i = 0; i < relationships.Count; i++)
        {
            if (Due(System.Text.Encoding.UTF8.GetBytes(relationships[i].Target)) is { } operation)
            {
                (due ??= []).Add(operation);
            }
        }

        return due is null ? ValueTask.CompletedTask : committer.SubmitAsync(due.ToArray());
    }

    private WriteOperation? Due(byte[] key)
    {
        long now = clock.NowMs;
        ulong hash = memory.Catalog.Hash(key);
        if (memory.TryDescribe(hash, key, out MemoryEntry entry))
        {
            // The write-back of a volatile version that has expired deletes whatever it had replaced in the home.
            return entry.Header.IsExpired(now)
                ? WriteOperation.OfVersion(entry.IsDirty ? WriteKind.WriteBack : WriteKind.Expire, key, hash, entry.Header.Version)
                : null;
        }

        return home.Stat(key, out HomeStat known) == ReadStatus.Found && known.Exists && known.Header.IsExpired(now)
            ? WriteOperation.OfVersion(WriteKind.Expire, key, hash, known.Header.Version)
            : null;
    }
}
