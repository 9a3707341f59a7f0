using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Engine.Durability;

/// <summary>What the home knows of a key, without its bytes.</summary>
/// <param name="Exists">False when the key is absent; the other members are then zero.</param>
/// <param name="Tier">Which home holds it: <see cref="TierId.NvmeCold"/> or <see cref="TierId.HddArchive"/>.</param>
/// <param name="Header">Version, times and flags.</param>
/// <param name="StoredBytes">Bytes charged to the tier for it: key, envelope, metadata and data.</param>
/// <param name="DataBytes">Length of the data, bytes.</param>
public readonly record struct HomeStat(bool Exists, TierId Tier, ObjectHeader Header, long StoredBytes, int DataBytes);

/// <summary>How a commit ended; the batch is applied as a whole or not at all.</summary>
public enum CommitStatus : byte
{
    /// <summary>Applied at the durability asked for.</summary>
    Done,

    /// <summary>The disk is full: nothing was applied, the home is read-only until <see cref="IHome.TryRecover"/> succeeds.</summary>
    NoSpace,

    /// <summary>The write failed otherwise (I/O error, failed sync): never retried, the home is read-only until recovered.</summary>
    DeviceFailed,
}

/// <summary>State of the home.</summary>
public enum HomeHealth : byte
{
    /// <summary>Reads and writes work.</summary>
    Healthy,

    /// <summary>Reads work; writes are refused because the disk is full.</summary>
    ReadOnlyNoSpace,

    /// <summary>A write or sync failed: writes are refused.</summary>
    Failed,
}

/// <summary>A set of changes that becomes durable as a whole. Reusable; used by one committer at a time.</summary>
public interface IHomeBatch : IDisposable
{
    /// <summary>Number of changes added.</summary>
    int Count { get; }

    /// <summary>Bytes added so far, approximately.</summary>
    long Bytes { get; }

    /// <summary>Stores an object (in <see cref="TierId.NvmeCold"/>), its expiry entry and the change <see cref="ChangeKind.Stored"/>.</summary>
    /// <param name="image">The object; its header must carry version, created and stored times.</param>
    /// <param name="previous">What the key was before this operation (in the home or earlier in this batch).</param>
    /// <param name="changeNumber">Number of the change entry.</param>
    void Put(in ObjectImage image, in HomeStat previous, long changeNumber);

    /// <summary>Removes an object, its expiry entry and its relationships in both directions, and adds a change.</summary>
    void Delete(ReadOnlySpan<byte> key, in HomeStat previous, ChangeKind kind, long changeNumber);

    /// <summary>True when a key is an end of a relationship, in the home or earlier in this batch; also when that cannot be read.</summary>
    bool IsRelated(ReadOnlySpan<byte> key);

    /// <summary>Asserts outgoing relationships (same type and target: weight and properties are replaced) and adds the change <see cref="ChangeKind.Related"/>.</summary>
    void Relate(ReadOnlySpan<byte> source, IReadOnlyList<Relationship> relationships, long version, long changeNumber);

    /// <summary>Removes outgoing relationships by type and target and adds the change <see cref="ChangeKind.Related"/>.</summary>
    void Unrelate(ReadOnlySpan<byte> source, IReadOnlyList<Relationship> relationships, long version, long changeNumber);

    /// <summary>Empties the batch for reuse.</summary>
    void Clear();
}

/// <summary>An entry of a key listing.</summary>
public readonly record struct HomeListing(byte[] Key, ObjectHeader Header, int DataBytes, TierId Tier);

/// <summary>
/// The truth for every object: two log-structured merge stores, one on the SSD path and one on the archive path, with the
/// relationships, the expiry index and the change sequence beside the objects of the first.
/// </summary>
/// <remarks>
/// Reads and scans are safe from any number of threads. <see cref="Commit"/> and <see cref="Move"/> serialise themselves.
/// An object has one home; while a move is under way both paths may hold it and the SSD path decides. A deletion or a newer
/// version on the SSD path hides whatever the archive still holds, also after a crash.
/// </remarks>
public interface IHome : IDisposable
{
    /// <summary>The SSD path as a backend; <c>Place</c> and <c>Drop</c> there bypass the change sequence.</summary>
    ITierBackend Ssd { get; }

    /// <summary>The archive path as a backend.</summary>
    ITierBackend Archive { get; }

    /// <summary>Present state.</summary>
    HomeHealth Health { get; }

    /// <summary>What the opening had to give up, for people; null when nothing was.</summary>
    string? RecoveryNote { get; }

    /// <summary>Smallest number that is safe to give to the next change: above everything ever given out, crashes included.</summary>
    long FirstFreeNumber { get; }

    /// <summary>Number of the newest durable change; 0 when there is none.</summary>
    long LastChangeNumber { get; }

    /// <summary>
    /// Promises that no number at or above <paramref name="limit"/> was given out; persisted before it returns true. Called
    /// about once a million numbers.
    /// </summary>
    bool ReserveNumbers(long limit);

