using AuraMemory.Engine.Durability;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>Settings of a <see cref="PersistentPool"/>.</summary>
public sealed record PersistentPoolOptions
{
    /// <summary>Smallest <see cref="CapacityBytes"/>: 1 MiB.</summary>
    public const long MinCapacityBytes = 1L << 20;

    /// <summary>Largest <see cref="CapacityBytes"/>: 1 TiB, what a directory entry can address.</summary>
    public const long MaxCapacityBytes = 1L << 40;

    /// <summary>Folder that holds <c>pool.dat</c>; created when absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Hard budget for the whole file (headers, directory and records), bytes; 1 MiB to 1 TiB.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>Identity of the data directory whose objects the pool copies; a pool of another store is begun anew.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>
    /// Seed of key hashes and checksums, written into a file that is created and read back from one that exists. It should
    /// be secret and random: stored data can then not imitate a record.
    /// </summary>
    public required long HashSeed { get; init; }

    /// <summary>
    /// Expected size of a stored record, bytes, 64 to 1 MiB; sizes the directory (8 bytes for each). Smaller objects still
    /// fit, but the directory may then be full before the budget is.
    /// </summary>
    public int ExpectedObjectBytes { get; init; } = 512;

    /// <summary>Receives the points of the write protocol.</summary>
    public IStagePoints StagePoints { get; init; } = NoStagePoints.Instance;

    /// <summary>Forces a way of storing, so that each can be tested where the hardware is absent; null = by what the mapping grants.</summary>
    internal DurableWriterKind? Writer { get; init; }

    /// <summary>Faults of the medium that a test stages; null = none.</summary>
    internal PoolFaults? Faults { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(CapacityBytes, MinCapacityBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CapacityBytes, MaxCapacityBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExpectedObjectBytes, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ExpectedObjectBytes, 1 << 20);
    }
}

/// <summary>A medium that is full or fails, as a test stages it.</summary>
internal sealed class PoolFaults
{
    /// <summary>Blocks are granted up to this offset of the file, bytes.</summary>
    public long AllocatableBytes { get; set; } = long.MaxValue;

    /// <summary>Flushes that still succeed.</summary>
    public int FlushesLeft { get; set; } = int.MaxValue;
}

/// <summary>
/// The pool's file could not be opened at all: another process has it, access is denied, or the disk cannot hold even the
/// directory. Damage inside the file is never a reason: the pool is then begun anew.
/// </summary>
public sealed class PoolOpenException : IOException
{
    /// <summary>Makes the exception.</summary>
    public PoolOpenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A copy that is written but not yet visible; see <see cref="PersistentPool.TryWrite"/>.</summary>
/// <remarks>
/// It holds nothing: a ticket that is neither published nor abandoned costs only the log space until eviction passes it.
/// </remarks>
public readonly struct PoolTicket
{
    internal PoolTicket(long position, ulong hash, ulong word, long version)
    {
        Position = position;
        Hash = hash;
        Word = word;
        Version = version;
    }

    internal long Position { get; }

    internal ulong Hash { get; }

    internal ulong Word { get; }

    /// <summary>Version of the object that was written; 0 for a ticket that was never issued.</summary>
    public long Version { get; }
}
