using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Catalog;

/// <summary>A catalog slot: where an object's fastest copy in memory is, in one word.</summary>
/// <remarks>
/// Bits 63-48: tag, the upper 16 bits of the key's hash. Bits 47-45: tier. Bits 44-0: offset in the tier's arena in units
/// of 8 bytes, plus one, so that no slot in use is zero (256 TiB an arena).
/// </remarks>
internal static class CatalogSlot
{
    private const int TierShift = 45;
    private const ulong OffsetMask = (1UL << TierShift) - 1;

    public static ulong Make(ulong hash, TierId tier, long offset) =>
        (hash & 0xFFFF_0000_0000_0000) | ((ulong)tier << TierShift) | ((ulong)(offset >> 3) + 1);

    public static TierId Tier(ulong slot) => (TierId)((slot >> TierShift) & 7);

    public static long Offset(ulong slot) => (long)((slot & OffsetMask) - 1) << 3;
}

/// <summary>
/// One cache line of the catalog: a version word, the number of the next bucket of the chain, and seven slots.
/// </summary>
/// <remarks>An overflow bucket is half a line with the same beginning and three slots; its version word is not used.</remarks>
internal unsafe struct CatalogBucket
{
    public const int Slots = 7;
    public const int Bytes = 64;
    public const int SpillSlots = 3;
    public const int SpillBytes = 32;

    /// <summary>Even: stable. Odd: locked. Grows by two with every change.</summary>
    public uint Version;

    /// <summary>Number of the overflow bucket that goes on the chain; 0 = none.</summary>
    public uint Next;

    public fixed ulong Slot[Slots];
}

/// <summary>Where an optimistic look-up found an object, and the bucket version under which it did.</summary>
internal readonly unsafe struct CatalogProbe(CatalogBucket* bucket, uint version, byte* record, TierId tier)
{
    public readonly CatalogBucket* Bucket = bucket;
    public readonly uint Version = version;
    public readonly byte* Record = record;
    public readonly TierId Tier = tier;

    /// <summary>True while nothing in the bucket has changed since the look-up: everything read in between is one whole version.</summary>
    public bool IsValid
    {
        get
        {
            // Without the barrier the loads of the object's bytes could be satisfied after the load of the version.
            System.Threading.Volatile.ReadBarrier();
            return System.Threading.Volatile.Read(ref Bucket->Version) == Version;
        }
    }
}

/// <summary>A slot whose tag fits a key, remembered while its record is on its way; nothing is known until the key was compared.</summary>
internal unsafe struct CatalogCandidate
{
    public CatalogBucket* Bucket;
    public ulong Slot;
    public uint Version;
}

/// <summary>A moment of one key's bucket: a copy read from elsewhere after it may be published only if nothing changed since.</summary>
internal readonly unsafe struct CatalogToken(CatalogBucket* bucket, uint version)
{
    public readonly CatalogBucket* Bucket = bucket;
    public readonly uint Version = version;
}
