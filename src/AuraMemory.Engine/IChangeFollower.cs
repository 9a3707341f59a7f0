namespace AuraMemory.Engine;

/// <summary>What happened to a key.</summary>
public enum ChangeKind : byte
{
    /// <summary>A version was stored.</summary>
    Stored = 1,

    /// <summary>The key was deleted.</summary>
    Deleted = 2,

    /// <summary>The key's time to live ran out.</summary>
    Expired = 3,

    /// <summary>Relationships of the key (as source) were asserted or removed.</summary>
    Related = 4,
}

/// <summary>One entry of the ordered, durable change sequence.</summary>
/// <param name="Number">Position in the sequence: strictly increasing, with gaps.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Key">Key bytes.</param>
/// <param name="Version">Version stored, or version that was deleted.</param>
public readonly record struct Change(long Number, ChangeKind Kind, byte[] Key, long Version);

/// <summary>Something derived from the store (an index, a mirror, a stream) that is kept up by the change sequence.</summary>
/// <remarks>
/// Changes come in order, at least once: after a crash those since the last noted position come again, so applying must be
/// idempotent. A change names key and version only; the follower reads the object when it needs it and may then meet a newer
/// version, whose own change follows. Volatile stores enter the sequence when they are written back.
/// </remarks>
public interface IChangeFollower
{
    /// <summary>Applies changes; when it returns they are as durable as the follower needs them.</summary>
    /// <param name="changes">In order; only valid during the call.</param>
    /// <param name="cancellation">Asks to stop; what was not applied comes again.</param>
    ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation);

    /// <summary>
    /// The sequence no longer reaches back to the follower's position (or it is new): build anew from a listing of the store.
    /// </summary>
    /// <param name="cancellation">Asks to stop; the rebuild then starts again at the next start.</param>
    ValueTask RebuildAsync(CancellationToken cancellation);
}

/// <summary>How far a follower has come.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">Number of the last change it has applied.</param>
/// <param name="Behind">Numbers between that and the newest change; an upper bound of the changes it lacks.</param>
/// <param name="Failure">Why it stopped trying for the moment; null when it works.</param>
public sealed record FollowerState(string Name, long Position, long Behind, string? Failure);