    /// <summary>Reads an object from its home; sets <see cref="ObjectBuffer.Tier"/>. Expired objects are returned: the caller checks.</summary>
    ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into);

    /// <summary>Looks a key up without returning its bytes; a key that no filter knows costs no I/O.</summary>
    ReadStatus Stat(ReadOnlySpan<byte> key, out HomeStat stat);

    /// <summary>A new, empty batch.</summary>
    IHomeBatch NewBatch();

    /// <summary>Writes a batch atomically.</summary>
    /// <param name="batch">What to write.</param>
    /// <param name="sync">True = synced to the medium before returning.</param>
    /// <param name="log">False = not written to the log: visible at once, durable after the next flush (volatile stores).</param>
    CommitStatus Commit(IHomeBatch batch, bool sync, bool log);

    /// <summary>Moves an object's home: writes and syncs the target, then removes the source; a crash between is harmless.</summary>
    /// <returns><see cref="PlaceStatus.Stale"/> when the key's version is no longer <paramref name="version"/>.</returns>
    PlaceStatus Move(ReadOnlySpan<byte> key, long version, TierId target);

    /// <summary>Removes up to <paramref name="limit"/> archive copies that are hidden for good, with their graves.</summary>
    /// <returns>Keys dealt with; 0 when there is nothing to do, or a medium fails.</returns>
    int CleanUpArchive(int limit);

    /// <summary>Keys with <paramref name="prefix"/> in byte order, after <paramref name="after"/> (exclusive; empty = from the start).</summary>
    void List(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit, List<HomeListing> into);

    /// <summary>Relationships of a key at one of its ends, ordered by type then other end.</summary>
    ReadStatus Relationships(ReadOnlySpan<byte> key, RelationshipDirection direction, int limit, List<RelationshipView> into);

    /// <summary>A page of all relationships, ordered by source, type, target.</summary>
    /// <param name="after">Where the last page ended; null = from the start, and null again after the last page.</param>
    /// <param name="limit">At most so many, 1 or more.</param>
    /// <param name="into">Receives them.</param>
    ReadStatus ListRelationships(ref byte[]? after, int limit, List<RelationshipView> into);

    /// <summary>Whether a key has an outgoing relationship; false also when that cannot be read.</summary>
    bool HasRelationship(ReadOnlySpan<byte> source, string type, string target);

    /// <summary>Number of outgoing relationships, counted up to <paramref name="limit"/>.</summary>
    int CountRelationships(ReadOnlySpan<byte> source, int limit);

    /// <summary>Keys whose expiry time has passed, oldest first; stale index entries are dropped on the way.</summary>
    void Expired(long nowMs, int limit, List<(byte[] Key, long Version)> into);

    /// <summary>Notes that a cold object was used, so that it is not archived; cheap, not synced, at most one entry a key and day.</summary>
    void Touch(ReadOnlySpan<byte> key, uint seconds);

    /// <summary>
    /// Walks the SSD path in key order for objects stored and touched before <paramref name="beforeSeconds"/>.
    /// </summary>
    /// <returns>Where to go on, or null when the end was reached. At most <paramref name="budget"/> objects are looked at.</returns>
    byte[]? ScanUnread(byte[]? after, uint beforeSeconds, int budget, List<(byte[] Key, long Version)> into);

    /// <summary>Changes after <paramref name="after"/>, oldest first.</summary>
    /// <returns>False when entries after that number have been trimmed already: the follower must rebuild from a full listing.</returns>
    bool Changes(long after, int limit, List<Change> into);

    /// <summary>Trims the change sequence up to and including <paramref name="upTo"/>.</summary>
    void TrimChanges(long upTo);

    /// <summary>A small named value kept with the store, or null.</summary>
    byte[]? GetNote(string name);

    /// <summary>Writes a small named value, durable against the end of the process.</summary>
    bool PutNote(string name, ReadOnlySpan<byte> value);

    /// <summary>Makes everything written so far survive power loss.</summary>
    CommitStatus Flush();

    /// <summary>Tries to write again after <see cref="HomeHealth.ReadOnlyNoSpace"/> or <see cref="HomeHealth.Failed"/>.</summary>
    bool TryRecover();

    /// <summary>Bytes of native memory the home holds (caches, write buffers, table readers).</summary>
    long MemoryBytes { get; }
}

/// <summary>Named points of the durability and movement protocols at which a test may stop, fail or kill the process.</summary>
public enum StagePoint
{
    /// <summary>Before a batch is written to the home.</summary>
    BeforeCommit,

    /// <summary>After a batch is written, before it is visible in the catalog or acknowledged.</summary>
    AfterCommit,

    /// <summary>A home move has written the target, not yet synced it.</summary>
    MoveTargetWritten,

    /// <summary>A home move has synced the target, not yet removed the source.</summary>
    MoveTargetSynced,

    /// <summary>A home move has removed the source.</summary>
    MoveSourceRemoved,

    /// <summary>A pool record has been written, not yet published in the pool's directory.</summary>
    PoolRecordWritten,

    /// <summary>A pool record has been published.</summary>
    PoolRecordPublished,

    /// <summary>Before a volatile object is written back to the home.</summary>
    BeforeWriteBack,
}

/// <summary>Receives stage points; the default does nothing. Tests stage faults with it.</summary>
public interface IStagePoints
{
    /// <summary>Called when the protocol reaches <paramref name="point"/>; may throw <see cref="IOException"/> to stage a device failure.</summary>
    void Reached(StagePoint point);
}

/// <summary>The stage points of a running service: none.</summary>
public sealed class NoStagePoints : IStagePoints
{
    /// <summary>The one instance.</summary>
    public static NoStagePoints Instance { get; } = new();

    /// <inheritdoc/>
    public void Reached(StagePoint point)
    {
    }
}
