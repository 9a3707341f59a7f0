using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>One object to store, with everything the caller may say about it.</summary>
public sealed record StoreCommand
{
    /// <summary>Key bytes, see <see cref="ObjectKey"/>.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>A validated UTF-8 JSON text, kept byte for byte.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Longest <see cref="ShapeOptions"/>, bytes.</summary>
    public const int MaxShapeOptionsBytes = 4096;

    private ReadOnlyMemory<byte> _metadata;
    private ReadOnlyMemory<byte> _shapeOptions;

    /// <summary>A validated UTF-8 JSON object; empty = none.</summary>
    public ReadOnlyMemory<byte> Metadata
    {
        get => _metadata;
        init
        {
            _metadata = value;
            Section = MetadataSection.Compose(_shapeOptions.Span, _metadata);
        }
    }

    /// <summary>
    /// What the caller says about the object's shape, a validated UTF-8 JSON object of at most <see cref="MaxShapeOptionsBytes"/>
    /// bytes; empty = nothing. Kept with every copy of the object, for whoever analyses it; the engine gives it no meaning.
    /// </summary>
    public ReadOnlyMemory<byte> ShapeOptions
    {
        get => _shapeOptions;
        init
        {
            _shapeOptions = value;
            Section = MetadataSection.Compose(_shapeOptions.Span, _metadata);
        }
    }

    /// <summary>What is kept in front of the data: see <see cref="MetadataSection"/>.</summary>
    internal ReadOnlyMemory<byte> Section { get; private set; }

    /// <summary>What the command says in the flags of the object's header.</summary>
    internal ObjectFlags Flags =>
        (AnalyzeShape ? ObjectFlags.ShapeRequested : ObjectFlags.None) | (_shapeOptions.IsEmpty ? ObjectFlags.None : ObjectFlags.ShapeOptionsGiven);

    /// <summary>Outgoing relationships to assert; those the key has already are kept.</summary>
    public IReadOnlyList<Relationship> Relationships { get; init; } = [];

    /// <summary>Tier in which a copy is wanted; honoured when it fits, explained when it does not.</summary>
    public TierId? PreferredTier { get; init; }

    /// <summary>Time after which the object expires; null = never.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Durability of the acknowledgement; null = the store's default.</summary>
    public DurabilityLevel? Durability { get; init; }

    /// <summary>What must hold for the store to happen.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>True when shape analysis is wanted.</summary>
    public bool AnalyzeShape { get; init; }

    /// <summary>A command from text, checked: for programs that embed the store. Doors check the bytes they receive themselves.</summary>
    /// <param name="key">The key.</param>
    /// <param name="json">Any JSON value.</param>
    /// <exception cref="ArgumentException">The key breaks the rules, or the text is not strict JSON; the message says where.</exception>
    public static StoreCommand FromText(string key, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        byte[] data = System.Text.Encoding.UTF8.GetBytes(json);
        return Objects.Json.JsonText.TryValidate(data, out Objects.Json.JsonFault fault)
            ? new StoreCommand { Key = ObjectKey.Parse(key), Data = data }
            : throw new ArgumentException(fault.Describe(data), nameof(json));
    }
}

/// <summary>How a store ended.</summary>
/// <param name="Status">Outcome; the other members are meaningful for <see cref="WriteStatus.Done"/>.</param>
/// <param name="Tier">Fastest tier that holds the new version.</param>
/// <param name="Version">Version written; for <see cref="WriteStatus.ConditionFailed"/> the present one (0 = absent).</param>
/// <param name="Created">True when the key was absent before.</param>
/// <param name="DataBytes">Length of the data, bytes.</param>
/// <param name="RelationshipsStored">Relationships asserted by this store.</param>
/// <param name="LatencyNs">Nanoseconds from the call to the acknowledgement.</param>
/// <param name="PlacementReason">Why the preferred tier was not used; null when it was, or none was named.</param>
public readonly record struct StoreOutcome(
    WriteStatus Status,
    TierId Tier,
    long Version,
    bool Created,
    int DataBytes,
    int RelationshipsStored,
    long LatencyNs,
    string? PlacementReason);

/// <summary>How relating objects, or its opposite, ended.</summary>
/// <param name="Status">Outcome: done, <see cref="WriteStatus.NotFound"/> when there is no such source, or why it could not be written.</param>
/// <param name="Count">Relationships asserted, or removed of those that were there.</param>
public readonly record struct RelateOutcome(WriteStatus Status, int Count);

/// <summary>How a delete ended.</summary>
/// <param name="Status">Outcome.</param>
/// <param name="Version">Version that was deleted; for <see cref="WriteStatus.ConditionFailed"/> the present one.</param>
public readonly record struct DeleteOutcome(WriteStatus Status, long Version);

/// <summary>How a migration ended.</summary>
/// <param name="Status"><c>migrated</c>, <c>already_there</c> or <c>refused</c>; see <see cref="MigrationStatus"/>.</param>
/// <param name="From">Fastest tier that held the object before.</param>
/// <param name="To">Fastest tier that holds it now.</param>
/// <param name="DataBytes">Length of the data, bytes.</param>
/// <param name="DurationNs">Nanoseconds from the decision to the moment readers get the new copy.</param>
/// <param name="Reason">Why it was refused, for people; null otherwise.</param>
public readonly record struct MigrationOutcome(
    MigrationStatus Status, TierId From, TierId To, int DataBytes, long DurationNs, string? Reason);

/// <summary>Outcome of a migration.</summary>
public enum MigrationStatus : byte
{
    /// <summary>The target is now the fastest tier that holds the object.</summary>
    Migrated,

    /// <summary>It was so already.</summary>
    AlreadyThere,

    /// <summary>No such object.</summary>
    NotFound,

    /// <summary>The target cannot hold it: see the reason.</summary>
    Refused,

    /// <summary>A medium failed.</summary>
    DeviceFailed,
}

/// <summary>How a prefetch ended.</summary>
/// <param name="Prefetched">Keys that are now in the target tier or a faster one.</param>
/// <param name="RelatedFound">Distinct related keys found while following relationships.</param>
/// <param name="Requested">Keys asked for, related ones included.</param>
/// <param name="TotalBytes">Data bytes of the prefetched objects.</param>
/// <param name="DurationNs">Nanoseconds taken.</param>
public sealed record PrefetchOutcome(
    IReadOnlyList<string> Prefetched, int RelatedFound, int Requested, long TotalBytes, long DurationNs);

/// <summary>An entry of a key listing.</summary>
/// <param name="Key">The key.</param>
/// <param name="DataBytes">Length of the data, bytes.</param>
/// <param name="Tier">Fastest tier that holds it.</param>
/// <param name="Version">Present version.</param>
public readonly record struct ObjectListing(string Key, int DataBytes, TierId Tier, long Version);

/// <summary>One page of a listing.</summary>
/// <param name="Items">Entries in key order.</param>
/// <param name="Next">Key after which the next page begins; null at the end.</param>
/// <param name="Status"><see cref="ReadStatus.Found"/>, or <see cref="ReadStatus.DeviceFailed"/> when the home could not be read.</param>
public sealed record ListingPage(IReadOnlyList<ObjectListing> Items, string? Next, ReadStatus Status = ReadStatus.Found);
