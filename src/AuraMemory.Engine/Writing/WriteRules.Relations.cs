using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Writing;

/// <content>Relationships: asserted and removed by themselves, and how many an object may have.</content>
internal sealed partial class WriteRules
{
    private readonly List<RelationshipView> _relationships = [];

    /// <summary>Relationships belong to their source: it must be there. Their targets need not.</summary>
    private void PrepareRelate(WriteOperation operation, in HomeStat home, IHomeBatch batch)
    {
        ReadOnlySpan<byte> key = operation.Key.Span;
        long now = _clock.NowMs;
        bool expired = home.Exists && home.Header.IsExpired(now);
        if (!TakeNumber(operation, WriteCondition.None, expired ? 0 : home.Header.Version, now, out _))
        {
            return;
        }

        IReadOnlyList<Relationship> meant = operation.Relationships;
        if (operation.Created)
        {
            operation.Status = WriteStatus.NotFound;
            return;
        }

        if (operation.Kind == WriteKind.Unrelate)
        {
            meant = Present(key, meant);
        }
        else if (!FitsRelationships(key, meant, expired: false))
        {
            operation.Status = WriteStatus.TooManyRelationships;
            return;
        }

        if (meant.Count > 0)
        {
            if (operation.Kind == WriteKind.Unrelate)
            {
                batch.Unrelate(key, meant, operation.PresentVersion, operation.Version);
            }
            else
            {
                batch.Relate(key, meant, operation.PresentVersion, operation.Version);
            }

            operation.InBatch = true;
        }

        operation.RelationshipsStored = meant.Count;
        operation.Status = WriteStatus.Done;
    }

    /// <summary>Those of the relationships that the key has.</summary>
    private List<Relationship> Present(ReadOnlySpan<byte> key, IReadOnlyList<Relationship> meant)
    {
        var present = new List<Relationship>();
        for (int i = 0; i < meant.Count; i++)
        {
            if (_home.HasRelationship(key, meant[i].Type, meant[i].Target))
            {
                present.Add(meant[i]);
            }
        }

        return present;
    }

    private bool FitsRelationships(ReadOnlySpan<byte> key, IReadOnlyList<Relationship> added, bool expired)
    {
        if (added.Count > _options.MaxRelationships)
        {
            return false;
        }

        int present = expired ? 0 : _home.CountRelationships(key, _options.MaxRelationships + 1);
        if (present + added.Count <= _options.MaxRelationships)
        {
            return true;
        }

        // Near the limit it matters which of them are there already.
        _relationships.Clear();
        _home.Relationships(key, RelationshipDirection.Outgoing, _options.MaxRelationships + 1, _relationships);
        var all = new HashSet<(string, string)>();
        foreach (RelationshipView view in _relationships)
        {
            all.Add((view.Type, view.Target));
        }

        foreach (Relationship relationship in added)
        {
            all.Add((relationship.Type, relationship.Target));
        }

        return all.Count <= _options.MaxRelationships;
    }
}
