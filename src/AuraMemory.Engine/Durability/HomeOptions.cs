namespace AuraMemory.Engine.Durability;

/// <summary>Settings of the durable home.</summary>
public sealed record HomeOptions
{
    /// <summary>Smallest block cache and write buffer, bytes.</summary>
    public const long MinMemoryBytes = 1 << 20;

    /// <summary>Folder of the SSD database; created when missing.</summary>
    public required string SsdPath { get; init; }

    /// <summary>Folder of the archive database; created when missing. Must differ from <see cref="SsdPath"/>.</summary>
    public required string ArchivePath { get; init; }

    /// <summary>Logical budget of the SSD path, bytes (keys, envelopes, metadata and data of live objects).</summary>
    public long SsdCapacityBytes { get; init; } = 100L << 30;

    /// <summary>Logical budget of the archive path, bytes, before compression.</summary>
    public long ArchiveCapacityBytes { get; init; } = 1000L << 30;

    /// <summary>One least-recently-used cache for blocks, index and filter blocks of both databases; write buffers are charged to it too. At least 1 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 64L << 20;

    /// <summary>Write buffers of both databases together, bytes; at least 1 MiB.</summary>
    public long WriteBufferBytes { get; init; } = 32L << 20;

    /// <summary>Bypass the page cache for table reads, flushes and compactions. Falls back, with a reason, where the file system refuses.</summary>
    public bool DirectIo { get; init; }

    /// <summary>Compress: archive with zstd and a trained dictionary, bottom level of the SSD with lz4.</summary>
    public bool CompressCold { get; init; } = true;

    /// <summary>Values of at least this many bytes live in blob files, out of the way of compactions. At least 4096.</summary>
    public long BlobThresholdBytes { get; init; } = 32 << 10;

    /// <summary>Change entries kept; older ones are trimmed. At least 1; the trim is in steps, so up to 1/64 more (16 to 4096) may be there.</summary>
    public long RetainedChanges { get; init; } = 1_000_000;

    /// <summary>
    /// When the log is damaged in the middle, open with the changes before the damage instead of refusing. An operator's
    /// decision: acknowledged changes after the damage are lost, and <see cref="Home.RecoveryNote"/> says so.
    /// </summary>
    public bool AllowPointInTimeRecovery { get; init; }

    /// <summary>
    /// File that witnesses how far the logs of both databases went (<see cref="TailWitness"/>); created when missing. Null:
    /// the end of a log is believed.
    /// </summary>
    public string? WitnessPath { get; init; }

    /// <summary>Which run of the system this is; null where that is not known: then only what was synced is demanded of a log.</summary>
    public Guid? BootId { get; init; }

    /// <summary>Receives stage points; tests stage faults with it.</summary>
    public IStagePoints StagePoints { get; init; } = NoStagePoints.Instance;

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(SsdPath);
        ArgumentException.ThrowIfNullOrWhiteSpace(ArchivePath);
        if (Path.GetFullPath(SsdPath) == Path.GetFullPath(ArchivePath))
        {
            throw new ArgumentException("SsdPath and ArchivePath must be two folders.");
        }

        AtLeast(SsdCapacityBytes, 0, nameof(SsdCapacityBytes));
        AtLeast(ArchiveCapacityBytes, 0, nameof(ArchiveCapacityBytes));
        AtLeast(BlockCacheBytes, MinMemoryBytes, nameof(BlockCacheBytes));
        AtLeast(WriteBufferBytes, MinMemoryBytes, nameof(WriteBufferBytes));
        AtLeast(BlobThresholdBytes, 4096, nameof(BlobThresholdBytes));
        AtLeast(RetainedChanges, 1, nameof(RetainedChanges));
        ArgumentNullException.ThrowIfNull(StagePoints);
    }

    private static void AtLeast(long value, long minimum, string name)
    {
        if (value < minimum)
        {
            throw new ArgumentException($"{name} is {value}; the smallest value is {minimum}.");
        }
    }
}
