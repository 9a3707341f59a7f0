using System.Net;
using AuraMemory.Client;
using AuraMemory.Client.Wire;

namespace AuraMemory.Cli.Output;

/// <summary>Says what went wrong and what to do about it, in sentences.</summary>
internal static class ErrorSentences
{
    /// <summary>The lines to show for a failure.</summary>
    public static IEnumerable<string> Of(AuraMemoryException failure)
    {
        yield return EndWithStop(failure.Message);
        if (Advice(failure) is { } advice)
        {
            yield return advice;
        }

        if (failure.Problem.CorrelationId is { } id)
        {
            yield return $"The service logged this as {id}.";
        }
    }

    /// <summary>One line for a failed item of a bulk request.</summary>
    public static string Of(ProblemDocument problem) =>
        EndWithStop(problem.Detail ?? problem.Title ?? $"The service answered {problem.Status}");

    /// <summary>The exit code a failure ends with.</summary>
    public static int ExitCode(AuraMemoryException failure) => failure switch
    {
        { IsUnreachable: true } => ExitCodes.Unreachable,
        { Status: HttpStatusCode.NotFound } => ExitCodes.NotFound,
        _ => ExitCodes.Failure,
    };

    private static string? Advice(AuraMemoryException failure) => failure switch
    {
        { IsUnreachable: true } =>
            "Start it with \"aura-memory serve\", or name its address with --url or AURA_MEMORY_URL.",
        { Status: HttpStatusCode.Unauthorized } => "Give a valid key with --api-key or AURA_MEMORY_API_KEY.",
        { Status: HttpStatusCode.Forbidden } => "The key is known but may not do this: use one with the role it needs.",
        { Status: HttpStatusCode.RequestEntityTooLarge } =>
            "Send less at once (--batch), or raise the size limits of the service.",
        { Status: HttpStatusCode.TooManyRequests } => "The service is busy: try again later, or lower --concurrency.",
        { Status: HttpStatusCode.ServiceUnavailable } =>
            "What is needed is out of service for now: \"aura-memory doctor\" shows what. Try again later.",
        { Status: HttpStatusCode.InsufficientStorage } =>
            "The disk of the service is full and it is read-only: free space there; it recovers by itself.",
        _ => null,
    };

    private static string EndWithStop(string text) => text.EndsWith('.') || text.EndsWith('?') || text.EndsWith('!') ? text : text + ".";
}
