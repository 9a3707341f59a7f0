using AuraMemory.Engine.Access;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine;

/// <content>Relationships, apart from those that come with a store.</content>
public sealed partial class MemoryStore
{
    /// <inheritdoc/>
    public ReadStatus Relationships(
        ReadOnlySpan<byte> key, RelationshipDirection direction, int limit, List<RelationshipView> into)
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _parts.Home.Relationships(key, direction, limit, into);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public ReadStatus ListRelationships(ref byte[]? after, int limit, List<RelationshipView> into)
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _parts.Home.ListRelationships(ref after, limit, into);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RelateOutcome> RelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(relationships);
        cancellation.ThrowIfCancellationRequested();
        _parts.Lanes.BeginAwaited();
        try
        {
            await _expiredTargets.SettleAsync(relationships).ConfigureAwait(false);
            return await ChangeRelationsAsync(WriteKind.Relate, source, relationships, durability).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RelateOutcome> UnrelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(relationships);
        cancellation.ThrowIfCancellationRequested();
        _parts.Lanes.BeginAwaited();
        try
        {
            return await ChangeRelationsAsync(WriteKind.Unrelate, source, relationships, durability).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    private async ValueTask<RelateOutcome> ChangeRelationsAsync(
        WriteKind kind, ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability)
    {
        byte[] key = source.ToArray();
        ulong hash = _parts.Memory.Catalog.Hash(key);
        DurabilityLevel level = durability ?? _parts.Options.Durability;
        var change = new WriteOperation(kind, key, hash)
        {
            Relationships = relationships,
            Durability = level == DurabilityLevel.Volatile ? DurabilityLevel.Process : level,
        };

        // A durable relationship must not outlive a source that only memory has: the source is written back with it.
        WriteOperation[] operations = _parts.Memory.TryDescribe(hash, key, out MemoryEntry entry) && entry.IsDirty
            ? [WriteOperation.OfVersion(WriteKind.WriteBack, key, hash, entry.Header.Version), change]
            : [change];
        await _parts.Committer.SubmitAsync(operations).ConfigureAwait(false);
        return new RelateOutcome(change.Status, change.RelationshipsStored);
    }
}
