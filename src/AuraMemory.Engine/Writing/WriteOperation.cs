using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Writing;

/// <summary>What a <see cref="WriteOperation"/> does.</summary>
internal enum WriteKind : byte
{
    Store,
    Delete,
    Expire,
    WriteBack,
    Relate,
    Unrelate,
}

/// <summary>One change on its way through the <see cref="Committer"/>, and what came of it.</summary>
internal sealed class WriteOperation
{
    public WriteOperation(WriteKind kind, ReadOnlyMemory<byte> key, ulong hash)
    {
        Kind = kind;
        Key = key;
        Hash = hash;
    }

    /// <summary>An expiry or a write-back of the version that was met; whoever waits for it learns of the process's end at most.</summary>
    public static WriteOperation OfVersion(WriteKind kind, byte[] key, ulong hash, long version) => new(kind, key, hash)
    {
        ExpectedVersion = version,
        Durability = DurabilityLevel.Process,
    };

    public WriteKind Kind { get; }

    public ReadOnlyMemory<byte> Key { get; }

    public ulong Hash { get; }

    /// <summary>For a store.</summary>
    public StoreCommand? Command { get; init; }

    /// <summary>For relating and its opposite.</summary>
    public IReadOnlyList<Relationship> Relationships { get; init; } = [];

    /// <summary>For a delete; a store carries its own.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>For an expiry or a write-back: the version meant.</summary>
    public long ExpectedVersion { get; init; }

    public DurabilityLevel Durability { get; init; }

    /// <summary>Outcome.</summary>
    public WriteStatus Status { get; set; }

    /// <summary>Version written, number of the deletion, or the present version when the condition failed.</summary>
    public long Version { get; set; }

    /// <summary>Version that the operation replaces or deletes; 0 = none.</summary>
    public long PresentVersion { get; set; }

    public bool Created { get; set; }

    public int RelationshipsStored { get; set; }

    /// <summary>Fastest tier that holds the object after a store.</summary>
    public TierId Tier { get; set; } = TierId.NvmeCold;

    public string? PlacementReason { get; set; }

    /// <summary>True when the operation is part of the batch being committed.</summary>
    public bool InBatch { get; set; }

    /// <summary>True from the moment the operation has its number until it is visible or has failed.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>Header of the version in the batch.</summary>
    public ObjectHeader Header { get; set; }

    /// <summary>What has to be known of the operation once its caller has been answered and its memory is the caller's again.</summary>
    public WriteOperation Detached() => new(Kind, Key.ToArray(), Hash)
    {
        ExpectedVersion = ExpectedVersion,
        Durability = Durability,
        Version = Version,
    };
}

/// <summary>Operations submitted together; they complete together.</summary>
internal sealed class WriteRequest(ReadOnlyMemory<WriteOperation> operations)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<WriteOperation> Operations { get; } = operations;

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception bug) => _done.TrySetException(bug);
}
