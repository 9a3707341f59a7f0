namespace AuraMemory.Engine.Objects;

/// <summary>How a read ended. Every "no" differs, because every caller must react differently.</summary>
public enum ReadStatus : byte
{
    /// <summary>The object was read.</summary>
    Found,

    /// <summary>No such object, or it has expired.</summary>
    NotFound,

    /// <summary>A limit on concurrent work was reached; trying again later helps.</summary>
    Throttled,

    /// <summary>A copy was there and failed its checksum or did not parse. It is reported, never returned.</summary>
    Corrupt,

    /// <summary>The medium failed (I/O error, device gone): whether the object exists is not known.</summary>
    DeviceFailed,
}

/// <summary>How a store, delete or conditional write ended.</summary>
public enum WriteStatus : byte
{
    /// <summary>Acknowledged at the durability asked for.</summary>
    Done,

    /// <summary>Delete or update of a key that does not exist.</summary>
    NotFound,

    /// <summary>The <see cref="WriteCondition"/> did not hold; nothing was changed.</summary>
    ConditionFailed,

    /// <summary>A size, count or depth limit was exceeded; nothing was changed.</summary>
    TooLarge,

    /// <summary>The object would have more relationships than the limit; nothing was changed.</summary>
    TooManyRelationships,

    /// <summary>The home has no space left: the store is read-only until there is some.</summary>
    NoSpace,

    /// <summary>A limit on concurrent work was reached; trying again later helps.</summary>
    Throttled,

    /// <summary>The home cannot be written; nothing is known to be durable.</summary>
    DeviceFailed,
}

/// <summary>How placing a copy in a tier ended.</summary>
public enum PlaceStatus : byte
{
    /// <summary>The copy is in the tier and visible to readers.</summary>
    Placed,

    /// <summary>The tier held this very version already.</summary>
    AlreadyThere,

    /// <summary>A newer version, or a deletion, is known: the copy was not placed.</summary>
    Stale,

    /// <summary>The tier is full of objects that are worth more there.</summary>
    NotAdmitted,

    /// <summary>The object is larger than the largest one the tier can hold.</summary>
    TooLarge,

    /// <summary>No contiguous space could be freed within the budget (for example because readers hold leases).</summary>
    NoSpace,

    /// <summary>The tier is out of service.</summary>
    DeviceFailed,
}

/// <summary>What an acknowledged store survives.</summary>
public enum DurabilityLevel : byte
{
    /// <summary>May be lost at a crash; written back later.</summary>
    Volatile,

    /// <summary>Survives the end of the process (<c>kill -9</c>), not of the machine. The default.</summary>
    Process,

    /// <summary>Survives power loss: synced, with group commit.</summary>
    Fsync,
}

/// <summary>What must hold of the present state for a write to happen (<c>If-Match</c>, <c>If-None-Match</c>).</summary>
public readonly record struct WriteCondition
{
    private WriteCondition(ConditionKind kind, long version) => (Kind, Version) = (kind, version);

    internal enum ConditionKind : byte
    {
        None,
        Absent,
        Present,
        VersionIs,
        VersionIsNot,
    }

    internal ConditionKind Kind { get; }

    internal long Version { get; }

    /// <summary>Always write.</summary>
    public static WriteCondition None => default;

    /// <summary>Only when the key does not exist (<c>If-None-Match: *</c>).</summary>
    public static WriteCondition IfAbsent => new(ConditionKind.Absent, 0);

    /// <summary>Only when the key exists (<c>If-Match: *</c>).</summary>
    public static WriteCondition IfPresent => new(ConditionKind.Present, 0);

    /// <summary>Only when the present version is this one.</summary>
    public static WriteCondition IfVersion(long version) => new(ConditionKind.VersionIs, version);

    /// <summary>Only when the present version is another one, or the key does not exist.</summary>
    public static WriteCondition IfNotVersion(long version) => new(ConditionKind.VersionIsNot, version);

    /// <summary>True when no check is needed.</summary>
    public bool IsNone => Kind == ConditionKind.None;

    /// <summary>Evaluates the condition; <paramref name="version"/> is 0 when the key is absent.</summary>
    public bool Holds(long version) => Kind switch
    {
        ConditionKind.None => true,
        ConditionKind.Absent => version == 0,
        ConditionKind.Present => version != 0,
        ConditionKind.VersionIs => version == Version,
        _ => version != Version,
    };
}
