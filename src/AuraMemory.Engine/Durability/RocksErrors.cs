using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <summary>What a failed native call means for us.</summary>
internal enum RocksFailure : byte
{
    /// <summary>The call succeeded.</summary>
    None,

    /// <summary>The file system or its quota is full.</summary>
    NoSpace,

    /// <summary>Bytes on the medium are not what was written.</summary>
    Corruption,

    /// <summary>Another handle holds the database.</summary>
    Locked,

    /// <summary>Written by a release that knows more than this one.</summary>
    NewerFormat,

    /// <summary>The file system cannot do unbuffered I/O.</summary>
    NoDirectIo,

    /// <summary>Any other input or output error; nothing is known of the medium's state.</summary>
    Io,
}

/// <summary>The one place that reads the storage engine's error texts.</summary>
/// <remarks>
/// The native interface reports errors as text only: a code word, then the system's message. Space is looked for before the
/// code word, because a full disk comes as an I/O error. What is not recognised counts as a failed device: refusing to
/// write is the safe reading of an unknown error.
/// </remarks>
internal static class RocksErrors
{
    private static readonly string[] NoSpaceTexts =
        ["No space left on device", "Disk quota exceeded", "NoSpace", "not enough space on the disk", "Max allowed space was reached"];

    private static readonly string[] LockTexts =
        ["lock hold by current process", "While lock file", "Failed to create lock file", "LOCK: Resource temporarily unavailable"];

    private static readonly string[] NewerTexts =
        ["Column families not opened", "created with newer version", "newer version of RocksDB", "Unknown Footer version", "Unsupported"];

    /// <summary>Classifies an error text; null means success.</summary>
    public static RocksFailure Classify(string? error) => error switch
    {
        null => RocksFailure.None,
        _ when HasAny(error, NoSpaceTexts) => RocksFailure.NoSpace,
        _ when HasAny(error, LockTexts) => RocksFailure.Locked,
        _ when error.Contains("irect I/O", StringComparison.Ordinal) => RocksFailure.NoDirectIo,
        _ when HasAny(error, NewerTexts) => RocksFailure.NewerFormat,
        _ when error.StartsWith("Corruption", StringComparison.Ordinal) => RocksFailure.Corruption,
        _ => RocksFailure.Io,
    };

    /// <summary>How a read that failed so ends.</summary>
    public static ReadStatus ToRead(RocksFailure failure) => failure switch
    {
        RocksFailure.None => ReadStatus.Found,
        RocksFailure.Corruption => ReadStatus.Corrupt,
        _ => ReadStatus.DeviceFailed,
    };

    /// <summary>How a commit that failed so ends.</summary>
    public static CommitStatus ToCommit(RocksFailure failure) => failure switch
    {
        RocksFailure.None => CommitStatus.Done,
        RocksFailure.NoSpace => CommitStatus.NoSpace,
        _ => CommitStatus.DeviceFailed,
    };

    /// <summary>How a placement that failed so ends.</summary>
    public static PlaceStatus ToPlace(RocksFailure failure) => failure switch
    {
        RocksFailure.None => PlaceStatus.Placed,
        RocksFailure.NoSpace => PlaceStatus.NoSpace,
        _ => PlaceStatus.DeviceFailed,
    };

    private static bool HasAny(string error, string[] texts)
    {
        foreach (string text in texts)
        {
            if (error.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
