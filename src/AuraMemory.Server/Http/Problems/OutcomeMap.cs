using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Http.Problems;

/// <summary>The one place where outcomes of the store become HTTP answers.</summary>
internal static class OutcomeMap
{
    private const int ThrottledRetrySeconds = 1;
    private const int FailedRetrySeconds = 5;
    private const int NoSpaceRetrySeconds = 30;

    /// <summary>The problem of a read that did not find; null when it did.</summary>
    public static Problem? OfRead(ReadStatus status, string? member = "key") => status switch
    {
        ReadStatus.Found => null,
        ReadStatus.NotFound => new(ProblemType.NotFound, "No object is stored under this key.", member),
        ReadStatus.Throttled => new(ProblemType.Throttled, "A limit on concurrent reads was reached; nothing was read.", RetryAfterSeconds: ThrottledRetrySeconds),
        ReadStatus.Corrupt => new(ProblemType.Corrupt, "The stored copy failed its checksum and is not returned. Store the object again or restore a backup.", member),
        _ => new(ProblemType.DeviceFailed, "The medium that holds the object cannot be read: whether it exists is not known.", RetryAfterSeconds: FailedRetrySeconds),
    };

    /// <summary>The problem of a write that was not done; null when it was.</summary>
    public static Problem? OfWrite(WriteStatus status, long presentVersion) => status switch
    {
        WriteStatus.Done => null,
        WriteStatus.NotFound => new(ProblemType.NotFound, "No object is stored under this key.", "key"),
        WriteStatus.ConditionFailed => new(
            ProblemType.ConditionFailed,
            presentVersion == 0 ? "The key does not exist; nothing was changed." : $"The present version is {presentVersion}; nothing was changed.",
            "If-Match"),
        WriteStatus.TooLarge => new(ProblemType.TooLarge, "The object exceeds the store's size limit; nothing was changed.", "data"),
        WriteStatus.TooManyRelationships => new(
            ProblemType.InvalidRequest, "The object would have more relationships than the limit; nothing was changed.", "relationships"),
        WriteStatus.NoSpace => new(ProblemType.NoSpace, "Nothing was stored. Writes work again by themselves once there is space.", RetryAfterSeconds: NoSpaceRetrySeconds),
        WriteStatus.Throttled => new(ProblemType.Throttled, "A limit on concurrent writes was reached; nothing was stored.", RetryAfterSeconds: ThrottledRetrySeconds),
        _ => new(ProblemType.DeviceFailed, "The home cannot be written: nothing is known to be durable.", RetryAfterSeconds: FailedRetrySeconds),
    };
}
