namespace AuraMemory.Engine.Durability;

/// <summary>Why a home could not be opened.</summary>
public enum HomeOpenProblem : byte
{
    /// <summary>Another process, or another store of this process, has it open.</summary>
    Locked,

    /// <summary>Files are damaged.</summary>
    Corrupt,

    /// <summary>A newer release of this service wrote it.</summary>
    NewerFormat,

    /// <summary>The two folders do not belong together, or the archive is missing.</summary>
    Mismatch,

    /// <summary>The file system has no space left.</summary>
    NoSpace,

    /// <summary>The folder cannot be created, read or written.</summary>
    Unavailable,
}

/// <summary>The home could not be opened; the message says what is wrong, where, and what to do.</summary>
public sealed class HomeOpenException : Exception
{
    /// <summary>Makes the exception.</summary>
    public HomeOpenException(HomeOpenProblem problem, string path, string message, Exception? inner = null)
        : base(message, inner)
    {
        Problem = problem;
        Path = path;
    }

    /// <summary>What is wrong.</summary>
    public HomeOpenProblem Problem { get; }

    /// <summary>The folder it concerns.</summary>
    public string Path { get; }

    /// <summary>Turns an error text of the storage engine into an explanation.</summary>
    internal static HomeOpenException From(string path, string error, bool mayRepair) => RocksErrors.Classify(error) switch
    {
        RocksFailure.Locked => new HomeOpenException(
            HomeOpenProblem.Locked,
            path,
            $"The data folder '{path}' is in use by another process or another store of this process. Stop the other one, or choose another folder. ({error})"),
        RocksFailure.Corruption => new HomeOpenException(
            HomeOpenProblem.Corrupt,
            path,
            $"The data folder '{path}' is damaged: {error}. Restore a backup"
                + (mayRepair
                    ? "; or, when the damage is in the log, set allow_point_in_time_recovery for one start to open with what was written before the damage. Changes after it are lost."
                    : ".")),
        RocksFailure.NewerFormat => new HomeOpenException(
            HomeOpenProblem.NewerFormat,
            path,
            $"The data folder '{path}' was written by a newer release. Start that release, or choose another folder. ({error})"),
        RocksFailure.NoSpace => new HomeOpenException(
            HomeOpenProblem.NoSpace,
            path,
            $"The file system of '{path}' is full, and opening needs a little room. Free some space and start again. ({error})"),
        _ => new HomeOpenException(
            HomeOpenProblem.Unavailable,
            path,
            $"The data folder '{path}' cannot be opened: {error}. Check that the path exists, is mounted and may be written by this user."),
    };
}
