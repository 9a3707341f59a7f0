namespace AuraMemory.Server.Http.Problems;

/// <summary>A kind of problem: its address, title and status never change, so that clients can switch on <c>type</c>.</summary>
internal sealed record ProblemType(string Slug, string Title, int Status)
{
    public string Uri { get; } = "urn:aura-memory:problem:" + Slug;

    public static ProblemType InvalidRequest { get; } = new("invalid-request", "The request is not valid", 400);

    public static ProblemType InvalidJson { get; } = new("invalid-json", "The body is not acceptable JSON", 400);

    public static ProblemType UnknownMember { get; } = new("unknown-member", "The request names something this endpoint does not know", 400);

    public static ProblemType NotAvailable { get; } = new("not-available", "This version does not have that", 400);

    public static ProblemType InvalidQuery { get; } = new("invalid-query", "The query cannot be answered as it is written", 400);

    public static ProblemType ReadOnlyQuery { get; } = new("read-only-query", "Queries only read", 400);

    public static ProblemType QueryLimit { get; } = new("query-limit", "The query takes more than it may", 422);

    public static ProblemType Unauthorized { get; } = new("unauthorized", "An API key is needed", 401);

    public static ProblemType NotFound { get; } = new("not-found", "No such object", 404);

    public static ProblemType NoSuchRoute { get; } = new("no-such-endpoint", "No such endpoint", 404);

    public static ProblemType MethodNotAllowed { get; } = new("method-not-allowed", "The endpoint does not have this method", 405);

    public static ProblemType NotAcceptable { get; } = new("not-acceptable", "The answer would be JSON, which the request does not accept", 406);

    public static ProblemType Timeout { get; } = new("request-timeout", "The body came too slowly", 408);

    public static ProblemType ConditionFailed { get; } = new("condition-failed", "The condition did not hold", 412);

    public static ProblemType TooLarge { get; } = new("too-large", "A size limit is exceeded", 413);

    public static ProblemType UnsupportedMediaType { get; } = new("unsupported-media-type", "The body must be JSON", 415);

    /// <summary>The request is understood, and what it is about has no shape.</summary>
    public static ProblemType NoShape { get; } = new("no-shape", "There is no shape", 422);

    /// <summary>The request is understood, and its work is more than the limits allow.</summary>
    public static ProblemType TooMuchWork { get; } = new("too-much-work", "This takes more work than is allowed", 422);

    /// <summary>The resource is one that this object does not have.</summary>
    public static ProblemType NoSuchShape { get; } = new("no-such-shape", "The object has no shape to show", 404);

    public static ProblemType SwitchedOff { get; } = new("switched-off", "A setting switches this off", 409);

    public static ProblemType Throttled { get; } = new("throttled", "Too much at once", 429);

    public static ProblemType Internal { get; } = new("internal-error", "The service has a fault", 500);

    /// <summary>The one deliberate 500: a stored copy failed its checksum. It is reported, never returned.</summary>
    public static ProblemType Corrupt { get; } = new("corrupt-object", "The stored object is damaged", 500);

    public static ProblemType NotReady { get; } = new("not-ready", "The store is not open", 503);

    public static ProblemType Busy { get; } = new("busy", "Too many request bodies in flight", 503);

    public static ProblemType ShapesBusy { get; } = new("shapes-busy", "Too many shapes are being computed", 503);

    public static ProblemType GraphUnavailable { get; } = new("graph-unavailable", "The graph cannot answer now", 503);

    public static ProblemType DeviceFailed { get; } = new("device-failed", "A storage medium failed", 503);

    public static ProblemType NoSpace { get; } = new("no-space", "The disk is full; the service is read-only", 507);
}

/// <summary>One refusal, as told to the caller (RFC 9457).</summary>
/// <param name="Type">What kind.</param>
/// <param name="Detail">One or two sentences about this occurrence.</param>
/// <param name="Member">The member, parameter or header that is at fault; null when it is the request as a whole.</param>
/// <param name="RetryAfterSeconds">Seconds after which trying again may help; 0 = not said.</param>
internal sealed record Problem(ProblemType Type, string Detail, string? Member = null, int RetryAfterSeconds = 0)
{
    public static Problem Invalid(string? member, string detail) => new(ProblemType.InvalidRequest, detail, member);
}
