namespace AuraMemory.Engine.Catalog;

/// <summary>A locked bucket: the right to change the placement of the keys in it.</summary>
internal readonly unsafe ref struct CatalogGuard
{
    private readonly ObjectCatalog _catalog;
    private readonly CatalogBucket* _bucket;
    private readonly uint _version;

    internal CatalogGuard(ObjectCatalog catalog, CatalogBucket* bucket, uint version)
    {
        _catalog = catalog;
        _bucket = bucket;
        _version = version;
    }

    /// <summary>True when nothing in the bucket has changed since the token was taken.</summary>
    public bool Matches(in CatalogToken token) => token.Bucket == _bucket && token.Version == _version;

    /// <summary>True when nothing in the bucket has changed since the probe.</summary>
    public bool Matches(in CatalogProbe probe) => probe.Bucket == _bucket && probe.Version == _version;

    /// <summary>The slot and record of a key, or zero and null.</summary>
    public ulong Find(ulong hash, ReadOnlySpan<byte> key, out byte* record) => _catalog.Scan(_bucket, hash, key, out record);

    /// <summary>True when the key's slot is exactly <paramref name="slot"/>.</summary>
    public bool Holds(ulong slot) => Locate(slot) is not null;

    /// <summary>Replaces one slot by another in one store.</summary>
    public void Replace(ulong slot, ulong by)
    {
        ulong* at = Locate(slot);
        if (at is null)
        {
            throw new InvalidOperationException("The slot to replace is not in the locked bucket.");
        }

        Volatile.Write(ref *at, by);
    }

    /// <summary>Removes a slot.</summary>
    public void Remove(ulong slot)
    {
        Replace(slot, 0);
        _catalog.CountEntries(-1);
    }

    /// <summary>Adds a slot; the key must not be there.</summary>
    /// <returns>False when the catalog has no memory left.</returns>
    public bool Insert(ulong slot)
    {
        CatalogBucket* bucket = _bucket;
        int size = CatalogBucket.Slots;
        while (true)
        {
            for (int i = 0; i < size; i++)
            {
                if (bucket->Slot[i] == 0)
                {
                    Volatile.Write(ref bucket->Slot[i], slot);
                    _catalog.CountEntries(1);
                    return true;
                }
            }

            if (bucket->Next == 0)
            {
                uint spill = _catalog.TakeSpill();
                if (spill == 0)
                {
                    return false;
                }

                Volatile.Write(ref bucket->Next, spill);
            }

            bucket = _catalog.Spill(bucket->Next);
            size = CatalogBucket.SpillSlots;
        }
    }

    /// <summary>Unlocks; readers that looked in between start again.</summary>
    public void Dispose() => Volatile.Write(ref _bucket->Version, _version + 2);

    private ulong* Locate(ulong slot)
    {
        CatalogBucket* bucket = _bucket;
        int size = CatalogBucket.Slots;
        while (true)
        {
            for (int i = 0; i < size; i++)
            {
                if (bucket->Slot[i] == slot)
                {
                    return &bucket->Slot[i];
                }
            }

            if (bucket->Next == 0)
            {
                return null;
            }

            bucket = _catalog.Spill(bucket->Next);
            size = CatalogBucket.SpillSlots;
        }
    }
}
