using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>
/// The store as its users see it: objects by key over eight tiers. MemoryStore is the implementation; doors
/// (REST and later ones) depend on this interface only.
/// </summary>
/// <remarks>All members are safe to call from any number of threads. Outcomes are values; exceptions are for bugs.</remarks>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>The options in force, after defaults and clamping.</summary>
    StoreOptions Options { get; }

    /// <summary>Stores one object. The command's memory is not used after the task has completed.</summary>
    ValueTask<StoreOutcome> StoreAsync(StoreCommand command, CancellationToken cancellation = default);

    /// <summary>Stores many; outcome i belongs to command i. Each command stands alone: one failure does not undo others.</summary>
    /// <param name="commands">What to store; a key named twice is stored twice, in order.</param>
    /// <param name="batchSize">Objects committed together, 1 to 1000.</param>
    /// <param name="cancellation">Stops before the next batch.</param>
    ValueTask<StoreOutcome[]> StoreManyAsync(
        IReadOnlyList<StoreCommand> commands, int batchSize = 100, CancellationToken cancellation = default);

    /// <summary>Deletes an object and its relationships.</summary>
    ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, WriteCondition condition = default, DurabilityLevel? durability = null,
        CancellationToken cancellation = default);

    /// <summary>
    /// Reads an object; blocks for the length of a disk read when no faster tier holds it. A hit in memory allocates nothing.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="into">Receives bytes, header, tier and latency.</param>
    ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into);

    /// <summary>Reads only what a hit in memory or the persistent pool can give; <c>NotFound</c> then means "look in the home".</summary>
    bool TryReadFast(ReadOnlySpan<byte> key, ObjectBuffer into);

    /// <summary>
    /// Reads an object without counting an access and without placing copies: for what is derived from the store. The data is always
    /// a private copy.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="into">Receives bytes, header and tier.</param>
    ReadStatus Peek(ReadOnlySpan<byte> key, ObjectBuffer into);

    /// <summary>Reads many; see <see cref="ReadBatch"/>.</summary>
    /// <param name="batch">The keys; what an earlier call read into it is forgotten.</param>
    /// <param name="first">Index of the key to begin with.</param>
    /// <param name="maxBytes">Stops after the key with which this many bytes were read; at least one key is read.</param>
    /// <returns>
    /// Index of the first key that was not read; <see cref="ReadBatch.Count"/> when all were. With <see cref="ReadBatch.LargeApart"/>
    /// a large object ends the call.
    /// </returns>
    int ReadMany(ReadBatch batch, int first = 0, long maxBytes = long.MaxValue);

    /// <summary>Header, size and fastest tier of an object without counting an access.</summary>
    ReadStatus Describe(ReadOnlySpan<byte> key, out ObjectHeader header, out int dataBytes, out TierId tier);

    /// <summary>When a key was first stored since it was last absent, and when its version was; one look at its home, no access counted.</summary>
    /// <param name="key">The key.</param>
    /// <param name="createdSeconds">Unix time, seconds; 0 = not known yet (a volatile store that is not written yet).</param>
    /// <param name="storedSeconds">Unix time, seconds; 0 = not known yet.</param>
    ReadStatus Times(ReadOnlySpan<byte> key, out uint createdSeconds, out uint storedSeconds);

    /// <summary>How often an object was read or stored, without counting an access; approximate where no memory tier holds it.</summary>
    long AccessCount(ReadOnlySpan<byte> key);

    /// <summary>Relationships of a key at one of its ends.</summary>
    ReadStatus Relationships(
        ReadOnlySpan<byte> key, RelationshipDirection direction, int limit, List<RelationshipView> into);

    /// <summary>A page of all relationships of the store, ordered by source, type, target: for what is derived from them.</summary>
    /// <param name="after">Where the last page ended; null = from the start, and null again after the last page.</param>
    /// <param name="limit">At most so many, 1 or more.</param>
    /// <param name="into">Receives them.</param>
    ReadStatus ListRelationships(ref byte[]? after, int limit, List<RelationshipView> into);

    /// <summary>Asserts relationships of an object; those it has already get the new weight and properties. Idempotent.</summary>
    /// <param name="source">The object they go out from; it must exist. Targets need not.</param>
    /// <param name="relationships">1 or more.</param>
    /// <param name="durability">Null = the store's; volatile counts as process.</param>
    /// <param name="cancellation">Not heeded once the change is on its way.</param>
    ValueTask<RelateOutcome> RelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default);

    /// <summary>Removes relationships of an object by type and target; those it does not have are passed over.</summary>
    /// <param name="source">The object they go out from.</param>
    /// <param name="relationships">1 or more; weights and properties do not matter.</param>
    /// <param name="durability">Null = the store's; volatile counts as process.</param>
    /// <param name="cancellation">Not heeded once the change is on its way.</param>
    ValueTask<RelateOutcome> UnrelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default);

    /// <summary>Makes <paramref name="target"/> the fastest tier that holds the object.</summary>
    ValueTask<MigrationOutcome> MigrateAsync(
        ReadOnlyMemory<byte> key, TierId target, bool force = false, string? reason = null,
        CancellationToken cancellation = default);

    /// <summary>Brings objects, and on demand what they are related to, into a tier.</summary>
    /// <param name="keys">1 to 100 keys.</param>
    /// <param name="target">Where to.</param>
    /// <param name="recursive">True = follow outgoing relationships too.</param>
    /// <param name="maxDepth">How many relationships deep, 1 to 3.</param>
    /// <param name="cancellation">Stops between objects.</param>
    ValueTask<PrefetchOutcome> PrefetchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys, TierId target, bool recursive = false, int maxDepth = 1,
        CancellationToken cancellation = default);

    /// <summary>
    /// Queues the objects <paramref name="key"/> is related to for a background prefetch into memory; for use after a read.
    /// </summary>
    /// <param name="key">The key just read.</param>
    /// <param name="queued">Receives the related keys that were not yet in memory and are now being fetched.</param>
    void PrefetchRelated(ReadOnlySpan<byte> key, List<string> queued);

    /// <summary>A page of keys in byte order.</summary>
    /// <param name="prefix">Keys begin with it; empty = all.</param>
    /// <param name="tier">Only objects whose fastest tier this is; null = all.</param>
    /// <param name="after">Keys after this one (exclusive); null = from the start.</param>
    /// <param name="limit">At most so many, 1 to 10 000.</param>
    /// <param name="cancellation">Stops early.</param>
    ListingPage List(string prefix, TierId? tier, string? after, int limit, CancellationToken cancellation = default);

    /// <summary>A consistent reading of all counters, tiers and components.</summary>
    StoreReport Report();

    /// <summary>Measures the tiers again in the background.</summary>
    void RequestCalibration();

    /// <summary>Writes back volatile objects and syncs the home.</summary>
    ValueTask FlushAsync(CancellationToken cancellation = default);
}
